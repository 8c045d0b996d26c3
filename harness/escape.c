#include "harness/escape.h"

#include <stdlib.h>

void escape_text(FILE *stream, const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c >= 0x20 && *c <= 0x7e && *c != '\\')
			fputc(*c, stream);
		else
			fprintf(stream, "\\x%02x", *c);
	}
}

void escape_value(FILE *stream, const json_t *value)
{
	char *text = NULL;

	if (!value || json_is_null(value)) {
		fputs("nothing", stream);
	} else if (json_is_string(value)) {
		escape_text(stream, json_string_value(value));
	} else {
		text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
		escape_text(stream, text ? text : "?");
		free(text);
	}
}
