#include <stdio.h>
#include <string.h>

#include "harness/commands.h"
#include "harness/lease.h"
#include "harness/render.h"
#include "harness/runner.h"

static const struct command_option options[] = { { NULL } };

/* What a killed run left: its domains, which opening the back end has destroyed, and its device. */
static int restore(struct runner *runner, struct problem *why)
{
	const json_t *destroyed = json_object_get(runner->identities, "destroyed_at_start"), *entry;
	char bdf[BDF_TEXT_MAX];
	struct bdf device;
	size_t i;
	int r;

	json_array_foreach(destroyed, i, entry)
	{
		fputs("destroyed ", stdout);
		render_value(stdout, entry);
		putchar('\n');
	}
	r = lease_restore(runner->backend->devices, runner->host, "", &device, why);
	if (r == 1) {
		bdf_format(device, bdf);
		printf("gave device %s back\n", bdf);
	} else if (r == 0 && json_array_size(destroyed) == 0) {
		puts("nothing to restore: no run left anything on this host");
	}
	return r < 0 ? r : 0;
}

static int run(int argc, char **argv)
{
	struct backend_options host_options = { 0 };
	struct runner runner = { 0 };
	struct problem why = { 0 };
	int r;

	if (argc != 1 || strcmp(argv[0], "restore") != 0) {
		problem_set(&why, 0, "say what to do: restore");
		return command_fail(&command_host, EXIT_USAGE, &why);
	}
	r = runner_open(&runner, "libxl", &host_options, &why);
	if (r == 0)
		r = restore(&runner, &why);
	runner_close(&runner);
	return r < 0 ? command_fail(&command_host, EXIT_NO_ANSWER, &why) : 0;
}

const struct command command_host = {
	.name = "host",
	.arguments = "restore",
	.summary = "undo what a killed run left on this host",
	.description =
		"Destroys guests whose harness is dead, and gives back the device that one had leased:\n"
		"to dom0 and to the driver it had. Changes nothing if no run left anything.",
	.options = options,
	.run = run,
};
