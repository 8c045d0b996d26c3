/*
 * dom0's kernel log, /dev/kmsg: one record a read, "PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;text",
 * then lines of properties; what cannot be printed is escaped (Documentation/ABI/testing/dev-kmsg
 * in linux.git).
 */
#include "harness/backend/libxl/kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend/libxl/evidence.h"

/* CONSOLE_EXT_LOG_MAX of printk.c; a smaller buffer is refused with EINVAL. */
#define RECORD_MAX 8192
/* Far more than a ring holds: an end for when the kernel writes as fast as it is read. */
#define RECORDS_MAX 200000

/* The next record, ended by a zero, or "" if there may be another; false if there is none now. */
static bool next_record(int fd, char record[static RECORD_MAX + 1])
{
	ssize_t n = read(fd, record, RECORD_MAX);

	/* EPIPE: that record was overwritten, and the reader moved on. The next one's number tells.
	 */
	if (n < 0 && (errno == EPIPE || errno == EINTR))
		n = 0;
	else if (n <= 0)
		return false;
	record[n] = '\0';
	return true;
}

int kmsg_begin(struct kmsg *log)
{
	log->fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log->fd < 0)
		return -errno;
	kmsg_copy(log, NULL);
	return 0;
}

void kmsg_copy(struct kmsg *log, FILE *to)
{
	char record[RECORD_MAX + 1];
	size_t written = 0;

	for (int i = 0; i < RECORDS_MAX && written < EVIDENCE_MAX; i++) {
		uint64_t number, us;
		char *text;
		int r = 0;

		if (!next_record(log->fd, record))
			return;
		text = strchr(record, ';');
		if (!text || sscanf(record, "%*u,%" SCNu64 ",%" SCNu64, &number, &us) != 2)
			continue;
		if (to && number > log->next)
			fprintf(to,
				"(%" PRIu64
				" records are lost: the kernel's ring was overwritten)\n",
				number - log->next);
		log->next = number + 1;
		if (to)
			r = fprintf(to, "[%5" PRIu64 ".%06" PRIu64 "] %.*s\n", us / 1000000,
				us % 1000000, (int)strcspn(text + 1, "\n"), text + 1);
		if (r > 0)
			written += (size_t)r;
	}
	if (to)
		fprintf(to, "(the rest is cut)\n");
}

void kmsg_finish(struct kmsg *log)
{
	if (log->fd >= 0)
		close(log->fd);
	log->fd = -1;
}
