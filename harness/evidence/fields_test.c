/* What an expectation of the host's own driver says where nobody could ask it. */
#include "harness/evidence/fields.h"

#include <errno.h>
#include <string.h>

#include "src/suite.h"

static int get(const char *host, const char *name, json_t **value_r, struct problem *why)
{
	json_t *identities = json_pack("{s:o}", "host", json_loads(host, 0, NULL));
	json_t *report = evidence_host(identities);
	struct evidence evidence = { .host = report };
	int r = evidence_get(&evidence, name, value_r, why);

	json_decref(report);
	json_decref(identities);
	return r;
}

static void the_reason_is_in_the_sentence(void)
{
	static const char host[] =
		"{\"pci\": {\"functions\": []}, \"igd_unknown\": \"it is hidden\"}";
	struct problem why = { 0 }, other = { 0 };
	json_t *value = NULL;

	CU_ASSERT_EQUAL(get(host, "host/igd/display/edid_sha256", &value, &why), -ENOTSUP);
	CU_ASSERT_STRING_EQUAL(why.text,
		"the run did not record igd/display/edid_sha256 of its host: it is hidden");
	/* It is no reason for what does not depend on that driver. */
	CU_ASSERT_EQUAL(get(host, "host/iomem/stolen", &value, &other), -ENODATA);
	CU_ASSERT_STRING_EQUAL(other.text, "the run did not record iomem/stolen of its host");
}

static void a_run_of_an_older_version_has_no_reason(void)
{
	struct problem why = { 0 };
	json_t *value = NULL;

	CU_ASSERT_EQUAL(
		get("{\"pci\": {\"functions\": []}}", "host/igd/display/mode", &value, &why),
		-ENOTSUP);
	CU_ASSERT_STRING_EQUAL(why.text, "the run did not record igd/display/mode of its host");
}

static void a_host_without_a_gpu_has_null(void)
{
	static const char host[] = "{\"pci\": {\"functions\": []}, \"igd\": null}";
	struct problem why = { 0 };
	json_t *value = NULL;

	CU_ASSERT_EQUAL(get(host, "host/igd/vbt/sha256", &value, &why), 0);
	CU_ASSERT(json_is_null(value));
	json_decref(value);
}

/* A record may come from anybody. */
static void a_section_that_is_none_is_not_believed(void)
{
	static const char host[] = "{\"pci\": {\"functions\": []}, \"igd\": {\"address\": 7}, "
				   "\"display\": [], \"igd_unknown\": {}}";
	struct problem why = { 0 };
	json_t *value = NULL;

	CU_ASSERT_EQUAL(get(host, "host/igd/display/mode", &value, &why), -ENODATA);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "the reason is in the sentence", the_reason_is_in_the_sentence },
		{ "a run of an older version has no reason",
			a_run_of_an_older_version_has_no_reason },
		{ "a host without a GPU has null", a_host_without_a_gpu_has_null },
		{ "a section that is none is not believed",
			a_section_that_is_none_is_not_believed },
		CU_TEST_INFO_NULL,
	};

	return suite_main("fields", tests);
}
