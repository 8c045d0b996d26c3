#include "harness/base/escape.h"

#include <stdlib.h>
#include <string.h>

#include "src/document.h"

/* LAVA acts on "<LAVA_SIGNAL_TESTCASE ...>" wherever it stands in the output of a job. */
static bool is_lava_signal(const unsigned char *c)
{
	static const char begin[] = "<LAVA_";

	return strncmp((const char *)c, begin, sizeof(begin) - 1) == 0;
}

void escape_text(FILE *stream, const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c >= 0x20 && *c <= 0x7e && *c != '\\' && !is_lava_signal(c))
			fputc(*c, stream);
		else
			fprintf(stream, "\\x%02x", *c);
	}
}

void escape_value(FILE *stream, const json_t *value)
{
	char *text = document_shown(value);

	escape_text(stream, text ? text : "?");
	free(text);
}

void escape_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

bool escape_is_needless(const char *text, size_t max)
{
	const char *c = text;

	while (*c >= ' ' && *c <= '~')
		c++;
	return !*c && c > text && (size_t)(c - text) <= max;
}
