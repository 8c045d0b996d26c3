#include "harness/backend/libxl/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xentoollog.h>

#include "harness/backend/libxl/evidence.h"
#include "harness/base/escape.h"

/* Past "libxl_dm.c:3161:device_model_spawn_outcome: ", which is for libxl.log, not for a sentence.
 */
static const char *without_place(const char *text)
{
	const char *file = strstr(text, ".c:"), *end = file ? strstr(file, ": ") : NULL;

	return end && strcspn(text, " ") > (size_t)(end - text) ? end + 2 : text;
}

static void remember_error(struct xen_log *log, const char *text)
{
	unsigned int i = log->error_count < LOG_ERRORS_FIRST ? log->error_count : LOG_ERRORS_FIRST;

	snprintf(log->errors[i], sizeof(log->errors[i]), "%.*s", LOG_ERROR_TEXT_MAX - 1,
		without_place(text));
	escape_printable(log->errors[i]);
	log->error_count++;
}

static void write_line(struct xen_log *log, const char *level, const char *text)
{
	struct timespec now;
	int r;

	if (!log->file || log->written >= EVIDENCE_MAX)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	r = fprintf(log->file, "[%5lld.%03ld] %s: %s\n", (long long)now.tv_sec,
		now.tv_nsec / 1000000, level, text);
	if (r > 0)
		log->written += (size_t)r;
	if (log->written >= EVIDENCE_MAX)
		fprintf(log->file, "(the rest is cut)\n");
	fflush(log->file);
}

__attribute__((format(printf, 5, 0))) static void message(xentoollog_logger *logger,
	xentoollog_level level, int errnoval, const char *context, const char *format, va_list al)
{
	struct xen_log *log = (struct xen_log *)logger;
	char text[1024];
	int saved = errno;
	size_t length = 0;

	vsnprintf(text, sizeof(text), format, al);
	length = strlen(text);
	if (errnoval > 0)
		snprintf(text + length, sizeof(text) - length, ": %s", strerror(errnoval));
	write_line(log, xtl_level_to_string(level), text);
	if (level >= XTL_ERROR) {
		remember_error(log, text);
		if (!log->file && !log->quiet)
			fprintf(stderr, "libxl: %s: %s\n", context ? context : "", text);
	}
	errno = saved;
}

void xen_log_note(struct xen_log *log, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	write_line(log, "igd-harness", text);
}

void xen_log_init(struct xen_log *log, FILE *file)
{
	*log = (struct xen_log){ .file = file };
	log->logger.vmessage = message;
}

void xen_log_errors(const struct xen_log *log, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i <= LOG_ERRORS_FIRST && i < log->error_count; i++) {
		int r = snprintf(
			text + used, size - used, "%s%s", i > 0 ? "; " : "", log->errors[i]);

		if (r < 0 || (size_t)r >= size - used)
			return;
		used += (size_t)r;
	}
}

void xen_log_finish(struct xen_log *log)
{
	if (log->file)
		fclose(log->file);
	log->file = NULL;
}
