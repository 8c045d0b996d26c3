/*
 * Expected values come from docs/use/guest-report.md: the shape of the document is written there.
 * The recorded report was made by igd-agent in a guest of QEMU 7.2.22, -M pc -vga std
 * (src/corpus/report).
 */
#include "src/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

#define RECORDED "src/corpus/report/qemu-7.2-pc"

#define HEAD "{\"format\": \"igd-harness report\", \"version\": 1, "

/* Parses HEAD, then what is formatted, then the brace that ends it. Frees what came of it. */
__attribute__((format(printf, 2, 3))) static int parse(struct problem *why, const char *fmt, ...)
{
	json_t *report = NULL;
	char *members = NULL, *text = NULL;
	va_list ap;
	int r;

	va_start(ap, fmt);
	CU_ASSERT_FATAL(vasprintf(&members, fmt, ap) >= 0);
	va_end(ap);
	CU_ASSERT_FATAL(asprintf(&text, HEAD "%s}", members) >= 0);
	memset(why, 0, sizeof(*why));
	r = report_parse(text, strlen(text), &report, why);
	json_decref(report);
	free(members);
	free(text);
	return r;
}

static int parse_function(struct problem *why, const char *members)
{
	return parse(why,
		"\"pci\": {\"functions\": [{\"address\": \"0000:00:02.0\", "
		"\"vendor\": \"0x8086\", \"device\": \"0x3e92\"%s}]}",
		members);
}

static void test_recorded(void)
{
	const char *root = getenv("SOURCE_ROOT");
	struct problem why = { "" };
	static char text[65536];
	json_t *report = NULL;
	char path[512];
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/" RECORDED, root ? root : ".");
	file = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	length = fread(text, 1, sizeof(text), file);
	fclose(file);
	CU_ASSERT_EQUAL(report_parse(text, length, &report, &why), 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	CU_ASSERT_PTR_NOT_NULL(report_function(report, (struct bdf){ .slot = 2 }));
	CU_ASSERT_PTR_NOT_NULL(report_function(report, (struct bdf){ .slot = 1, .function = 3 }));
	CU_ASSERT_PTR_NULL(report_function(report, (struct bdf){ .slot = 4 }));
	CU_ASSERT_PTR_NULL(report_function(report, (struct bdf){ .domain = 1, .slot = 2 }));
	json_decref(report);
}

/* Each of these is one thing wrong in a document that is else fine. */
static void test_wrong(void)
{
	static const struct {
		const char *members, *sentence;
	} wrong[] = {
		{ "\"agent\": []", "report: agent is not an object" },
		{ "\"agent\": null", "report: agent is not an object" },
		{ "\"agent\": {\"request\": \"1\"}", "agent.request is not a whole number" },
		{ "\"agent\": {\"request\": -1}", "agent.request is not a whole number" },
		{ "\"agent\": {\"request\": 1e308}", "agent.request is not a whole number" },
		{ "\"agent\": {\"request\": 9007199254740993}", "agent.request is not a whole" },
		{ "\"kernel\": {\"log\": [{}, {\"level\": 8}]}", "kernel.log[1].level is not" },
		{ "\"kernel\": {\"log\": {}}", "kernel.log is not a list" },
		{ "\"dmi\": {\"bios_date\": true}", "dmi.bios_date is not a text" },
		{ "\"iomem\": [{\"start\": \"0x1000\"}]", "iomem[0].start is not a hexadecimal" },
		{ "\"iomem\": [{\"start\": \"0x00000000FDFFC000\"}]", "iomem[0].start is not" },
		{ "\"iomem\": [7]", "iomem[0] is not an object" },
		{ "\"pci\": {\"slot2\": \"00:02.0\"}", "pci.slot2 is not a PCI address" },
		{ "\"pci\": {\"slot2\": \"0000:00:02.8\"}", "pci.slot2 is not a PCI address" },
		{ "\"pci\": {\"slot2\": \"0000:00:1F.0\"}", "pci.slot2 is not a PCI address" },
		{ "\"pci\": {\"functions\": [{}]}", "pci.functions[0].address is missing" },
		{ "\"pci\": {\"functions\": [{\"address\": \"0000:00:02.0\"}]}",
			"pci.functions[0].vendor is missing" },
		{ "\"display\": {\"cards\": [{\"connectors\": [{\"crtc\": {\"mode\": {\"width\": 1}}}]}]}",
			"display.cards[0].connectors[0].crtc.mode.height is missing" },
		{ "\"display\": {\"cards\": [{\"connectors\": [{\"modes\": [{\"width\": 1, "
		  "\"height\": 65536}]}]}]}",
			"connectors[0].modes[0].height is not a whole number" },
		{ "\"desktop\": {\"server\": {\"outputs\": [{\"width\": 1024}]}}",
			"desktop.server.outputs[0].height is missing" },
		{ "\"desktop\": {\"server\": {\"outputs\": [{\"width\": 65536, \"height\": 1}]}}",
			"desktop.server.outputs[0].width is not a whole number in its range" },
		{ "\"desktop\": {\"settled\": 1}", "desktop.settled is neither true nor false" },
		{ "\"display\": {\"framebuffers\": [{\"width\": 1.5}]}",
			"display.framebuffers[0].width is not a whole number" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct problem why;

		CU_ASSERT_EQUAL(parse(&why, "%s", wrong[i].members), -EINVAL);
		if (!strstr(why.text, wrong[i].sentence))
			fprintf(stderr, "\n%s\n  says: %s\n", wrong[i].members, why.text);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, wrong[i].sentence));
	}
}

static void test_functions(void)
{
	struct problem why;

	CU_ASSERT_EQUAL(parse_function(&why, ""), 0);
	CU_ASSERT_EQUAL(parse_function(&why, ", \"driver\": null, \"opregion\": null"), 0);
	CU_ASSERT_EQUAL(parse_function(&why, ", \"class\": null"), -EINVAL);
	CU_ASSERT_EQUAL(parse_function(&why, ", \"class\": \"0x0300\""), -EINVAL);
	CU_ASSERT_EQUAL(parse_function(&why, ", \"registers\": {\"0x52\": \"0x0000\"}"), 0);
	CU_ASSERT_EQUAL(parse_function(&why, ", \"registers\": {\"0x52\": null}"), 0);
	CU_ASSERT_EQUAL(
		parse_function(&why, ", \"registers\": {\"0x52\": \"0x00000000\"}"), -EINVAL);
	CU_ASSERT_EQUAL(parse_function(&why,
				", \"opregion\": {\"address\": \"0xfdffc018\", \"signature\": "
				"\"IntelGraphicsMem\", \"size_kib\": 8, \"version\": \"2.1\"}"),
		0);
	CU_ASSERT_EQUAL(
		parse_function(&why, ", \"opregion\": {\"size_kib\": 4294967296}"), -EINVAL);
	CU_ASSERT_EQUAL(parse(&why, "\"pci\": {\"functions\": [ "
				    "{\"address\": \"0000:00:02.0\", \"vendor\": \"0x8086\", "
				    "\"device\": \"0x3e92\"}, {\"address\": \"0000:00:02.0\", "
				    "\"vendor\": \"0x1234\", \"device\": \"0x1111\"}]}"),
		-EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "are both 0000:00:02.0"));
}

/* `count` times `text`, with a comma between them. */
static char *repeat(const char *text, size_t count)
{
	size_t length = strlen(text) + 1;
	char *all = malloc(length * count + 1);

	CU_ASSERT_PTR_NOT_NULL_FATAL(all);
	for (size_t i = 0; i < count; i++)
		snprintf(all + i * length, length + 1, "%s,", text);
	all[length * count - 1] = '\0';
	return all;
}

static void test_bounds(void)
{
	struct problem why;
	char *text;

	for (unsigned int over = 0; over <= 1; over++) {
		int expected = over ? -E2BIG : 0;

		text = repeat("{\"width\": 1, \"height\": 1}", REPORT_DESKTOP_MAX + over);
		CU_ASSERT_EQUAL(parse(&why, "\"desktop\": {\"server\": {\"windows\": [%s]}}", text),
			expected);
		CU_ASSERT_EQUAL(parse(&why, "\"desktop\": {\"server\": {\"outputs\": [%s]}}", text),
			expected);
		free(text);

		text = repeat("{}", REPORT_LIST_MAX + over);
		CU_ASSERT_EQUAL(parse(&why, "\"kernel\": {\"log\": [%s]}", text), expected);
		CU_ASSERT_EQUAL(parse(&why, "\"nobody\": [%s]", text), expected);
		free(text);

		text = repeat("", REPORT_TEXT_MAX + over + 1); /* that many commas */
		CU_ASSERT_EQUAL(parse(&why, "\"dmi\": {\"bios_date\": \"%s\"}", text), expected);
		CU_ASSERT_EQUAL(parse(&why, "\"%s\": 1", text), expected);
		free(text);
	}
	text = repeat("{\"address\": \"0000:00:02.0\"}", REPORT_FUNCTIONS_MAX + 1);
	CU_ASSERT_EQUAL(parse(&why, "\"pci\": {\"functions\": [%s]}", text), -E2BIG);
	free(text);
}

static void test_depth(void)
{
	struct problem why;
	char open[64], close[64];

	/* The document is at level 0 and "n" at 1: the innermost of N lists is at level N. */
	for (int lists = REPORT_DEPTH_MAX; lists <= REPORT_DEPTH_MAX + 1; lists++) {
		snprintf(open, sizeof(open), "%.*s", lists, "[[[[[[[[[[[[[[[[[[[[");
		snprintf(close, sizeof(close), "%.*s", lists, "]]]]]]]]]]]]]]]]]]]]");
		CU_ASSERT_EQUAL(parse(&why, "\"n\": %s%s", open, close),
			lists > REPORT_DEPTH_MAX ? -E2BIG : 0);
	}
}

static void test_unknown(void)
{
	struct problem why;

	CU_ASSERT_EQUAL(parse(&why, "\"nobody\": {\"described\": [null, 1e308, true]}"), 0);
	/* What is no name in a path stays no name, and cannot reach a terminal. */
	CU_ASSERT_EQUAL(parse(&why, "\"pci.slot2\": 7"), 0);
	CU_ASSERT_EQUAL(parse(&why, "\"a\\u001b[2J\": [[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]"), -E2BIG);
	CU_ASSERT_PTR_NULL(strchr(why.text, '\x1b'));
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "a?[2J"));
}

static void test_document(void)
{
	static const char newer[] = "{\"format\": \"igd-harness report\", \"version\": 2}";
	static const char other[] = "{\"format\": \"igd-harness plan\", \"version\": 1}";
	struct problem why = { "" };
	json_t *report = NULL;
	char *blanks;

	CU_ASSERT_EQUAL(report_parse(newer, strlen(newer), &report, &why), -EPROTO);
	CU_ASSERT_EQUAL(report_parse(other, strlen(other), &report, NULL), -EINVAL);
	CU_ASSERT_EQUAL(report_parse("", 0, &report, NULL), -EINVAL);
	blanks = malloc(REPORT_SIZE_MAX + 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(blanks);
	memset(blanks, ' ', REPORT_SIZE_MAX + 1);
	memcpy(blanks, HEAD "\"a\": 1}", strlen(HEAD "\"a\": 1}"));
	CU_ASSERT_EQUAL(report_parse(blanks, REPORT_SIZE_MAX + 1, &report, NULL), -E2BIG);
	CU_ASSERT_PTR_NULL(report);
	CU_ASSERT_EQUAL(report_parse(blanks, REPORT_SIZE_MAX, &report, NULL), 0);
	json_decref(report);
	free(blanks);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a recorded report", test_recorded },
		{ "one thing wrong", test_wrong },
		{ "PCI functions", test_functions },
		{ "lengths", test_bounds },
		{ "depth", test_depth },
		{ "what nobody described", test_unknown },
		{ "another document", test_document },
		CU_TEST_INFO_NULL,
	};

	return suite_main("report", tests);
}
