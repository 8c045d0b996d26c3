/* The module's one symbol, for harness/cli/cmd_abi.c. */
#include "harness/abi/elf_imports.h"

__attribute__((visibility("default"))) extern const struct imports_module igd_imports_module;

const struct imports_module igd_imports_module = {
	.abi = IMPORTS_ABI,
	.read = imports_read,
};
