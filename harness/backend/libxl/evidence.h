/* The files of a cell: the logs of libxl, QEMU, the hypervisor and dom0's kernel. */
#ifndef IGD_BACKEND_LIBXL_EVIDENCE_H
#define IGD_BACKEND_LIBXL_EVIDENCE_H

#include <stddef.h>
#include <stdio.h>

struct backend_guest;

/* Bytes of one file; the rest is cut, and the file's last line says so. */
#define EVIDENCE_MAX (1024 * 1024)

/* QEMU's logs, libxl_create_logfile(). */
#define QEMU_LOG_FOLDER "/var/log/xen"

/*
 * Creates libxl.log in the cell's folder, for session_open(), which takes ownership. Returns NULL
 * with errno on failure.
 */
FILE *evidence_log(int evidence_fd);

/* Writes a text as the file `name`. A failure is noted in libxl.log. */
void evidence_write(struct backend_guest *guest, const char *name, const char *text);

/* Writes QEMU's arguments to qemu-args.txt, one a line. A failure is noted in libxl.log. */
void evidence_arguments(struct backend_guest *guest);

/* Records the positions in the logs of the hypervisor and of dom0's kernel. */
void evidence_mark(struct backend_guest *guest);

/*
 * Writes these logs from the recorded positions on to xen.log and dom0.log, and QEMU's logs to
 * qemu.log and qemu-probe.log; removes QEMU's originals.
 */
void evidence_collect(struct backend_guest *guest);

/* Copies the last line of QEMU's log, made printable, into `text`; "" if there is none. */
void evidence_last_words(const struct backend_guest *guest, char *text, size_t size);

#endif
