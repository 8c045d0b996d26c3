/*
 * The BARs of two reports, as one text a device: firmware that places devices differently moves
 * most BARs, and a line for each value of each BAR would hide the other differences.
 */
#ifndef IGD_COMPARE_REPORT_BARS_H
#define IGD_COMPARE_REPORT_BARS_H

#include <jansson.h>

/*
 * Replaces "bars" of each function in two checked reports (src/report.h) by a text of the BARs that
 * the other report does not have alike: "4 io 0x10 at 0xc100, 0 memory 0x1000 at 0xf0000000
 * prefetchable", by number, kind, size and start. Null if the other has all of them; a "bars" that
 * is no array stays, as does an empty one where the other is not known.
 */
void report_bars_fold(json_t *a, json_t *b);

#endif
