/*
 * Any bytes as a matrix: a plan that plan_check() accepts, or a sentence that begins with the file.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/matrix/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 itself loses some KiB where a comma is missing behind a long quoted scalar. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml.so\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problem why = { "" };
	json_t *plan = NULL;
	int r;

	if (size > MATRIX_FILE_MAX)
		return -1;
	r = matrix_plan_text(
		&(struct matrix_file){ "matrix", (const char *)data, size }, NULL, &plan, &why);
	if (r == 0 && (!plan || plan_check(plan, &why) < 0))
		abort();
	if (r < 0 && (plan || strncmp(why.text, "matrix:", strlen("matrix:")) != 0))
		abort();
	json_decref(plan);
	return 0;
}
