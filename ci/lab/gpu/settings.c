#include "ci/lab/gpu/settings.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ci/lab/gpu/control.h"

static const char *const port_names[PORT_KINDS] = {
	[PORT_HDMI] = "hdmi",
	[PORT_DP] = "dp",
	[PORT_EDP] = "edp",
};

static int set_generation(struct settings *settings, const char *text, struct problem *why)
{
	settings->generation = generation_find(text);
	if (settings->generation)
		return 0;
	return problem_set(why, -EINVAL, "there is no generation '%s'", text);
}

static int set_port(struct settings *settings, const char *text, struct problem *why)
{
	settings->no_port = strcmp(text, "none") == 0;
	for (size_t i = 0; i < PORT_KINDS; i++) {
		if (strcmp(text, port_names[i]) == 0) {
			settings->port = (enum port_kind)i;
			return 0;
		}
	}
	return settings->no_port ? 0
				 : problem_set(why, -EINVAL, "--port needs hdmi, dp, edp or none");
}

static int set_monitor(struct settings *settings, const char *text, struct problem *why)
{
	char after;

	settings->no_monitor = strcmp(text, "none") == 0;
	if (!settings->no_monitor && (strspn(text, "0123456789x") != strlen(text) ||
					     sscanf(text, "%4ux%4u%c", &settings->width,
						     &settings->height, &after) != 2))
		return problem_set(
			why, -EINVAL, "--monitor needs a size such as 1920x1080, or none");
	return 0;
}

static int set_fault(struct settings *settings, const char *text, struct problem *why)
{
	settings->fault = fault_find(text);
	return settings->fault ? 0 : problem_set(why, -EINVAL, "there is no fault '%s'", text);
}

static int set_address(uint32_t *value_r, const char *name, const char *text, struct problem *why)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 16);
	if (strncmp(text, "0x", 2) != 0 || *end || end == text + 2 || errno || value > 0xffffffff)
		return problem_set(why, -EINVAL,
			"--%s needs an address below 4 GiB, such as 0x7fffe000", name);
	*value_r = (uint32_t)value;
	return 0;
}

static int set_asls(struct settings *settings, const char *text, struct problem *why)
{
	return set_address(&settings->asls, "asls", text, why);
}

static int set_bdsm(struct settings *settings, const char *text, struct problem *why)
{
	return set_address(&settings->bdsm, "bdsm", text, why);
}

static int set_socket(struct settings *settings, const char *text, struct problem *why)
{
	settings->socket = text;
	return 0;
}

static int set_control(struct settings *settings, const char *text, struct problem *why)
{
	settings->control = text;
	return 0;
}

static int set_edid(struct settings *settings, const char *text, struct problem *why)
{
	settings->edid_file = text;
	return 0;
}

static int set_rom(struct settings *settings, const char *text, struct problem *why)
{
	settings->rom_file = text;
	return 0;
}

static int set_out(struct settings *settings, const char *text, struct problem *why)
{
	settings->out = text;
	return 0;
}

static int set_once(struct settings *settings, const char *text, struct problem *why)
{
	settings->once = true;
	return 0;
}

static int set_no_vbt(struct settings *settings, const char *text, struct problem *why)
{
	settings->no_vbt = true;
	return 0;
}

static const struct gpu_option {
	const char *name;
	const char *argument; /* NULL: a flag */
	const char *about;
	int (*set)(struct settings *settings, const char *text, struct problem *why);
} gpu_options[] = {
	{ "socket", "PATH", "serve: where QEMU's vfio-user-pci connects", set_socket },
	{ "control", "PATH", "serve: a socket for `igd-gpu ask'", set_control },
	{ "generation", "NAME", "the GPU (default: coffee-lake)", set_generation },
	{ "port", "KIND", "the port of the machine: hdmi (default), dp, edp; not of serve: none",
		set_port },
	{ "monitor", "WxH", "the mode of the monitor (default: 1920x1080), or none", set_monitor },
	{ "edid", "FILE", "serve: the monitor has this EDID instead", set_edid },
	{ "rom", "FILE", "serve: the expansion ROM (default: there is none)", set_rom },
	{ "asls", "ADDRESS", "serve: where the OpRegion is, if no firmware writes that", set_asls },
	{ "bdsm", "ADDRESS", "serve: where stolen memory is, likewise", set_bdsm },
	{ "fault", "NAME", "serve: a device that fails in this way", set_fault },
	{ "once", NULL, "serve: end with the first client", set_once },
	{ "no-vbt", NULL, "opregion, rom: without a VBT", set_no_vbt },
	{ "out", "FILE", "opregion, rom, edid: the file to write", set_out },
};
#define OPTIONS     (sizeof(gpu_options) / sizeof(gpu_options[0]))
#define OPTION_HELP ((int)OPTIONS)

int settings_parse(
	int argc, char **argv, struct settings *settings_r, int *first_r, struct problem *why)
{
	struct option options[OPTIONS + 2] = { 0 };
	int option, r = 0;

	*settings_r =
		(struct settings){ .generation = generations[0], .width = 1920, .height = 1080 };
	for (size_t i = 0; i < OPTIONS; i++)
		options[i] = (struct option){ .name = gpu_options[i].name,
			.has_arg = gpu_options[i].argument ? required_argument : no_argument,
			.val = (int)i };
	options[OPTIONS] = (struct option){ .name = "help", .val = OPTION_HELP };
	opterr = 0;
	optind = 1;
	while (r == 0 && (option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == OPTION_HELP)
			return 1;
		if (option >= (int)OPTIONS)
			return problem_set(why, -EINVAL, "'%s' is no option, or lacks its argument",
				argv[optind - 1]);
		r = gpu_options[option].set(settings_r, optarg, why);
	}
	*first_r = optind;
	return r;
}

void settings_help(void)
{
	char column[64];

	puts("Usage: igd-gpu COMMAND [OPTION...]\n"
	     "\n"
	     "A virtual Intel GPU for QEMU, on which an unmodified i915 drives a screen. It is no hardware,\n"
	     "and a pass on it is not a pass on hardware (docs/labs/virtual-gpu.md).\n"
	     "\n"
	     "Commands:");
	for (const struct gpu_command *command = gpu_commands; command->name; command++) {
		snprintf(column, sizeof(column), "%s %s", command->name, command->usage);
		printf("  %-30s %s\n", column, command->about);
	}
	puts("\nOptions:");
	for (size_t i = 0; i < OPTIONS; i++) {
		snprintf(column, sizeof(column), "--%s %s", gpu_options[i].name,
			gpu_options[i].argument ? gpu_options[i].argument : "");
		printf("  %-18s %s\n", column, gpu_options[i].about);
	}
	printf("  %-18s %s\n", "--help", "this text");
	puts("\nCommands of ask:");
	for (const struct control_command *command = control_commands; command->name; command++) {
		snprintf(column, sizeof(column), "%s %s", command->name,
			command->argument ? command->argument : "");
		printf("  %-18s %s\n", column, command->about);
	}
	puts("\nGenerations:");
	for (const struct generation *const *generation = generations; *generation; generation++)
		printf("  %-18s %s\n", (*generation)->name, (*generation)->about);
	puts("\nFaults:");
	for (const struct fault *fault = faults; fault->name; fault++)
		printf("  %-18s %s\n", fault->name, fault->about);
	puts("\nExit status: 0 done; 1 the server answered with an error; 2 wrong usage or a bad file;\n"
	     "3 it could not be done.");
}
