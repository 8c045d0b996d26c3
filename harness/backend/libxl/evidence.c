#include "harness/backend/libxl/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xenctrl.h>

#include "harness/backend/libxl/guest.h"
#include "harness/backend/libxl/kmsg.h"
#include "harness/backend/libxl/log.h"
#include "harness/backend/libxl/process.h"
#include "harness/base/below/below.h"
#include "harness/base/escape.h"
#include "src/io.h"

#define LAST_WORDS_TAIL 2048
#define RING_BLOCK      16384

FILE *evidence_log(int evidence_fd)
{
	int fd = below_create(evidence_fd, "libxl.log", 0644);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (fd >= 0 && !file)
		close(fd);
	return file;
}

void evidence_write(struct backend_guest *guest, const char *name, const char *text)
{
	size_t length = strlen(text);
	int fd = below_create(guest->record_fd, name, 0644);
	bool ok = fd >= 0 &&
		  io_write_all(fd, text, length < EVIDENCE_MAX ? length : EVIDENCE_MAX) == 0;

	if (ok && length > EVIDENCE_MAX)
		dprintf(fd, "\n(the rest is cut)\n");
	if (!ok)
		xen_log_note(&guest->session->log, "%s could not be written", name);
	if (fd >= 0)
		close(fd);
}

void evidence_arguments(struct backend_guest *guest)
{
	char arguments[16 * 1024];
	ssize_t length = process_arguments(guest->model.pid, arguments, sizeof(arguments));
	int fd = below_create(guest->evidence_fd, "qemu-args.txt", 0644);

	for (ssize_t i = 0; i < length; i++)
		if (arguments[i] == '\0')
			arguments[i] = '\n';
	if (fd < 0 || length < 0 || io_write_all(fd, arguments, (size_t)length) < 0)
		xen_log_note(&guest->session->log, "qemu-args.txt could not be written");
	if (fd >= 0)
		close(fd);
}

/* Takes what the ring has from `index` on. Returns the bytes, at most RING_BLOCK, or -errno. */
static int read_ring(struct backend_guest *guest, char block[static RING_BLOCK], uint32_t *index)
{
	unsigned int count = RING_BLOCK;

	if (xc_readconsolering(guest->host->xc, block, &count, 0, 1, index) < 0)
		return -errno;
	return (int)count;
}

void evidence_mark(struct backend_guest *guest)
{
	char block[RING_BLOCK];
	int r = kmsg_begin(&guest->kmsg);

	if (r < 0)
		xen_log_note(&guest->session->log, "no dom0.log: /dev/kmsg cannot be opened: %s",
			strerror(-r));

	/* The ring is finite (conring_size=, at most some MiB here); so is the loop. */
	for (int i = 0; i < EVIDENCE_MAX / RING_BLOCK; i++)
		if (read_ring(guest, block, &guest->ring_index) <= 0)
			return;
}

static void collect_ring(struct backend_guest *guest)
{
	char block[RING_BLOCK];
	int fd = below_create(guest->evidence_fd, "xen.log", 0644);

	for (int i = 0; fd >= 0 && i < EVIDENCE_MAX / RING_BLOCK; i++) {
		uint32_t before = guest->ring_index;
		int n = read_ring(guest, block, &guest->ring_index);

		if (n <= 0)
			break;
		/* Indexes count bytes for ever, modulo 2^32; the ring forgets the oldest. */
		if (guest->ring_index - before > (uint32_t)n)
			dprintf(fd, "(%u bytes are lost: the hypervisor's ring was overwritten)\n",
				guest->ring_index - before - (uint32_t)n);
		if (io_write_all(fd, block, (size_t)n) < 0)
			break;
	}
	if (fd >= 0)
		close(fd);
}

static void collect_kmsg(struct backend_guest *guest)
{
	int fd = guest->kmsg.fd < 0 ? -1 : below_create(guest->evidence_fd, "dom0.log", 0644);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (file) {
		kmsg_copy(&guest->kmsg, file);
		fclose(file);
	} else if (fd >= 0) {
		close(fd);
	}
}

/* Appends a file, from its beginning, as far as the limit allows. */
static void append_file(int to_fd, const char *path, size_t *written)
{
	char block[16 * 1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = read(fd, block, sizeof(block))) > 0 && *written < EVIDENCE_MAX) {
		if (io_write_all(to_fd, block, (size_t)n) < 0)
			break;
		*written += (size_t)n;
	}
	if (n > 0)
		dprintf(to_fd, "\n(%s: the rest is cut)\n", path);
	close(fd);
}

/* Moves the logs that match into one file of the evidence; several if libxl rotated them. */
static void collect_logs(struct backend_guest *guest, const char *kind, const char *to_name)
{
	char pattern[256];
	glob_t files = { 0 };
	size_t written = 0;
	int fd = -1;

	snprintf(pattern, sizeof(pattern), QEMU_LOG_FOLDER "/%s-%s.log*", kind, guest->name);
	if (glob(pattern, 0, NULL, &files) != 0)
		return;
	if (to_name)
		fd = below_create(guest->evidence_fd, to_name, 0644);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		if (fd >= 0)
			append_file(fd, files.gl_pathv[i], &written);
		if (fd >= 0 || !to_name)
			unlink(files.gl_pathv[i]);
	}
	if (fd >= 0)
		close(fd);
	globfree(&files);
}

void evidence_collect(struct backend_guest *guest)
{
	collect_ring(guest);
	collect_kmsg(guest);
	collect_logs(guest, "qemu-dm", "qemu.log");
	/* Xen 4.20 on asks QEMU about itself first, with a log of its own (xen.git 1817e4c3c5). */
	collect_logs(guest, "qemu-probe", "qemu-probe.log");
	/* xenconsoled's, of the paravirtual console that such a guest does not use. */
	collect_logs(guest, "console/guest", NULL);
}

void evidence_last_words(const struct backend_guest *guest, char *text, size_t size)
{
	char path[256], tail[LAST_WORDS_TAIL + 1], *line;
	ssize_t n = 0;
	off_t end;
	int fd;

	text[0] = '\0';
	snprintf(path, sizeof(path), QEMU_LOG_FOLDER "/qemu-dm-%s.log", guest->name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	end = lseek(fd, 0, SEEK_END);
	if (end > 0)
		n = pread(fd, tail, LAST_WORDS_TAIL,
			end > LAST_WORDS_TAIL ? end - LAST_WORDS_TAIL : 0);
	close(fd);
	if (n <= 0)
		return;
	while (n > 0 && (tail[n - 1] == '\n' || tail[n - 1] == '\r'))
		n--;
	tail[n] = '\0';
	line = strrchr(tail, '\n');
	snprintf(text, size, "%s", line ? line + 1 : tail);
	escape_printable(text);
}
