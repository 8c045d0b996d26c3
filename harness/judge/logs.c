#include "harness/judge/logs.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"

static const struct {
	enum pattern_log log;
	const char *file;
} log_files[] = {
	{ PATTERN_LIBXL, "libxl.log" },
	{ PATTERN_QEMU, "qemu.log" },
	{ PATTERN_QEMU, "qemu-probe.log" },
	{ PATTERN_XEN, "xen.log" },
	{ PATTERN_DOM0, "dom0.log" },
	{ PATTERN_CONSOLE, "console.log" },
};

#define FILES (sizeof(log_files) / sizeof(log_files[0]))

/* A record of the kernel's log may hold anything; here each is one line. */
static void put_line(FILE *stream, const char *text)
{
	for (; *text; text++)
		fputc(*text == '\n' ? '?' : *text, stream);
	fputc('\n', stream);
}

/* The lines of the guest kernel that the agent reported, as a log; the caller frees the bytes. */
static int kernel_lines(const json_t *report, char **bytes_r, size_t *length_r)
{
	const json_t *log = json_object_get(json_object_get(report, "kernel"), "log"), *record;
	FILE *stream = open_memstream(bytes_r, length_r);
	size_t i;

	if (!stream)
		return -1;
	json_array_foreach(log, i, record)
	{
		const char *text = json_string_value(json_object_get(record, "text"));

		put_line(stream, text ? text : "");
	}
	return fclose(stream) == 0 ? 0 : -1;
}

json_t *judge_logs(const struct patterns *patterns, int cell_fd, const json_t *report,
	const json_t *versions, json_t **cut_r)
{
	struct pattern_input inputs[FILES + 1];
	char *bytes[FILES + 1] = { NULL };
	json_t *matches = NULL, *cut = json_array();
	size_t count = 0;
	int r = cut ? 0 : -1;

	for (size_t i = 0; i < FILES && cell_fd >= 0 && r == 0; i++) {
		bool more = false;
		size_t length = 0;

		/* One that is not there, or cannot be read, has nothing to say. */
		if (fileio_read_head(cell_fd, log_files[i].file, PATTERNS_LOG_MAX, &bytes[count],
			    &length, &more, NULL) < 0)
			continue;
		if (more)
			r = json_array_append_new(cut, json_string(log_files[i].file));
		inputs[count] = (struct pattern_input){ log_files[i].log, log_files[i].file,
			bytes[count], length };
		count++;
	}
	if (r == 0 && report) {
		size_t length = 0;

		r = kernel_lines(report, &bytes[count], &length);
		inputs[count] = (struct pattern_input){ PATTERN_CONSOLE, "report.json",
			bytes[count], length };
		count++;
	}
	if (r == 0)
		matches = patterns_match(patterns, inputs, count, versions);
	for (size_t i = 0; i < FILES + 1; i++)
		free(bytes[i]);
	if (!matches) {
		json_decref(cut);
		return NULL;
	}
	*cut_r = cut;
	return matches;
}
