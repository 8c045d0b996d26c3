/* The screenshots of cells in a page, each as a data: URL, within the bounds of the whole page. */
#ifndef IGD_REPORT_SCREENS_H
#define IGD_REPORT_SCREENS_H

#include <jansson.h>
#include <stddef.h>

#include "harness/store/record_view.h"

#define RENDER_SCREEN_FILE "screen.png"
#define RENDER_IGD_SCREEN_FILE                                                                     \
	"igd-screen.png"             /* of the passed-through GPU: harness/backend/igd_screen.h */
#define RENDER_SCREEN_MAX (2u << 20) /* bytes of one screenshot */
/* Of all, of the cells that are FAIL or worse, and as much of the others. */
#define RENDER_SCREENS_COUNT 200
#define RENDER_SCREENS_MAX   (24u << 20) /* bytes; beyond, they are named */

/* What a page has room for, and has; in each the cells that are FAIL or worse, and the others. */
struct screens {
	size_t left[2]; /* bytes */
	unsigned int count[2];
};

#define SCREENS_NONE ((struct screens){ .left = { RENDER_SCREENS_MAX, RENDER_SCREENS_MAX } })

/* Adds those of the cell to what the page has of it, or why one is left out. */
void screens_add(
	struct screens *page, const struct record *record, const json_t *cell, json_t *detail);

#endif
