#include "harness/base/escape.h"

#include <stdlib.h>

#include "src/document.h"

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
	char *text = document_shown(value);

	escape_text(stream, text ? text : "?");
	free(text);
}
