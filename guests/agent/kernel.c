/* The "kernel" section: which kernel, how it was started, and what it said about graphics. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "guests/agent/collect.h"
#include "src/tree.h"

#define LOG_LINES_MAX 200
#define LOG_TEXT_MAX  400

/* Linux' limit for a record of /dev/kmsg (PRINTK_MESSAGE_MAX 2048, every byte may become "\xNN").
 */
#define KMSG_RECORD_MAX 8192

/* A line is kept if it has one of these as a whole word: "xe" and not "xenbus". */
static const char *const log_words[] = { "i915", "xe", "bochs", "cirrus", "simpledrm",
	"simple-framebuffer", "drm", "fbcon", "vgaarb" };

static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
		bool begins = at == text || !isalnum((unsigned char)at[-1]);

		if (begins && !isalnum((unsigned char)at[length]))
			return true;
	}
	return false;
}

static bool is_wanted(const char *text)
{
	for (size_t i = 0; i < sizeof(log_words) / sizeof(log_words[0]); i++) {
		if (has_word(text, log_words[i]))
			return true;
	}
	return false;
}

/*
 * Adds one record of /dev/kmsg, "PRIORITY,SEQUENCE,TIME,FLAGS;TEXT"
 * (Documentation/ABI/testing/dev-kmsg). Lines that begin with a blank hold its dictionary.
 */
static int add_record(json_t *log, char *line, unsigned int *dropped)
{
	unsigned int priority;
	unsigned long long time;
	char *text = strchr(line, ';');

	if (!text || sscanf(line, "%u,%*u,%llu", &priority, &time) != 2)
		return 0;
	text++;
	tree_clean(text);
	if (!is_wanted(text))
		return 0;
	if (json_array_size(log) >= LOG_LINES_MAX) {
		++*dropped;
		return 0;
	}
	if (strlen(text) > LOG_TEXT_MAX)
		text[LOG_TEXT_MAX] = '\0';
	return json_array_append_new(log, json_pack("{s:I, s:i, s:s}", "time_us", (json_int_t)time,
						  "level", (int)(priority & 7u), "text", text));
}

/* Returns a new reference to the list, or NULL without memory. No /dev/kmsg is an empty list. */
static json_t *read_log(const char *root, unsigned int *dropped)
{
	FILE *stream = tree_stream(root, "dev/kmsg");
	json_t *log = json_array();
	char *line = NULL;
	size_t size = 0;
	int r = log ? 0 : -ENOMEM;

	/* A read must have room for a whole record, and returns just one. */
	if (stream)
		setvbuf(stream, NULL, _IOFBF, KMSG_RECORD_MAX * 2);
	while (r == 0 && stream) {
		if (getline(&line, &size, stream) > 0)
			r = add_record(log, line, dropped);
		else if (ferror(stream) && errno == EPIPE) /* overwritten: read goes on behind */
			clearerr(stream);
		else
			break;
	}
	free(line);
	if (stream)
		fclose(stream);
	if (r < 0) {
		json_decref(log);
		return NULL;
	}
	return log;
}

int collect_kernel(const struct guest *guest, json_t **section_r, struct problem *why)
{
	struct utsname name;
	json_t *section, *log;
	unsigned int dropped = 0;

	if (uname(&name))
		return problem_set(why, -errno, "uname: %s", strerror(errno));
	tree_clean(name.release);
	tree_clean(name.version);
	log = read_log(guest->root, &dropped);
	section = json_pack("{s:s, s:s, s:o, s:o, s:i}", "release", name.release, "version",
		name.version, "cmdline", tree_json(guest->root, "proc/cmdline"), "log", log,
		"log_dropped", (int)dropped);
	if (section && guest->unloaded &&
		json_object_set(section, "unloaded", (json_t *)guest->unloaded)) {
		json_decref(section);
		section = NULL;
	}
	if (!section)
		return -ENOMEM;
	*section_r = section;
	return 0;
}
