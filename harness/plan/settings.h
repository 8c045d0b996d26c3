/*
 * The settings that a matrix may give to a guest, for each back end: name, kind, meaning.
 *
 * One table, known without Xen, so that a matrix with a misspelt setting is refused anywhere. The
 * names are xl.cfg(5)'s where it has the thing.
 */
#ifndef IGD_PLAN_SETTINGS_H
#define IGD_PLAN_SETTINGS_H

#include <jansson.h>

#include "src/problem.h"

/* The back ends that take settings. Replay plays what was recorded and takes none. */
#define SETTING_BACKENDS 2
extern const char *const setting_backends[SETTING_BACKENDS];

enum setting_kind {
	SETTING_BOOL,
	SETTING_WHOLE, /* a whole number from `min` to `max` */
	SETTING_WORD,  /* one of `words` */
	SETTING_TEXT,
	SETTING_TEXTS /* a list of strings */
};

struct setting {
	const char *backend; /* one of setting_backends */
	const char *name;
	enum setting_kind kind;
	const char *const *words; /* for SETTING_WORD, ends with NULL */
	const char *meaning;
	long min, max; /* for SETTING_WHOLE */
};

/* The table; ends with a setting whose name is NULL. */
extern const struct setting setting_table[];

/*
 * Checks a value against the table. Returns 0, or -EINVAL with what is allowed in `why`.
 */
int setting_check(const char *backend, const char *name, const json_t *value, struct problem *why);

#endif
