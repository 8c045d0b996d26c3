/* The lock of labgrid's, by a client that is a script here and says what labgrid 26.0 says. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "harness/dut/driver.h"
#include "harness/dut/private.h"
#include "src/suite.h"

/* The files beside it: who holds the place, and whether the coordinator is gone. */
static const char client[] =
	"#!/bin/sh\n"
	"cd \"$(dirname \"$0\")\"\n"
	"for command; do :; done\n"
	"if [ -e gone ] || [ -e \"gone-$command\" ]; then\n"
	"	echo 'ERROR root: coordinator is unavailable' >&2\n"
	"	echo 'Server error: Error: Could not connect to coordinator' >&2\n"
	"	exit 1\n"
	"fi\n"
	"if [ -e says ]; then . ./says; fi\n"
	"holder=$(cat holder 2>/dev/null)\n"
	"case $command in\n"
	"show)\n"
	"	printf \"Place 'rack-3':\\n  comment: acquired: nobody\\n\"\n"
	"	if [ -e tags ]; then printf '  tags: %s\\n' \"$(cat tags)\"; fi\n"
	"	printf \"  acquired: %s\\n\" \"${holder:-None}\" ;;\n"
	"acquire) [ ! \"$holder\" ] && echo \"$LG_HOSTNAME/$LG_USERNAME\" >holder ;;\n"
	"release) [ \"$holder\" = \"$LG_HOSTNAME/$LG_USERNAME\" ] && rm holder ;;\n"
	"esac\n";

static char place[] = "/tmp/igd-place-XXXXXX";
static struct dut dut = { .name = (char *)"rack",
	.folder = place,
	.labgrid.place = (char *)"rack-3",
	.limits = { [DUT_ANSWER] = 60 } };
static struct store store = { .dir_fd = -1, .lock_fd = -1 };
static struct dut_session session;
static struct problem why;

static bool write_all(const char *name, const char *text)
{
	int fd = openat(store.dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	bool whole = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return whole;
}

static void make(const char *name, const char *text)
{
	CU_ASSERT_TRUE_FATAL(write_all(name, text));
}

static bool is_there(const char *name)
{
	return faccessat(store.dir_fd, name, F_OK, 0) == 0;
}

static void drop(const char *name)
{
	unlinkat(store.dir_fd, name, 0);
}

static const char *holder(void)
{
	static char text[DUT_OWNER_MAX];
	char *bytes = NULL;
	size_t length = 0;

	if (fileio_read(store.dir_fd, "holder", &bytes, &length, NULL) < 0)
		return "";
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(bytes, "\n"), bytes);
	free(bytes);
	return text;
}

static int begin(void)
{
	sd_event *loop = session.loop;

	setenv("LG_HOSTNAME", "head", 1);
	setenv("LG_USERNAME", "ci", 1);
	why.text[0] = 0;
	session = (struct dut_session){ .dut = &dut, .store = &store, .loop = loop };
	return dut_place_take(&session, &why);
}

static void a_free_place_is_taken_and_given_back(void)
{
	CU_ASSERT_EQUAL(begin(), 0);
	CU_ASSERT_STRING_EQUAL(holder(), session.place.owner);
	CU_ASSERT_EQUAL(strncmp(holder(), "head/ci.igd-", 12), 0);
	CU_ASSERT_TRUE(is_there(DUT_PLACE_FILE));
	CU_ASSERT_EQUAL(dut_place_check(&session, &why), 0);
	dut_place_give(&session);
	CU_ASSERT_STRING_EQUAL(holder(), "");
	CU_ASSERT_FALSE(is_there(DUT_PLACE_FILE));
}

static void one_that_is_held_is_not(void)
{
	make("holder", "desk/alice\n");
	CU_ASSERT_EQUAL(begin(), -EBUSY);
	CU_ASSERT_STRING_EQUAL(
		why.text, "the place rack-3 cannot be acquired: desk/alice holds it");
	dut_place_give(&session);
	CU_ASSERT_STRING_EQUAL(holder(), "desk/alice");
	CU_ASSERT_FALSE(is_there(DUT_PLACE_FILE));
	drop("holder");
}

static void without_a_coordinator_there_is_none(void)
{
	make("gone", "");
	CU_ASSERT_EQUAL(begin(), -EBUSY);
	CU_ASSERT_STRING_EQUAL(why.text,
		"the place rack-3 cannot be acquired: Server error: Error: Could not connect to "
		"coordinator");
	dut_place_give(&session);
	CU_ASSERT_FALSE(is_there(DUT_PLACE_FILE));
	drop("gone");
}

/* labgrid 26.0 prints them as "tags: a=b, c=d", and no line without any. */
static void the_tags_of_a_place_are_read(void)
{
	const struct dut plain = { .name = (char *)"plain", .folder = place };
	json_t *tags = NULL;

	CU_ASSERT_EQUAL(dut_tags(&dut, &tags, &why), 0);
	CU_ASSERT_EQUAL(json_array_size(tags), 0);
	json_decref(tags);
	make("tags", "board=nuc, gpu=coffee-lake");
	CU_ASSERT_EQUAL(dut_tags(&dut, &tags, &why), 0);
	CU_ASSERT_EQUAL(json_array_size(tags), 2);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(tags, 0)), "board=nuc");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(tags, 1)), "gpu=coffee-lake");
	json_decref(tags);
	drop("tags");
	CU_ASSERT_EQUAL(dut_tags(&plain, &tags, &why), 0);
	CU_ASSERT_EQUAL(json_array_size(tags), 0);
	json_decref(tags);
	make("gone", "");
	CU_ASSERT_EQUAL(dut_tags(&dut, &tags, &why), -EIO);
	drop("gone");
}

/* Runs the client with that line of shell in it. */
static void client_says(const char *line)
{
	make("says", line);
	CU_ASSERT_EQUAL(begin(), -EBUSY);
	dut_place_give(&session);
	CU_ASSERT_FALSE(is_there(DUT_PLACE_FILE));
	for (const char *c = why.text; *c; c++)
		CU_ASSERT(*c >= ' ' && *c <= '~');
	drop("says");
}

static void an_odd_answer_is_none(void)
{
	client_says("exit 9");
	CU_ASSERT_STRING_EQUAL(why.text,
		"the place rack-3 cannot be acquired: `labgrid-client show` ended with status 9");
	client_says("kill -SEGV $$");
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "ended with status 139"));
	client_says("printf '\\033[31m\\377\\n' >&2; exit 1");
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, ": ?[31m?"));
	client_says("head -c 3000000 /dev/zero; exit 0");
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "has no holder of the place"));
	client_says("head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 1");
	CU_ASSERT(strlen(why.text) < 1000);
	dut.limits[DUT_ANSWER] = 1;
	client_says("exec yes");
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "takes longer than 1 s"));
	client_says("trap '' TERM; while :; do sleep 1; done");
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "takes longer than 1 s"));
	dut.limits[DUT_ANSWER] = 60;
}

static void a_part_of_a_name_is_no_name(void)
{
	dut.labgrid.place = (char *)"rack";
	CU_ASSERT_EQUAL(begin(), -EBUSY);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "no place rack, only one named rack-3"));
	dut_place_give(&session);
	CU_ASSERT_STRING_EQUAL(holder(), "");
	dut.labgrid.place = (char *)"rack-3";
}

static void who_was_killed_takes_it_over(void)
{
	char owner[DUT_OWNER_MAX];

	CU_ASSERT_EQUAL(begin(), 0);
	memcpy(owner, session.place.owner, sizeof(owner));
	CU_ASSERT_EQUAL(begin(), 0);
	CU_ASSERT_STRING_EQUAL(session.place.owner, owner);
	dut_place_give(&session);
	CU_ASSERT_STRING_EQUAL(holder(), "");
}

static void what_cannot_be_given_back_stays_noted(void)
{
	CU_ASSERT_EQUAL(begin(), 0);
	make("gone", "");
	/* Nor is it a reason to stop. */
	CU_ASSERT_EQUAL(dut_place_check(&session, &why), 0);
	dut_place_give(&session);
	CU_ASSERT_TRUE(is_there(DUT_PLACE_FILE));
	drop("gone");
	CU_ASSERT_STRING_NOT_EQUAL(holder(), "");
	dut_place_forsake(&store);
	CU_ASSERT_STRING_EQUAL(holder(), "");
	CU_ASSERT_FALSE(is_there(DUT_PLACE_FILE));
}

/* It was asked for, and nobody knows what came of that: it is given back in any case. */
static void what_may_be_held_is_given_back(void)
{
	make("gone-acquire", "");
	CU_ASSERT_EQUAL(begin(), -EBUSY);
	dut_place_give(&session);
	CU_ASSERT_FALSE(is_there(DUT_PLACE_FILE));
	drop("gone-acquire");
}

static void what_is_taken_away_is_not_fought_for(void)
{
	CU_ASSERT_EQUAL(begin(), 0);
	drop("holder");
	CU_ASSERT_EQUAL(dut_place_check(&session, &why), 0);
	CU_ASSERT_STRING_EQUAL(holder(), session.place.owner);
	make("holder", "desk/alice\n");
	CU_ASSERT_EQUAL(dut_place_check(&session, &why), -EBUSY);
	CU_ASSERT_TRUE(session.place.lost);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "desk/alice holds it"));
	dut_place_give(&session);
	CU_ASSERT_STRING_EQUAL(holder(), "desk/alice");
	drop("holder");
}

static void a_place_that_is_not_named_any_more_is_given_back(void)
{
	CU_ASSERT_EQUAL(begin(), 0);
	dut.labgrid.place = NULL;
	CU_ASSERT_EQUAL(begin(), 0);
	CU_ASSERT_STRING_EQUAL(holder(), "");
	CU_ASSERT_FALSE(is_there(DUT_PLACE_FILE));
	dut_place_give(&session);
	dut.labgrid.place = (char *)"rack-3";
}

static void a_note_that_is_none_is_refused(void)
{
	make(DUT_PLACE_FILE,
		"{\"format\": \"igd-harness place\", \"version\": 1, \"place\": \"-k\"}");
	CU_ASSERT_EQUAL(begin(), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "has no \"place\""));
	drop(DUT_PLACE_FILE);
}

static CU_TestInfo tests[] = {
	{ "a free place is taken and given back", a_free_place_is_taken_and_given_back },
	{ "one that is held is not", one_that_is_held_is_not },
	{ "without a coordinator there is none", without_a_coordinator_there_is_none },
	{ "the tags of a place are read", the_tags_of_a_place_are_read },
	{ "an odd answer is none", an_odd_answer_is_none },
	{ "a part of a name is no name", a_part_of_a_name_is_no_name },
	{ "who was killed takes it over", who_was_killed_takes_it_over },
	{ "what cannot be given back stays noted", what_cannot_be_given_back_stays_noted },
	{ "what may be held is given back", what_may_be_held_is_given_back },
	{ "what is taken away is not fought for", what_is_taken_away_is_not_fought_for },
	{ "a place that is not named any more is given back",
		a_place_that_is_not_named_any_more_is_given_back },
	{ "a note that is none is refused", a_note_that_is_none_is_refused },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	char path[4096];
	int status;

	if (!mkdtemp(place) || sd_event_new(&session.loop) < 0)
		return 1;
	store.dir = place;
	store.dir_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!write_all("labgrid-client", client))
		return 1;
	snprintf(path, sizeof(path), "%s:%s", place, getenv("PATH"));
	setenv("PATH", path, 1);
	status = suite_main("dut_place", tests);
	close(store.dir_fd);
	sd_event_unref(session.loop);
	return suite_remove(place, 0) < 0 ? 1 : status;
}
