#include <errno.h>
#include <string.h>

#include "harness/store/ending.h"
#include "src/suite.h"

static void every_ending_has_a_word_and_can_be_read_back(void)
{
	for (int i = 0; i < ENDING_COUNT; i++) {
		const struct ending_entry *entry = ending_entry((enum ending)i);
		enum ending back = ENDING_COUNT;

		CU_ASSERT_PTR_NOT_NULL_FATAL(entry->name);
		CU_ASSERT_PTR_NOT_NULL(entry->meaning);
		CU_ASSERT_EQUAL(ending_parse(entry->name, &back), 0);
		CU_ASSERT_EQUAL(back, (enum ending)i); /* hence the words are unique */
	}
}

/* The project's rule: FAIL is the thing under test, ERROR the test, MISS the host or the lab. */
static void blame_is_never_blurred(void)
{
	static const enum ending of_the_host[] = { ENDING_CREATE_LATE, ENDING_CONSOLE_LOST,
		ENDING_HOST_FAILED, ENDING_HOST_STALLED, ENDING_NOT_RECORDED, ENDING_INTERRUPTED,
		ENDING_KILLED_HOST };
	static const enum ending of_the_test[] = { ENDING_BAD_CELL, ENDING_NO_AGENT,
		ENDING_AGENT_DIED, ENDING_AGENT_SILENT, ENDING_HALF_FRAME, ENDING_GARBAGE,
		ENDING_BAD_REPORT };
	static const enum ending of_the_tested[] = { ENDING_CREATE_FAILED, ENDING_MODEL_DIED,
		ENDING_GUEST_CRASHED, ENDING_GUEST_REBOOTED, ENDING_GUEST_OFF, ENDING_SILENT,
		ENDING_STUCK_OFF, ENDING_HOTPLUG_FAILED, ENDING_HOTPLUG_HUNG, ENDING_SAVE_FAILED,
		ENDING_SAVE_HUNG, ENDING_RESTORE_REFUSED, ENDING_RESTORE_HUNG, ENDING_NOT_BACK };

	for (size_t i = 0; i < sizeof(of_the_host) / sizeof(of_the_host[0]); i++)
		CU_ASSERT_EQUAL(ending_entry(of_the_host[i])->verdict, VERDICT_MISS);
	for (size_t i = 0; i < sizeof(of_the_test) / sizeof(of_the_test[0]); i++)
		CU_ASSERT_EQUAL(ending_entry(of_the_test[i])->verdict, VERDICT_ERROR);
	for (size_t i = 0; i < sizeof(of_the_tested) / sizeof(of_the_tested[0]); i++)
		CU_ASSERT_EQUAL(ending_entry(of_the_tested[i])->verdict, VERDICT_FAIL);
	CU_ASSERT_EQUAL(ending_entry(ENDING_NOT_SUPPORTED)->verdict, VERDICT_SKIP);
	CU_ASSERT_EQUAL(ending_entry(ENDING_DONE)->verdict, VERDICT_PASS);
}

static void what_is_to_blame_has_a_layer(void)
{
	for (int i = 0; i < ENDING_COUNT; i++) {
		const struct ending_entry *entry = ending_entry((enum ending)i);

		CU_ASSERT_EQUAL(entry->layer != NULL, entry->verdict >= VERDICT_FAIL);
	}
}

/* The endings that docs/use/verdicts.md gives for a limit. */
static void an_expired_limit_is_told_from_other_failures(void)
{
	static const char *const late[] = { "silent", "no-agent", "agent-silent", "half-frame",
		"not-back", "hotplug-hung", "save-hung", "restore-hung", "stuck-off", "create-late",
		"host-stalled" };
	size_t found = 0;

	for (int i = 0; i < ENDING_COUNT; i++)
		found += ending_entry((enum ending)i)->late;
	CU_ASSERT_EQUAL(found, sizeof(late) / sizeof(late[0]));
	for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++) {
		enum ending ending = ENDING_DONE;

		CU_ASSERT_EQUAL(ending_parse(late[i], &ending), 0);
		CU_ASSERT_TRUE(ending_entry(ending)->late);
	}
}

static void other_words_are_refused(void)
{
	enum ending ending;

	CU_ASSERT_EQUAL(ending_parse("", &ending), -EINVAL);
	CU_ASSERT_EQUAL(ending_parse("finished", &ending), -EINVAL);
}

static CU_TestInfo tests[] = {
	{ "every ending has a word and can be read back",
		every_ending_has_a_word_and_can_be_read_back },
	{ "blame is never blurred", blame_is_never_blurred },
	{ "what is to blame has a layer", what_is_to_blame_has_a_layer },
	{ "an expired limit is told from other failures",
		an_expired_limit_is_told_from_other_failures },
	{ "other words are refused", other_words_are_refused },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("ending", tests);
}
