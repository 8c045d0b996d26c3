#include "harness/host/record.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"

#define BRACKET_MAX                                                                                \
	48 /* bytes in brackets that may be a time: "[Sun Nov 29 08:41:00 2026]" has 26 */
#define ESCAPE 0x1b

int record_read(const char *name, struct record *record_r, struct problem *why)
{
	struct record record = { .name = name };
	int r = fileio_read_head(
		AT_FDCWD, name, RECORD_MAX, &record.text, &record.length, &record.cut, why);

	if (r == -ENOENT)
		problem_set(why, r, "%s does not exist", name);
	if (r == 0)
		*record_r = record;
	return r;
}

void record_free(struct record *record)
{
	free(record->text);
	*record = (struct record){ 0 };
}

/* Skips a byte order mark, which says how wide a character is (Unicode 15, 23.8). */
static void begin(struct record_reader *reader)
{
	const struct record *record = reader->record;

	reader->wide = 1;
	if (record->length >= 3 && memcmp(record->text, "\xef\xbb\xbf", 3) == 0) {
		reader->at = 3;
	} else if (record->length >= 2 && (memcmp(record->text, "\xff\xfe", 2) == 0 ||
						  memcmp(record->text, "\xfe\xff", 2) == 0)) {
		reader->at = reader->wide = 2;
		reader->big_endian = record->text[0] == '\xfe';
	}
}

/* The next character, 0 to 0xffff, or -1 at the end. */
static int next_character(struct record_reader *reader)
{
	const struct record *record = reader->record;
	uint8_t first, second;

	if (record->length - reader->at < reader->wide)
		return -1;
	first = (uint8_t)record->text[reader->at];
	if (reader->wide == 1) {
		reader->at++;
		return first;
	}
	second = (uint8_t)record->text[reader->at + 1];
	reader->at += 2;
	return reader->big_endian ? first << 8 | second : second << 8 | first;
}

/* Skips what follows an ESC: "[", parameters and a letter (ECMA-48, 5.4), or one character. */
static int skip_escape(struct record_reader *reader)
{
	int c = next_character(reader);

	if (c != '[')
		return c == '\n' || c == '\r' ? c : 0;
	do
		c = next_character(reader);
	while (c >= 0x20 && c < 0x40);
	return c == '\n' || c == '\r' ? c : 0;
}

bool record_line(struct record_reader *reader, char line[static RECORD_LINE_MAX])
{
	size_t used = 0;
	int c;

	if (reader->wide == 0)
		begin(reader);
	c = next_character(reader);
	if (c < 0)
		return false;
	while (c >= 0) {
		if (c == ESCAPE)
			c = skip_escape(reader);
		if (c == '\n' || c == '\r')
			break;
		if (c > 0 && used < RECORD_LINE_MAX - 1) {
			if (c == '\t')
				line[used++] = ' ';
			else
				line[used++] = c >= 0x20 && c < 0x7f ? (char)c : '?';
		}
		c = next_character(reader);
	}
	while (used > 0 && line[used - 1] == ' ')
		used--;
	line[used] = '\0';
	return true;
}

/* Is the text as the form says? "9" is a digit, "a" a letter, "w" a sign of a name; others are
 * themselves. Returns the bytes that fit, or 0. */
static size_t fits(const char *text, const char *form)
{
	size_t i;

	for (i = 0; form[i]; i++) {
		unsigned char c = (unsigned char)text[i];

		if (form[i] == '9'       ? !isdigit(c)
			: form[i] == 'a' ? !isalpha(c)
					 : c != (unsigned char)form[i])
			return 0;
	}
	return i;
}

/* A date or a time at the beginning, with fraction and zone. Returns its bytes, or 0. */
static size_t date_bytes(const char *text)
{
	/* journalctl -o short; -o short-iso and hypervisor.log; ts(1). Longer forms first. */
	static const char *const forms[] = { "aaa aaa 99 99:99:99 9999", "aaa 99 99:99:99",
		"aaa  9 99:99:99", "9999-99-99T99:99:99", "9999-99-99 99:99:99", "99:99:99" };
	size_t used = 0;

	for (size_t i = 0; used == 0 && i < sizeof(forms) / sizeof(forms[0]); i++)
		used = fits(text, forms[i]);
	if (used == 0)
		return 0;
	/* "99:99:99" may be the beginning of "9999:99:99.9" cut short; a blank or a zone follows.
	 */
	used += strspn(text + used, "0123456789.,+:Z-");
	return text[used] == ' ' || text[used] == '\0' ? used : 0;
}

/* "host program[123]: " or "host kernel: ", as the journal writes behind a date. */
static size_t tag_bytes(const char *text)
{
	size_t host = strcspn(text, " "), program;
	const char *bracket;

	if (host == 0 || text[host] != ' ')
		return 0;
	program = strcspn(text + host + 1, " ");
	text += host + 1;
	if (program < 2 || text[program - 1] != ':')
		return 0;
	bracket = memchr(text, '[', program);
	if (bracket || (program == strlen("kernel:") && strncmp(text, "kernel:", program) == 0))
		return host + 1 + program;
	return 0;
}

/* "[  1.234567]", "[2026-11-29 08:41:00]": a digit is in it. Returns its bytes, or 0. */
static size_t bracket_bytes(const char *text)
{
	const char *end = text[0] == '[' ? strchr(text, ']') : NULL;

	if (!end || end - text > BRACKET_MAX || strcspn(text, "0123456789") > (size_t)(end - text))
		return 0;
	return (size_t)(end + 1 - text);
}

const char *record_skip_prefix(const char *line)
{
	for (;;) {
		size_t used = strspn(line, " >|+*");

		if (used == 0)
			used = bracket_bytes(line);
		if (used == 0) {
			used = date_bytes(line);
			if (used > 0) {
				line += used;
				line += strspn(line, " ");
				used = tag_bytes(line);
				if (used == 0)
					continue;
			}
		}
		if (used == 0)
			return line;
		line += used;
	}
}
