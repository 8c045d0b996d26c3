#include "harness/host/xen_cmdline.h"

#include <stdio.h>
#include <string.h>

/* parse_bool() in xen/common/kernel.c: 1, 0, or -1 for a text that is neither. */
static int read_bool(const char *text, size_t length)
{
	static const char *const words[][2] = { { "no", "yes" }, { "off", "on" },
		{ "false", "true" }, { "disable", "enable" }, { "0", "1" } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (int value = 0; value < 2; value++) {
			if (strlen(words[i][value]) == length &&
				strncmp(text, words[i][value], length) == 0)
				return value;
		}
	}
	return -1;
}

/* parse_boolean(): "no-word", "word" or "word=off". */
static int read_word(const char *text, size_t length, const char *word)
{
	size_t named = strlen(word);

	if (length == named + 3 && strncmp(text, "no-", 3) == 0 &&
		strncmp(text + 3, word, named) == 0)
		return 0;
	if (length < named || strncmp(text, word, named) != 0)
		return -1;
	if (length == named)
		return 1;
	return text[named] == '=' ? read_bool(text + named + 1, length - named - 1) : -1;
}

/* One word of the list of an option: on, off, or neither. */
static int read_part(const char *text, size_t length, const char *word)
{
	return word ? read_word(text, length, word) : read_bool(text, length);
}

/* An option of the command line: on, off, or -1 if it says neither. */
static int read_option(const char *text, size_t length, const char *option, const char *word)
{
	size_t named = strlen(option), part;
	int state = -1, said;

	if (length == named + 3 && strncmp(text, "no-", 3) == 0 &&
		strncmp(text + 3, option, named) == 0)
		return word ? -1 : 0;
	if (length < named || strncmp(text, option, named) != 0)
		return -1;
	if (length == named)
		return word ? -1 : 1;
	if (text[named] != '=')
		return -1;
	for (const char *at = text + named + 1, *end = text + length; at < end; at += part + 1) {
		part = strcspn(at, ",");
		if (part > (size_t)(end - at))
			part = (size_t)(end - at);
		said = read_part(at, part, word);
		if (said >= 0)
			state = said;
	}
	return state;
}

bool xen_cmdline_is_off(
	const char *cmdline, const char *option, const char *word, char *text, size_t size)
{
	size_t length;
	int state = -1;

	for (const char *at = cmdline; *at; at += length) {
		int said;

		at += strspn(at, " ");
		length = strcspn(at, " ");
		said = read_option(at, length, option, word);
		if (said < 0)
			continue;
		state = said;
		if (state == 0)
			snprintf(text, size, "%.*s", (int)length, at);
	}
	return state == 0;
}

bool xen_cmdline_value(const char *cmdline, const char *option, char *value, size_t size)
{
	size_t length, named = strlen(option);
	bool found = false;

	for (const char *at = cmdline; *at; at += length) {
		at += strspn(at, " ");
		length = strcspn(at, " ");
		if (length <= named || strncmp(at, option, named) != 0 || at[named] != '=')
			continue;
		snprintf(value, size, "%.*s", (int)(length - named - 1), at + named + 1);
		found = true;
	}
	return found;
}

bool xen_cmdline_hides_warnings(const char *value)
{
	/* "lower/upper": beyond the upper one nothing is printed; one value is both. */
	const char *upper = strchr(value, '/');

	upper = upper ? upper + 1 : value;
	return strcmp(upper, "none") == 0 || strcmp(upper, "error") == 0;
}
