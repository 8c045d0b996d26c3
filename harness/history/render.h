/* What the renderers of the history have in common. */
#ifndef IGD_HISTORY_RENDER_H
#define IGD_HISTORY_RENDER_H

#include <jansson.h>

/* A letter for each verdict, in its order, and for a run without the cell. */
#define HISTORY_LETTERS "PDSXYFEM."

/* How a kind of entry of "notable" reads, "" for an unknown one. */
const char *history_kind_heading(const char *kind);

/* An entry as text, escaped as for a terminal, in two lines. The caller frees; NULL without memory.
 */
char *history_entry_text(const json_t *entry);

#endif
