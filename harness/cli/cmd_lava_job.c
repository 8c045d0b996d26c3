#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/cli/lava_job.h"
#include "harness/matrix/matrix.h"
#include "harness/plan/choice/choice.h"
#include "harness/plan/shard.h"

static struct {
	struct string_list select, tags, more;
	const char *shard, *device_type, *prefix, *out, *slow, *visibility;
} opts = { .device_type = "ssh", .prefix = "/usr", .slow = "1", .visibility = "public" };

static const struct command_option options[] = {
	{ "device-type", "TYPE", "LAVA's device type (default: ssh)", .text = &opts.device_type },
	{ "tag", "TAG", "only on a host with this tag; repeatable", .list = &opts.tags },
	{ "visibility", "WORD",
		"who may see the job in LAVA: public (default), personal, or\n"
		"                          group:NAME[,NAME...]",
		.text = &opts.visibility },
	{ "prefix", "DIR", "the prefix of the harness on the host (default: /usr)",
		.text = &opts.prefix },
	{ "out", "DIR",
		"the run directory on the host (default: in the job's own folder,\n"
		"                          which LAVA removes)",
		.text = &opts.out },
	{ "select", "GLOB", "only cells whose name matches GLOB; repeatable",
		.list = &opts.select },
	{ "shard", "INDEX/COUNT", "only this part of the cells: a job for each host",
		.text = &opts.shard },
	{ "run-option", "WORD",
		"a further option of `run` on the host, such as --run-option=--keep-\n"
		"                          lease; repeatable",
		.list = &opts.more },
	{ "slow", "FACTOR", "multiply all limits, for a slow host", .text = &opts.slow },
	{ NULL },
};

static int print_job(const json_t *plan, double slow, json_t *visibility, struct problem *why)
{
	struct lava_options how = {
		.device_type = opts.device_type,
		.tags = opts.tags.texts,
		.tag_count = opts.tags.count,
		.prefix = opts.prefix,
		.out = opts.out,
		.slow = slow,
		.visibility = visibility,
		.shard = opts.shard,
		.select = opts.select.texts,
		.select_count = opts.select.count,
		.more = opts.more.texts,
		.more_count = opts.more.count,
	};
	json_t *job = lava_job(plan, &how);
	char *text = NULL;
	int r = lava_job_yaml(job, &text, why);

	if (r == 0)
		fputs(text, stdout);
	free(text);
	json_decref(job);
	return r;
}

static int run(int argc, char **argv)
{
	struct problem why = { 0 };
	json_t *plan = NULL, *visibility = lava_visibility(opts.visibility, &why);
	char *end = NULL;
	double slow = strtod(opts.slow, &end);
	int r, status;

	if (!visibility)
		return command_fail(&command_lava_job, EXIT_USAGE, &why);
	if (argc != 1 || *end || !(slow >= 0.01 && slow <= 1000)) {
		json_decref(visibility);
		problem_set(&why, 0,
			argc != 1 ? "name one matrix file, which the host has too"
				  : "--slow takes a number from 0.01 to 1000");
		return command_fail(&command_lava_job, EXIT_USAGE, &why);
	}
	r = matrix_plan(argv[0], NULL, &plan, &why);
	if (r == 0)
		r = plan_select(plan, opts.select.texts, opts.select.count, &why);
	if (r == 0)
		r = shard_cut(plan, opts.shard, &why);
	if (r == 0)
		r = print_job(plan, slow, visibility, &why);
	status = r < 0 ? command_fail(&command_lava_job, exit_status_of(r), &why) : 0;
	json_decref(visibility);
	json_decref(plan);
	return status;
}

const struct command command_lava_job = {
	.name = "lava-job",
	.arguments = "MATRIX",
	.summary = "write a job for LAVA that runs a matrix",
	.description =
		"Prints the definition of a LAVA job (YAML) that runs the matrix, or a shard of it,\n"
		"on a host that LAVA reaches over ssh and that has the harness installed. Each cell\n"
		"is a test case of LAVA. The timeouts are those of the cells. Changes nothing.",
	.options = options,
	.run = run,
};
