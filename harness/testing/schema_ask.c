/*
 * What the program takes, for docs/schema/schemas_test.py, which compares it with the schemas:
 *
 *   schema-ask tables             the words, settings and fields of the program, as JSON
 *   schema-ask matrix FILE...     reads each as the program does: a line FILE<TAB>SENTENCE, where
 *   schema-ask host-description FILE...       the sentence is empty if the file is right
 *   schema-ask guest FILE...
 *   schema-ask patterns FILE...
 *   schema-ask igd-ids FILE...
 *   schema-ask xen-messages FILE...
 *   schema-ask symbols FILE...
 *   schema-ask does-not-matter FILE...
 *   schema-ask known MATRIX FILE...           each as the known deviations of that matrix
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/abi/abi.h"
#include "harness/backend/image_description.h"
#include "harness/base/fileio.h"
#include "harness/bisect/bisect.h"
#include "harness/dut/dut.h"
#include "harness/evidence/fields.h"
#include "harness/host/check.h"
#include "harness/host/igd_ids.h"
#include "harness/host/xen_messages.h"
#include "harness/logs/patterns.h"
#include "harness/matrix/matrix.h"
#include "harness/matrix/private.h"
#include "harness/plan/capabilities.h"
#include "harness/plan/settings.h"
#include "harness/run/cell.h"
#include "harness/store/ending.h"
#include "harness/testing/does_not_matter.h"
#include "harness/views/private.h"
#include "src/field.h"
#include "src/verdict.h"

static const char *verdict_word(int i)
{
	return i < VERDICT_COUNT ? verdict_name((enum verdict)i) : NULL;
}

static const char *host_verdict_word(int i)
{
	return i <= HOST_NOT_APPLICABLE ? host_verdict_name((enum host_verdict)i) : NULL;
}

static const char *ending_word(int i)
{
	return i < ENDING_COUNT ? ending_entry((enum ending)i)->name : NULL;
}

static const char *state_word(int i)
{
	return i <= CELL_OVER ? cell_state_name((enum cell_state)i) : NULL;
}

static const char *limit_word(int i)
{
	return cell_limit_name((size_t)i);
}

static const char *backend_word(int i)
{
	return i < MATRIX_BACKENDS ? setting_backends[i] : NULL;
}

static const char *capability_word(int i)
{
	return capability_names[i];
}

static const char *log_word(int i)
{
	return i < PATTERN_LOGS ? pattern_log_names[i] : NULL;
}

static const char *layer_word(int i)
{
	return i < VIEW_LAYERS ? view_names[i].name : NULL;
}

static const char *use_word(int i)
{
	return abi_uses[i];
}

static const char *class_word(int i)
{
	return abi_classes[i].name;
}

static const char *answer_word(int i)
{
	return i + 1 < BISECT_ANSWERS ? bisect_answer_name((enum bisect_answer)(i + 1)) : NULL;
}

/* Each gives the words of a table by index, NULL behind the last. */
static const struct {
	const char *name;
	const char *(*word)(int i);
} tables[] = {
	{ "verdict", verdict_word },
	{ "hostVerdict", host_verdict_word },
	{ "ending", ending_word },
	{ "state", state_word },
	{ "limitName", limit_word },
	{ "backend", backend_word },
	{ "capability", capability_word },
	{ "log", log_word },
	{ "viewLayer", layer_word },
	{ "use", use_word },
	{ "class", class_word },
	{ "answer", answer_word },
};

static json_t *describe_setting(const struct setting *setting)
{
	static const char *const kinds[] = { [SETTING_BOOL] = "bool",
		[SETTING_WHOLE] = "whole",
		[SETTING_WHOLES] = "wholes",
		[SETTING_WORD] = "word",
		[SETTING_TEXT] = "text",
		[SETTING_TEXTS] = "texts",
		[SETTING_TREE] = "tree" };
	json_t *about = json_pack("{s:s, s:s, s:s, s:I, s:I, s:s}", "backend", setting->backend,
		"name", setting->name, "kind", kinds[setting->kind], "min",
		(json_int_t)setting->min, "max", (json_int_t)setting->max, "example",
		setting->example);
	json_t *words = json_array();

	for (size_t i = 0; setting->words && setting->words[i]; i++)
		json_array_append_new(words, json_string(setting->words[i]));
	json_object_set_new(about, "words", words);
	return about;
}

static void add_field(void *list, const char *pattern, const char *meaning)
{
	(void)meaning;
	json_array_append_new(list, json_string(pattern));
}

static int print_tables(void)
{
	json_t *all = json_object(), *list = json_array(), *fields = json_array(),
	       *report_fields = json_array();
	int r;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		json_t *words = json_array();

		for (int word = 0; tables[i].word(word); word++)
			json_array_append_new(words, json_string(tables[i].word(word)));
		json_object_set_new(all, tables[i].name, words);
	}
	for (const struct setting *setting = setting_table; setting->name; setting++)
		json_array_append_new(list, describe_setting(setting));
	json_object_set_new(all, "settings", list);
	json_object_set_new(all, "textMax", json_integer(SETTING_TEXT_MAX));
	json_object_set_new(all, "itemsMax", json_integer(SETTING_ITEMS_MAX));
	evidence_list(add_field, fields);
	json_object_set_new(all, "fields", fields);
	field_list(add_field, report_fields);
	json_object_set_new(all, "reportFields", report_fields);
	r = json_dumpf(all, stdout, JSON_INDENT(1));
	json_decref(all);
	return r == 0 ? 0 : 1;
}

static int ask_dut(const char *file, struct problem *why)
{
	struct dut *dut = NULL;
	char *text = NULL;
	size_t length;
	int r = fileio_read(AT_FDCWD, file, &text, &length, why);

	if (r == 0)
		r = dut_parse(file, text, length, &dut, why);
	free(text);
	dut_free(dut);
	return r;
}

static int ask_guest(const char *file, struct problem *why)
{
	struct image image = { 0 };
	char *text = NULL;
	size_t length;
	int r = fileio_read(AT_FDCWD, file, &text, &length, why);

	if (r == 0)
		r = image_parse_description(file, text, length, ".", &image, why);
	free(text);
	image_finish(&image);
	return r;
}

static int ask_ids(const char *file, struct problem *why)
{
	struct igd_ids *ids = NULL;
	int r = igd_ids_load(file, &ids, why);

	igd_ids_free(ids);
	return r;
}

static int ask_messages(const char *file, struct problem *why)
{
	struct xen_messages *messages = NULL;
	int r = xen_messages_load(file, &messages, why);

	xen_messages_free(messages);
	return r;
}

static int ask_symbols(const char *file, struct problem *why)
{
	json_t *symbols = NULL;
	int r = abi_symbols_load(file, &symbols, why);

	json_decref(symbols);
	return r;
}

static int ask_does_not_matter(const char *file, struct problem *why)
{
	struct does_not_matter list;
	int r = does_not_matter_load(file, &list, why);

	does_not_matter_free(&list);
	return r;
}

static int ask_patterns(const char *file, struct problem *why)
{
	struct patterns *patterns = NULL;
	int r = patterns_load(file, &patterns, why);

	patterns_free(patterns);
	return r;
}

/* `matrix` is the file itself, or with `known` that of the matrix. */
static int ask_matrix(const char *matrix, const char *known, struct problem *why)
{
	json_t *plan = NULL;
	int r = matrix_plan(matrix, known, &plan, why);

	json_decref(plan);
	return r;
}

static int ask(const char *kind, const char *matrix, const char *file, struct problem *why)
{
	if (strcmp(kind, "matrix") == 0)
		return ask_matrix(file, NULL, why);
	if (strcmp(kind, "known") == 0)
		return ask_matrix(matrix, file, why);
	if (strcmp(kind, "guest") == 0)
		return ask_guest(file, why);
	if (strcmp(kind, "patterns") == 0)
		return ask_patterns(file, why);
	if (strcmp(kind, "igd-ids") == 0)
		return ask_ids(file, why);
	if (strcmp(kind, "xen-messages") == 0)
		return ask_messages(file, why);
	if (strcmp(kind, "symbols") == 0)
		return ask_symbols(file, why);
	if (strcmp(kind, "does-not-matter") == 0)
		return ask_does_not_matter(file, why);
	return ask_dut(file, why);
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "";
	int first = strcmp(kind, "known") == 0 ? 3 : 2;

	if (strcmp(kind, "tables") == 0)
		return print_tables();
	if (argc <= first) {
		fputs("Usage: schema-ask tables | KIND FILE... | known MATRIX FILE...\n", stderr);
		return 2;
	}
	for (int i = first; i < argc; i++) {
		struct problem why = { "" };
		int r = ask(kind, argv[2], argv[i], &why);

		printf("%s\t%s\n", argv[i], r < 0 ? why.text : "");
	}
	return 0;
}
