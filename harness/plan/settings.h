/*
 * The settings that a matrix may give to a guest, for each back end: name, kind, values, meaning.
 *
 * One table, known without Xen, so that a matrix with a misspelt setting or a value that the back
 * end would refuse is refused anywhere. The names are xl.cfg(5)'s where it has the thing.
 */
#ifndef IGD_PLAN_SETTINGS_H
#define IGD_PLAN_SETTINGS_H

#include <jansson.h>
#include <stddef.h>

#include "src/problem.h"

/* The back ends that take settings. Replay plays what was recorded and takes none. */
#define SETTING_BACKENDS 2
extern const char *const setting_backends[SETTING_BACKENDS];

enum setting_kind {
	SETTING_BOOL,
	SETTING_WHOLE,  /* a whole number from `min` to `max` */
	SETTING_WHOLES, /* a list of at most SETTING_ITEMS_MAX such numbers */
	SETTING_WORD,   /* one of `words` */
	SETTING_TEXT,   /* of `min` to `max` bytes */
	SETTING_TEXTS,  /* a list of at most `max` strings */
	SETTING_TREE    /* a mapping with anything in it */
};

/* Bytes of a text in a list: far below MAX_ARG_STRLEN (Linux's binfmts.h), 128 KiB. */
#define SETTING_TEXT_MAX  1024
#define SETTING_ITEMS_MAX 64

/* NAME of `run --model NAME=PATH`, the value of the setting `device_model`. */
#define SETTING_MODEL_MAX        24 /* bytes */
#define SETTING_MODEL_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

/* Bytes of all texts of a list together; qemu-args.txt holds twice that (evidence.c). */
#define SETTING_TEXTS_BYTES 8192

struct setting {
	const char *backend; /* one of setting_backends */
	const char *name;
	enum setting_kind kind;
	const char *const *words; /* for SETTING_WORD, ends with NULL */
	const char *meaning;
	long min, max;
	/* Of a text, or of each text of a list: 0 if its form is right, or -EINVAL with a sentence
	 * that begins with it. NULL: any printable text. */
	int (*check)(const char *text, struct problem *why);
	/* Of a list whose texts are right, or of a mapping: 0, or -EINVAL with the item at fault
	 * and the sentence. NULL: any will do. */
	int (*check_all)(const json_t *texts, size_t *item_r, struct problem *why);
	/* Of libxl: where it is in libxl_domain_config_to_json(), keys with "/" between, or what it
	 * changes there; NULL if libxl knows nothing of it. */
	const char *path;
	const char *example; /* a value that is allowed, as JSON */
};

/* The table; ends with a setting whose name is NULL. */
extern const struct setting setting_table[];

/* The row of that setting; NULL if there is none. */
const struct setting *setting_find(const char *backend, const char *name);

#define SETTING_NO_ITEM ((size_t)-1)

/*
 * Checks a value against the table. Returns 0, or -EINVAL with what is allowed in `why` and in
 * *item_r the index of the item of a list that is at fault, or SETTING_NO_ITEM. `item_r` may be
 * NULL.
 */
int setting_check(const char *backend, const char *name, const json_t *value, size_t *item_r,
	struct problem *why);

/*
 * Checks all settings of one cell for that back end together, whose values setting_check() has
 * taken: lists that were put together, and values that exclude each other. Returns 0, or -EINVAL
 * with the sentence.
 */
int settings_check(const char *backend, const json_t *settings, struct problem *why);

/* Checks the settings of the other side of a transition against the first side's. Returns as
 * settings_check(). */
int settings_check_restored(const json_t *settings, const json_t *restored, struct problem *why);

#endif
