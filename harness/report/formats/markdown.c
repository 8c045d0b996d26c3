#include "harness/report/formats/markdown.h"

#include <errno.h>
#include <stdlib.h>

#include "harness/base/measured_on.h"
#include "harness/report/cell_text.h"
#include "harness/report/sections.h"
#include "harness/report/summary.h"
#include "src/document.h"

#define DETAILED_MAX 20 /* cells whose fields and logs are shown: a comment has a limit */

static void write_head(const struct sections *sections)
{
	const json_t *findings = sections->findings;
	const json_t *identities = json_object_get(findings, "identities");
	size_t total = json_array_size(json_object_get(findings, "cells"));
	char text[TEXT_MAX] = "", counts[TEXT_MAX];
	const char *name;
	json_t *version;

	section_add(text, "", document_text(json_object_get(findings, "matrix"), "name"));
	section_add(text, ": ", document_text(findings, "verdict"));
	sheet_heading(&sections->sheet, 3, text);
	section_counts(json_object_get(findings, "counts"), counts);
	snprintf(text, sizeof(text), "%zu %s", total, summary_plural(total, "cell", "cells"));
	section_add(text, ": ", counts);
	section_add(text, ". Back end ", document_text(identities, "backend"));
	json_object_foreach(json_object_get(identities, "versions"), name, version)
	{
		section_value(version, counts);
		section_add(text, ", ", name);
		section_add(text, " ", counts);
	}
	section_add(text, "", ".");
	sheet_paragraph(&sections->sheet, "", text);
}

static int write_measured_on(const struct sections *sections)
{
	json_t *measured_on = measured_on_of(sections->findings);
	const json_t *entry;
	char text[TEXT_MAX] = "";
	size_t i;

	if (!measured_on)
		return -ENOMEM;
	json_array_foreach(json_object_get(measured_on, "why"), i, entry)
		section_add(text, "; ", document_text(entry, "text"));
	section_add(text, "", ".");
	sheet_paragraph(&sections->sheet,
		measured_on_is_hardware(measured_on) ? "Hardware:" : "Not hardware:", text);
	json_decref(measured_on);
	return 0;
}

static int write_row(const struct sections *sections, const json_t *cell)
{
	const char *reason = render_reason_text(cell);
	char *remarks = render_string(reason[0] ? render_not_compared : render_remarks, cell),
	     *why = NULL;
	int r = -ENOMEM;

	if (remarks && asprintf(&why, "%s%s%s", reason, reason[0] && remarks[0] ? "; " : "",
			       remarks) >= 0) {
		sheet_row(&sections->sheet,
			(const char *[]){ verdict_name(render_verdict(cell)),
				document_text(cell, "name"), why, document_text(cell, "layer") },
			4);
		free(why);
		r = 0;
	}
	free(remarks);
	return r;
}

static int write_cells(const struct sections *sections)
{
	static const char *const columns[] = { "Verdict", "Cell", "Why", "Look first at", NULL };
	const json_t *cells = json_object_get(sections->findings, "cells"), *cell;
	size_t i, listed = 0;
	int r;

	/* The worst first. */
	for (int verdict = VERDICT_COUNT - 1; verdict >= 0; verdict--) {
		json_array_foreach(cells, i, cell)
		{
			if ((int)render_verdict(cell) != verdict || !render_has_diagnosis(cell))
				continue;
			if (listed++ == 0)
				sheet_table(&sections->sheet, columns);
			r = write_row(sections, cell);
			if (r < 0)
				return r;
		}
	}
	if (listed > 0)
		sheet_table_end(&sections->sheet);
	sheet_paragraph(&sections->sheet, "",
		listed == 0 ? "Every cell is PASS or DONE."
			    : "Other cells are PASS or DONE, with no sign in their logs.");
	return 0;
}

static void write_fields(const struct sections *sections, const json_t *cell)
{
	static const char *const columns[] = { "Field", "Verdict", "Expected", "Seen", "Source",
		NULL };
	char expected[TEXT_MAX], seen[TEXT_MAX];
	const json_t *finding;
	bool any = false;
	size_t i;

	json_array_foreach(json_object_get(cell, "findings"), i, finding)
	{
		if (render_verdict(finding) == VERDICT_PASS)
			continue;
		if (!any)
			sheet_table(&sections->sheet, columns);
		any = true;
		section_value(json_object_get(finding, "expected"), expected);
		section_value(json_object_get(finding, "seen"), seen);
		sheet_row(&sections->sheet,
			(const char *[]){ document_text(finding, "field"),
				document_text(finding, "verdict"), expected, seen,
				document_text(finding, "source") },
			5);
	}
	if (any)
		sheet_table_end(&sections->sheet);
}

static int write_logs(const struct sections *sections, const json_t *cell)
{
	json_t *lines = json_array();
	const json_t *match;
	char text[TEXT_MAX];
	size_t i;
	int r = lines ? 0 : -ENOMEM;

	json_array_foreach(json_object_get(cell, "logs"), i, match)
	{
		if (!render_tells(cell, match))
			continue;
		snprintf(text, sizeof(text), "%s, %s line %" JSON_INTEGER_FORMAT ": ",
			document_text(match, "label"), document_text(match, "file"),
			json_integer_value(json_object_get(match, "line")));
		section_add(text, "", document_text(match, "text"));
		if (document_text(match, "advice")[0])
			section_add(text, " Advice: ", document_text(match, "advice"));
		if (json_array_append_new(lines, json_string(text)) < 0)
			r = -ENOMEM;
	}
	sheet_list(&sections->sheet, lines, "");
	json_decref(lines);
	return r;
}

static int write_details(const struct sections *sections)
{
	const json_t *cells = json_object_get(sections->findings, "cells"), *cell;
	size_t i, written = 0, left = 0;
	char text[TEXT_MAX];
	int r = 0;

	json_array_foreach(cells, i, cell)
	{
		if (render_verdict(cell) < VERDICT_FLAKY && !render_has_remarks(cell))
			continue;
		if (written == DETAILED_MAX) {
			left++;
			continue;
		}
		written++;
		sheet_heading(&sections->sheet, 4, document_text(cell, "name"));
		write_fields(sections, cell);
		r = write_logs(sections, cell);
		if (r < 0)
			return r;
	}
	if (left > 0) {
		snprintf(text, sizeof(text), "%zu more %s in the report.", left,
			summary_plural(left, "cell is", "cells are"));
		sheet_paragraph(&sections->sheet, "", text);
	}
	return 0;
}

int render_markdown(const json_t *findings, const struct render_options *options, FILE *stream)
{
	const struct sections sections = { { stream, false }, findings, NULL, options->record,
		options->difference };
	int r;

	write_head(&sections);
	r = write_measured_on(&sections);
	if (r < 0)
		return r;
	section_changes_base(&sections);
	r = write_cells(&sections);
	if (r == 0)
		r = write_details(&sections);
	if (r < 0)
		return r;
	return ferror(stream) ? -EIO : 0;
}
