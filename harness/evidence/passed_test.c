/* A host with two devices that can be passed through, and guests that have them or not. */
#include "harness/evidence/fields.h"

#include <errno.h>
#include <string.h>

#include "src/suite.h"

#define FUNCTION(address, device, subsystem, driver)                                               \
	"{\"address\": \"" address "\", \"vendor\": \"0x8086\", \"device\": \"" device             \
	"\", \"subsystem_vendor\": \"0x1028\", \"subsystem\": \"" subsystem                        \
	"\", \"class\": \"0x040300\", \"driver\": " driver "}"
#define REPORT(functions) "{\"pci\": {\"functions\": [" functions "]}}"
#define AUDIO(address)    FUNCTION(address, "0xa348", "0x085b", "\"snd_hda_intel\"")
#define USB(address)      FUNCTION(address, "0xa36d", "0x085b", "null")

static const char host[] = REPORT(AUDIO("0000:00:1f.3") "," USB("0000:00:14.0"));

/* The field as text in `text`, or the sentence of the error. */
static const char *ask(const char *guest, const char *name, int *r_r)
{
	static char text[PROBLEM_TEXT_MAX];
	json_t *report = json_loads(guest, 0, NULL), *recorded = json_loads(host, 0, NULL);
	const struct evidence evidence = { .report = report, .host = recorded };
	struct problem why = { 0 };
	json_t *value = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(report);
	*r_r = evidence_get(&evidence, name, &value, &why);
	snprintf(text, sizeof(text), "%s",
		*r_r < 0              ? why.text
		: json_is_null(value) ? "null"
				      : json_string_value(value));
	json_decref(value);
	json_decref(report);
	json_decref(recorded);
	return text;
}

static void check(const char *guest, const char *name, const char *wanted)
{
	int r;

	CU_ASSERT_STRING_EQUAL(ask(guest, name, &r), wanted);
	CU_ASSERT_EQUAL(r, 0);
}

static void a_device_is_found_wherever_it_is(void)
{
	static const char guest[] = REPORT(USB("0000:00:03.0") "," AUDIO("0000:00:05.0"));

	check(guest, "passed/00:1f.3", "8086:a348");
	check(guest, "passed/0000:00:1f.3/address", "0000:00:05.0");
	check(guest, "passed/00:1f.3/driver", "snd_hda_intel");
	check(guest, "passed/00:14.0/address", "0000:00:03.0");
	check(guest, "passed/00:14.0/driver", "null");
}

static void one_that_is_not_there_is_null(void)
{
	check(REPORT(USB("0000:00:03.0")), "passed/00:1f.3", "null");
	/* The same chip of a different board, such as an emulated one. */
	check(REPORT(FUNCTION("0000:00:05.0", "0xa348", "0x1100", "null")),
		"passed/00:1f.3/address", "null");
	check(REPORT(""), "passed/00:1f.3/class", "null");
}

static void what_cannot_be_told_is_not_known(void)
{
	static const char twice[] = REPORT(AUDIO("0000:00:05.0") "," AUDIO("0000:00:06.0"));
	int r;

	CU_ASSERT_STRING_EQUAL(ask(twice, "passed/00:1f.3/driver", &r),
		"the guest has more than one function with the ids of the host's 0000:00:1f.3");
	CU_ASSERT_EQUAL(r, -ENODATA);
	CU_ASSERT_STRING_EQUAL(ask(twice, "passed/00:1b.0", &r),
		"the run did not record 0000:00:1b.0 of its host");
	CU_ASSERT_EQUAL(r, -ENODATA);
	CU_ASSERT_STRING_EQUAL(ask("{}", "passed/00:1f.3", &r), "no report has this field");
	CU_ASSERT_EQUAL(r, -ENODATA);
	CU_ASSERT_STRING_EQUAL(ask(REPORT(AUDIO("0000:00:05.0")), "passed/00:1f.3/revision", &r),
		"the agent did not search for this field");
	CU_ASSERT_EQUAL(r, -ENODATA);
}

static void other_names_are_refused(void)
{
	static const char *const wrong[] = { "passed/", "passed/00:1f", "passed/00:1f.3/",
		"passed/00:1f.3/color", "passed/00:20.0", "passed/00:1f.8", "passed/igd",
		"passed/0000:00:1f.3.0", "passed/000000000:00:1f.3", NULL };
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(evidence_check("passed/00:1f.3", &why), 0);
	CU_ASSERT_EQUAL(evidence_check("passed/0000:01:00.0/bars", &why), 0);
	for (int i = 0; wrong[i]; i++)
		CU_ASSERT_EQUAL(evidence_check(wrong[i], &why), -EINVAL);
}

static CU_TestInfo tests[] = {
	{ "a device is found wherever it is", a_device_is_found_wherever_it_is },
	{ "one that is not there is null", one_that_is_not_there_is_null },
	{ "what cannot be told is not known", what_cannot_be_told_is_not_known },
	{ "other names are refused", other_names_are_refused },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("passed", tests);
}
