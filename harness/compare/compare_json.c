#include <errno.h>

#include "harness/compare/compare.h"
#include "harness/report/formats/json.h"

struct printer {
	FILE *stream;
	size_t cells; /* that were printed */
};

static int print_cell(void *data, const json_t *cell)
{
	struct printer *printer = data;

	fputs(printer->cells++ > 0 ? ",\n  " : "\n  ", printer->stream);
	return render_json_value(printer->stream, cell, 2);
}

int compare_render_json(const struct comparison *comparison, FILE *stream)
{
	struct printer printer = { .stream = stream };
	json_t *head = json_copy((json_t *)comparison->head);
	int r;

	json_object_del(head, "cells");
	fputc('{', stream);
	r = render_json_members(stream, head, "");
	fputs(",\n \"cells\": [", stream);
	if (r == 0)
		r = comparison->each(comparison->data, print_cell, &printer);
	fputs(printer.cells > 0 ? "\n ]\n}\n" : "]\n}\n", stream);
	json_decref(head);
	return r < 0 ? r : ferror(stream) ? -EIO : 0;
}
