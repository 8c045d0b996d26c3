/* The functions of the module, as struct history_cache_module has them; for module.c and the suite.
 */
#ifndef IGD_HISTORY_CACHE_FUNCTIONS_H
#define IGD_HISTORY_CACHE_FUNCTIONS_H

#include "harness/history/cache.h"

int history_cache_open(const char *path, struct history_cache **cache_r, struct problem *why);
char *history_cache_get(struct history_cache *cache, const char *key, const char *stamp);
void history_cache_put(
	struct history_cache *cache, const char *key, const char *stamp, const char *text);
void history_cache_close(struct history_cache *cache);

#endif
