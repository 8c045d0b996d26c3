/*
 * The driver of every CUnit suite: a test file declares its tests and calls suite_main().
 */
#ifndef IGD_SUITE_H
#define IGD_SUITE_H

#include <CUnit/CUnit.h>

/*
 * Runs the tests, prints what failed and a summary. `tests` ends with CU_TEST_INFO_NULL.
 * Returns what main() shall: 0, or 1 if a test failed, none ran, or CUnit itself failed.
 * (CU_basic_run_tests() returns only CUnit's own trouble, never a failed assertion.)
 */
int suite_main(const char *name, CU_TestInfo *tests);

/*
 * For the end of a suite that made a folder: removes it with all that is in it. Returns `status`,
 * or 1 if it cannot be removed.
 */
int suite_remove(const char *folder, int status);

#endif
