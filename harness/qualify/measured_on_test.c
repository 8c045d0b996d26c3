/*
 * Was it hardware? The same answer in every format, and in whatever is made of several runs. What
 * each kind of run says of itself is what harness/host/identity.h and harness/backend/ write into
 * run.json; the recorded ones are in results/recorded.
 */
#include "harness/base/measured_on.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare/compare.h"
#include "harness/qualify/qualify.h"
#include "harness/report/formats.h"
#include "harness/report/summary.h"
#include "harness/store/merge.h"
#include "src/document.h"
#include "src/suite.h"

#define DELL                                                                                       \
	"\"place\": \"hardware\", \"sys_vendor\": \"Dell Inc.\", \"product_name\": \"OptiPlex 7060\""
#define LAB   "\"place\": \"virtual\", \"sys_vendor\": \"QEMU\", \"product_name\": \"Standard PC\""
#define IMAGE "\"phantom\": {\"name\": \"skylake\", \"vendor\": \"0x8086\", \"device\": \"0x1912\"}"
#define ON(backend, effective_backend, host, more)                                                 \
	"{\"backend\": \"" backend "\", \"acts_as\": \"" effective_backend "\", \"host\": {" host  \
	"}" more "}"
#define REPLAYED                                                                                   \
	", \"replay_of\": {\"dir\": \"/srv/runs/nuc-7/\", \"started\": \"2026-11-20T10:00:00Z\"}"

static const struct {
	const char *identities;
	const char *kinds; /* with ", " between them */
} cases[] = {
	{ ON("libxl", "libxl", DELL, ""), "hardware" },
	{ ON("libxl", "libxl", LAB, ""), "virtual lab" },
	{ ON("libxl", "libxl", "\"place\": \"virtual\", \"sys_vendor\": \"VMware, Inc.\"", ""),
		"virtual machine" },
	{ ON("libxl", "libxl", "\"place\": \"virtual\"", ""), "virtual machine" },
	{ ON("libxl", "libxl", DELL ", " IMAGE, ""), "phantom IGD" },
	{ ON("libxl", "libxl", LAB ", " IMAGE, ""), "virtual lab, phantom IGD" },
	{ ON("libxl", "libxl", LAB ", \"virtual_gpu\": {\"name\": \"coffee-lake\"}", ""),
		"virtual lab, VIRTUAL GPU" },
	{ ON("libxl", "libxl", DELL ", \"virtual_gpu\": {\"name\": null}", ""), "VIRTUAL GPU" },
	/* The marker of a phantom could not be read. */
	{ ON("libxl", "libxl", DELL ", \"phantom\": {\"name\": null}", ""), "phantom IGD" },
	{ ON("replay", "libxl", DELL, REPLAYED), "replay" },
	{ ON("replay", "libxl", LAB, REPLAYED), "replay, virtual lab" },
	{ ON("replay", "libxl", LAB ", " IMAGE, REPLAYED), "replay, virtual lab, phantom IGD" },
	{ ON("replay", "libxl", DELL, ""), "replay" },
	{ ON("replay", "qemu", DELL, REPLAYED), "replay, plain QEMU" },
	{ ON("qemu", "qemu", DELL, ""), "plain QEMU" },
	{ ON("qemu", "qemu", LAB, ""), "plain QEMU" },
	{ ON("libxl", "libxl", "\"place\": null", ""), "not known" },
	{ ON("libxl", "libxl", "\"place\": \"Hardware\"", ""), "not known" },
	{ ON("libxl", "libxl", "", ""), "not known" },
	{ ON("kvm", "kvm", DELL, ""), "not known" },
	{ "{\"host\": {" DELL "}}", "not known" },
	{ "{}", "not known" },
	/* Merged runs. */
	{ "{\"backend\": \"libxl\", \"shards\": [" ON("libxl", "libxl", DELL, "") ", " ON(
		  "libxl", "libxl", DELL, "") "]}",
		"hardware" },
	{ "{\"backend\": \"libxl\", \"host\": {" DELL
	  "}, \"shards\": [" ON("libxl", "libxl", DELL, "") ", " ON("libxl", "libxl", LAB, "") "]}",
		"virtual lab" },
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static bool is_hardware(size_t i)
{
	return strcmp(cases[i].kinds, "hardware") == 0;
}

static bool is_replay(size_t i)
{
	return strncmp(cases[i].kinds, "replay", 6) == 0 &&
	       strstr(cases[i].identities, "replay_of");
}

/* Findings with these identities; `judged`: as the judge writes them, else as it did before. */
static json_t *findings_of(const char *identities, bool judged)
{
	json_t *findings = json_pack(
		"{s:s, s:s, s:{s:s, s:s}, s:o, s:{s:i}, s:s, s:[{s:i, s:s, s:s, s:s, s:s}]}",
		"started", "2026-11-21T10:00:00Z", "harness", "0.1.0", "matrix", "name", "m",
		"sha256", "0", "identities", json_loads(identities, 0, NULL), "counts", "PASS", 1,
		"verdict", "PASS", "cells", "index", 0, "name", "c", "verdict", "PASS", "cause", "",
		"ending", "done");

	CU_ASSERT_PTR_NOT_NULL_FATAL(findings);
	if (judged)
		json_object_set_new(findings, "measured_on",
			measured_on_decide(json_object_get(findings, "identities")));
	return findings;
}

static void each_kind_is_known(void)
{
	for (size_t i = 0; i < CASES; i++) {
		json_t *findings = findings_of(cases[i].identities, false), *entry;
		json_t *measured_on = measured_on_of(findings);
		char kinds[256] = "";
		size_t at;

		json_array_foreach(json_object_get(measured_on, "why"), at, entry)
		{
			strcat(kinds, at > 0 ? ", " : "");
			strcat(kinds, document_text(entry, "kind"));
			CU_ASSERT(document_text(entry, "text")[0]);
		}
		CU_ASSERT_STRING_EQUAL(kinds, cases[i].kinds);
		CU_ASSERT_EQUAL(measured_on_is_hardware(measured_on), is_hardware(i));
		json_decref(measured_on);
		json_decref(findings);
	}
	CU_ASSERT(!measured_on_is_hardware(NULL));
}

/* How each format says it. A format without an entry fails. */
static const struct format {
	const char *name, *hardware, *not_hardware;
	const char *replay; /* NULL: the format has no room for it */
} formats[] = {
	{ "table", "\nHardware: Dell Inc. OptiPlex 7060\n",
		"\nNot hardware: ", "a replay of nuc-7," },
	{ "views", "Hardware: Dell Inc. OptiPlex 7060\n", "Not hardware: ", "a replay of nuc-7," },
	{ "json", "\"hardware\": true", "\"hardware\": false", "a replay of nuc-7," },
	{ "junit", "; hardware: Dell Inc. OptiPlex 7060",
		"; not hardware: ", "a replay of nuc-7," },
	{ "tap", "; hardware: Dell Inc. OptiPlex 7060", "; not hardware: ", "a replay of nuc-7," },
	{ "ktap", "; hardware: Dell Inc. OptiPlex 7060", "; not hardware: ", "a replay of nuc-7," },
	{ "mail", "1 cell, hardware\n", ", not hardware\n", "a replay of nuc-7," },
	{ "kcidb", "\"measured_on\": \"hardware: Dell Inc. OptiPlex 7060\"",
		"\"measured_on\": \"not hardware: ", "a replay of nuc-7," },
	{ "lava", " m.libxl>", ".not-hardware>", NULL },
	{ "html", "Measured on hardware: Dell Inc. OptiPlex 7060.",
		"<strong>Not hardware.</strong>", "a replay of nuc-7," },
	{ "md", "**Hardware:** Dell Inc. OptiPlex 7060.\n", "**Not hardware:** ",
		"a replay of nuc-7," },
	{ "migration-md", "; hardware: Dell Inc. OptiPlex 7060\n",
		"; not hardware: ", "a replay of nuc-7," },
	{ "qualification-md", "Measured on hardware:\n\n- Dell Inc. OptiPlex 7060\n",
		"**NOT HARDWARE.**", "a replay of nuc-7," },
	{ "qualification-html", "<li>Dell Inc. OptiPlex 7060</li>",
		"<strong>NOT HARDWARE.</strong>", "a replay of nuc-7," },
};

static const struct format *format_of(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	}
	return NULL;
}

/*
 * Does the text say "hardware" where it does not mean that it was none? The recorded identities of
 * the host, and the names of keys, are no answer.
 */
static const char *claims_hardware(const char *text)
{
	static const char *const before[] = { "not ", "not-", "measured on Intel ", "\"place\": \"",
		"\"place\":\"", "\"" };

	for (const char *at = text; (at = strcasestr(at, "hardware")); at++) {
		bool denied = false;

		for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
			size_t length = strlen(before[i]);

			denied =
				denied || ((size_t)(at - text) >= length &&
						  strncasecmp(at - length, before[i], length) == 0);
		}
		if (!denied)
			return at;
	}
	return NULL;
}

static void check_text(const struct format *format, size_t i, const char *text)
{
	const char *wanted = is_hardware(i) ? format->hardware : format->not_hardware;
	const char *claim =
		strstr(text, "<script") || is_hardware(i) ? NULL : claims_hardware(text);
	bool replay = !is_replay(i) || !format->replay || strstr(text, format->replay);

	if (!strstr(text, wanted) || claim || !replay)
		printf("\n%s of %s: \"%s\"; claim %.60s\n%s\n", format->name, cases[i].kinds,
			wanted, claim ? claim : "none", strstr(text, "<script") ? "" : text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, wanted));
	CU_ASSERT_PTR_NULL(claim);
	CU_ASSERT(replay);
	if (is_hardware(i))
		CU_ASSERT_PTR_NULL(strstr(text, format->not_hardware));
}

static void every_format_says_it(void)
{
	static const struct render_options options = { .verbose = true };

	for (const struct renderer *renderer = renderers; renderer->name; renderer++) {
		const struct format *format = format_of(renderer->name);

		CU_ASSERT_PTR_NOT_NULL_FATAL(format);
		for (size_t i = 0; i < 2 * CASES; i++) {
			bool judged = i < CASES || strcmp(renderer->name, "json") == 0;
			json_t *findings = findings_of(cases[i % CASES].identities, judged);
			char *text = NULL;
			size_t length = 0;
			FILE *stream = open_memstream(&text, &length);

			CU_ASSERT_EQUAL(renderer->render(findings, &options, stream), 0);
			fclose(stream);
			check_text(format, i % CASES, text);
			free(text);
			json_decref(findings);
		}
	}
}

static void a_comparison_says_it_of_each_run(void)
{
	static const struct format format = { "compare", "; hardware: Dell Inc. OptiPlex 7060",
		"; not hardware: ", "a replay of nuc-7," };

	for (size_t i = 0; i < 2 * CASES; i++) {
		json_t *findings = findings_of(cases[i % CASES].identities, i < CASES);
		struct diff_run runs[2] = { { .findings = findings }, { .findings = findings } };
		json_t *comparison = compare_runs(runs, 2);
		const json_t *described = json_object_get(comparison, "runs");

		for (size_t run = 0; run < 2; run++)
			check_text(&format, i % CASES,
				document_text(json_array_get(described, run), "tested"));
		json_decref(comparison);
		json_decref(findings);
	}
}

/* The document of a qualification by that one run. */
static json_t *qualify_run(json_t *findings)
{
	json_t *runs = json_pack("[{s:s, s:O, s:{}, s:s, s:[]}]", "release", "r", "findings",
		findings, "settings", "sha256", "0", "unrun");
	json_t *nothing = json_object(), *none = json_array(), *document = NULL;
	struct qualify_sources sources = { runs, nothing, nothing, none };
	struct problem why = { "" };

	CU_ASSERT_EQUAL_FATAL(qualify_document(&sources, &document, &why), 0);
	json_decref(runs);
	json_decref(nothing);
	json_decref(none);
	return document;
}

static void a_qualification_says_it(void)
{
	static const struct {
		int (*render)(const json_t *document, FILE *stream);
		struct format format;
	} renders[] = {
		{ qualify_render_text,
			{ "qualify", "undecided, because:", "NOT HARDWARE: ", NULL } },
		{ qualify_render_md, { "qualify-md", "# Qualification",
					     "**NOT HARDWARE: ", "a replay of nuc-7," } },
		{ qualify_render_html, { "qualify-html", "<title>qualification: ",
					       "<title>Not hardware: ", "a replay of nuc-7," } },
	};

	for (size_t i = 0; i < 2 * CASES; i++) {
		json_t *findings = findings_of(cases[i % CASES].identities, i < CASES);
		json_t *document = qualify_run(findings);

		CU_ASSERT_EQUAL(json_is_true(json_object_get(document, "hardware")),
			is_hardware(i % CASES));
		for (size_t j = 0; j < sizeof(renders) / sizeof(renders[0]); j++) {
			char *text = NULL;
			size_t length = 0;
			FILE *stream = open_memstream(&text, &length);

			CU_ASSERT_EQUAL(renders[j].render(document, stream), 0);
			fclose(stream);
			check_text(&renders[j].format, i % CASES, text);
			free(text);
		}
		json_decref(document);
		json_decref(findings);
	}
}

static void a_summary_decides_nothing_without_hardware(void)
{
	for (size_t i = 0; i < CASES; i++) {
		json_t *findings = findings_of(cases[i].identities, true);
		json_t *summary = summary_of(findings);

		CU_ASSERT_EQUAL(measured_on_is_hardware(json_object_get(summary, "measured_on")),
			is_hardware(i));
		CU_ASSERT_STRING_EQUAL(document_text(summary, "decision"), "undecided");
		json_decref(summary);
		json_decref(findings);
	}
}

/* A run of a shard on hardware and one of each other kind: with their identities beside them, and
 * for a reader of what is common to them alone. */
static void one_shard_that_was_none_is_enough(void)
{
	for (size_t i = 0; i < CASES; i++) {
		json_t *metal = json_loads(cases[0].identities, 0, NULL), *merged, *both;
		json_t *other = json_loads(cases[i].identities, 0, NULL);

		merged = merge_common(metal, other);
		merged = merged ? merged : json_object();
		if (!json_object_get(merged, "host"))
			json_object_set_new(merged, "host", json_object());
		both = json_deep_copy(merged);
		measured_on_keep(both, metal);
		measured_on_keep(both, other);
		for (int with_shards = 0; with_shards < 2; with_shards++) {
			json_t *measured_on;

			if (with_shards)
				json_object_set_new(
					both, "shards", json_pack("[O, O]", metal, other));
			measured_on = measured_on_decide(both);
			if (!json_object_get(other, "shards"))
				CU_ASSERT_EQUAL(
					measured_on_is_hardware(measured_on), is_hardware(i));
			json_decref(measured_on);
		}
		json_decref(both);
		json_decref(merged);
		json_decref(metal);
		json_decref(other);
	}
}

static void a_machine_is_judged_by_the_same(void)
{
	json_t *host = json_loads("{" DELL "}", 0, NULL), *measured_on = measured_on_machine(host);

	CU_ASSERT(measured_on_is_hardware(measured_on));
	json_decref(measured_on);
	json_object_set_new(host, "phantom", json_object());
	measured_on = measured_on_machine(host);
	CU_ASSERT(!measured_on_is_hardware(measured_on));
	json_decref(measured_on);
	json_decref(host);
	measured_on = measured_on_machine(NULL);
	CU_ASSERT(!measured_on_is_hardware(measured_on));
	json_decref(measured_on);
}

static void a_host_writes_no_escapes(void)
{
	json_t *host =
		json_loads("{\"place\": \"hardware\", \"sys_vendor\": \"\\u001b[2J\"}", 0, NULL);
	json_t *measured_on = measured_on_machine(host);
	char *text = measured_on_text(measured_on);

	CU_ASSERT_STRING_EQUAL(text, "hardware: \\x1b[2J");
	free(text);
	json_decref(measured_on);
	json_decref(host);
}

static CU_TestInfo tests[] = {
	{ "each kind is known", each_kind_is_known },
	{ "every format says it", every_format_says_it },
	{ "a comparison says it of each run", a_comparison_says_it_of_each_run },
	{ "a qualification says it", a_qualification_says_it },
	{ "a summary decides nothing without hardware",
		a_summary_decides_nothing_without_hardware },
	{ "one shard that was none is enough", one_shard_that_was_none_is_enough },
	{ "a machine is judged by the same", a_machine_is_judged_by_the_same },
	{ "a host writes no escapes", a_host_writes_no_escapes },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("measured_on", tests);
}
