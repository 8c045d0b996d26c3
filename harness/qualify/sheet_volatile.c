#include <string.h>

#include "harness/qualify/run.h"
#include "harness/qualify/sheet.h"
#include "src/document.h"

#define MIB 1048576.0

static void write_runs(const struct sheet *sheet, const json_t *runs)
{
	static const char *const columns[] = { "Matrix", "Release", "Began", "Cells took",
		"Harness", "SHA-256 of run.json", NULL };
	const json_t *run;
	char took[48];
	size_t i;

	sheet_table(sheet, columns);
	json_array_foreach(runs, i, run)
	{
		snprintf(took, sizeof(took), "%" JSON_INTEGER_FORMAT " s",
			json_integer_value(json_object_get(run, "seconds")));
		sheet_row(sheet,
			(const char *[]){ document_text(run, "matrix"),
				document_text(run, "release"), document_text(run, "started"), took,
				document_text(run, "harness"), document_text(run, "run_sha256") },
			6);
	}
	sheet_table_end(sheet);
}

static void write_bundles(const struct sheet *sheet, const json_t *runs)
{
	static const char *const columns[] = { "Bundle", "Matrix", "Release", "Files", "Bytes",
		"SHA-256", NULL };
	char files[32], bytes[32];
	const json_t *run;
	size_t i;

	sheet_table(sheet, columns);
	json_array_foreach(runs, i, run)
	{
		const json_t *bundle = json_object_get(run, "bundle");

		files[0] = bytes[0] = '\0';
		if (json_is_object(bundle)) {
			snprintf(files, sizeof(files), "%" JSON_INTEGER_FORMAT,
				json_integer_value(json_object_get(bundle, "files")));
			snprintf(bytes, sizeof(bytes), "%" JSON_INTEGER_FORMAT,
				json_integer_value(json_object_get(bundle, "bytes")));
		}
		sheet_row(sheet,
			(const char *[]){ json_is_object(bundle) ? document_text(bundle, "file")
								 : "not bundled",
				document_text(run, "matrix"), document_text(run, "release"), files,
				bytes, document_text(bundle, "sha256") },
			6);
	}
	sheet_table_end(sheet);
}

static void write_hosts(const struct sheet *sheet, const json_t *hosts)
{
	static const char *const columns[] = { "Preflight of", "When", NULL };
	const json_t *host;
	size_t i;

	if (json_array_size(hosts) == 0)
		return;
	sheet_table(sheet, columns);
	json_array_foreach(hosts, i, host) sheet_row(sheet,
		(const char *[]){ document_text(host, "release"), document_text(host, "when") }, 2);
	sheet_table_end(sheet);
}

/* "4.3 s", "never". */
static void seconds_text(const json_t *ms, char text[static 32])
{
	if (json_is_integer(ms))
		snprintf(text, 32, "%.1f s", (double)json_integer_value(ms) / 1000);
	else
		strcpy(text, "never");
}

static void write_transitions(const struct sheet *sheet, const json_t *transitions)
{
	static const char *const columns[] = { "Transition", "Release", "Clock behind", "Saved",
		"Save", "Restore", NULL };
	const json_t *transition;
	char behind[32], saved[32], save[32], restore[32];
	size_t i;

	if (json_array_size(transitions) == 0)
		return;
	sheet_table(sheet, columns);
	json_array_foreach(transitions, i, transition)
	{
		json_int_t bytes = json_integer_value(json_object_get(transition, "saved_bytes"));

		seconds_text(json_object_get(transition, "save_ms"), save);
		seconds_text(json_object_get(transition, "restore_ms"), restore);
		seconds_text(json_object_get(transition, "behind_ms"), behind);
		snprintf(saved, sizeof(saved), "%.0f MiB", (double)bytes / MIB);
		sheet_row(sheet,
			(const char *[]){ document_text(transition, "name"),
				document_text(transition, "release"),
				json_is_integer(json_object_get(transition, "behind_ms")) ? behind
											  : "",
				bytes > 0 ? saved : "", save, restore },
			6);
	}
	sheet_table_end(sheet);
}

static void write_words(const struct sheet *sheet, const json_t *words)
{
	static const char *const columns[] = { "Cell", "Matrix", "Release", "Cause", NULL };
	const json_t *one;
	size_t i;

	if (json_array_size(words) == 0)
		return;
	sheet_table(sheet, columns);
	json_array_foreach(words, i, one) sheet_row(sheet,
		(const char *[]){ document_text(one, "name"), document_text(one, "matrix"),
			document_text(one, "release"), document_text(one, "cause") },
		4);
	sheet_table_end(sheet);
}

void qualify_sheet_volatile(const struct sheet *sheet, const json_t *document)
{
	const json_t *part = qualify_volatile_part(document);
	char judge[128];

	sheet_heading(sheet, 2, "When it was measured");
	sheet_paragraph(
		sheet, "", "Only this section may differ between two runs with the same result.");
	/* Of the document, not of the program that renders it. */
	snprintf(judge, sizeof(judge), "igd-harness %.100s", document_text(document, "harness"));
	if (document_text(document, "harness")[0])
		sheet_paragraph(sheet, "Judged by:", judge);
	write_runs(sheet, json_object_get(part, "runs"));
	write_bundles(sheet, json_object_get(part, "runs"));
	write_hosts(sheet, json_object_get(part, "preflight"));
	write_transitions(sheet, json_object_get(part, "transitions"));
	write_words(sheet, json_object_get(part, "words"));
}
