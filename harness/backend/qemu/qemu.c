/*
 * The qemu back end: plain QEMU without Xen, for what does not need it: the display half.
 *
 * One QEMU a guest, with a keeper between (harness/process/keeper.h), whose descriptor tells the
 * end: this loop owns no SIGCHLD. QEMU's serial line is one end of a socket pair, so that no other
 * process can open it.
 */
#include "harness/backend/qemu/qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/backend/firmware.h"
#include "harness/backend/host_resources.h"
#include "harness/backend/image.h"
#include "harness/backend/qemu/kvm.h"
#include "harness/backend/qemu/private.h"
#include "harness/base/fileio.h"
#include "harness/plan/transition.h"
#include "harness/process/child.h"
#include "harness/process/guest_mark.h"
#include "harness/process/output_log.h"
#include "harness/process/program.h"

#define KVM_DEVICE   "/dev/kvm"
#define QEMU_DEFAULT "qemu-system-x86_64"

static int qemu_open(const struct backend_options *options, sd_event *loop,
	struct backend_host **host_r, struct problem *why)
{
	struct backend_host *host = calloc(1, sizeof(*host));
	int r = 0;

	if (!host)
		return -ENOMEM;
	host->loop = loop;
	host->options = options;
	host->program = options->device_model ? options->device_model : QEMU_DEFAULT;
	if (options->accelerator && strcmp(options->accelerator, "kvm") == 0)
		r = kvm_try(KVM_DEVICE, host->program, loop, why);
	if (r < 0) {
		free(host);
		return r;
	}
	if (!options->look_only) {
		host->tidied = json_array();
		guest_mark_end_lost(host->tidied);
	}
	*host_r = host;
	return 0;
}

static void qemu_close(struct backend_host *host)
{
	boot_disks_finish(&host->boot_disks);
	json_decref(host->tidied);
	free(host);
}

static int qemu_identify(struct backend_host *host, json_t *identities, struct problem *why)
{
	char *const argv[] = { (char *)host->program, (char *)"--version", NULL };
	char text[PROGRAM_LINE_MAX], version[PROGRAM_LINE_MAX];
	json_t *firmware;
	int r;

	r = program_line(argv, text, why);
	if (r < 0)
		return r;
	if (sscanf(text, "QEMU emulator version %63[0-9.]", version) != 1)
		return problem_set(why, -EPROTO,
			"%s --version printed \"%s\", which is not the version of a QEMU",
			host->program, text);
	json_object_set_new(identities, "versions", json_pack("{s:s}", "qemu", version));
	json_object_set_new(identities, "texts", json_pack("{s:s}", "qemu", text));
	json_object_set_new(identities, "capabilities", json_array());
	if (json_array_size(host->tidied) > 0)
		json_object_set(identities, "destroyed_at_start", host->tidied);
	firmware = json_object();
	firmware_add_qemu(firmware, host->program, true);
	json_object_set_new(identities, "firmware", firmware);
	return program_identify(host->program, identities, why);
}

/* A QEMU beside its guest's memory: with TCG mostly the code it translated, of which 100 MiB were
 * seen for a Linux guest. */
#define OVERHEAD_MIB 192

static void qemu_capacity(struct backend_host *host, struct host_capacity *capacity)
{
	FILE *meminfo = fopen("/proc/meminfo", "re");

	*capacity = (struct host_capacity){ .cpus = host_resources_cpus(),
		.memory_mib = host_resources_memory_mib(meminfo),
		.overhead_mib = OVERHEAD_MIB };
	if (meminfo)
		fclose(meminfo);
}

static void tell_gone(struct backend_guest *guest)
{
	/* Of a keeper that was killed. */
	guest_mark_end(&guest->mark, guest->leftovers);
	guest->handler->gone(guest->data, guest->leftovers);
}

static int on_created(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	if (!guest->destroyed)
		guest->handler->created(guest->data, guest->console_fd);
	return 0;
}

/* In qemu.log what QEMU left and the keeper has killed; in the leftovers what is still there. */
static void note_left(struct backend_guest *guest, const struct keeper_end *end)
{
	unsigned int count = end->left ? end->left : end->killed;

	for (unsigned int i = 0; i < count && i < KEEPER_NOTED_MAX; i++) {
		const struct keeper_process *noted = &end->noted[i];
		char line[96];

		if (end->left)
			json_array_append_new(
				guest->leftovers, json_sprintf("process %d (%s) of a guest",
							  (int)noted->pid, noted->name));
		snprintf(line, sizeof(line), "[igd-harness %s process %d (%s), which QEMU left]",
			end->left ? "cannot kill" : "killed", (int)noted->pid, noted->name);
		output_log_note(guest->log, line);
	}
}

/* `line` is the last one of qemu.log. */
static void tell_exit(struct backend_guest *guest, const struct keeper_end *end, const char *line)
{
	char detail[300];

	if (end->code == 0) {
		qemu_tell_ended(
			guest, ENDING_HOST_FAILED, "the process that watches over QEMU was killed");
	} else if (end->code == CLD_EXITED && end->status == 127) {
		qemu_tell_ended(guest, ENDING_HOST_FAILED, line);
	} else if (end->code == CLD_EXITED && end->status == 0) {
		qemu_tell_ended(
			guest, ENDING_GUEST_OFF, "QEMU exited: the guest powered off or reset");
	} else if (end->code == CLD_EXITED) {
		enum ending how = guest->saving ? ENDING_SAVE_FAILED : ENDING_CREATE_FAILED;

		snprintf(detail, sizeof(detail), "QEMU exited with status %d: %s", end->status,
			line);
		qemu_tell_ended(guest, how, detail);
	} else {
		snprintf(detail, sizeof(detail), "QEMU was killed by signal %d (%s)%s%s",
			end->status, strsignal(end->status), line[0] ? ": " : "", line);
		qemu_tell_ended(guest, ENDING_MODEL_DIED, detail);
	}
}

static int on_exit_of_qemu(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct backend_guest *guest = data;
	struct keeper_end end;
	char line[200];

	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	keeper_finish(&guest->keeper, false, &end);
	output_log_end(guest->log);
	fileio_last_line(guest->evidence_fd, "qemu.log", line, sizeof(line));
	note_left(guest, &end);
	tell_exit(guest, &end, line);
	if (guest->destroyed)
		tell_gone(guest);
	return 0;
}

static void on_unwritten(void *data, int error)
{
	char detail[128];

	snprintf(detail, sizeof(detail), "cannot write qemu.log in the run directory: %s",
		strerror(error));
	qemu_tell_ended(data, ENDING_NOT_RECORDED, detail);
}

/* Starts QEMU: the console as its stdin and stdout, the log as its stderr. On success the guest has
 * keeper and console_fd. */
static int spawn(struct backend_guest *guest, const struct args *args,
	const struct inherited *inherited, bool talks, struct problem *why)
{
	const struct output_log_spec log = { guest->evidence_fd, "qemu.log", on_unwritten, guest };
	int pair[2] = { -1, -1 }, talk[2] = { -1, -1 }, log_fd = -1, r;
	char **environment = NULL;
	struct child_parts parts;

	r = output_log_open(guest->host->loop, &log, &guest->log, &log_fd, why);
	if (r < 0)
		goto out;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		r = -errno;
		goto out;
	}
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	if (talks && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, talk) < 0) {
		r = -errno;
		goto out;
	}
	guest->mark = guest_mark_new();
	environment = guest_environment(&guest->mark);
	if (!environment) {
		r = -ENOMEM;
		goto out;
	}
	parts = (struct child_parts){ .fds = (int[QEMU_FD_END]){ pair[1], pair[1], log_fd,
					      guest->parts.saved_fd, talk[1], guest->parts.disk_fd,
					      inherited->root_fd, inherited->initrd_fd,
					      inherited->boot_fd, kept_socket_fd(guest->kept) },
		.fds_count = QEMU_FD_END,
		.death_signal = SIGKILL,
		.environment = environment };
	r = keeper_start((char *const *)args->list, &parts, &guest->keeper);
	if (r < 0)
		goto out;
	guest->console_fd = pair[0];
	pair[0] = -1;
	r = talks ? qmp_open(guest->host->loop, talk[0], qemu_answered, guest, &guest->qmp) : 0;
	talk[0] = -1;
out:
	for (int i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close(pair[i]);
		if (talk[i] >= 0)
			close(talk[i]);
	}
	if (log_fd >= 0)
		close(log_fd);
	free(environment);
	return r;
}

static void qemu_release(struct backend_guest *guest)
{
	sd_event_source_disable_unref(guest->exit_source);
	sd_event_source_disable_unref(guest->created_source);
	sd_event_source_disable_unref(guest->poll);
	qmp_close(guest->qmp);
	if (guest->keeper.pid > 0) { /* never after gone(): a last resort */
		struct keeper_end end;

		keeper_finish(&guest->keeper, true, &end);
		guest_mark_end(&guest->mark, NULL);
	}
	kept_socket_free(guest->kept);
	output_log_free(guest->log);
	json_decref(guest->leftovers);
	if (guest->console_fd >= 0)
		close(guest->console_fd);
	free(guest);
}

static int qemu_start(struct backend_host *host, const struct guest_request *request,
	struct backend_guest **guest_r, struct problem *why)
{
	const struct guest_parts *parts = request->parts;
	const json_t *cell = request->cell;
	struct backend_guest *guest = calloc(1, sizeof(*guest));
	struct image *image = request->image;
	struct args args = { 0 };
	struct inherited inherited = { -1, -1, -1 };
	int r;

	if (!guest)
		return -ENOMEM;
	*guest = (struct backend_guest){ .host = host,
		.handler = request->handler,
		.data = request->data,
		.parts = *parts,
		.keeper = KEEPER_NONE,
		.leftovers = json_array(),
		.console_fd = -1,
		.has_screen = qemu_has_screen(cell),
		.evidence_fd = request->evidence_fd };
	r = image_check_settings(
		image, json_object_get(json_object_get(cell, "settings"), "qemu"), why);
	if (r < 0)
		goto out;
	r = inherited_open(host, image, request, &inherited, why);
	if (r < 0)
		goto out;
	if (request->keep) {
		guest->kept = kept_socket_new(why);
		r = guest->kept ? 0 : -EIO;
	}
	if (r < 0)
		goto out;
	r = args_build(host, cell, image, parts, inherited.boot_fd >= 0, request->keep, &args, why);
	if (r < 0)
		goto out;
	r = args_record(&args, request->evidence_fd, why);
	if (r < 0)
		goto out;
	r = spawn(guest, &args, &inherited, guest->has_screen || transition_is(cell), why);
	if (r < 0)
		goto out;
	r = sd_event_add_io(
		host->loop, &guest->exit_source, guest->keeper.fd, EPOLLIN, on_exit_of_qemu, guest);
	if (r < 0)
		goto out;
	/* After the console: what a dying QEMU still wrote comes first. */
	sd_event_source_set_priority(guest->exit_source, SD_EVENT_PRIORITY_IDLE);
	if (parts->restored)
		r = qemu_await_restored(guest);
	else
		r = sd_event_add_defer(host->loop, &guest->created_source, on_created, guest);
	if (r < 0)
		goto out;
	*guest_r = guest;
	guest = NULL;
out:
	if (guest)
		qemu_release(guest);
	inherited_close(&inherited);
	args_finish(&args);
	return r;
}

static int on_gone_already(sd_event_source *source, void *data)
{
	tell_gone(data);
	return 0;
}

static void qemu_destroy(struct backend_guest *guest)
{
	if (guest->destroyed)
		return;
	guest->destroyed = true;
	sd_event_source_disable_unref(guest->poll);
	guest->poll = NULL;
	if (guest->keeper.pid > 0) {
		keeper_kill(
			&guest->keeper); /* a guest that has reported has nothing left to save */
		return;
	}
	sd_event_source_disable_unref(guest->created_source);
	guest->created_source = NULL;
	sd_event_add_defer(guest->host->loop, &guest->created_source, on_gone_already, guest);
}

const struct backend backend_qemu = {
	.name = "qemu",
	.about = "plain QEMU without Xen, on any machine; above all for the display",
	.boots_images = true,
	.open = qemu_open,
	.identify = qemu_identify,
	.capacity = qemu_capacity,
	.start = qemu_start,
	.save = qemu_save,
	.picture = qemu_picture,
	.reach = qemu_reach,
	.destroy = qemu_destroy,
	.release = qemu_release,
	.close = qemu_close,
};
