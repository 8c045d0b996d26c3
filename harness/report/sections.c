#include "harness/report/sections.h"
#include "harness/report/cell_text.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/digest.h"
#include "harness/report/cell_text.h"
#include "harness/report/coverage.h"
#include "harness/report/summary.h"
#include "src/document.h"
#include "src/verdict.h"

void section_value(const json_t *value, char text[static TEXT_MAX])
{
	char *shown = document_shown(value);

	snprintf(text, TEXT_MAX, "%s", shown ? shown : "?");
	free(shown);
}

void section_add(char text[static TEXT_MAX], const char *between, const char *more)
{
	if (text[0])
		strncat(text, between, TEXT_MAX - 1 - strlen(text));
	strncat(text, more, TEXT_MAX - 1 - strlen(text));
}

void section_counts(const json_t *counts, char text[static TEXT_MAX])
{
	char one[32];

	text[0] = '\0';
	for (int v = 0; v < VERDICT_COUNT; v++) {
		const char *name = verdict_name((enum verdict)v);
		json_int_t n = json_integer_value(json_object_get(counts, name));

		snprintf(one, sizeof(one), "%" JSON_INTEGER_FORMAT " %s", n, name);
		if (n > 0)
			section_add(text, ", ", one);
	}
}

static void row2(const struct sections *sections, const char *name, const json_t *value)
{
	char text[TEXT_MAX];

	if (!value || json_is_null(value))
		return;
	section_value(value, text);
	if (text[0])
		sheet_row(&sections->sheet, (const char *[]){ name, text }, 2);
}

void section_tested(const struct sections *sections)
{
	const json_t *identities = json_object_get(sections->findings, "identities");
	const json_t *host = json_object_get(identities, "host");
	const json_t *model = json_object_get(identities, "device_model");
	static const char *const columns[] = { "Item", "Value", NULL };
	char text[TEXT_MAX];
	const char *name;
	json_t *version;

	sheet_heading(&sections->sheet, 2, "Software and host under test");
	sheet_table(&sections->sheet, columns);
	json_object_foreach(json_object_get(identities, "versions"), name, version)
		row2(sections, name, version);
	row2(sections, "QEMU, by its own version text",
		json_object_get(json_object_get(identities, "texts"), "qemu"));
	row2(sections, "device model", json_object_get(model, "path"));
	row2(sections, "device model, SHA-256", json_object_get(model, "sha256"));
	json_object_foreach(json_object_get(identities, "builds"), name, version)
	{
		snprintf(text, sizeof(text), "build of %.64s", name);
		row2(sections, text, version);
	}
	json_object_foreach(json_object_get(identities, "firmware"), name, version)
	{
		snprintf(text, sizeof(text), "%.64s, SHA-256", name);
		row2(sections, text, json_object_get(version, "sha256"));
	}
	json_object_foreach(json_object_get(identities, "guests"), name, version)
	{
		snprintf(text, sizeof(text), "guest %.64s, SHA-256 of its kernel", name);
		row2(sections, text, json_object_get(version, "kernel"));
	}
	row2(sections, "dom0 kernel", json_object_get(host, "kernel"));
	row2(sections, "host", json_object_get(host, "name"));
	row2(sections, "host, vendor", json_object_get(host, "sys_vendor"));
	row2(sections, "host, product", json_object_get(host, "product_name"));
	row2(sections, "CPU", json_object_get(host, "cpu"));
	row2(sections, "back end", json_object_get(identities, "backend"));
	row2(sections, "harness", json_object_get(sections->findings, "harness"));
	row2(sections, "judged by", json_object_get(sections->findings, "judged_by"));
	sheet_table_end(&sections->sheet);
}

/* "8086:3e92 in 4 cells: 2 PASS, 2 XFAIL; PHANTOM: not hardware" */
static void exercised_text(const json_t *coverage, char text[static TEXT_MAX])
{
	const char *device = document_text(coverage, "device");
	json_int_t cells = json_integer_value(json_object_get(coverage, "cells"));
	char counts[TEXT_MAX];

	section_counts(json_object_get(coverage, "counts"), counts);
	snprintf(text, TEXT_MAX, "8086:%.4s in %" JSON_INTEGER_FORMAT " %s",
		device + (strncmp(device, "0x", 2) == 0 ? 2 : 0), cells,
		summary_plural((size_t)cells, "cell", "cells"));
	section_add(text, ": ", counts[0] ? counts : "present, but in no guest");
	if (json_is_true(json_object_get(coverage, "phantom")))
		section_add(text, "; ", "PHANTOM: not hardware");
	if (json_is_true(json_object_get(coverage, "virtual_gpu")))
		section_add(text, "; ", "VIRTUAL GPU: not hardware");
}

/* Of a generation and a class, all that was exercised; "never" if nothing was. */
static void cell_of_coverage(const struct sections *sections, const char *generation,
	const char *class, char text[static TEXT_MAX])
{
	const json_t *entry;
	size_t i;

	text[0] = 0;
	json_array_foreach(json_object_get(sections->summary, "coverage"), i, entry)
	{
		char one[TEXT_MAX];

		if (strcmp(document_text(entry, "generation"), generation) != 0 ||
			strcmp(document_text(entry, "class"), class) != 0)
			continue;
		exercised_text(entry, one);
		section_add(text, "; ", one);
	}
	if (!text[0])
		section_add(text, "", "never");
}

/* Is any entry of that generation? */
static bool is_covered(const struct sections *sections, const char *generation)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(sections->summary, "coverage"), i, entry)
	{
		if (strcmp(document_text(entry, "generation"), generation) == 0)
			return true;
	}
	return false;
}

/* Hosts that are in no line of the table. */
static void other_coverage(const struct sections *sections)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(sections->summary, "coverage"), i, entry)
	{
		char exercised[TEXT_MAX];

		exercised_text(entry, exercised);
		if (!document_text(entry, "device")[0])
			sheet_paragraph(&sections->sheet, "",
				"No Intel display function of the host is "
				"known.");
		else if (!document_text(entry, "generation")[0])
			sheet_paragraph(
				&sections->sheet, "Devices of an unknown generation:", exercised);
	}
}

void section_coverage(const struct sections *sections)
{
	static const char *const columns[] = { "Generation", "Class 0x0300, VGA",
		"Class 0x0380, other display", NULL };
	char vga[TEXT_MAX], other[TEXT_MAX], never[TEXT_MAX] = "", name[2 * IGD_IDS_NAME_MAX + 4];
	const struct igd_platform *line;
	bool table = false;
	size_t number = 0;

	sheet_heading(&sections->sheet, 2, "Coverage by generation and class");
	while ((line = coverage_next(&number))) {
		snprintf(name, sizeof(name), "%s (%s)", line->title, line->graphics);
		if (!is_covered(sections, line->title)) {
			section_add(never, ", ", name);
			continue;
		}
		if (!table)
			sheet_table(&sections->sheet, columns);
		table = true;
		cell_of_coverage(sections, line->title, "0x0300", vga);
		cell_of_coverage(sections, line->title, "0x0380", other);
		sheet_row(&sections->sheet, (const char *[]){ name, vga, other }, 3);
	}
	if (table)
		sheet_table_end(&sections->sheet);
	other_coverage(sections);
	sheet_paragraph(&sections->sheet, "Never exercised, in either class:", never);
}

/* One hash that stands for all files of all cells: of the list that sha256sum would print. */
static void hash_evidence(const struct sections *sections, char sum[static DIGEST_TEXT_MAX],
	char about[static TEXT_MAX])
{
	const json_t *cell, *file;
	char *list = NULL;
	size_t length = 0, count = 0, i, j;
	FILE *memory = open_memstream(&list, &length);
	json_t *files;

	if (!memory)
		return;
	json_array_foreach(json_object_get(sections->findings, "cells"), i, cell)
	{
		const char *name = render_record(cell);

		files = sections->record->files(sections->record->data, name);
		json_array_foreach(files, j, file)
		{
			fprintf(memory, "%s  %s/%s\n", document_text(file, "sha256"), name,
				document_text(file, "name"));
			count++;
		}
		json_decref(files);
	}
	if (fclose(memory) == 0)
		digest_bytes(list, length, sum);
	snprintf(about, TEXT_MAX, "%zu files of the cells, as the list \"SHA-256  CELL/FILE\"",
		count);
	free(list);
}

void section_documents(const struct sections *sections)
{
	static const char *const columns[] = { "Document", "SHA-256", NULL };
	char sum[DIGEST_TEXT_MAX] = "", about[TEXT_MAX];
	const json_t *file;
	json_t *files;
	size_t i;

	sheet_heading(&sections->sheet, 2, "Documents");
	sheet_table(&sections->sheet, columns);
	row2(sections, "matrix that judged",
		json_object_get(json_object_get(sections->findings, "matrix"), "sha256"));
	row2(sections, "patterns",
		json_object_get(json_object_get(sections->findings, "patterns"), "sha256"));
	if (sections->record) {
		files = sections->record->files(sections->record->data, NULL);
		json_array_foreach(files, i, file) row2(
			sections, document_text(file, "name"), json_object_get(file, "sha256"));
		json_decref(files);
		hash_evidence(sections, sum, about);
		sheet_row(&sections->sheet, (const char *[]){ about, sum }, 2);
	}
	sheet_table_end(&sections->sheet);
}

void section_sign_off(const struct sheet *sheet)
{
	static const char *const columns[] = { "Role", "Name", "Decision", "Date", "Signature",
		NULL };
	static const char *const roles[] = { "Lab", "Release manager", "Maintainer" };

	sheet_heading(sheet, 2, "Sign-off");
	sheet_table(sheet, columns);
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		sheet_row(sheet, (const char *[]){ roles[i], "", "", "", "" }, 5);
	sheet_table_end(sheet);
}
