#include <stdlib.h>
#include <string.h>

#include "harness/qualify/sheet.h"
#include "src/document.h"

/* The text at a path of two keys, or of one if `below` is NULL; "" if there is none. */
static const char *text_at(const json_t *object, const char *key, const char *below)
{
	return below ? document_text(json_object_get(object, key), below)
		     : document_text(object, key);
}

static void write_release_row(const struct sheet *sheet, const json_t *releases, size_t count,
	const char *title, const char *key, const char *below)
{
	const char *texts[QUALIFY_COLUMNS_MAX] = { title };
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		texts[1 + i] = text_at(json_array_get(releases, i), key, below);
		any = any || texts[1 + i][0];
	}
	if (any)
		sheet_row(sheet, texts, 1 + count);
}

/* "tiny in place of linux", and how much time the guests had. */
static void how_text(const json_t *run, char text[static TEXT_MAX])
{
	const char *guest = document_text(run, "guest");
	double slow = json_number_value(json_object_get(run, "slow"));
	char more[64];

	text[0] = '\0';
	if (guest[0]) {
		section_add(text, "", "guests ");
		section_add(text, "", guest);
		section_add(text, "", " in place of the matrix's own");
	}
	snprintf(more, sizeof(more), "limits times %g", slow);
	if (slow > 1)
		section_add(text, "; ", more);
}

static void write_runs(const struct sheet *sheet, const json_t *document)
{
	static const char *const columns[] = { "Matrix", "Release", "Decision", "Cells", "How",
		NULL };
	const json_t *matrix, *run;
	char counts[TEXT_MAX], how[TEXT_MAX];
	size_t i, j;

	sheet_heading(sheet, 2, "Runs");
	sheet_table(sheet, columns);
	json_array_foreach(json_object_get(document, "matrices"), i, matrix)
	{
		json_array_foreach(json_object_get(matrix, "runs"), j, run)
		{
			section_counts(json_object_get(run, "counts"), counts);
			how_text(run, how);
			sheet_row(sheet,
				(const char *[]){ document_text(matrix, "name"),
					document_text(run, "release"),
					document_text(run, "decision"), counts, how },
				5);
		}
	}
	sheet_table_end(sheet);
}

/* The QEMUs that cells named by `run --model`. */
static void write_models(const struct sheet *sheet, const json_t *releases)
{
	const json_t *release;
	const char *name;
	json_t *model;
	char text[TEXT_MAX];
	size_t i;

	json_array_foreach(releases, i, release)
	{
		json_object_foreach(json_object_get(release, "models"), name, model)
		{
			snprintf(text, sizeof(text), "%.64s in %.64s is %.256s, SHA-256 %.64s.",
				name, document_text(release, "name"), document_text(model, "text"),
				document_text(model, "sha256"));
			sheet_paragraph(sheet, "", text);
		}
	}
}

void qualify_sheet_releases(const struct sheet *sheet, const json_t *document)
{
	static const char *const first[] = { "Item", NULL };
	static const struct {
		const char *title, *key, *below;
	} rows[] = {
		{ "Xen", "versions", "xen" },
		{ "libxl", "versions", "libxl" },
		{ "QEMU", "versions", "qemu" },
		{ "QEMU, by its own version text", "qemu", NULL },
		{ "dom0's kernel", "kernel", NULL },
		{ "QEMU, SHA-256", "device_model", "sha256" },
		{ "build of Xen", "builds", "xen" },
		{ "build of libxl", "builds", "libxl" },
		{ "CPU", "cpu", NULL },
	};
	const json_t *releases = json_object_get(document, "releases");
	size_t count;

	sheet_heading(sheet, 2, "Releases");
	count = qualify_table(sheet, first, releases, "name");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		write_release_row(
			sheet, releases, count, rows[i].title, rows[i].key, rows[i].below);
	sheet_table_end(sheet);
	write_models(sheet, releases);
	write_runs(sheet, document);
}

/* One that several hosts have stands where the first of them has it. */
static void write_trouble(
	const struct sheet *sheet, const json_t *hosts, size_t of, const json_t *trouble)
{
	char releases[TEXT_MAX] = "";
	const json_t *host;
	size_t i;

	json_array_foreach(hosts, i, host)
	{
		if (!document_has(json_object_get(host, "troubles"), trouble))
			continue;
		if (i < of)
			return;
		section_add(releases, ", ", document_text(host, "release"));
	}
	sheet_row(sheet,
		(const char *[]){ document_text(trouble, "id"), document_text(trouble, "verdict"),
			releases, document_text(trouble, "why"), document_text(trouble, "advice") },
		5);
}

static void write_host(const struct sheet *sheet, const json_t *host)
{
	const json_t *counts = json_object_get(host, "counts");
	char checks[TEXT_MAX], about[TEXT_MAX] = "";

	snprintf(checks, sizeof(checks),
		"%" JSON_INTEGER_FORMAT " PASS, %" JSON_INTEGER_FORMAT
		" FAIL, %" JSON_INTEGER_FORMAT " UNKNOWN",
		json_integer_value(json_object_get(counts, "PASS")),
		json_integer_value(json_object_get(counts, "FAIL")),
		json_integer_value(json_object_get(counts, "UNKNOWN")));
	if (json_is_true(json_object_get(host, "phantom")))
		section_add(about, "; ", "with a phantom IGD");
	if (json_is_true(json_object_get(host, "from_run")))
		section_add(about, "; ", "as a run recorded it");
	if (!json_is_true(json_object_get(host, "is_of_runs")))
		section_add(about, "; ", "NOT THE VERSIONS OF THE RUNS");
	sheet_row(sheet,
		(const char *[]){ document_text(host, "release"), document_text(host, "verdict"),
			checks, about },
		4);
}

/* The names of releases that are in no entry of a part. */
static void write_without(
	const struct sheet *sheet, const json_t *document, const char *part, const char *words)
{
	const json_t *releases = json_object_get(document, "releases"), *release, *entry;
	json_t *without = json_array();
	char text[TEXT_MAX];
	size_t i, j;

	json_array_foreach(releases, i, release)
	{
		bool found = false;

		json_array_foreach(json_object_get(document, part), j, entry) found =
			found || json_equal(json_object_get(entry, "release"),
					 json_object_get(release, "name"));
		if (!found)
			json_array_append(without, json_object_get(release, "name"));
	}
	qualify_join(without, text);
	if (text[0])
		sheet_paragraph(sheet, words, text);
	json_decref(without);
}

void qualify_sheet_preflight(const struct sheet *sheet, const json_t *document)
{
	static const char *const columns[] = { "Release", "Verdict", "Checks", "About", NULL };
	static const char *const troubles[] = { "Check", "Verdict", "Releases", "Why", "Advice",
		NULL };
	const json_t *hosts = json_object_get(document, "preflight"), *host, *trouble;
	size_t i, j, count = 0;

	sheet_heading(sheet, 2, "Preflight of the hosts");
	if (json_array_size(hosts) > 0) {
		sheet_table(sheet, columns);
		json_array_foreach(hosts, i, host)
		{
			write_host(sheet, host);
			count += json_array_size(json_object_get(host, "troubles"));
		}
		sheet_table_end(sheet);
	}
	write_without(sheet, document, "preflight", "No preflight was recorded of:");
	if (count == 0)
		return;
	sheet_table(sheet, troubles);
	json_array_foreach(hosts, i, host)
	{
		json_array_foreach(json_object_get(host, "troubles"), j, trouble)
			write_trouble(sheet, hosts, i, trouble);
	}
	sheet_table_end(sheet);
}

/* "16 of libxenctrl.so.4.17", or why nothing is known. */
static void symbols_text(const json_t *abi, char text[static TEXT_MAX])
{
	const char *error = document_text(abi, "error");
	const json_t *library;
	char one[192];
	size_t i;

	text[0] = '\0';
	json_array_foreach(json_object_get(abi, "libraries"), i, library)
	{
		snprintf(one, sizeof(one), "%" JSON_INTEGER_FORMAT " of %.128s",
			json_integer_value(json_object_get(library, "symbols")),
			document_text(library, "name"));
		section_add(text, ", ", one);
	}
	if (error[0])
		snprintf(text, TEXT_MAX, "not known: %.1024s", error);
	else if (!text[0])
		strcpy(text, "none");
}

static void write_abi(const struct sheet *sheet, const json_t *abi)
{
	char symbols[TEXT_MAX], added[TEXT_MAX], gone[TEXT_MAX], about[TEXT_MAX];

	symbols_text(abi, symbols);
	qualify_join(json_object_get(abi, "new"), added);
	qualify_join(json_object_get(abi, "gone"), gone);
	qualify_join(json_object_get(abi, "faults"), about);
	if (!json_is_true(json_object_get(abi, "is_of_runs")))
		section_add(about, "; ", "NOT THE QEMU OF THE RUNS");
	sheet_row(sheet,
		(const char *[]){ document_text(abi, "release"), document_text(abi, "file"),
			symbols, added[0] ? added : "none", gone[0] ? gone : "none", about },
		6);
}

void qualify_sheet_abi(const struct sheet *sheet, const json_t *document)
{
	static const char *const columns[] = { "Release", "Program", "Unstable symbols",
		"New since the previous release", "Gone since", "Faults", NULL };
	const json_t *abis = json_object_get(document, "abi"), *abi;
	size_t i;

	sheet_heading(sheet, 2, "Unstable Xen library symbols that QEMU uses");
	if (json_array_size(abis) > 0) {
		sheet_table(sheet, columns);
		json_array_foreach(abis, i, abi) write_abi(sheet, abi);
		sheet_table_end(sheet);
	}
	write_without(sheet, document, "abi", "Not audited:");
}
