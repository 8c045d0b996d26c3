/*
 * igd-phantom: the command. What it is about to do is written down in /run/igd-phantom/active
 * before it is done, and that file goes last: whoever finds it knows that the GPU is none, and
 * `off` undoes exactly what it says, also after `on` or `off` was killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ci/lab/phantom/phantom.h"
#include "src/problem.h"

#define STATUS_OFF    1
#define STATUS_USAGE  2
#define STATUS_FAILED 3

static const char usage[] =
	"Usage: igd-phantom on NAME [--rom good|none|unreadable] [--opregion] [--bridge VALUE]\n"
	"       igd-phantom off | status\n"
	"\n"
	"Makes the emulated VGA of the virtual lab pass for the Intel GPU NAME (the file phantoms\n"
	"beside this program lists them) before whoever reads sysfs: libxl, QEMU, the harness.\n"
	"Whether the device is assignable is not touched; it may become so before or after.\n"
	"\n"
	"  --rom KIND      its option ROM: good (default), none, or unreadable\n"
	"  --opregion      with an OpRegion that a guest can read\n"
	"  --bridge VALUE  what the host bridge shows at 0x50, such as 0x01c1 (default: its own)\n"
	"  --root DIR      a made machine instead of this one, for tests\n"
	"\n"
	"Exit status: 0 done, or status: on; 1 status: off; 2 wrong usage; 3 it could not be done.\n";

static const char *text_of(const json_t *marker, const char *key)
{
	const char *text = json_string_value(json_object_get(marker, key));

	return text ? text : "none";
}

static bool is_same(const struct command *command, const json_t *marker)
{
	char bridge[16] = "none";

	if (command->bridge >= 0)
		snprintf(bridge, sizeof(bridge), "0x%04x", (unsigned int)command->bridge);
	return strcmp(text_of(marker, "name"), command->name) == 0 &&
	       strcmp(text_of(marker, "rom"), command->rom) == 0 &&
	       strcmp(text_of(marker, "bridge"), bridge) == 0 &&
	       json_is_string(json_object_get(marker, "opregion")) == command->opregion;
}

static int on(const struct command *command, json_t *marker, struct problem *why)
{
	int r = 0;

	if (marker && marker_is_whole(marker)) {
		if (is_same(command, marker))
			return 0;
		return problem_set(why, -EBUSY,
			"the phantom %s is on, as asked for before; first: "
			"igd-phantom off",
			text_of(marker, "name"));
	}
	if (marker)
		r = turn_off(command, marker, why);
	return r < 0 ? r : turn_on(command, why);
}

static int off(const struct command *command, json_t *marker, struct problem *why)
{
	/* Also without a marker: a killed `on` may have left the draft of one. */
	return turn_off(command, marker, why);
}

static int status(const struct command *command, json_t *marker, struct problem *why)
{
	if (!marker) {
		puts("no phantom is on");
		return STATUS_OFF;
	}
	printf("phantom %s, %s:%s, class %s, option ROM %s, OpRegion %s, host bridge 0x50 %s\n",
		text_of(marker, "name"), text_of(marker, "vendor"), text_of(marker, "device"),
		text_of(marker, "class"), text_of(marker, "rom"), text_of(marker, "opregion"),
		text_of(marker, "bridge"));
	if (!marker_is_whole(marker))
		return problem_set(why, -EBADFD,
			"it is not whole: a command was killed; "
			"`on` or `off` puts that right");
	return 0;
}

static const struct {
	const char *name;
	int (*act)(const struct command *command, json_t *marker, struct problem *why);
	bool named;
} commands[] = {
	{ "on", on, true },
	{ "off", off, false },
	{ "status", status, false },
};

/* One command at a time. The lock goes with the process. */
static int take_turn(const struct command *command, struct problem *why)
{
	char path[PATH_MAX];
	int fd;

	state_path(command, "", path);
	if (mkdir(path, 0755) && errno != EEXIST)
		return problem_set(why, -errno, "cannot make '%s': %s", path, strerror(errno));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX))
		return problem_set(why, -errno, "cannot lock '%s': %s", path, strerror(errno));
	return fd;
}

static int run(const struct command *command, size_t which)
{
	struct problem why = { 0 };
	json_t *marker = NULL;
	int r = take_turn(command, &why), lock = r;

	if (r >= 0) {
		marker = marker_read(command, &why);
		r = *why.text ? -EINVAL : commands[which].act(command, marker, &why);
		close(lock);
	}
	json_decref(marker);
	if (r >= 0)
		return r;
	fprintf(stderr, "igd-phantom: %s\n", *why.text ? why.text : strerror(-r));
	return STATUS_FAILED;
}

static int wrong(const char *what)
{
	fprintf(stderr, "igd-phantom: %s; --help tells more\n", what);
	return STATUS_USAGE;
}

static bool parse_bridge(const char *text, int *value_r)
{
	char *end;
	long value;

	if (strncmp(text, "0x", 2) != 0)
		return false;
	value = strtol(text, &end, 16);
	*value_r = (int)value;
	return !*end && end != text + 2 && value >= 0 && value <= 0xffff;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "rom", required_argument, NULL, 'r' },
		{ "opregion", no_argument, NULL, 'o' },
		{ "bridge", required_argument, NULL, 'b' },
		{ "root", required_argument, NULL, 'R' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct command command = { .root = "", .rom = "good", .bridge = -1 };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 'r':
			command.rom = optarg;
			break;
		case 'o':
			command.opregion = true;
			break;
		case 'b':
			if (!parse_bridge(optarg, &command.bridge))
				return wrong("--bridge needs a value from 0x0 to 0xffff");
			break;
		case 'R':
			command.root = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return STATUS_USAGE;
		}
	}
	if (strcmp(command.rom, "good") != 0 && strcmp(command.rom, "none") != 0 &&
		strcmp(command.rom, "unreadable") != 0)
		return wrong("--rom needs good, none or unreadable");
	for (size_t i = 0; optind < argc && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, argv[optind]) != 0)
			continue;
		if (argc - optind != 1 + commands[i].named)
			return wrong(commands[i].named ? "`on` needs the name of one phantom"
						       : "too many arguments");
		command.name = argv[argc - 1];
		return run(&command, i);
	}
	return wrong("on, off or status?");
}
