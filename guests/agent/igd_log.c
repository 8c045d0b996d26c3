/* What the kernel's log says of the GPU's driver: its errors, and the firmware that it asked for.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "guests/agent/igd.h"
#include "guests/agent/kmsg.h"

#define ERRORS_MAX   40
#define TEXT_MAX     400
#define FIRMWARE_MAX 40
#define FILE_MAX     64

#define LEVEL_ERR 3

/* Words by which a line belongs to the driver; the device's address is a further one. */
static const char *const drivers[] = { "i915", "xe" };

struct reading {
	char address[BDF_TEXT_MAX];
	json_t *errors, *firmware;
	unsigned int dropped;
};

static bool is_ours(const struct reading *reading, const char *text)
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (kmsg_has_word(text, drivers[i]))
			return true;
	return strstr(text, reading->address) != NULL;
}

static const char file_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789/_.-";

/* The first "i915/....bin" or "xe/....bin" of a line. Returns false if there is none. */
static bool find_file(const char *text, char name[static FILE_MAX])
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		size_t prefix = strlen(drivers[i]);

		for (const char *at = strstr(text, drivers[i]); at;
			at = strstr(at + 1, drivers[i])) {
			size_t length = strspn(at, file_characters);

			if (at[prefix] != '/' || (at > text && isalnum((unsigned char)at[-1])))
				continue;
			while (length > 4 && strncmp(at + length - 4, ".bin", 4) != 0)
				length--;
			if (length <= prefix + 4 || length >= FILE_MAX)
				continue;
			memcpy(name, at, length);
			name[length] = '\0';
			return true;
		}
	}
	return false;
}

/*
 * In which state a line says the file is: "missing", "failed" or "loaded". All words of the loader
 * and the drivers for a failure have "fail" in it (Linux 6.1 to 6.12); -2 is ENOENT.
 */
static const char *state_of(const char *text)
{
	if (!strstr(text, "fail") && !strstr(text, "Fail"))
		return "loaded";
	return strstr(text, "-2") || strstr(text, "ENOENT") ? "missing" : "failed";
}

/* Adds the file, or changes its state: a failure stays one, and that it is missing says more. */
static int add_firmware(json_t *list, const char *name, const char *state)
{
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		const char *before = json_string_value(json_object_get(entry, "state"));

		if (strcmp(json_string_value(json_object_get(entry, "file")), name) != 0)
			continue;
		if (strcmp(state, "loaded") == 0 || strcmp(before, "missing") == 0)
			return 0;
		return json_object_set_new(entry, "state", json_string(state));
	}
	if (json_array_size(list) >= FIRMWARE_MAX)
		return 0;
	return json_array_append_new(list,
		json_pack("{s:s, s:s, s:s}", "file", name, "observer", "kernel", "state", state));
}

static int take(void *data, const struct kmsg_record *record)
{
	struct reading *reading = data;
	char name[FILE_MAX];

	if (!is_ours(reading, record->text))
		return 0;
	if (find_file(record->text, name))
		return add_firmware(reading->firmware, name, state_of(record->text)) ? -ENOMEM : 0;
	if (record->level > LEVEL_ERR)
		return 0;
	if (json_array_size(reading->errors) >= ERRORS_MAX) {
		reading->dropped++;
		return 0;
	}
	if (strlen(record->text) > TEXT_MAX)
		record->text[TEXT_MAX] = '\0';
	return json_array_append_new(reading->errors,
		json_pack("{s:I, s:i, s:s}", "time_us", (json_int_t)record->time_us, "level",
			(int)record->level, "text", record->text));
}

int igd_add_log(const char *root, struct bdf where, json_t *section)
{
	struct reading reading = { .errors = json_array(), .firmware = json_array() };
	int r;

	bdf_format(where, reading.address);
	r = reading.errors && reading.firmware ? kmsg_read(root, take, &reading) : -ENOMEM;
	if (r == 0 && (json_object_set(section, "errors", reading.errors) ||
			      json_object_set_new(
				      section, "errors_dropped", json_integer(reading.dropped)) ||
			      json_object_set(section, "firmware", reading.firmware)))
		r = -ENOMEM;
	json_decref(reading.errors);
	json_decref(reading.firmware);
	return r;
}
