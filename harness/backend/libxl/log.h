/* libxl's messages of one session, as lines of a file, and the errors among them for sentences. */
#ifndef IGD_BACKEND_LIBXL_LOG_H
#define IGD_BACKEND_LIBXL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <xentoollog.h>

#define LOG_ERROR_TEXT_MAX 160
#define LOG_ERRORS_FIRST   2

struct xen_log {
	xentoollog_logger logger; /* the first member: libxl passes its address to the callback */
	FILE *file;               /* NULL: only errors are written, to stderr */
	bool quiet;               /* without a file: errors are not written either */
	size_t written;           /* bytes, limited by EVIDENCE_MAX */
	unsigned int error_count; /* messages of level ERROR and worse */
	/* The first errors, which usually name the cause, and the last one. */
	char errors[LOG_ERRORS_FIRST + 1][LOG_ERROR_TEXT_MAX];
};

/* Begins a log and takes ownership of `file`, which may be NULL. */
void xen_log_init(struct xen_log *log, FILE *file);

/* Writes the errors so far into `text`, separated by "; "; "" if there were none. */
void xen_log_errors(const struct xen_log *log, char *text, size_t size);

/* Writes a line of the back end, in the form of libxl's lines. */
void xen_log_note(struct xen_log *log, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Closes the file. */
void xen_log_finish(struct xen_log *log);

#endif
