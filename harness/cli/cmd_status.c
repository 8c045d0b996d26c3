#include <errno.h>
#include <stdio.h>

#include "harness/base/escape.h"
#include "harness/base/install_paths.h"
#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/session/status.h"
#include "src/document.h"

static bool json;

static const struct command_option options[] = {
	{ "json", NULL, "the document (docs/schema/status.json) instead of text", .flag = &json },
	{ NULL },
};

/* "16:03:11 (42 min ago)", in local time, with the date unless it is today. */
static void print_since(time_t since)
{
	time_t now = time(NULL);
	double seconds = difftime(now, since);
	struct tm then = { 0 }, today = { 0 };
	char text[32] = "";

	localtime_r(&since, &then);
	localtime_r(&now, &today);
	strftime(text, sizeof(text),
		then.tm_year == today.tm_year && then.tm_yday == today.tm_yday ? "%H:%M:%S"
									       : "%Y-%m-%d %H:%M",
		&then);
	if (seconds < 90)
		printf("%s (%.0f s ago)", text, seconds > 0 ? seconds : 0);
	else if (seconds < 90 * 60)
		printf("%s (%.0f min ago)", text, seconds / 60);
	else
		printf("%s (%.0f h ago)", text, seconds / 3600);
}

static void print_writer(const struct store_writer *writer)
{
	if (!writer->writes)
		return;
	printf("run by: ");
	if (writer->pid == 0) {
		puts("a process that this machine does not show, on a different host or in a "
		     "container");
		return;
	}
	escape_text(stdout, writer->user);
	printf(", process %ld", (long)writer->pid);
	if (writer->since > 0) {
		printf(", since ");
		print_since(writer->since);
	}
	putchar('\n');
}

static void print_cells(const struct session_status *status)
{
	double now = (double)time(NULL);

	for (size_t i = 0; i < status->open && i < SESSION_STATUS_OPEN_MAX; i++) {
		const struct session_status_cell *cell = &status->cells[i];
		double spent = now - (double)cell->began;

		printf("%s: [%zu/%zu] ", status->writer.writes ? "cell" : "interrupted",
			cell->index + 1, json_array_size(json_object_get(status->plan, "cells")));
		escape_text(stdout, cell->name);
		if (cell->began > 0) {
			printf(", since ");
			print_since(cell->began);
		}
		if (cell->state[0]) {
			printf(", state ");
			escape_text(stdout, cell->state);
			if (status->writer.writes && cell->began > 0 && spent > cell->state_after_s)
				printf(" for %.0f s of at most %.0f s", spent - cell->state_after_s,
					cell->state_max_s);
		}
		putchar('\n');
	}
	if (status->open > SESSION_STATUS_OPEN_MAX)
		printf("and %zu more\n", status->open - SESSION_STATUS_OPEN_MAX);
}

static void print_head(const struct session_status *status, const char *dir)
{
	const char *dut = document_text(json_object_get(status->run, "dut"), "name");

	escape_text(stdout, document_text(json_object_get(status->plan, "matrix"), "name"));
	printf(": %s, %zu of %zu cells are over%s\n",
		status->writer.writes          ? "running"
		: status->over < status->total ? "not running"
					       : "complete",
		status->over, status->total, status->left);
	if (dut[0]) {
		printf("host under test: ");
		escape_text(stdout, dut);
		putchar('\n');
	}
	if (!status->writer.writes && status->over < status->total)
		printf("`%s resume %s` continues the run\n", install_program(), dir);
	if (!status->writer.writes && status->over == status->total)
		printf("`%s judge %s` prints the result\n", install_program(), dir);
}

static int print_json(const struct session_status *status, const char *dir)
{
	json_t *document = session_status_document(status, dir);
	int r = document ? json_dumpf(document, stdout, JSON_INDENT(1) | JSON_ENSURE_ASCII) : -1;

	json_decref(document);
	putchar('\n');
	return r < 0 ? -ENOMEM : 0;
}

static void print_text(const struct session_status *status, const char *dir)
{
	print_head(status, dir);
	print_writer(&status->writer);
	print_cells(status);
}

static int run(int argc, char **argv)
{
	struct session_status status = { 0 };
	struct problem why = { 0 };
	int r;

	if (argc != 1) {
		problem_set(&why, 0, "name one run directory");
		return command_fail(&command_status, EXIT_USAGE, &why);
	}
	r = session_status_read(argv[0], &status, &why);
	if (r < 0)
		return command_fail(&command_status, exit_status_of(r), &why);
	if (json)
		r = print_json(&status, argv[0]);
	else
		print_text(&status, argv[0]);
	session_status_free(&status);
	return r < 0 ? command_fail(&command_status, EXIT_NO_ANSWER, &why) : 0;
}

const struct command command_status = {
	.name = "status",
	.arguments = "DIR",
	.summary = "whether a run is going on, which cell runs, and how long it will take",
	.description =
		"Prints of the run directory DIR how many cells are over, who runs the others and\n"
		"since when, which cell runs and in which state, and about how long the rest will\n"
		"take: by the mean of the cells that are over, so a run without such a cell has no\n"
		"estimate. If the run has stopped, it names the command that continues it, `resume`.\n"
		"Changes nothing in DIR. Exit status: 0, whether the run is going on or not; 2 if DIR\n"
		"is not a run directory.",
	.options = options,
	.run = run,
};
