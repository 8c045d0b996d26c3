/* The history as a page: what is worth knowing as a list, and all else for the page's script. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/history/history.h"
#include "harness/history/page/page.h"
#include "harness/history/render.h"
#include "harness/report/html_writer.h"
#include "src/document.h"
#include "src/verdict.h"

static void write_title(void *data, FILE *stream)
{
	fputs("igd-harness: history", stream);
}

static void write_span(void *data, FILE *stream)
{
	const json_t *runs = json_object_get(data, "runs");
	size_t count = json_array_size(runs);

	fprintf(stream, "%zu runs, ", count);
	html_text(stream, document_text(json_array_get(runs, 0), "started"));
	fputs(" to ", stream);
	html_text(stream, document_text(json_array_get(runs, count - 1), "started"));
}

static void write_notable(void *data, FILE *stream)
{
	const json_t *notable = json_object_get(data, "notable"), *entry;
	size_t i;

	if (json_array_size(notable) == 0) {
		fputs("<p>Nothing changed, is flaky or drifts.</p>", stream);
		return;
	}
	fputs("<ul class=\"notable\">\n", stream);
	json_array_foreach(notable, i, entry)
	{
		char *text = history_entry_text(entry);

		fputs("<li><span class=\"kind\">", stream);
		html_text(stream, history_kind_heading(document_text(entry, "kind")));
		fputs("</span>: ", stream);
		html_text(stream, text ? text : "?");
		fputs("</li>\n", stream);
		free(text);
	}
	fputs("</ul>", stream);
}

static void write_legend(void *data, FILE *stream)
{
	static const char letters[] = HISTORY_LETTERS;

	for (int v = 0; v < VERDICT_COUNT; v++)
		fprintf(stream, "<span><i data-v=\"%c\">%c</i> %s: %s</span> ", letters[v],
			letters[v], verdict_name((enum verdict)v),
			verdict_meaning((enum verdict)v));
}

static void write_data(void *data, FILE *stream)
{
	html_json(stream, data);
}

static const struct html_slot slots[] = {
	{ "title", write_title },
	{ "span", write_span },
	{ "notable", write_notable },
	{ "legend", write_legend },
	{ "data", write_data },
	{ NULL, NULL },
};

int history_render_html(const json_t *history, FILE *stream)
{
	const struct html_page page = {
		.template = &page_history,
		.style = &page_history_style,
		.script = &page_history_script,
		.slots = slots,
	};

	return html_page(&page, (void *)history, stream);
}
