#include "harness/report/formats/json.h"

#include <errno.h>
#include <stdlib.h>

/* A text has no newline of its own in it: JSON writes it as \\n. */
int render_json_value(FILE *stream, const json_t *value, int depth)
{
	char *text = json_dumps(value, JSON_INDENT(1) | JSON_ENCODE_ANY | JSON_ENSURE_ASCII);

	if (!text)
		return -ENOMEM;
	for (const char *c = text; *c; c++) {
		putc(*c, stream);
		if (*c == '\n')
			fprintf(stream, "%*s", depth, "");
	}
	free(text);
	return ferror(stream) ? -EIO : 0;
}

int render_json_members(FILE *stream, const json_t *object, const char *between)
{
	const char *key;
	json_t *value;
	int r = 0;

	json_object_foreach((json_t *)object, key, value)
	{
		fprintf(stream, "%s\n \"%s\": ", between, key);
		between = ",";
		if (r == 0)
			r = render_json_value(stream, value, 1);
	}
	return r;
}

static int begin(void *data, const json_t *head)
{
	struct rendering *rendering = data;
	int r;

	fputc('{', rendering->stream);
	r = render_json_members(rendering->stream, head, "");
	fputs(",\n \"cells\": [", rendering->stream);
	return r;
}

static int cell(void *data, const json_t *cell)
{
	struct rendering *rendering = data;

	fputs(rendering->cells++ > 0 ? ",\n  " : "\n  ", rendering->stream);
	return render_json_value(rendering->stream, cell, 2);
}

static int end(void *data, const json_t *totals)
{
	struct rendering *rendering = data;
	int r;

	fputs(rendering->cells > 0 ? "\n ]" : "]", rendering->stream);
	r = render_json_members(rendering->stream, totals, ",");
	fputs("\n}\n", rendering->stream);
	return r < 0 ? r : ferror(rendering->stream) ? -EIO : 0;
}

struct findings_sink render_json_sink(struct rendering *rendering)
{
	return (struct findings_sink){ begin, cell, end, rendering };
}

int render_json(const json_t *findings, const struct render_options *options, FILE *stream)
{
	return render_streamed(render_json_sink, findings, options, stream);
}
