/* The views as people see them, from views made by hand. */
#include <stdlib.h>
#include <string.h>

#include "harness/report/formats/views.h"
#include "src/suite.h"

/* The caller frees. */
static char *render(const char *findings)
{
	struct render_options options = { .verbose = true };
	json_t *document = json_loads(findings, 0, NULL);
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(document);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL(render_views(document, &options, stream), 0);
	fclose(stream);
	json_decref(document);
	return text;
}

#define CELL(layers, first_difference, devices)                                                    \
	"{\"cells\": [{\"name\": \"a-b\", \"views\": {\"layers\": [" layers                        \
	"], \"parts_at\": " first_difference ", \"devices\": [" devices "]}}]}"

/* These findings have no identities. */
#define HEAD "Not hardware: the host is unknown\n"

static void a_row_stands_under_its_layers(void)
{
	char *text = render(CELL("\"config\", \"libxl\", \"qemu\", \"guest\"", "\"guest\"",
		"{\"device\": \"igd\", \"what\": \"0000:00:02.0 of the host\", \"config\": {},"
		" \"libxl\": {\"address\": \"0000:00:02.0\", \"learned\": true}, \"qemu\":"
		" {\"address\": \"0000:00:02.0\", \"ids\": \"8086:3e92\"}, \"guest\": null,"
		" \"parts_at\": \"guest\", \"why\": \"QEMU has it, the guest has not\"},"
		"{\"device\": \"function\", \"what\": \"0000:00:01.0\", \"guest\":"
		" {\"address\": \"0000:00:01.0\"}, \"parts_at\": null, \"why\": \"\"}"));

	CU_ASSERT_STRING_EQUAL(text,
		HEAD "a-b: the views differ at guest\n                 config  libxl    "
		     "  qemu               guest\n  igd            yes     (00:02.0)  "
		     "00:02.0 8086:3e92  - !\n      0000:00:02.0 of the host differs at "
		     "guest: QEMU has it, the guest has not\n  and 1 other function, "
		     "without a difference\n");
	free(text);
}

static void a_layer_that_says_nothing_has_no_column(void)
{
	char *text = render(CELL("\"config\", \"libxl\"", "null",
		"{\"device\": \"host-bridge\", \"what\": \"\", \"libxl\": {\"kind\": \"igd\"},"
		" \"parts_at\": null, \"why\": \"\"}"));

	CU_ASSERT_STRING_EQUAL(text, HEAD "a-b: the views agree\n"
					  "                 libxl\n"
					  "  host-bridge    igd\n");
	free(text);
	text = render("{\"cells\": [{\"name\": \"a-b\"}, {\"views\": {\"layers\": []}}]}");
	CU_ASSERT_STRING_EQUAL(text, HEAD);
	free(text);
}

static void nothing_moves_the_cursor(void)
{
	char *text = render(CELL("\"qemu\"", "\"q\\u001b[2J\"",
		"{\"device\": \"a\\u001bb\", \"what\": \"\\u0007\", \"qemu\": {\"type\":"
		" \"x\\ny\\u009b0123456789012345678901234567890123456789012345678901234567890\"},"
		" \"parts_at\": \"\\r\", \"why\": \"\\u001b]0;\"}"));

	for (const char *c = text; *c; c++)
		CU_ASSERT((*c >= ' ' && *c <= '~') || *c == '\n');
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "a\\x1bb"));
	free(text);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a row stands under its layers", a_row_stands_under_its_layers },
		{ "a layer that says nothing has no column",
			a_layer_that_says_nothing_has_no_column },
		{ "nothing moves the cursor", nothing_moves_the_cursor },
		CU_TEST_INFO_NULL,
	};

	return suite_main("render_views", tests);
}
