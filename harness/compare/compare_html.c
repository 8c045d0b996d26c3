#include <stdlib.h>
#include <string.h>

#include "harness/compare/compare.h"
#include "harness/report/html_writer.h"
#include "harness/report/sections.h"
#include "src/document.h"

struct page {
	const json_t *comparison; /* without the cells */
	const struct comparison *cells;
	struct sheet sheet;
	int error; /* what each() of these returned */
};

#define COLUMNS_MAX (COMPARE_RUNS_MAX + 2)

/* A table with a column for each run behind the first ones; columns[] has room. */
static void begin_table(const struct page *page, const char *first, const char *second)
{
	const char *columns[COLUMNS_MAX + 1] = { first };
	size_t n = 1, runs = json_array_size(json_object_get(page->comparison, "runs"));

	if (second)
		columns[n++] = second;
	for (size_t i = 0; i < runs && i < COMPARE_RUNS_MAX; i++)
		columns[n++] = document_text(
			json_array_get(json_object_get(page->comparison, "runs"), i), "name");
	sheet_table(&page->sheet, columns);
}

static void write_runs(const struct page *page)
{
	static const char *const columns[] = { "Run", "Verdict", "Cells", "Tested", "Started",
		NULL };
	const json_t *run;
	char counts[TEXT_MAX];
	size_t i;

	sheet_table(&page->sheet, columns);
	json_array_foreach(json_object_get(page->comparison, "runs"), i, run)
	{
		section_counts(json_object_get(run, "counts"), counts);
		sheet_row(&page->sheet,
			(const char *[]){ document_text(run, "name"), document_text(run, "verdict"),
				counts, document_text(run, "tested"),
				document_text(run, "started") },
			5);
	}
	sheet_table_end(&page->sheet);
}

static void write_each(struct page *page, int (*write)(void *data, const json_t *cell))
{
	int r = page->cells->each(page->cells->data, write, page);

	page->error = page->error < 0 ? page->error : r;
}

/* What changed in a cell. */
static int write_changes(void *data, const json_t *cell)
{
	const struct page *page = data;
	size_t i, runs = json_array_size(json_object_get(page->comparison, "runs"));
	const char *texts[COLUMNS_MAX];
	char *sentences[COMPARE_RUNS_MAX];
	const json_t *field;

	json_array_foreach(json_object_get(cell, "fields"), i, field)
	{
		texts[0] = document_text(cell, "name");
		texts[1] = document_text(field, "field");
		for (size_t run = 0; run < runs; run++) {
			sentences[run] = compare_sentence(cell, field, run);
			texts[2 + run] = sentences[run] ? sentences[run] : "?";
		}
		sheet_row(&page->sheet, texts, 2 + runs);
		for (size_t run = 0; run < runs; run++)
			free(sentences[run]);
	}
	return 0;
}

/* A row whose first column is at key `what` of the entry and the others at `values`. */
static void write_row(
	const struct page *page, const json_t *entry, const char *what, const char *values)
{
	char text[COMPARE_RUNS_MAX][TEXT_MAX];
	const char *texts[COLUMNS_MAX] = { document_text(entry, what) };
	const json_t *value;
	size_t i;

	json_array_foreach(json_object_get(entry, values), i, value)
	{
		if (json_is_null(value))
			strcpy(text[i], "-");
		else
			section_value(value, text[i]);
		texts[1 + i] = text[i];
	}
	sheet_row(&page->sheet, texts, 1 + json_array_size(json_object_get(entry, values)));
}

static int write_verdicts(void *data, const json_t *cell)
{
	write_row(data, cell, "name", "verdicts");
	return 0;
}

static void write_identities(const struct page *page)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(page->comparison, "identities"), i, entry)
		write_row(page, entry, "what", "values");
}

static void write_more(const struct page *page)
{
	json_int_t more = json_integer_value(json_object_get(page->comparison, "more"));
	char text[TEXT_MAX];

	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT " more differ and are not listed.",
		more);
	if (more > 0)
		sheet_paragraph(&page->sheet, "", text);
}

static void write_page(void *data, FILE *stream)
{
	struct page *page = data;

	sheet_heading(&page->sheet, 1, "Releases side by side");
	write_runs(page);
	sheet_heading(&page->sheet, 2, "Changes");
	begin_table(page, "Cell", "Field");
	write_each(page, write_changes);
	sheet_table_end(&page->sheet);
	sheet_heading(&page->sheet, 2, "Every cell");
	begin_table(page, "Cell", NULL);
	write_each(page, write_verdicts);
	sheet_table_end(&page->sheet);
	sheet_heading(&page->sheet, 2, "Software and host under test, where the runs differ");
	begin_table(page, "Item", NULL);
	write_identities(page);
	sheet_table_end(&page->sheet);
	write_more(page);
}

static void write_title(void *data, FILE *stream)
{
	fputs("Releases side by side", stream);
}

int compare_render_html(const struct comparison *comparison, FILE *stream)
{
	static const struct html_slot slots[] = {
		{ "title", write_title },
		{ "sheet", write_page },
		{ NULL, NULL },
	};
	static const struct html_page frame = { &page_qualification, &page_comparison_style, NULL,
		slots };
	struct page page = { comparison->head, comparison, { stream, true }, 0 };
	int r = html_page(&frame, &page, stream);

	return page.error < 0 ? page.error : r;
}
