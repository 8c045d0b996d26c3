/* What a controller knows of its hosts: harness/dut/roster.h. */
#include "harness/dut/roster.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/dut/private.h"
#include "src/document.h"
#include "src/suite.h"

static char place[] = "/tmp/igd-roster-XXXXXX";
static char folder[64], file[96];

static const json_t *known(json_t **hosts, const char *name)
{
	struct problem why = { "" };

	CU_ASSERT_EQUAL_FATAL(roster_read(hosts, &why), 0);
	return json_object_get(*hosts, name);
}

static void a_host_that_fails_twice_is_set_aside(void)
{
	struct problem why = { "" };
	const json_t *host;
	json_t *hosts = NULL;
	bool aside = true;
	struct stat st;

	CU_ASSERT_PTR_NULL(known(&hosts, "rack-3"));
	json_decref(hosts);
	CU_ASSERT_EQUAL(roster_note("rack-3", "no\x1b VT-d", &aside, &why), 0);
	CU_ASSERT_FALSE(aside);
	CU_ASSERT_EQUAL(roster_note("rack-4", "off", &aside, &why), 0);
	CU_ASSERT_FALSE(aside);
	CU_ASSERT_EQUAL(roster_note("rack-3", "no answer", &aside, &why), 0);
	CU_ASSERT_TRUE(aside);
	host = known(&hosts, "rack-3");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(host, "failures")), 2);
	CU_ASSERT_TRUE(json_is_true(json_object_get(host, "aside")));
	CU_ASSERT_STRING_EQUAL(document_text(host, "reason"), "no answer");
	CU_ASSERT_EQUAL(json_object_size(hosts), 2);
	json_decref(hosts);
	CU_ASSERT_EQUAL(stat(folder, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0700);
}

static void one_that_passes_or_is_cleared_is_off_the_list(void)
{
	struct problem why = { "" };
	json_t *hosts = NULL;

	CU_ASSERT_EQUAL(roster_note("rack-4", NULL, NULL, &why), 0);
	CU_ASSERT_EQUAL(roster_note("rack-5", NULL, NULL, &why), 0);
	CU_ASSERT_PTR_NULL(known(&hosts, "rack-4"));
	json_decref(hosts);
	CU_ASSERT_EQUAL(roster_clear("rack-4", &why), -ENOENT);
	CU_ASSERT_STRING_EQUAL(
		why.text, "no failure of the host rack-4 is known: `igd-harness hosts` lists them");
	CU_ASSERT_EQUAL(roster_clear("rack-3", &why), 0);
	CU_ASSERT_PTR_NULL(known(&hosts, "rack-3"));
	CU_ASSERT_EQUAL(json_object_size(hosts), 0);
	json_decref(hosts);
}

static void write_file(const char *text)
{
	FILE *stream = fopen(file, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	fputs(text, stream);
	fclose(stream);
}

/* Nothing is changed in it, either. */
static void a_file_that_is_none_is_refused(void)
{
	static const char *const texts[] = { "", "{}", "[1]",
		"{\"format\": \"igd-harness hosts\", \"version\": 1}",
		"{\"format\": \"igd-harness hosts\", \"version\": 1, \"hosts\": {\"a\": 5}}" };
	struct problem why = { "" };
	json_t *hosts = NULL;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_file(texts[i]);
		CU_ASSERT(roster_read(&hosts, &why) < 0);
		CU_ASSERT_PTR_NULL(hosts);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "every host is believed again"));
		CU_ASSERT(roster_note("a", "b", NULL, &why) < 0);
	}
	unlink(file);
	CU_ASSERT_EQUAL(symlink("/etc/passwd", file), 0);
	CU_ASSERT(roster_read(&hosts, &why) < 0);
	unlink(file);
}

static void a_folder_of_others_is_refused(void)
{
	char moved[96];
	struct problem why = { "" };
	json_t *hosts = NULL;

	CU_ASSERT_EQUAL(chmod(folder, 0777), 0);
	CU_ASSERT_EQUAL(roster_read(&hosts, &why), -EPERM);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "others can write in it"));
	CU_ASSERT_EQUAL(chmod(folder, 0700), 0);
	snprintf(moved, sizeof(moved), "%s.away", folder);
	CU_ASSERT_EQUAL(rename(folder, moved), 0);
	CU_ASSERT_EQUAL(symlink(moved, folder), 0);
	CU_ASSERT(roster_read(&hosts, &why) < 0);
	CU_ASSERT_EQUAL(unlink(folder), 0);
	CU_ASSERT_EQUAL(rename(moved, folder), 0);
	setenv("XDG_STATE_HOME", "relative", 1);
	setenv("HOME", "", 1);
	CU_ASSERT_EQUAL(roster_read(&hosts, &why), -ENOENT);
	setenv("XDG_STATE_HOME", place, 1);
}

static void a_host_is_one_runs_at_a_time(void)
{
	char name[] = "lab:a", one[] = "/one/ci/lab", two[] = "/two/ci/lab";
	const struct dut lab = { .name = name, .given = name, .folder = one },
			 other = { .name = name, .given = name, .folder = two };
	struct dut_session first = { .dut = &lab, .claim_fd = -1 },
			   second = { .dut = &lab, .claim_fd = -1 };
	struct problem why = { "" };

	CU_ASSERT_FALSE(roster_is_claimed(&lab));
	CU_ASSERT_EQUAL(dut_claim(&first, &why), 0);
	CU_ASSERT_TRUE(roster_is_claimed(&lab));
	CU_ASSERT_FALSE(roster_is_claimed(&other));
	CU_ASSERT_EQUAL(dut_claim(&second, &why), -EBUSY);
	CU_ASSERT_STRING_EQUAL(why.text, "a different run of yours uses the host lab:a");
	close(first.claim_fd);
	CU_ASSERT_FALSE(roster_is_claimed(&lab));
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a host that fails twice is set aside", a_host_that_fails_twice_is_set_aside },
		{ "one that passes or is cleared is off the list",
			one_that_passes_or_is_cleared_is_off_the_list },
		{ "a file that is none is refused", a_file_that_is_none_is_refused },
		{ "a folder of others is refused", a_folder_of_others_is_refused },
		{ "a host is one run's at a time", a_host_is_one_runs_at_a_time },
		CU_TEST_INFO_NULL,
	};

	if (!mkdtemp(place))
		return 1;
	setenv("XDG_STATE_HOME", place, 1);
	snprintf(folder, sizeof(folder), "%s/igd-harness", place);
	snprintf(file, sizeof(file), "%s/hosts.json", folder);
	return suite_remove(place, suite_main("roster", tests));
}
