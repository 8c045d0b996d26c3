/*
 * Writing HTML: templates, and text that may come from a guest.
 */
#ifndef IGD_RENDER_MARKUP_H
#define IGD_RENDER_MARKUP_H

#include <jansson.h>
#include <stdio.h>

#include "harness/page/page.h"

/* As render_text(), and the characters that mean something to HTML as references. */
void markup_text(FILE *stream, const char *text);

/* As render_value(), likewise. */
void markup_value(FILE *stream, const json_t *value);

/*
 * Writes JSON into a script element of type application/json: ASCII, and "<", ">" and "&" as \uNNNN
 * so that no text in it ends the element. Keys keep their order, which for words is that of the
 * axes.
 */
void markup_json(FILE *stream, const json_t *value);

/* What stands for @NAME@ in a template. */
struct markup_slot {
	const char *name; /* NULL ends the table */
	void (*write)(void *data, FILE *stream);
};

/* Writes a template; a slot that is not in the table is left out. */
void markup_template(const struct page_part *template, const struct markup_slot *slots, void *data,
	FILE *stream);

#endif
