#include "guests/agent/desktop.h"

#include <errno.h>
#include <string.h>

#include "guests/agent/collect.h"
#include "src/suite.h"

static bool shows(const char *json)
{
	json_t *server = json_loads(json, JSON_DECODE_ANY, NULL);
	bool shown = desktop_shows(server);

	CU_ASSERT_PTR_NOT_NULL_FATAL(server);
	json_decref(server);
	return shown;
}

#define OUTPUT  "\"outputs\": [{\"width\": 1024, \"height\": 768}]"
#define WINDOWS ", \"windows\": "

/* A server is there long before there is anything on its screen. */
static void a_greeter_shows_when_it_covers_the_output(void)
{
	CU_ASSERT_FALSE(shows("null"));
	CU_ASSERT_FALSE(shows("{\"outputs\": []}"));
	CU_ASSERT_FALSE(shows("{" OUTPUT WINDOWS "[]}"));
	CU_ASSERT_FALSE(shows("{" OUTPUT WINDOWS "[{\"width\": 10, \"height\": 10}]}"));
	CU_ASSERT_FALSE(shows("{" OUTPUT WINDOWS "[{\"width\": 1024, \"height\": 10}]}"));
	CU_ASSERT_TRUE(shows("{" OUTPUT WINDOWS "[{\"width\": 10, \"height\": 10},"
			     " {\"width\": 1024, \"height\": 768}]}"));
	/* A Wayland compositor tells nobody of windows. */
	CU_ASSERT_TRUE(shows("{" OUTPUT "}"));
}

static void a_recorded_tree_has_no_desktop(void)
{
	struct guest guest = { .root = "/nowhere" };
	struct problem why = { "" };
	json_t *section = NULL;

	CU_ASSERT_EQUAL(collect_desktop(&guest, &section, &why), -ENOTSUP);
	CU_ASSERT_PTR_NULL(section);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "no desktop"));
}

static CU_TestInfo tests[] = {
	{ "a greeter shows when it covers the output", a_greeter_shows_when_it_covers_the_output },
	{ "a recorded tree has no desktop", a_recorded_tree_has_no_desktop },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("desktop", tests);
}
