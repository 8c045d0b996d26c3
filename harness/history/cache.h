/*
 * A cache: one SQLite file, which keeps a text for each key as long as a stamp is the same. It can
 * be thrown away at any time. SQLite is known to cache.c and module.c only, which are a loadable
 * module: a dom0 has no need of it.
 *
 * A file that is not ours is refused: what has another owner, or can be written by others; what is
 * no SQLite file, or not of this application; what has anything but the one table in it. One of a
 * different version is emptied.
 */
#ifndef IGD_HISTORY_CACHE_H
#define IGD_HISTORY_CACHE_H

#include <stddef.h>

#include "src/problem.h"

struct history_cache;

#define HISTORY_CACHE_MODULE        "igd-cache.so"
#define HISTORY_CACHE_MODULE_SYMBOL "igd_cache_module"
#define HISTORY_CACHE_ABI           1
#define HISTORY_CACHE_TEXT_MAX      (8u << 20) /* bytes of a text */

struct history_cache_module {
	unsigned int abi;
	/* Opens it, or makes it. Returns 0, to be closed with close(), or -EINVAL with the
	 * sentence. */
	int (*open)(const char *path, struct history_cache **cache_r, struct problem *why);
	/* The text of that key, if it was kept with that stamp; the caller frees. NULL otherwise.
	 */
	char *(*get)(struct history_cache *cache, const char *key, const char *stamp);
	/* Keeps it. What cannot be kept is not. */
	void (*put)(
		struct history_cache *cache, const char *key, const char *stamp, const char *text);
	/* Keeps all, if it can, and closes; NULL is fine. */
	void (*close)(struct history_cache *cache);
};

#endif
