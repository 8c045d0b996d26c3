#include "harness/report/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/report/html_writer.h"

/*
 * Backslashes before all that CommonMark could take for markup within a line (section 2.4: any
 * ASCII punctuation may have one). The backslashes of \xNN are doubled too, so they are read as
 * they are.
 */
static void put_markdown(FILE *stream, const char *text)
{
	char *escaped = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&escaped, &length);

	if (!memory)
		return;
	escape_text(memory, text);
	if (fclose(memory) == 0) {
		for (const char *c = escaped; *c; c++) {
			if (strchr("\\`*_{}[]<>#|&!~$@", *c) || strncmp(c, "://", 3) == 0)
				fputc('\\', stream);
			fputc(*c, stream);
		}
	}
	free(escaped);
}

static void put(const struct sheet *sheet, const char *text)
{
	if (sheet->html)
		html_text(sheet->stream, text);
	else
		put_markdown(sheet->stream, text);
}

void sheet_heading(const struct sheet *sheet, int level, const char *text)
{
	if (sheet->html)
		fprintf(sheet->stream, "<h%d>", level);
	else
		fprintf(sheet->stream, "%.*s ", level, "######");
	put(sheet, text);
	if (sheet->html)
		fprintf(sheet->stream, "</h%d>\n", level);
	else
		fputs("\n\n", sheet->stream);
}

void sheet_paragraph(const struct sheet *sheet, const char *strong, const char *text)
{
	fputs(sheet->html ? "<p>" : "", sheet->stream);
	if (strong[0]) {
		fputs(sheet->html ? "<strong>" : "**", sheet->stream);
		put(sheet, strong);
		fputs(sheet->html ? "</strong>" : "**", sheet->stream);
		fputs(text[0] ? " " : "", sheet->stream);
	}
	put(sheet, text);
	fputs(sheet->html ? "</p>\n" : "\n\n", sheet->stream);
}

void sheet_list(const struct sheet *sheet, const json_t *texts, const char *otherwise)
{
	const json_t *text;
	size_t i;

	if (json_array_size(texts) == 0) {
		if (otherwise[0])
			sheet_paragraph(sheet, "", otherwise);
		return;
	}
	fputs(sheet->html ? "<ul>\n" : "", sheet->stream);
	json_array_foreach(texts, i, text)
	{
		fputs(sheet->html ? "<li>" : "- ", sheet->stream);
		put(sheet, json_string_value(text));
		fputs(sheet->html ? "</li>\n" : "\n", sheet->stream);
	}
	fputs(sheet->html ? "</ul>\n" : "\n", sheet->stream);
}

void sheet_table(const struct sheet *sheet, const char *const *columns)
{
	FILE *stream = sheet->stream;

	fputs(sheet->html ? "<table>\n<thead><tr>" : "|", stream);
	for (const char *const *name = columns; *name; name++) {
		fputs(sheet->html ? "<th scope=\"col\">" : " ", stream);
		put(sheet, *name);
		fputs(sheet->html ? "</th>" : " |", stream);
	}
	if (sheet->html) {
		fputs("</tr></thead>\n<tbody>\n", stream);
		return;
	}
	fputs("\n|", stream);
	for (const char *const *name = columns; *name; name++)
		fputs(" --- |", stream);
	fputc('\n', stream);
}

void sheet_row(const struct sheet *sheet, const char *const *texts, size_t count)
{
	FILE *stream = sheet->stream;

	fputs(sheet->html ? "<tr>" : "|", stream);
	for (size_t i = 0; i < count; i++) {
		if (sheet->html)
			fputs(i == 0 ? "<th scope=\"row\">" : "<td>", stream);
		else
			fputc(' ', stream);
		put(sheet, texts[i]);
		if (sheet->html)
			fputs(i == 0 ? "</th>" : "</td>", stream);
		else
			fputs(" |", stream);
	}
	fputs(sheet->html ? "</tr>\n" : "\n", stream);
}

void sheet_table_end(const struct sheet *sheet)
{
	fputs(sheet->html ? "</tbody>\n</table>\n" : "\n", sheet->stream);
}
