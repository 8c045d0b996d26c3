/* What a host has to pass before it is believed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/dut/driver.h"
#include "harness/dut/private.h"

#define HOST_MS 300000  /* `igd-harness host` reads files and logs */
#define CELL_MS 1800000 /* a guest that boots in a nested lab at --slow 4 took 10 min, 2026-11 */

/* The first check that FAILs, in the text of `igd-harness host`: "  FAIL    vtd/enabled  ...". */
static void first_fail(const char *text, char line_r[static DUT_LAST_MAX])
{
	static const char mark[] = "  FAIL";
	const char *at = strncmp(text, mark, strlen(mark)) == 0 ? text : strstr(text, "\n  FAIL");

	at = at ? at + strspn(at, "\n ") : "a check is FAIL";
	snprintf(line_r, DUT_LAST_MAX, "%.*s", (int)strcspn(at, "\n"), at);
	escape_printable(line_r);
}

/* A connection that breaks is the host's, too. */
static int ask(struct dut_session *session, const char *line, uint64_t limit_ms,
	struct dut_answer *answer, struct problem *why)
{
	const struct dut_order order = {
		.line = line, .in_fd = -1, .out_fd = -1, .limit_ms = limit_ms
	};
	int r = dut_ask(session, &order, answer, why);

	return r < 0 && r != -EINTR ? -EHOSTDOWN : r;
}

/* UNKNOWN, exit status 3, is no FAIL. */
static int ask_host(struct dut_session *session, struct problem *why)
{
	char line[DUT_LINE_MAX], fail[DUT_LAST_MAX];
	struct dut_answer answer = { 0 };
	int r = dut_line(
		line, why, "cd %s && IGD_CONFIG= bin/igd-harness host", session->dut->tree);

	if (r == 0)
		r = ask(session, line, HOST_MS, &answer, why);
	if (r == 0 && answer.status == 1) {
		first_fail(answer.text ? answer.text : "", fail);
		r = problem_set(why, -EHOSTDOWN, "`igd-harness host`: %s", fail);
	} else if (r == 0 && answer.status != 0 && answer.status != 3) {
		r = problem_set(why, -EHOSTDOWN, "`igd-harness host` ended with status %d: %s",
			answer.status, answer.last);
	}
	free(answer.text);
	return r;
}

static int run_known_good(
	struct dut_session *session, const struct dut_health *health, struct problem *why)
{
	char *matrix = dut_quote(health->matrix), *cell = dut_quote(health->cell), *line = NULL;
	struct dut_answer answer = { 0 };
	int r = -ENOMEM;

	if (matrix && cell &&
		asprintf(&line,
			"work=%s; mkdir -p $work && new=$(mktemp -d $work/health-XXXXXX) && cd %s && "
			"IGD_CONFIG= bin/igd-harness run %s --select %s %s --out $new/run >&2; "
			"status=$?; rm -rf \"$new\"; exit $status",
			session->dut->work, session->dut->tree, matrix, cell, health->options) < 0)
		line = NULL;
	r = line ? ask(session, line, CELL_MS, &answer, why)
		 : problem_set(why, -ENOMEM, "out of memory");
	if (r == 0 && answer.status != 0)
		r = problem_set(why, -EHOSTDOWN,
			"the known good cell %.60s of %.100s ended with exit status %d: %s",
			health->cell, health->matrix, answer.status, answer.last);
	free(answer.text);
	free(line);
	free(cell);
	free(matrix);
	return r;
}

int dut_health_check(
	struct dut_session *session, const struct dut_health *health, struct problem *why)
{
	int r = dut_settle(session, why);

	if (r == -ENOTCONN || r == -EREMOTEIO)
		r = -EHOSTDOWN;
	if (r == 0 && health->ask_host) {
		dut_progress(session, "health check: igd-harness host");
		r = ask_host(session, why);
	}
	if (r == 0 && health->cell) {
		dut_progress(session, "health check: the known good cell %s", health->cell);
		r = run_known_good(session, health, why);
	}
	if (r == 0)
		health->passed(health->data);
	return r;
}
