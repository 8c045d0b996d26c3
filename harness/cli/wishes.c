#include "harness/cli/wishes.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge/judge.h"
#include "harness/judge/stored_run.h"
#include "src/document.h"
#include "src/verdict.h"

#define FAILS_MAX      20000 /* cells that a matrix has at most */
#define TIME_LIMIT_MAX (30ull * 24 * 3600)

static const struct {
	const char *unit;
	unsigned int seconds;
} units[] = { { "s", 1 }, { "min", 60 }, { "m", 60 }, { "h", 3600 } };

/* A whole number from 1 to `max`, and *rest_r behind it; 0 if there is none. */
static unsigned long long whole(const char *text, unsigned long long max, char **rest_r)
{
	unsigned long long value = isdigit((unsigned char)text[0]) ? strtoull(text, rest_r, 10) : 0;

	return value <= max ? value : 0;
}

static int read_max_fail(const char *text, struct session_wishes *wishes, struct problem *why)
{
	char *rest = NULL;

	wishes->max_fail = (unsigned int)whole(text, FAILS_MAX, &rest);
	if (wishes->max_fail == 0 || *rest)
		return problem_set(why, -EINVAL,
			"--max-fail takes a number from 1 to %d, not \"%.60s\"", FAILS_MAX, text);
	return 0;
}

static int read_time_limit(const char *text, struct session_wishes *wishes, struct problem *why)
{
	char *rest = NULL;
	unsigned long long count = whole(text, TIME_LIMIT_MAX, &rest);

	for (size_t i = 0; count > 0 && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(rest, units[i].unit) != 0 || count * units[i].seconds > TIME_LIMIT_MAX)
			continue;
		wishes->time_limit_ms = count * units[i].seconds * 1000;
		return 0;
	}
	return problem_set(why, -EINVAL,
		"--time-limit takes a number with its unit, s, min or h, and at most 720h: 90s, "
		"45min, 8h, not \"%.60s\"",
		text);
}

static int on_begin(void *data, const json_t *head)
{
	return 0;
}

/* Of several of one name, one that failed is enough. */
static int on_cell(void *data, const json_t *cell)
{
	enum verdict verdict = VERDICT_ERROR;

	verdict_parse(document_text(cell, "verdict"), &verdict);
	if (verdict < VERDICT_FLAKY)
		return 0;
	return json_object_set_new(data, document_text(cell, "name"), json_true()) < 0 ? -ENOMEM
										       : 0;
}

static int on_end(void *data, const json_t *totals)
{
	return 0;
}

static int read_order(const char *text, struct session_wishes *wishes, struct problem *why)
{
	static const char kind[] = "failed-first=";
	const struct stored_run_options options = { NULL };
	struct stored_run stored = STORED_RUN_NONE;
	json_t *failed = json_object();
	const struct findings_sink sink = { on_begin, on_cell, on_end, failed };
	const char *dir = text + strlen(kind);
	struct judge_request request;
	int r = failed ? 0 : problem_set(why, -ENOMEM, "out of memory");

	if (strncmp(text, kind, strlen(kind)) != 0 || !*dir)
		r = problem_set(why, -EINVAL,
			"--order takes failed-first=RUN, the directory of an earlier run, not "
			"\"%.100s\"",
			text);
	if (r == 0)
		r = stored_run_open_stream(dir, &options, &stored, why);
	if (r == 0) {
		request = stored_run_request(&stored, &sink);
		r = judge_stream(&request, why);
	}
	stored_run_close(&stored);
	if (r == 0)
		wishes->first = json_incref(failed);
	json_decref(failed);
	return r;
}

int wishes_read(const struct wish_texts *texts, struct session_wishes *wishes, struct problem *why)
{
	int r = 0;

	if (texts->max_fail)
		r = read_max_fail(texts->max_fail, wishes, why);
	if (r == 0 && texts->time_limit)
		r = read_time_limit(texts->time_limit, wishes, why);
	if (r == 0 && texts->order)
		r = read_order(texts->order, wishes, why);
	return r;
}
