/* The console of a host under test, recorded for as long as it is driven. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/clock.h"
#include "harness/dut/private.h"

/* A console that broke off, as when the host is switched off, is opened again after this. */
#define AGAIN_US 1000000

/* The record is evidence and no part of the run: what cannot be written is let go. */
static void keep(struct dut_console *console, const char *bytes, size_t length)
{
	static const char cut[] = "\n[igd-harness: the rest was not stored]\n";

	if (console->fd < 0 || console->full)
		return;
	if (console->bytes + length > DUT_CONSOLE_MAX) {
		console->full = true;
		bytes = cut;
		length = sizeof(cut) - 1;
	}
	if (write(console->fd, bytes, length) == (ssize_t)length)
		console->bytes += length;
}

void dut_console_note(struct dut_session *session, const char *what)
{
	char now[CLOCK_TEXT_MAX], line[160];

	clock_text(now);
	snprintf(line, sizeof(line), "\n[igd-harness: %.100s, %s]\n", what, now);
	keep(&session->console, line, strlen(line));
}

static void on_console(void *data, const char *bytes, size_t length)
{
	struct dut_session *session = data;

	keep(&session->console, bytes, length);
}

static int begin(struct dut_session *session, struct problem *why);

static int on_again(sd_event_source *source, uint64_t usec, void *data)
{
	struct dut_session *session = data;
	struct problem why = { "" };

	if (begin(session, &why) < 0)
		dut_say(session, "%s", why.text);
	return 0;
}

static void on_over(void *data)
{
	struct dut_session *session = data;
	struct dut_console *console = &session->console;

	sd_event_source_disable_unref(console->again);
	console->again = NULL;
	sd_event_add_time_relative(
		session->loop, &console->again, CLOCK_MONOTONIC, AGAIN_US, 0, on_again, session);
}

static int begin(struct dut_session *session, struct problem *why)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", session->dut->console, NULL };
	const struct subprocess_spec order = { .argv = argv,
		.folder = session->dut->folder,
		.in_fd = -1,
		.out = on_console,
		.err = on_console,
		.over = on_over,
		.data = session };

	subprocess_free(session->console.child);
	session->console.child = NULL;
	return subprocess_start(session->loop, &order, &session->console.child, why);
}

int dut_console_open(struct dut_session *session, struct problem *why)
{
	struct dut_console *console = &session->console;
	struct stat st;
	int r;

	if (!session->dut->console)
		return 0;
	console->fd = below_append(session->store->dir_fd, DUT_CONSOLE_FILE);
	r = console->fd < 0 ? console->fd : fstat(console->fd, &st) < 0 ? -errno : 0;
	if (r < 0)
		return problem_set(why, r, "cannot write %s/%s: %s", session->store->dir,
			DUT_CONSOLE_FILE, below_error(r));
	console->bytes = (uint64_t)st.st_size;
	dut_console_note(session, "recording begins");
	return begin(session, why);
}

void dut_console_save(const struct dut_session *session, const char *out)
{
	char path[PATH_MAX], name[BELOW_NAME_MAX];
	int folder_fd;

	if (snprintf(path, sizeof(path), "%s-console.log", out) >= (int)sizeof(path))
		return;
	folder_fd = below_parent(path, name);
	if (folder_fd < 0)
		return;
	if (below_rename(session->store->dir_fd, DUT_CONSOLE_FILE, folder_fd, name, 0) == 0)
		dut_say(session, "its console output is in %s", path);
	close(folder_fd);
}

void dut_console_close(struct dut_session *session)
{
	struct dut_console *console = &session->console;

	subprocess_free(console->child);
	sd_event_source_disable_unref(console->again);
	if (console->fd >= 0)
		close(console->fd);
	*console = (struct dut_console){ .fd = -1 };
}
