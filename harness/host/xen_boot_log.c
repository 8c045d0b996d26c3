#include "harness/host/xen_boot_log.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/xen_messages.h"

#define TAG          "(XEN)"
#define PREFIX_MAX   160 /* bytes before the tag */
#define LIST_MAX     8
#define FEATURES_MAX 16
#define BACK_SECONDS 1.0 /* by which CPUs may be behind each other; a boot begins at 0 */
#define IGD          "0000:00:02.0"

struct reading {
	const struct xen_messages *messages;
	json_t *facts;
	size_t lines;
	char version[RECORD_LINE_MAX]; /* the last that was printed; a key prints it again */
	double seconds; /* since the boot, of the line before; console_timestamps=boot */
};

static json_t *new_facts(void)
{
	return json_pack(
		"{s:b, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:{}, s:[], s:[], "
		"s:i, s:i, s:i, s:n, s:n}",
		"complete", 0, "version", "cmdline", "std_loglevel", "guest_loglevel", "hvm", "hap",
		"iommu", "interrupt_remapping", "dom0_mode", "x2apic", "vtd", "bad", "rmrr_outside",
		"faults", 0, "igd_faults", 0, "suppressed", 0, "igd_fault_at", "fault");
}

/* What earlier boots said is of no interest. */
static void begin_boot(struct reading *reading)
{
	json_decref(reading->facts);
	reading->facts = new_facts();
	reading->seconds = 0;
}

static bool is_known(const struct reading *reading, const char *key)
{
	return !json_is_null(json_object_get(reading->facts, key));
}

/* Sets what the boot's first line of a kind says. */
static void set_once(struct reading *reading, const char *key, json_t *value)
{
	if (is_known(reading, key))
		json_decref(value);
	else
		json_object_set_new(reading->facts, key, value);
}

static void take_text(struct reading *reading, const char *key, const struct xen_match *match)
{
	set_once(reading, key, json_string(match->text));
}

static void take_boolean(struct reading *reading, const char *key, const struct xen_match *match)
{
	set_once(reading, key, json_boolean(match->says));
}

static void take_version(struct reading *reading, const char *key, const struct xen_match *match)
{
	snprintf(reading->version, sizeof(reading->version), "%s", match->text);
	take_text(reading, key, match);
}

/* A boot prints it once, after its version. */
static void take_cmdline(struct reading *reading, const char *key, const struct xen_match *match)
{
	if (is_known(reading, key))
		begin_boot(reading);
	if (reading->version[0]) {
		json_object_set_new(reading->facts, "version", json_string(reading->version));
		json_object_set_new(reading->facts, "complete", json_true());
	}
	reading->version[0] = '\0';
	take_text(reading, key, match);
}

static void take_feature(struct reading *reading, const char *key, const struct xen_match *match)
{
	json_t *features = json_object_get(reading->facts, key);

	if (json_object_size(features) < FEATURES_MAX)
		json_object_set_new(features, match->text, json_boolean(match->says));
}

static void append(struct reading *reading, const char *key, json_t *value)
{
	json_t *list = json_object_get(reading->facts, key);

	if (json_array_size(list) < LIST_MAX)
		json_array_append_new(list, value);
	else
		json_decref(value);
}

static void take_listed(struct reading *reading, const char *key, const struct xen_match *match)
{
	append(reading, key, json_string(match->text));
}

static void take_range(struct reading *reading, const char *key, const struct xen_match *match)
{
	append(reading, key, json_pack("[I, I]", (json_int_t)match->start, (json_int_t)match->end));
}

static void add(struct reading *reading, const char *key, json_int_t count)
{
	json_int_t before = json_integer_value(json_object_get(reading->facts, key));

	if (count >= 0 && count <= INT32_MAX)
		json_object_set_new(reading->facts, key, json_integer(before + count));
}

static void take_fault(struct reading *reading, const char *key, const struct xen_match *match)
{
	add(reading, key, 1);
	if (strcmp(match->device, IGD) != 0)
		return;
	add(reading, "igd_faults", 1);
	json_object_set_new(reading->facts, "igd_fault_at", json_integer((json_int_t)match->start));
}

static void take_last(struct reading *reading, const char *key, const struct xen_match *match)
{
	json_object_set_new(reading->facts, key, json_string(match->text));
}

static void take_count(struct reading *reading, const char *key, const struct xen_match *match)
{
	add(reading, key, (json_int_t)match->start);
}

static const struct {
	const char *key;
	void (*take)(struct reading *reading, const char *key, const struct xen_match *match);
} takers[XEN_FACTS] = {
	[XEN_VERSION] = { "version", take_version },
	[XEN_CMDLINE] = { "cmdline", take_cmdline },
	[XEN_STD_LOGLEVEL] = { "std_loglevel", take_text },
	[XEN_GUEST_LOGLEVEL] = { "guest_loglevel", take_text },
	[XEN_HVM] = { "hvm", take_boolean },
	[XEN_HAP] = { "hap", take_boolean },
	[XEN_IOMMU] = { "iommu", take_boolean },
	[XEN_INTERRUPT_REMAPPING] = { "interrupt_remapping", take_boolean },
	[XEN_DOM0_MODE] = { "dom0_mode", take_text },
	[XEN_X2APIC] = { "x2apic", take_text },
	[XEN_VTD] = { "vtd", take_feature },
	[XEN_IGD_OFF] = { "bad", take_listed },
	[XEN_RMRR_OUTSIDE] = { "rmrr_outside", take_range },
	[XEN_FAULT] = { "faults", take_fault },
	[XEN_FAULT_REASON] = { "fault", take_last },
	[XEN_SUPPRESSED] = { "suppressed", take_count },
};

/* "[   12.345678] " of console_timestamps=boot; false for the other forms. */
static bool read_seconds(const char *text, double *seconds_r)
{
	const char *end;

	text += strspn(text, " ");
	if (*text++ != '[')
		return false;
	text += strspn(text, " ");
	end = text + strspn(text, "0123456789");
	if (end == text || *end != '.' || end[1 + strspn(end + 1, "0123456789")] != ']')
		return false;
	*seconds_r = strtod(text, NULL);
	return true;
}

/*
 * What Xen says in the line, or NULL. A line of a guest has its own tag, and may say anything
 * behind it, so the first tag of a line counts.
 */
static const char *said_by_xen(struct reading *reading, const char *line)
{
	const char *tag = strchr(line, '(');
	double seconds;

	if (!tag || strncmp(tag, TAG, strlen(TAG)) != 0 || tag - line > PREFIX_MAX)
		return NULL;
	if (tag > line && (isalnum((unsigned char)tag[-1]) || tag[-1] == '"' || tag[-1] == '\''))
		return NULL;
	tag += strlen(TAG);
	if (read_seconds(tag, &seconds)) {
		if (seconds + BACK_SECONDS < reading->seconds)
			begin_boot(reading);
		reading->seconds = seconds;
	}
	line = record_skip_prefix(tag);
	return line[0] == '(' && line[1] == 'd' && isdigit((unsigned char)line[2]) ? NULL : line;
}

/* journalctl's words between boots (src/shared/logs-show.c of systemd). */
static bool is_between_boots(const char *line)
{
	return strncmp(line, "-- Boot ", 8) == 0 || strcmp(line, "-- Reboot --") == 0;
}

static void take_line(struct reading *reading, const char *line)
{
	const char *said = said_by_xen(reading, line);
	struct xen_match match;

	if (!said) {
		if (is_between_boots(line))
			begin_boot(reading);
		return;
	}
	reading->lines++;
	for (int fact = 0; fact < XEN_FACTS; fact++) {
		if (xen_messages_match(reading->messages, (enum xen_fact)fact, said, &match))
			takers[fact].take(reading, takers[fact].key, &match);
	}
}

json_t *xen_boot_log_facts(const struct record *record)
{
	struct reading reading = { .messages = xen_messages_builtin(), .facts = new_facts() };
	struct record_reader reader = { .record = record };
	char line[RECORD_LINE_MAX];

	while (reading.facts && record_line(&reader, line))
		take_line(&reading, line);
	if (reading.facts)
		json_object_set_new(
			reading.facts, "lines", json_integer((json_int_t)reading.lines));
	return reading.facts;
}

int xen_boot_log_check(const struct record *record, struct problem *why)
{
	json_t *facts = xen_boot_log_facts(record);
	json_int_t lines = json_integer_value(json_object_get(facts, "lines"));

	json_decref(facts);
	if (lines > 0)
		return 0;
	return problem_set(why, -EINVAL,
		"%s: the file has no message of Xen, which has a line with \"" TAG
		"\": give the output of `xl dmesg`, or /var/log/xen/console/hypervisor.log",
		record->name);
}
