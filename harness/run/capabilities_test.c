/* What cells may require is what a host is asked for. */
#include "harness/plan/capabilities.h"

#include <string.h>

#include "harness/host/check.h"
#include "src/suite.h"

static bool is_decided(const char *capability)
{
	for (const struct host_group *group = host_groups; group->name; group++) {
		for (const struct host_check *check = group->checks; check->id; check++) {
			if (check->decides && strcmp(check->decides, capability) == 0)
				return true;
		}
	}
	return false;
}

static void a_check_decides_each_capability(void)
{
	for (size_t i = 0; capability_names[i]; i++)
		CU_ASSERT(is_decided(capability_names[i]));
}

static void a_cell_can_require_what_a_check_decides(void)
{
	struct problem why = { "" };

	for (const struct host_group *group = host_groups; group->name; group++) {
		for (const struct host_check *check = group->checks; check->id; check++) {
			if (check->decides)
				CU_ASSERT_EQUAL(capability_check(check->decides, &why), 0);
			if (check->blocks)
				CU_ASSERT_EQUAL(capability_check(check->blocks, &why), 0);
		}
	}
	CU_ASSERT_STRING_EQUAL(why.text, "");
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a check decides each capability", a_check_decides_each_capability },
		{ "a cell can require what a check decides",
			a_cell_can_require_what_a_check_decides },
		CU_TEST_INFO_NULL,
	};

	return suite_main("capabilities", tests);
}
