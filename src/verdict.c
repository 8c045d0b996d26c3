#include "src/verdict.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name, *meaning;
} verdicts[VERDICT_COUNT] = {
	[VERDICT_PASS] = { "PASS", "as expected" },
	[VERDICT_DONE] = { "DONE", "measured; nothing was expected" },
	[VERDICT_SKIP] = { "SKIP", "a requirement is not met" },
	[VERDICT_XFAIL] = { "XFAIL", "the known deviation was seen" },
	[VERDICT_FLAKY] = { "FLAKY", "as expected in some of its runs, and not in others" },
	[VERDICT_FAIL] = { "FAIL", "the thing under test is not as expected" },
	[VERDICT_ERROR] = { "ERROR", "no answer: the test is at fault" },
	[VERDICT_MISS] = { "MISS", "no answer: the host or the lab is at fault" },
};

const char *verdict_name(enum verdict verdict)
{
	return verdicts[verdict].name;
}

const char *verdict_meaning(enum verdict verdict)
{
	return verdicts[verdict].meaning;
}

int verdict_parse(const char *name, enum verdict *verdict_r)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (strcmp(verdicts[i].name, name) == 0) {
			*verdict_r = (enum verdict)i;
			return 0;
		}
	}
	return -EINVAL;
}

bool verdict_is_deviation(enum verdict verdict)
{
	return verdict == VERDICT_FLAKY || verdict == VERDICT_FAIL;
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
	return worst >= VERDICT_FLAKY ? 1 : 0;
}
