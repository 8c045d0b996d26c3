/*
 * The texts that libxl, QEMU and hvmloader can print, results/data/log-texts.tsv, and the patterns
 * that are to know them. ci/manual/log-texts compares the list with the sources.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/logs/patterns.h"
#include "src/suite.h"

#define LINE_MAX_BYTES 2048

enum { FILE_NAME, TREES, PATTERN, TEXT, LINE, REASON, FIELDS };

struct row {
	char *fields[FIELDS];
};

static char *in_source(const char *name)
{
	const char *root = getenv("SOURCE_ROOT");
	char *path = NULL;

	return asprintf(&path, "%s/%s", root ? root : ".", name) < 0 ? NULL : path;
}

/* A conversion as printf() would print a number, a word or a letter; returns what follows it. */
static const char *convert(const char *format, FILE *out)
{
	bool alternate = false;

	for (; *format && strchr("#-+ 0123456789.*lzh", *format); format++)
		alternate = alternate || *format == '#';
	if (*format == 's')
		fputc('x', out);
	else if (*format == 'c')
		fputc('A', out);
	else if (*format == '%')
		fputc('%', out);
	else
		fputs(alternate ? "0x1" : "1", out);
	return *format ? format + 1 : format;
}

/* The first line that a format makes. */
static void print_format(const char *format, FILE *out)
{
	while (*format && strncmp(format, "\\n", 2) != 0) {
		if (*format == '%')
			format = convert(format + 1, out);
		else
			fputc(*format++, out);
	}
}

/* Does a line have the fixed parts of a format, in order? */
static bool is_made_by(const char *line, const char *format)
{
	while (*format && strncmp(format, "\\n", 2) != 0) {
		char part[LINE_MAX_BYTES];
		size_t length = strcspn(format, "%\\");
		const char *found;

		snprintf(part, sizeof(part), "%.*s", (int)length, format);
		found = strstr(line, part);
		if (!found)
			return false;
		line = found + length;
		format += length;
		if (*format == '%') {
			format += 1 + strspn(format + 1, "#-+ 0123456789.*lzh");
			format += *format != '\0';
		} else if (*format == '\\' && format[1] != 'n') {
			format++;
		}
	}
	return true;
}

static enum pattern_log log_of(const char *file, const char **before_r)
{
	if (strncmp(file, "hvmloader/", strlen("hvmloader/")) == 0) {
		*before_r = "(d1) ";
		return PATTERN_XEN;
	}
	if (strncmp(file, "libxl", strlen("libxl")) == 0) {
		*before_r = "error: libxl.c:1:function: Domain 1:";
		return PATTERN_LIBXL;
	}
	*before_r = "";
	return PATTERN_QEMU;
}

static bool finds(
	const struct patterns *patterns, enum pattern_log log, const char *line, const char *label)
{
	struct pattern_input input = { log, "list", line, strlen(line) };
	json_t *matches = patterns_match(patterns, &input, 1, NULL, NULL);
	const json_t *match;
	bool found = false;
	size_t i;

	json_array_foreach(matches, i, match)
	{
		const char *name = json_string_value(json_object_get(match, "label"));

		found = found || strcmp(name, label) == 0;
	}
	json_decref(matches);
	return found;
}

/* Does the pattern of the row know its text? An error of QEMU's goes to libxl's log by QMP. */
static bool knows(const struct patterns *patterns, const struct row *row)
{
	const char *before;
	enum pattern_log log = log_of(row->fields[FILE_NAME], &before);
	char *line = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&line, &length);
	bool found;

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	fputs(before, out);
	if (row->fields[LINE][0])
		fputs(row->fields[LINE], out);
	else
		print_format(row->fields[TEXT], out);
	fclose(out);
	found = finds(patterns, log, line, row->fields[PATTERN]) ||
		(log == PATTERN_QEMU && finds(patterns, PATTERN_LIBXL, line, row->fields[PATTERN]));
	free(line);
	return found;
}

static bool split(char *line, struct row *row)
{
	size_t count = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *field; (field = strsep(&line, "\t")); count++) {
		if (count < FIELDS)
			row->fields[count] = field;
	}
	return count == FIELDS;
}

static bool row_is_right(const struct patterns *patterns, const struct row *row, bool *known_r)
{
	const char *text = row->fields[TEXT], *line = row->fields[LINE];

	*known_r = strcmp(row->fields[PATTERN], "-") != 0;
	if (!row->fields[TREES][0] || !text[0])
		return false;
	if (!*known_r)
		return row->fields[REASON][0] && !line[0];
	return !row->fields[REASON][0] && (!line[0] || is_made_by(line, text)) &&
	       knows(patterns, row);
}

/* How many texts there are, and how many of these a pattern knows. */
struct figure {
	size_t known, all;
};

static void count(struct figure *figure, bool known)
{
	figure->all++;
	figure->known += known;
}

static void the_page_has(const char *before, const struct figure *counted, const char *after)
{
	char *path = in_source("docs/use/patterns.md"), *figure = NULL, line[LINE_MAX_BYTES];
	FILE *page = path ? fopen(path, "r") : NULL;
	bool found = false;

	CU_ASSERT_PTR_NOT_NULL_FATAL(page);
	CU_ASSERT_FATAL(asprintf(&figure, "%s%zu of %zu%s", before, counted->known, counted->all,
				after) > 0);
	while (fgets(line, sizeof(line), page))
		found = found || strstr(line, figure);
	if (!found)
		printf("\n  docs/use/patterns.md does not say \"%s\"", figure);
	CU_ASSERT(found);
	fclose(page);
	free(figure);
	free(path);
}

static void each_text_has_its_pattern_or_a_reason(void)
{
	char *list = in_source("results/data/log-texts.tsv");
	char *file = in_source("results/data/patterns.yaml"), line[LINE_MAX_BYTES];
	struct patterns *patterns = NULL;
	struct problem why = { "" };
	FILE *stream = list ? fopen(list, "r") : NULL;
	struct figure every = { 0 }, libxl_pci = { 0 };
	size_t wrong = 0;
	bool head = true;

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL_FATAL(patterns_load(file, &patterns, &why), 0);
	while (fgets(line, sizeof(line), stream)) {
		struct row row;
		bool has_pattern = false;

		if (line[0] == '#')
			continue;
		if (!split(line, &row)) {
			wrong++;
			printf("\n  not %d fields: %s", FIELDS, line);
		} else if (!head) {
			if (!row_is_right(patterns, &row, &has_pattern)) {
				wrong++;
				printf("\n  %s: %s: %s", row.fields[FILE_NAME], row.fields[PATTERN],
					row.fields[TEXT]);
			}
			count(&every, has_pattern);
			if (strcmp(row.fields[FILE_NAME], "libxl_pci.c") == 0)
				count(&libxl_pci, has_pattern);
		}
		head = false;
	}
	printf("\n  %zu of %zu texts known, of libxl_pci.c %zu of %zu", every.known, every.all,
		libxl_pci.known, libxl_pci.all);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(every.known > 0);
	the_page_has("", &every, " texts");
	the_page_has("of libxl_pci.c ", &libxl_pci, "");
	patterns_free(patterns);
	fclose(stream);
	free(file);
	free(list);
}

static void a_line_is_compared_with_its_format(void)
{
	CU_ASSERT_TRUE(is_made_by("write to /x/reset failed", "write to %s failed"));
	CU_ASSERT_FALSE(is_made_by("write to /x/reset returned -1", "write to %s failed"));
	CU_ASSERT_FALSE(is_made_by("failed: 1 then write", "write %#lx failed"));
	CU_ASSERT_TRUE(is_made_by("received:", "received:\\n%s"));
}

static CU_TestInfo tests[] = {
	{ "a line is compared with its format", a_line_is_compared_with_its_format },
	{ "each text has its pattern or a reason", each_text_has_its_pattern_or_a_reason },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("log_texts", tests);
}
