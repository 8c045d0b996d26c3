/* The module's one symbol, for harness/history/load.c. */
#include "harness/history/cache_functions.h"

__attribute__((visibility("default"))) extern const struct history_cache_module igd_cache_module;

const struct history_cache_module igd_cache_module = {
	.abi = HISTORY_CACHE_ABI,
	.open = history_cache_open,
	.get = history_cache_get,
	.put = history_cache_put,
	.close = history_cache_close,
};
