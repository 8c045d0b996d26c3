/*
 * Writing HTML: templates, and text that may come from a guest.
 */
#ifndef IGD_REPORT_HTML_WRITER_H
#define IGD_REPORT_HTML_WRITER_H

#include <jansson.h>
#include <stdio.h>

#include "harness/report/page/page.h"

/* As escape_text(), and the characters that mean something to HTML as references. */
void html_text(FILE *stream, const char *text);

/* As escape_value(), likewise. */
void html_value(FILE *stream, const json_t *value);

/*
 * Writes JSON into a script element of type application/json: ASCII, and "<", ">" and "&" as \uNNNN
 * so that no text in it ends the element. Keys keep their order, which for words is that of the
 * axes.
 */
void html_json(FILE *stream, const json_t *value);

/* What stands for @NAME@ in a template. */
struct html_slot {
	const char *name; /* NULL ends the table */
	void (*write)(void *data, FILE *stream);
};

/* A page that loads nothing from anywhere: its template has @policy@ and @style@. */
struct html_page {
	const struct embedded *template, *style;
	const struct embedded *script; /* for @script@; NULL: it has none */
	const struct html_slot *slots; /* the other names of the template */
};

/*
 * Writes it, with a Content-Security-Policy that allows that style, that script, which may show
 * pictures of the page's own, and nothing else. A name that is not in the table is left out.
 * Returns 0, or -EIO if the stream took not all of it.
 */
int html_page(const struct html_page *page, void *data, FILE *stream);

#endif
