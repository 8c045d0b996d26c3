/*
 * The qemu back end: plain QEMU without Xen, for what does not need it: the display half.
 *
 * One child a guest. Its serial line is one end of a socket pair, so that no other process can open
 * it; it is waited for through a pidfd, so that this loop owns no SIGCHLD.
 */
#include "harness/qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/command.h"
#include "harness/firmware.h"
#include "harness/image.h"
#include "harness/pidfd.h"
#include "harness/store.h"

#define QEMU_DEFAULT "qemu-system-x86_64"

/* -name, -machine, ... and what a cell adds; execvp() wants them in one array. */
#define ARGS_MAX 128

struct backend_host {
	sd_event *loop;
	const char *guests_dir;
	const char *program;
	const char *accelerator;
};

struct backend_guest {
	struct backend_host *host;
	const struct guest_handler *handler;
	void *data;
	pid_t pid;
	int pid_fd;
	int console_fd;
	int evidence_fd;
	sd_event_source *exit_source;
	sd_event_source *created_source;
	bool ending_told;
	bool destroyed;
};

static int qemu_open(const struct backend_options *options, sd_event *loop,
	struct backend_host **host_r, struct problem *why)
{
	struct backend_host *host = calloc(1, sizeof(*host));

	if (!host)
		return -ENOMEM;
	host->loop = loop;
	host->guests_dir = options->guests_dir;
	host->program = options->device_model ? options->device_model : QEMU_DEFAULT;
	host->accelerator = options->accelerator;
	*host_r = host;
	return 0;
}

static void qemu_close(struct backend_host *host)
{
	free(host);
}

static int qemu_identify(struct backend_host *host, json_t *identities, struct problem *why)
{
	char *const argv[] = { (char *)host->program, (char *)"--version", NULL };
	char text[COMMAND_LINE_MAX], version[COMMAND_LINE_MAX];
	json_t *firmware;
	int r;

	r = command_line(argv, text, why);
	if (r < 0)
		return r;
	if (sscanf(text, "QEMU emulator version %63[0-9.]", version) != 1)
		return problem_set(why, -EPROTO,
			"%s --version says \"%s\", which is not how QEMU names its version",
			host->program, text);
	json_object_set_new(identities, "versions", json_pack("{s:s}", "qemu", version));
	json_object_set_new(identities, "texts", json_pack("{s:s}", "qemu", text));
	json_object_set_new(identities, "capabilities", json_array());
	firmware = json_object();
	firmware_add_qemu(firmware, host->program, true);
	json_object_set_new(identities, "firmware", firmware);
	return command_identify(host->program, identities, why);
}

struct args {
	const char *list[ARGS_MAX + 1];
	size_t count;
	char *owned[16]; /* formatted ones, to be freed */
	size_t owned_count;
};

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

static void args_finish(struct args *args)
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

/* The settings of the cell, docs/matrix.md, as QEMU's arguments. */
static int build_args(const struct backend_host *host, const json_t *cell,
	const struct image *image, struct args *args)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), "qemu"), *extra;
	size_t i;

	add(args, host->program);
	add_format(args, "-name", "%s", text(cell, "name", "guest"));
	add_format(args, "-machine", "%s,accel=%s", text(settings, "machine", "pc"),
		host->accelerator);
	add_format(args, "-m", "%" JSON_INTEGER_FORMAT, whole(settings, "memory", 512));
	add_format(args, "-smp", "%" JSON_INTEGER_FORMAT, whole(settings, "vcpus", 1));
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
	add_format(args, "-kernel", "%s", image->kernel);
	add_format(args, "-initrd", "%s", image->initrd);
	add_format(args, "-append", "%s%s%s", image->cmdline,
		json_object_get(settings, "cmdline") ? " " : "", text(settings, "cmdline", ""));
	json_array_foreach(json_object_get(settings, "args"), i, extra)
	{
		if (add(args, json_string_value(extra)) < 0)
			return -E2BIG;
	}
	return 0;
}

/* In the child: the console as stdin and stdout, the log as stderr, then QEMU. */
static void become_qemu(const struct args *args, int console_fd, int log_fd)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a killed harness leaves no QEMU behind */
	setpgid(0, 0);                    /* Ctrl-C at the terminal is the harness's business */
	if (dup2(console_fd, 0) >= 0 && dup2(console_fd, 1) >= 0 && dup2(log_fd, 2) >= 0)
		execvp(args->list[0], (char *const *)args->list);
	dprintf(2, "cannot execute %s: %s\n", args->list[0], strerror(errno));
	_exit(127);
}

static int record_args(const struct args *args, int evidence_fd, struct problem *why)
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
	r = store_write(evidence_fd, "qemu-args.txt", lines, length, why);
	free(lines);
	return r;
}

static void tell_ended(struct backend_guest *guest, enum ending how, const char *detail)
{
	if (guest->ending_told || guest->destroyed)
		return;
	guest->ending_told = true;
	guest->handler->ended(guest->data, how, detail);
}

static void tell_gone(struct backend_guest *guest)
{
	json_t *nothing = json_array();

	guest->handler->gone(guest->data, nothing);
	json_decref(nothing);
}

static int on_created(sd_event_source *source, void *data)
{
	struct backend_guest *guest = data;

	if (!guest->destroyed)
		guest->handler->created(guest->data, guest->console_fd);
	return 0;
}

static int on_exit_of_qemu(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct backend_guest *guest = data;
	siginfo_t info = { 0 };
	char line[200], detail[300];

	if (waitid(P_PIDFD, (id_t)guest->pid_fd, &info, WEXITED) < 0)
		return 0;
	sd_event_source_set_enabled(source, SD_EVENT_OFF);
	guest->pid = -1;
	store_last_line(guest->evidence_fd, "qemu.log", line, sizeof(line));
	if (info.si_code == CLD_EXITED && info.si_status == 127) {
		tell_ended(guest, ENDING_HOST_FAILED, line);
	} else if (info.si_code == CLD_EXITED && info.si_status == 0) {
		tell_ended(guest, ENDING_GUEST_OFF, "QEMU exited: the guest powered off or reset");
	} else if (info.si_code == CLD_EXITED) {
		snprintf(detail, sizeof(detail), "QEMU exited with status %d: %s", info.si_status,
			line);
		tell_ended(guest, ENDING_CREATE_FAILED, detail);
	} else {
		snprintf(detail, sizeof(detail), "QEMU was killed by signal %d (%s)%s%s",
			info.si_status, strsignal(info.si_status), line[0] ? ": " : "", line);
		tell_ended(guest, ENDING_MODEL_DIED, detail);
	}
	if (guest->destroyed)
		tell_gone(guest);
	return 0;
}

/* Starts the child; on success the guest has pid, pid_fd and console_fd. */
static int spawn(struct backend_guest *guest, const struct args *args, struct problem *why)
{
	int pair[2] = { -1, -1 }, log_fd = -1, r;

	log_fd = openat(
		guest->evidence_fd, "qemu.log", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (log_fd < 0) {
		r = problem_set(why, -errno, "cannot make qemu.log: %s", strerror(errno));
		goto out;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		r = -errno;
		goto out;
	}
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	guest->pid = fork();
	if (guest->pid < 0) {
		r = -errno;
		goto out;
	}
	if (guest->pid == 0)
		become_qemu(args, pair[1], log_fd);
	guest->pid_fd = pidfd_open(guest->pid, 0);
	if (guest->pid_fd < 0) {
		r = -errno;
		kill(guest->pid, SIGKILL);
		waitpid(guest->pid, NULL, 0);
		guest->pid = -1;
		goto out;
	}
	guest->console_fd = pair[0];
	pair[0] = -1;
	r = 0;
out:
	for (int i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close(pair[i]);
	}
	if (log_fd >= 0)
		close(log_fd);
	return r;
}

static void qemu_release(struct backend_guest *guest)
{
	sd_event_source_disable_unref(guest->exit_source);
	sd_event_source_disable_unref(guest->created_source);
	if (guest->pid > 0) { /* never after gone(): a last resort */
		kill(guest->pid, SIGKILL);
		waitpid(guest->pid, NULL, 0);
	}
	if (guest->pid_fd >= 0)
		close(guest->pid_fd);
	if (guest->console_fd >= 0)
		close(guest->console_fd);
	free(guest);
}

static int qemu_start(struct backend_host *host, const json_t *cell, int evidence_fd,
	const struct guest_handler *handler, void *data, struct backend_guest **guest_r,
	struct problem *why)
{
	struct backend_guest *guest = calloc(1, sizeof(*guest));
	struct image image = { 0 };
	struct args args = { 0 };
	int r;

	if (!guest)
		return -ENOMEM;
	*guest = (struct backend_guest){ .host = host,
		.handler = handler,
		.data = data,
		.pid = -1,
		.pid_fd = -1,
		.console_fd = -1,
		.evidence_fd = evidence_fd };
	r = image_find(host->guests_dir, text(cell, "guest", ""), &image, why);
	if (r < 0)
		goto out;
	r = build_args(host, cell, &image, &args);
	if (r < 0) {
		problem_set(why, r, "the cell gives QEMU more than %d arguments", ARGS_MAX);
		goto out;
	}
	r = record_args(&args, evidence_fd, why);
	if (r < 0)
		goto out;
	r = spawn(guest, &args, why);
	if (r < 0)
		goto out;
	r = sd_event_add_io(
		host->loop, &guest->exit_source, guest->pid_fd, EPOLLIN, on_exit_of_qemu, guest);
	if (r < 0)
		goto out;
	/* After the console: what a dying QEMU still wrote comes first. */
	sd_event_source_set_priority(guest->exit_source, SD_EVENT_PRIORITY_IDLE);
	r = sd_event_add_defer(host->loop, &guest->created_source, on_created, guest);
	if (r < 0)
		goto out;
	*guest_r = guest;
	guest = NULL;
out:
	if (guest)
		qemu_release(guest);
	args_finish(&args);
	image_finish(&image);
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
	if (guest->pid > 0) {
		kill(guest->pid, SIGKILL); /* a guest that has reported has nothing left to save */
		return;
	}
	sd_event_source_disable_unref(guest->created_source);
	guest->created_source = NULL;
	sd_event_add_defer(guest->host->loop, &guest->created_source, on_gone_already, guest);
}

const struct backend backend_qemu = {
	.name = "qemu",
	.about = "plain QEMU without Xen: the display half, on any machine",
	.open = qemu_open,
	.identify = qemu_identify,
	.start = qemu_start,
	.destroy = qemu_destroy,
	.release = qemu_release,
	.close = qemu_close,
};
