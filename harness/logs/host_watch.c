#include "harness/logs/host_watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/base/fileio.h"

#define TAINT_MAX 64 /* bytes of the file; a number in decimal */

static const struct {
	unsigned int bit;
	const char *text;
} taints[] = {
	{ 4, "M: the processor reported a machine check" },
	{ 5, "B: a page was in a bad state" },
	{ 7, "D: the kernel died in an oops or BUG" },
	{ 9, "W: the kernel printed a warning" },
	{ 14, "L: a processor was locked up" },
};

static const struct {
	enum pattern_log log;
	const char *file;
} logs[] = {
	{ PATTERN_XEN, "xen.log" },
	{ PATTERN_DOM0, "dom0.log" },
	{ PATTERN_XEN, "restored/xen.log" },
	{ PATTERN_DOM0, "restored/dom0.log" },
};

#define LOGS (sizeof(logs) / sizeof(logs[0]))

/* A file of procfs has no size, so it is read by the line. */
static bool read_taint(const char *name, unsigned long *taint_r)
{
	FILE *file = fopen(name, "re");
	char text[TAINT_MAX] = "", *end = NULL;
	bool known = file && fgets(text, sizeof(text), file);

	if (file)
		fclose(file);
	errno = 0;
	*taint_r = strtoul(text, &end, 10);
	return known && errno == 0 && end != text && (*end == '\n' || *end == 0);
}

void host_watch_begin(struct host_watch *watch, const char *taint_file)
{
	*watch = (struct host_watch){ .taint_file = taint_file };
	watch->taint_known = read_taint(taint_file, &watch->taint);
}

static json_t *look_at_taint(const struct host_watch *watch)
{
	unsigned long now;

	if (!watch->taint_known || !read_taint(watch->taint_file, &now))
		return NULL;
	for (size_t i = 0; i < sizeof(taints) / sizeof(taints[0]); i++) {
		if (now & ~watch->taint & (1ul << taints[i].bit))
			return json_pack("{s:s, s:o}", "label", "dom0-tainted", "text",
				json_sprintf(
					"the taint of dom0's kernel changed from %lu to %lu, %s",
					watch->taint, now, taints[i].text));
	}
	return NULL;
}

/* A log that is not there, or cannot be read, says nothing. */
static json_t *look_at_logs(const struct patterns *patterns, int cell_fd, const json_t *versions)
{
	struct pattern_input inputs[LOGS];
	char *bytes[LOGS] = { NULL };
	json_t *matches, *sign = NULL;
	const json_t *match;
	size_t count = 0;

	for (size_t i = 0; i < LOGS; i++) {
		size_t length = 0;
		bool more = false;

		if (fileio_read_head(cell_fd, logs[i].file, PATTERNS_LOG_MAX, &bytes[count],
			    &length, &more, NULL) < 0)
			continue;
		inputs[count] =
			(struct pattern_input){ logs[i].log, logs[i].file, bytes[count], length };
		count++;
	}
	matches = patterns_match_breaking_host(patterns, inputs, count, versions);
	match = json_array_get(matches, 0);
	if (match)
		sign = json_pack("{s:O, s:O, s:O, s:O}", "label", json_object_get(match, "label"),
			"text", json_object_get(match, "text"), "file",
			json_object_get(match, "file"), "line", json_object_get(match, "line"));
	json_decref(matches);
	for (size_t i = 0; i < LOGS; i++)
		free(bytes[i]);
	return sign;
}

json_t *host_watch_look(const struct host_watch *watch, const struct patterns *patterns,
	int cell_fd, const json_t *versions)
{
	json_t *sign = NULL;

	if (!watch->taint_file)
		return NULL;
	if (patterns)
		sign = look_at_logs(patterns, cell_fd, versions);
	return sign ? sign : look_at_taint(watch);
}
