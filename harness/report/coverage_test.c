#include "harness/report/coverage.h"

#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/document.h"
#include "harness/host/identity.h"
#include "harness/host/igd_ids.h"
#include "src/document.h"
#include "src/suite.h"

/* The entry that a report has of a host with that IGD. */
static json_t *reported(uint16_t device)
{
	json_t *findings = json_pack("{s:{s:{s:{s:[{s:s, s:s, s:o, s:s}]}}}, s:[]}", "identities",
		"host", "pci", "functions", "address", "0000:00:02.0", "vendor", "0x8086", "device",
		json_sprintf("0x%04x", device), "class", "0x030000", "cells");
	json_t *coverage = coverage_of(findings), *entry;

	CU_ASSERT_PTR_NOT_NULL_FATAL(findings);
	entry = json_incref(json_array_get(coverage, 0));
	json_decref(coverage);
	json_decref(findings);
	return entry;
}

/* Is there a line for it in the report's table? */
static bool has_line(const char *title, const char *graphics)
{
	const struct igd_platform *line;
	size_t number = 0;

	while ((line = coverage_next(&number))) {
		if (strcmp(line->title, title) == 0 && strcmp(line->graphics, graphics) == 0)
			return true;
	}
	return false;
}

static void every_id_has_its_line_in_the_report(void)
{
	const struct igd_platform *platform;
	size_t count = 0, platforms = 0;
	uint16_t device;

	for (size_t i = 0; (device = igd_ids_device(igd_ids_builtin(), i, &platform)); i++) {
		json_t *entry;

		if (!platform)
			continue;
		entry = reported(device);
		CU_ASSERT(platform->title[0] && platform->graphics[0]);
		CU_ASSERT_STRING_EQUAL(document_text(entry, "generation"), platform->title);
		CU_ASSERT_STRING_EQUAL(document_text(entry, "graphics"), platform->graphics);
		CU_ASSERT(has_line(platform->title, platform->graphics));
		json_decref(entry);
		count++;
	}
	while (igd_ids_platform(igd_ids_builtin(), platforms))
		platforms++;
	/* What the two files of Linux list: a table that was not read has none. */
	CU_ASSERT(count > 300);
	CU_ASSERT(platforms > 30);
}

static void a_title_stands_in_one_line(void)
{
	const struct igd_platform *line, *other;
	size_t number = 0, rest;

	while ((line = coverage_next(&number))) {
		rest = number;
		while ((other = coverage_next(&rest)))
			CU_ASSERT_STRING_NOT_EQUAL(line->title, other->title);
	}
}

/* What `igd-harness host` finds out of a recorded machine in `root`. New reference. */
static json_t *host_generation(const char *root)
{
	char lspci[300], log[300];
	struct record dump = { 0 }, messages = { 0 };
	const struct host_sources sources = { .root = root,
		.lspci = &dump,
		.xen_log = &messages,
		.xen_trouble = "",
		.model_trouble = "" };
	json_t *document, *generation = NULL;
	const json_t *check;
	size_t i;

	snprintf(lspci, sizeof(lspci), "%s/lspci.txt", root);
	snprintf(log, sizeof(log), "%s/xl-dmesg.txt", root);
	CU_ASSERT_EQUAL_FATAL(record_read(lspci, &dump, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(record_read(log, &messages, NULL), 0);
	document = host_document(&sources);
	record_free(&dump);
	record_free(&messages);
	json_array_foreach(json_object_get(document, "checks"), i, check)
	{
		if (strcmp(document_text(check, "id"), "igd/generation") == 0)
			generation = json_incref(json_object_get(check, "value"));
	}
	json_decref(document);
	CU_ASSERT_PTR_NOT_NULL_FATAL(generation);
	return generation;
}

static void report_says_what_host_says(void)
{
	const char *source = getenv("SOURCE_ROOT");
	char pattern[256], lspci[300];
	glob_t roots = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(source);
	snprintf(pattern, sizeof(pattern), "%s/results/hosts/*/", source);
	CU_ASSERT_EQUAL_FATAL(glob(pattern, 0, NULL, &roots), 0);
	CU_ASSERT(roots.gl_pathc >= 16);
	for (size_t i = 0; i < roots.gl_pathc; i++) {
		json_t *generation = host_generation(roots.gl_pathv[i]), *findings, *coverage;
		struct lspci_text words = { 0 };
		struct record dump = { 0 };
		const json_t *entry;

		snprintf(lspci, sizeof(lspci), "%slspci.txt", roots.gl_pathv[i]);
		CU_ASSERT_EQUAL_FATAL(record_read(lspci, &dump, NULL), 0);
		CU_ASSERT_EQUAL_FATAL(lspci_text_read(&dump, &words, NULL), 0);
		findings = json_pack("{s:{s:o}, s:[]}", "identities", "host",
			host_identify(roots.gl_pathv[i], &words), "cells");
		lspci_text_free(&words);
		record_free(&dump);
		coverage = coverage_of(findings);
		entry = json_array_get(coverage, 0);
		CU_ASSERT(document_text(generation, "name")[0] != '\0');
		CU_ASSERT_STRING_EQUAL(
			document_text(entry, "generation"), document_text(generation, "name"));
		CU_ASSERT_STRING_EQUAL(
			document_text(entry, "graphics"), document_text(generation, "generation"));
		json_decref(coverage);
		json_decref(findings);
		json_decref(generation);
	}
	globfree(&roots);
}

static CU_TestInfo tests[] = {
	{ "every id has its line in the report", every_id_has_its_line_in_the_report },
	{ "a title stands in one line", a_title_stands_in_one_line },
	{ "the report names the platform of a host as `host` does", report_says_what_host_says },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("coverage", tests);
}
