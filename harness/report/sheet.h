/*
 * A sheet of paper: headings, sentences, lists and tables, as Markdown or as HTML. What is written
 * on it is said once, and both look the same each time.
 *
 * All text is taken for what a guest could have written: printable ASCII stays, the rest becomes
 * \xNN, and what means something to Markdown or HTML is escaped.
 */
#ifndef IGD_REPORT_SHEET_H
#define IGD_REPORT_SHEET_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct sheet {
	FILE *stream;
	bool html;
};

void sheet_heading(const struct sheet *sheet, int level, const char *text);

/* A paragraph; the first words of it stand out. Either may be "". */
void sheet_paragraph(const struct sheet *sheet, const char *strong, const char *text);

/* A list of texts; with none, `otherwise` as a paragraph. */
void sheet_list(const struct sheet *sheet, const json_t *texts, const char *otherwise);

/* A table: `columns` ends with NULL. Then each row, then the end. The first column names the row.
 */
void sheet_table(const struct sheet *sheet, const char *const *columns);
void sheet_row(const struct sheet *sheet, const char *const *texts, size_t count);
void sheet_table_end(const struct sheet *sheet);

#endif
