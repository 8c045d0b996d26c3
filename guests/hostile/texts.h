/* Reports that no honest agent makes, and one that it could. */
#ifndef IGD_HOSTILE_TEXTS_H
#define IGD_HOSTILE_TEXTS_H

/* The right document with wrong types, numbers out of range and an address twice. */
extern const char hostile_types[];

/*
 * Every type as docs/use/guest-report.md has it, so that it passes report_parse(), and in the texts
 * what must not get through a renderer: terminal escapes, markup, quotes, format directives, bidi
 * overrides.
 */
extern const char hostile_texts[];

/* Small and good. */
extern const char plain_report[];

#endif
