#include <string.h>

#include "harness/report/sections.h"
#include "harness/report/summary.h"
#include "src/document.h"

const struct change_class change_classes[] = {
	{ "regression", "regression", true },
	{ "other failure", "fails differently than the baseline", true },
	{ "like a", "fails like the baseline", true },
	{ "never passed", "never passed", true },
	{ "not tested", "without an answer", true },
	{ "only a", "only in the baseline", true },
	{ "known", "a known deviation, not one before", true },
	{ "fixed", "fixed", true },
	{ "only b", "not in the baseline", true },
	{ "changed", "as expected in both, with different values", false },
	{ "same", "as in the baseline", false },
	{ NULL },
};

static void name_baseline(const struct sections *sections)
{
	const json_t *baseline = json_object_get(sections->difference, "a");
	char text[TEXT_MAX];

	snprintf(text, sizeof(text),
		"The run that began %s, by igd-harness %s; its worst "
		"verdict is %s.",
		document_text(baseline, "started"), document_text(baseline, "harness"),
		document_text(baseline, "verdict"));
	if (document_text(baseline, "run_sha256")[0]) {
		section_add(text, " ", "SHA-256 of its run.json: ");
		section_add(text, "", document_text(baseline, "run_sha256"));
		section_add(text, "", ".");
	}
	sheet_paragraph(&sections->sheet, "Baseline.", text);
}

void section_changes_base(const struct sections *sections)
{
	const json_t *counts = json_object_get(sections->difference, "classes");
	json_int_t bad = json_integer_value(json_object_get(counts, "regression"));
	char text[TEXT_MAX] = "", one[128];

	if (!sections->difference)
		return;
	for (size_t i = 0; change_classes[i].class; i++) {
		json_int_t n = json_integer_value(json_object_get(counts, change_classes[i].class));

		snprintf(one, sizeof(one), "%" JSON_INTEGER_FORMAT " %s", n,
			change_classes[i].words);
		if (n > 0)
			section_add(text, "; ", one);
	}
	section_add(text, "", ".");
	snprintf(one, sizeof(one), "%s since the baseline:",
		bad == 0 ? "No cell regressed"
			 : summary_plural((size_t)bad, "A cell regressed", "Cells regressed"));
	sheet_paragraph(&sections->sheet, one, text);
}

static void list_cells(const struct sections *sections)
{
	static const char *const columns[] = { "Cell", "Since the baseline", "Baseline", "Now",
		"Cause", NULL };
	const json_t *cells = json_object_get(sections->difference, "cells"), *cell;
	char a[TEXT_MAX], b[TEXT_MAX];
	bool any = false;
	size_t i, j;

	for (i = 0; change_classes[i].class; i++) {
		json_array_foreach(cells, j, cell)
		{
			if (!change_classes[i].listed ||
				strcmp(document_text(cell, "class"), change_classes[i].class) != 0)
				continue;
			if (!any)
				sheet_table(&sections->sheet, columns);
			any = true;
			section_value(json_object_get(cell, "a"), a);
			section_value(json_object_get(cell, "b"), b);
			sheet_row(&sections->sheet,
				(const char *[]){ document_text(cell, "name"),
					change_classes[i].words, a, b,
					document_text(cell, "cause") },
				5);
		}
	}
	if (any)
		sheet_table_end(&sections->sheet);
}

static void list_identities(const struct sections *sections)
{
	static const char *const columns[] = { "Item", "Baseline", "Now", NULL };
	const json_t *changes = json_object_get(sections->difference, "identities"), *change;
	char a[TEXT_MAX], b[TEXT_MAX];
	size_t i;

	if (json_array_size(changes) == 0) {
		sheet_paragraph(&sections->sheet, "",
			"The software under test and the host are those of the baseline.");
		return;
	}
	sheet_paragraph(&sections->sheet, "",
		"The software under test or the host differs from the baseline:");
	sheet_table(&sections->sheet, columns);
	json_array_foreach(changes, i, change)
	{
		section_value(json_object_get(change, "a"), a);
		section_value(json_object_get(change, "b"), b);
		sheet_row(&sections->sheet, (const char *[]){ document_text(change, "what"), a, b },
			3);
	}
	sheet_table_end(&sections->sheet);
}

void section_changes(const struct sections *sections)
{
	sheet_heading(&sections->sheet, 2, "Regressions");
	if (!sections->difference) {
		sheet_paragraph(&sections->sheet, "",
			"Not compared with an earlier run: none was named as the baseline.");
		return;
	}
	name_baseline(sections);
	list_cells(sections);
	list_identities(sections);
}
