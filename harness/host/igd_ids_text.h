/* The table of ids that is built into the program: results/data/igd-ids.yaml, by
 * harness/embed_text. */
#ifndef IGD_HOST_IGD_IDS_TEXT_H
#define IGD_HOST_IGD_IDS_TEXT_H

#include <stddef.h>

extern const char igd_ids_text[]; /* with a 0 behind it */
extern const size_t igd_ids_text_length;

#endif
