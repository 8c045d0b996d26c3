/* The module's one symbol, for harness/cli/cmd_bundle.c. */
#include "harness/bundle/bundle.h"

__attribute__((visibility("default"))) extern const struct bundle_module igd_bundle_module;

const struct bundle_module igd_bundle_module = {
	.abi = BUNDLE_ABI,
	.write = bundle_write,
	.check = bundle_check,
	.pick = bundle_pick,
	.decompress = bundle_decompress,
	.unpack = bundle_unpack,
};
