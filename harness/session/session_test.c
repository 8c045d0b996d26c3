#include "harness/session/session.h"

#include <errno.h>
#include <string.h>

#include "src/suite.h"

static void a_run_without_settings_cannot_be_resumed(void)
{
	const struct store store = { .dir = (char *)"results/some-run" };
	struct backend_options options = { 0 };
	struct runner runner = { .stop_fd = -1 };
	json_t *run = json_object();
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(session_reopen(&runner, &options, &store, run, NULL, &why), -ENOTSUP);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "results/some-run/run.json"));
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "start a new run"));
	CU_ASSERT_PTR_NULL(strstr(why.text, "version"));
	json_decref(run);
}

static CU_TestInfo tests[] = {
	{ "a run without settings cannot be resumed", a_run_without_settings_cannot_be_resumed },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("conduct", tests);
}
