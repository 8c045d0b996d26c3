#include "src/verdict.h"

#include <errno.h>
#include <string.h>

static const char *const names[VERDICT_COUNT] = {
	[VERDICT_PASS] = "PASS",
	[VERDICT_DONE] = "DONE",
	[VERDICT_SKIP] = "SKIP",
	[VERDICT_XFAIL] = "XFAIL",
	[VERDICT_FAIL] = "FAIL",
	[VERDICT_ERROR] = "ERROR",
	[VERDICT_MISS] = "MISS",
};

const char *verdict_name(enum verdict verdict)
{
	return names[verdict];
}

int verdict_parse(const char *name, enum verdict *verdict_r)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (strcmp(names[i], name) == 0) {
			*verdict_r = (enum verdict)i;
			return 0;
		}
	}
	return -EINVAL;
}

enum verdict verdict_worst(enum verdict a, enum verdict b)
{
	return a > b ? a : b;
}

int verdict_exit_status(enum verdict worst)
{
	/*
	 * ERROR shares 3 with MISS: neither says anything about the thing under test, and a
	 * bisection that took either for a deviation would blame the wrong commit.
	 */
	if (worst >= VERDICT_ERROR)
		return 3;
	return worst == VERDICT_FAIL ? 1 : 0;
}
