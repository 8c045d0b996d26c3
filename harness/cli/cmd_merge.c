#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/store/merge.h"

static struct {
	const char *out;
} opts;

static const struct command_option options[] = {
	{ "out", "DIR", "the run directory to make; required", .text = &opts.out },
	{ NULL },
};

static void tell_missing(const json_t *missing)
{
	const json_t *shard;
	size_t i;

	json_array_foreach(missing, i, shard) fprintf(stderr,
		"igd-harness: shard %" JSON_INTEGER_FORMAT
		" is not among them: its cells did not run\n",
		json_integer_value(shard));
}

static int run(int argc, char **argv)
{
	struct problem why = { 0 };
	json_t *missing = NULL;
	int r, status;

	if (argc < 1 || !opts.out) {
		problem_set(&why, 0,
			"name the runs of the shards, and with --out the run directory to create");
		return command_fail(&command_merge, EXIT_USAGE, &why);
	}
	r = merge_runs(argv, (size_t)argc, opts.out, &missing, &why);
	if (r < 0)
		return command_fail(
			&command_merge, r == -EEXIST ? EXIT_USAGE : exit_status_of(r), &why);
	tell_missing(missing);
	printf("%s: %d shards; `igd-harness judge %s` prints the result\n", opts.out, argc,
		opts.out);
	status = json_array_size(missing) > 0 ? EXIT_NO_ANSWER : 0;
	json_decref(missing);
	return status;
}

const struct command command_merge = {
	.name = "merge",
	.arguments = "RUN...",
	.summary = "join the runs of a matrix's shards into one",
	.description =
		"Joins the run directories that `run --shard` made, on one host or on several, into\n"
		"one. Each cell is judged by the identities of its own host. A missing shard leaves\n"
		"its cells unrun (MISS). A shard that is given twice, or belongs to a different plan,\n"
		"is refused. Exit status: 0; 3 if a shard is missing; 2 usage, or runs that do not\n"
		"belong together.",
	.options = options,
	.run = run,
};
