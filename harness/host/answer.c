#include "harness/host/answer.h"

#include <stdarg.h>
#include <stdio.h>

#include "src/tree.h"

const char *host_verdict_name(enum host_verdict verdict)
{
	static const char *const names[] = { [HOST_PASS] = "PASS",
		[HOST_FAIL] = "FAIL",
		[HOST_UNKNOWN] = "UNKNOWN",
		[HOST_NOT_APPLICABLE] = "N/A" };

	return names[verdict];
}

void host_answer(struct host_answer *answer, enum host_verdict verdict, json_t *value,
	const char *source, const char *fmt, ...)
{
	va_list ap;

	answer->verdict = verdict;
	json_decref(answer->value);
	answer->value = value;
	snprintf(answer->source, sizeof(answer->source), "%s", source);
	tree_clean(answer->source);
	va_start(ap, fmt);
	vsnprintf(answer->why, sizeof(answer->why), fmt, ap);
	va_end(ap);
	tree_clean(answer->why);
}
