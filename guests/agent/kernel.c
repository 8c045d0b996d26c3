/* The "kernel" section: which kernel, how it was started, and what it said about graphics. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/utsname.h>

#include "guests/agent/collect.h"
#include "guests/agent/kmsg.h"
#include "src/tree.h"

#define LOG_LINES_MAX 200
#define LOG_TEXT_MAX  400

/* A line is kept if it has one of these as a whole word: "xe" and not "xenbus". */
static const char *const log_words[] = { "i915", "xe", "bochs", "cirrus", "simpledrm",
	"simple-framebuffer", "drm", "fbcon", "vgaarb" };

static bool is_wanted(const char *text)
{
	for (size_t i = 0; i < sizeof(log_words) / sizeof(log_words[0]); i++) {
		if (kmsg_has_word(text, log_words[i]))
			return true;
	}
	return false;
}

/* What is kept of the log. */
struct kept {
	json_t *log;
	unsigned int dropped;
};

static int add_record(void *data, const struct kmsg_record *record)
{
	struct kept *kept = data;

	if (!is_wanted(record->text))
		return 0;
	if (json_array_size(kept->log) >= LOG_LINES_MAX) {
		kept->dropped++;
		return 0;
	}
	if (strlen(record->text) > LOG_TEXT_MAX)
		record->text[LOG_TEXT_MAX] = '\0';
	return json_array_append_new(
		kept->log, json_pack("{s:I, s:i, s:s}", "time_us", (json_int_t)record->time_us,
				   "level", (int)record->level, "text", record->text));
}

/* Returns a new reference to the list, or NULL without memory. No /dev/kmsg is an empty list. */
static json_t *read_log(const char *root, unsigned int *dropped)
{
	struct kept kept = { .log = json_array() };

	if (!kept.log || kmsg_read(root, add_record, &kept)) {
		json_decref(kept.log);
		return NULL;
	}
	*dropped = kept.dropped;
	return kept.log;
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
