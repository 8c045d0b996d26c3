/* dom0's kernel log, /dev/kmsg. */
#ifndef IGD_BACKEND_LIBXL_KMSG_H
#define IGD_BACKEND_LIBXL_KMSG_H

#include <stdint.h>
#include <stdio.h>

struct kmsg {
	int fd;        /* -1 if the log is not open */
	uint64_t next; /* sequence number of the next record */
};

/*
 * Opens the log and skips the records that are in it. Returns 0 or a negative errno; kmsg_finish()
 * may be called in both cases.
 */
int kmsg_begin(struct kmsg *log);

/*
 * Reads the new records without waiting and writes them to `to`, one a line in the form of dmesg;
 * NULL skips them. Writes at most EVIDENCE_MAX bytes. A line reports how many records the kernel
 * overwrote before they were read.
 */
void kmsg_copy(struct kmsg *log, FILE *to);

/* Closes the log; may be called twice. */
void kmsg_finish(struct kmsg *log);

#endif
