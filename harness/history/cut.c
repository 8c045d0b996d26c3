/* Texts of runs as the history keeps them: short, and UTF-8. */
#include <stdbool.h>
#include <string.h>

#include "harness/history/private.h"

static bool is_utf8(const char *text)
{
	json_t *string = json_string(text);
	bool good = string != NULL;

	json_decref(string);
	return good;
}

void history_plain(char *text)
{
	if (is_utf8(text))
		return;
	for (; *text; text++)
		if (*text & 0x80)
			*text = '?';
}

char *history_cut(const char *text)
{
	size_t length = strnlen(text, HISTORY_TEXT_MAX);
	char *copy;

	/* Not within a character of several bytes. */
	if (length == HISTORY_TEXT_MAX) {
		length--;
		while (length > 0 && (text[length] & 0xc0) == 0x80)
			length--;
	}
	copy = strndup(text, length);
	if (copy)
		history_plain(copy);
	return copy;
}
