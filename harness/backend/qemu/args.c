/* The qemu back end: a cell's settings as QEMU's arguments. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/backend/device_models.h"
#include "harness/backend/qemu/private.h"
#include "harness/base/fileio.h"
#include "harness/plan/plan.h"
#include "harness/plan/settings/boot_way.h"
#include "harness/plan/transition.h"

static int add(struct args *args, const char *text)
{
	if (args->count == ARGS_MAX)
		return -E2BIG;
	args->list[args->count++] = text;
	return 0;
}

static int add_format(struct args *args, const char *option, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int add_format(struct args *args, const char *option, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int length;

	va_start(ap, fmt);
	length = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (length < 0)
		return -ENOMEM;
	if (args->owned_count == sizeof(args->owned) / sizeof(args->owned[0])) {
		free(text);
		return -E2BIG;
	}
	args->owned[args->owned_count++] = text;
	add(args, option);
	return add(args, text);
}

void args_finish(struct args *args)
{
	for (size_t i = 0; i < args->owned_count; i++)
		free(args->owned[i]);
}

static json_int_t whole(const json_t *settings, const char *key, json_int_t otherwise)
{
	const json_t *value = json_object_get(settings, key);

	return value ? json_integer_value(value) : otherwise;
}

static const char *text(const json_t *settings, const char *key, const char *otherwise)
{
	const char *value = json_string_value(json_object_get(settings, key));

	return value ? value : otherwise;
}

/* What only some guests have: a root file system of their own, a disk, a life before this one. */
static void add_parts(struct args *args, const json_t *cell, const struct image *image,
	const struct guest_parts *parts)
{
	/* As a CD, because that is read-only by its nature: an IDE disk of QEMU's cannot be. */
	if (image->root)
		add_format(args, "-drive",
			"file=/proc/self/fd/%d,format=raw,if=ide,index=2,media=cdrom,readonly=on",
			QEMU_FD_ROOT);
	if (parts->disk_fd >= 0)
		add_format(args, "-drive",
			"file=/proc/self/fd/%d,format=raw,if=ide,index=0,media=disk", QEMU_FD_DISK);
	if (parts->restored)
		add_format(args, "-incoming", "exec:cat /proc/$PPID/fd/%d", QEMU_FD_SAVED);
	if (!transition_is(cell) && !qemu_has_screen(cell))
		return;
	add_format(args, "-chardev", "socket,id=qmp,fd=%d", QEMU_FD_QMP);
	add_format(args, "-mon", "chardev=qmp,mode=control");
}

/* What the guest boots. */
static int add_system(
	struct args *args, const json_t *settings, const struct image *image, bool boots_disk)
{
	char *cmdline, path[32];
	int r;

	if (image->disk) /* What the guest writes is gone with QEMU. */
		return add_format(args, "-drive", "file=%s,format=%s,if=ide,snapshot=on",
			image->disk, image->disk_is_qcow2 ? "qcow2" : "raw");
	if (boots_disk) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", QEMU_FD_BOOT);
		add_format(args, "-boot", "order=" BOOT_WAY_ORDER);
		return add_format(args, "-drive", BOOT_WAY_DRIVE, path);
	}
	cmdline = image_cmdline(image, settings);
	if (!cmdline)
		return -ENOMEM;
	add_format(args, "-kernel", "%s", image->kernel);
	add_format(args, "-initrd", "%s", image->initrd);
	r = add_format(args, "-append", "%s", cmdline);
	free(cmdline);
	return r;
}

/* The QEMU of that cell: one that was named for it, or the run's. */
static const char *program_of(
	const struct backend_host *host, const json_t *settings, struct problem *why)
{
	const char *model = text(settings, "device_model", "");

	return model[0] ? device_models_path(host->options->models, model, why) : host->program;
}

int args_build(const struct backend_host *host, const json_t *cell, const struct image *image,
	const struct guest_parts *parts, bool boots_disk, bool keep, struct args *args,
	struct problem *why)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), "qemu"), *extra;
	const char *program = program_of(host, settings, why);
	size_t i;
	int r;

	if (!program)
		return -EINVAL;
	add(args, program);
	add_format(args, "-name", "%s", text(cell, "name", "guest"));
	add_format(args, "-machine", "%s,accel=%s", text(settings, "machine", "pc"),
		host->options->accelerator);
	add_format(args, "-m", "%" JSON_INTEGER_FORMAT, whole(settings, "memory", PLAN_MEMORY_MIB));
	add_format(args, "-smp", "%" JSON_INTEGER_FORMAT, whole(settings, "vcpus", 1));
	/* What a processor runs has no need of it, and QEMU refuses it. */
	if (json_object_get(settings, "icount") && strcmp(host->options->accelerator, "tcg") == 0)
		add_format(args, "-icount", "shift=%" JSON_INTEGER_FORMAT,
			whole(settings, "icount", 0));
	/*
	 * As libxl does: nothing that was not asked for, and the screen is nobody's. -no-reboot, so
	 * that a guest that crashes in a loop ends.
	 */
	add(args, "-nodefaults");
	add(args, "-no-user-config");
	add(args, "-no-reboot");
	add_format(args, "-display", "none");
	add_format(args, "-vga", "%s", text(settings, "vga", "std"));
	/* No netdev: joined to nothing. No ROM: nobody boots from it. */
	if (strcmp(text(settings, "nic", "none"), "none") != 0)
		add_format(args, "-device", "%s,romfile=", text(settings, "nic", ""));
	add_format(args, "-serial", "stdio");
	r = add_system(args, settings, image, boots_disk);
	if (r < 0)
		return problem_set(why, r, "out of memory");
	add_parts(args, cell, image, parts);
	if (keep) {
		add_format(
			args, "-chardev", "socket,id=kept,fd=%d,server=on,wait=off", QEMU_FD_KEPT);
		add_format(args, "-mon", "chardev=kept,mode=control");
	}
	json_array_foreach(json_object_get(settings, "args"), i, extra)
	{
		if (add(args, json_string_value(extra)) < 0)
			return problem_set(why, -E2BIG,
				"the cell gives QEMU more than %d arguments", ARGS_MAX);
	}
	return 0;
}

int args_record(const struct args *args, int evidence_fd, struct problem *why)
{
	char *lines = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&lines, &length);
	int r;

	if (!stream)
		return -ENOMEM;
	for (size_t i = 0; i < args->count; i++)
		fprintf(stream, "%s\n", args->list[i]);
	fclose(stream);
	r = fileio_write(evidence_fd, "qemu-args.txt", lines, length, why);
	free(lines);
	return r;
}
