#include "harness/cli/pass.h"

#include <stdlib.h>

#include "harness/dut/driver.h"

void pass_option(FILE *stream, const char *name, const char *value)
{
	char *quoted = value ? dut_quote(value) : NULL;

	if (quoted)
		fprintf(stream, " --%s %s", name, quoted);
	free(quoted);
}

void pass_list(FILE *stream, const char *name, const struct string_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		pass_option(stream, name, list->texts[i]);
}
