/* The host's identities, as its own harness has them: run.json and host.json. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/shape/shape.h"
#include "harness/dut/private.h"
#include "src/document.h"

#define ASK_MS 300000 /* for a harness that looks at its host and runs nothing */

/* "[RUN, HOST]", of which the second may be null. */
static int take_documents(
	const struct dut_answer *answer, json_t **run_r, json_t **host_r, struct problem *why)
{
	json_t *both = json_loadb(answer->text, answer->length, JSON_REJECT_DUPLICATES, NULL);
	const json_t *host = json_array_get(both, 1);
	char *text = json_dumps(json_array_get(both, 0), JSON_COMPACT);
	int r = shape_parse(text ? text : "", text ? strlen(text) : 0, DOCUMENT_RUN, run_r, why);

	if (r == 0 && (r = shape_check(host, DOCUMENT_HOST, why)) == 0 && json_is_object(host))
		*host_r = json_incref((json_t *)host);
	free(text);
	json_decref(both);
	return r;
}

/* What the host says of itself, as run.json and host.json have it. */
static int ask_run(struct dut_session *session, const char *options, const json_t *plan,
	json_t **run_r, json_t **host_r, struct problem *why)
{
	const char *const names[] = { "matrix.yaml",
		json_object_get(plan, "known") ? "matrix.known.yaml" : NULL, NULL };
	struct dut_answer answer = { 0 };
	struct dut_order order = { .out_fd = -1, .limit_ms = ASK_MS };
	char *line = NULL;
	int r;

	order.in_fd = dut_pack(session, session->store->dir, names, why);
	if (order.in_fd < 0)
		return order.in_fd;
	if (asprintf(&line,
		    "work=%s; mkdir -p $work && new=$(mktemp -d $work/new-XXXXXX) && "
		    "tar -C $new --no-same-owner --warning=no-timestamp -x && cd %s && "
		    "IGD_CONFIG= bin/igd-harness run $new/matrix.yaml --no-cells --quiet --out $new/run %s >&2 && "
		    "{ cat $new/run/host.json || echo null; } >$new/host 2>/dev/null && "
		    "echo '[' && cat $new/run/run.json && echo , && cat $new/host && echo ']'; "
		    "status=$?; rm -rf $new; exit $status",
		    session->dut->work, session->dut->tree, options) < 0)
		line = NULL;
	order.line = line;
	r = line ? dut_tell(session, &order, &answer, why)
		 : problem_set(why, -ENOMEM, "out of memory");
	if (r == 0)
		r = take_documents(&answer, run_r, host_r, why);
	close(order.in_fd);
	free(answer.text);
	free(line);
	return r;
}

/* A host that dies here has cost nothing yet, and is asked again. */
int dut_identify(struct dut_session *session, const char *options, const json_t *plan,
	json_t **run_r, json_t **host_r, struct problem *why)
{
	for (int losses = 0;; losses++) {
		struct problem lost = { "" };
		int r = dut_settle(session, &lost);

		if (r == 0)
			r = ask_run(session, options, plan, run_r, host_r, &lost);
		if (r != -ENOTCONN || losses == DUT_LOSSES_MAX)
			return r < 0 ? problem_set(why, r, "%s", lost.text) : 0;
		dut_say(session, "%s", lost.text);
		r = dut_revive(session, why);
		if (r < 0)
			return r;
	}
}
