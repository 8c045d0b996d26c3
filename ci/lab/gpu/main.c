/*
 * igd-gpu: the command. `serve' is the device; the others make the files that go with it, and ask a
 * server that runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ci/lab/gpu/control.h"
#include "ci/lab/gpu/edid.h"
#include "ci/lab/gpu/opregion.h"
#include "ci/lab/gpu/server.h"
#include "ci/lab/gpu/settings.h"
#include "harness/base/clock.h"
#include "src/io.h"

#define STATUS_REFUSED 1
#define STATUS_USAGE   2
#define STATUS_FAILED  3
#define ASK_SECONDS    10

static int complain(int status, const char *text)
{
	fprintf(stderr, "igd-gpu: %s%s\n", text,
		status == STATUS_USAGE ? "; --help tells more" : "");
	return status;
}

/* Reads a file of at most `most` bytes. Returns its size, or a negative errno with a sentence. */
static ssize_t read_file(const char *path, size_t most, uint8_t **bytes_r, struct problem *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 0, n = 1;

	if (fd < 0)
		return problem_set(why, -errno, "cannot open '%s': %s", path, strerror(errno));
	*bytes_r = malloc(most + 1);
	while (*bytes_r && n > 0 && (size_t)got <= most) {
		n = read(fd, *bytes_r + got, most + 1 - (size_t)got);
		got += n > 0 ? n : 0;
	}
	if (!*bytes_r)
		got = problem_set(why, -ENOMEM, "out of memory");
	else if (n < 0)
		got = problem_set(why, -errno, "cannot read '%s': %s", path, strerror(errno));
	else if (got == 0 || (size_t)got > most)
		got = problem_set(
			why, -EINVAL, "'%s' is empty, or has more than %zu bytes", path, most);
	close(fd);
	return got;
}

static int write_file(const char *path, const uint8_t *bytes, size_t size)
{
	int fd, r;

	if (!path)
		return complain(STATUS_USAGE, "--out FILE is missing");
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	r = fd < 0 ? -errno : io_write_all(fd, bytes, size);
	if (fd >= 0 && close(fd) && r == 0)
		r = -errno;
	if (r == 0)
		return 0;
	fprintf(stderr, "igd-gpu: cannot write '%s': %s\n", path, strerror(-r));
	return STATUS_FAILED;
}

/* The monitor's EDID. Returns 0 with *edid_r NULL for no monitor, or a negative errno. */
static int make_monitor(
	const struct settings *settings, uint8_t **edid_r, size_t *size_r, struct problem *why)
{
	ssize_t size = EDID_MADE_SIZE;
	int r;

	*edid_r = NULL;
	if (settings->no_monitor)
		return 0;
	if (settings->edid_file) {
		size = read_file(settings->edid_file, EDID_FILE_MAX, edid_r, why);
		if (size > 0 && size % 128 != 0)
			size = problem_set(why, -EINVAL,
				"'%s' is no EDID: it has %zd bytes, and not blocks of 128",
				settings->edid_file, size);
		*size_r = size > 0 ? (size_t)size : 0;
		return size < 0 ? (int)size : 0;
	}
	*edid_r = malloc(EDID_MADE_SIZE);
	if (!*edid_r)
		return problem_set(why, -ENOMEM, "out of memory");
	*size_r = EDID_MADE_SIZE;
	r = edid_make(settings->width, settings->height, settings->port == PORT_HDMI, *edid_r);
	if (r < 0)
		problem_set(why, r,
			"--monitor %ux%u: from 640x480 to 4095x4095, a width that is a multiple of 8, and at most 655 MHz of pixels",
			settings->width, settings->height);
	return r;
}

static int serve(const struct settings *settings, int argc, char **argv)
{
	const struct server_options server = {
		.socket = settings->socket, .control = settings->control, .once = settings->once
	};
	struct gpu_options options = { .generation = settings->generation,
		.fault = settings->fault,
		.port = settings->port,
		.asls = settings->asls,
		.bdsm = settings->bdsm,
		.clock = clock_us };
	uint8_t *edid = NULL, *rom = NULL;
	struct problem why = { 0 };
	struct gpu gpu;
	ssize_t rom_size = 0;
	int r, status;

	if (!settings->socket || settings->no_port)
		return complain(STATUS_USAGE, settings->socket
						      ? "serve needs a --port other than none"
						      : "serve needs --socket PATH");
	r = make_monitor(settings, &edid, &options.edid_size, &why);
	options.edid = edid;
	if (r == 0 && settings->rom_file)
		rom_size = read_file(settings->rom_file, PCI_ROM_MAX, &rom, &why);
	if (r < 0 || rom_size < 0) {
		status = complain(STATUS_USAGE, why.text);
		goto out;
	}
	options.rom = rom;
	options.rom_size = (size_t)rom_size;
	r = gpu_init(&gpu, &options);
	if (r < 0)
		problem_set(&why, r, "the device could not be made: %s", strerror(-r));
	if (r == 0) {
		r = server_run(&gpu, &server, &why);
		gpu_free(&gpu);
	}
	status = r < 0 ? complain(STATUS_FAILED, why.text) : 0;
out:
	free(edid);
	free(rom);
	return status;
}

static size_t make_vbt(const struct settings *settings, uint8_t vbt[static VBT_SIZE_MAX])
{
	return vbt_make(settings->generation,
		settings->no_port ? NULL : &settings->generation->ports[settings->port], vbt);
}

static int write_opregion(const struct settings *settings, int argc, char **argv)
{
	uint8_t opregion[OPREGION_SIZE], vbt[VBT_SIZE_MAX];
	size_t size = make_vbt(settings, vbt);

	opregion_make(settings->no_vbt ? NULL : vbt, size, opregion);
	return write_file(settings->out, opregion, sizeof(opregion));
}

static int write_rom(const struct settings *settings, int argc, char **argv)
{
	uint8_t vbt[VBT_SIZE_MAX], *rom = malloc(ROM_SIZE);
	size_t size = make_vbt(settings, vbt);
	int status;

	if (!rom)
		return complain(STATUS_FAILED, "out of memory");
	rom_make(settings->generation, settings->no_vbt ? NULL : vbt, size, rom);
	status = write_file(settings->out, rom, ROM_SIZE);
	free(rom);
	return status;
}

static int write_edid(const struct settings *settings, int argc, char **argv)
{
	struct problem why = { 0 };
	uint8_t *edid = NULL;
	size_t size = 0;
	int status;

	if (make_monitor(settings, &edid, &size, &why))
		status = complain(STATUS_USAGE, why.text);
	else if (!edid)
		status = complain(STATUS_USAGE, "no monitor has no EDID");
	else
		status = write_file(settings->out, edid, size);
	free(edid);
	return status;
}

static int ask(const struct settings *settings, int argc, char **argv)
{
	char line[CONTROL_LINE_MAX], answer[CONTROL_LINE_MAX];
	int r;

	if (argc < 2 || argc > 3)
		return complain(STATUS_USAGE,
			"ask needs the path of a server's control socket and a command");
	snprintf(line, sizeof(line), "%s%s%s", argv[1], argc > 2 ? " " : "",
		argc > 2 ? argv[2] : "");
	r = control_ask(argv[0], line, ASK_SECONDS, answer);
	if (r < 0) {
		fprintf(stderr, "igd-gpu: no answer on '%s': %s\n", argv[0], strerror(-r));
		return STATUS_FAILED;
	}
	puts(answer);
	return r ? STATUS_REFUSED : 0;
}

const struct gpu_command gpu_commands[] = {
	{ "serve", "--socket PATH", "the device, until SIGINT or SIGTERM", serve },
	{ "ask", "CONTROL COMMAND [ARGUMENT]", "ask a server, and print its answer as JSON", ask },
	{ "opregion", "--out FILE", "an OpRegion, for QEMU's -fw_cfg etc/igd-opregion",
		write_opregion },
	{ "rom", "--out FILE", "an expansion ROM with a VBT", write_rom },
	{ "edid", "--out FILE", "the EDID of a monitor", write_edid },
	{ NULL },
};

int main(int argc, char **argv)
{
	struct problem why = { 0 };
	struct settings settings;
	int first, r;

	for (const struct gpu_command *command = gpu_commands; argc > 1 && command->name;
		command++) {
		if (strcmp(command->name, argv[1]) != 0)
			continue;
		r = settings_parse(argc - 1, argv + 1, &settings, &first, &why);
		if (r > 0)
			break;
		if (r == 0 && argc - 1 > first && command->run != ask)
			r = problem_set(
				&why, -EINVAL, "'%s' is an argument too many", argv[1 + first]);
		if (r < 0)
			return complain(STATUS_USAGE, why.text);
		return command->run(&settings, argc - 1 - first, argv + 1 + first);
	}
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			settings_help();
			return 0;
		}
	}
	return complain(
		STATUS_USAGE, argc > 1 ? "there is no such command" : "a command is missing");
}
