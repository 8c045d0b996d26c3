#include "src/suite.h"

#include <CUnit/Basic.h>
#include <ftw.h>
#include <stdio.h>

int suite_main(const char *name, CU_TestInfo *tests)
{
	CU_SuiteInfo suites[] = { { .pName = name, .pTests = tests }, CU_SUITE_INFO_NULL };
	unsigned int failed = 1, ran = 0;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	if (CU_register_suites(suites) == CUE_SUCCESS) {
		CU_basic_set_mode(CU_BRM_VERBOSE);
		if (CU_basic_run_tests() == CUE_SUCCESS) {
			failed = CU_get_number_of_tests_failed();
			ran = CU_get_number_of_tests_run();
		}
	}
	CU_cleanup_registry();
	return failed > 0 || ran == 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	return remove(path);
}

int suite_remove(const char *folder, int status)
{
	/* What is in a folder before the folder; no link is followed. */
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 ? status : 1;
}
