#include "harness/cli/commands.h"

#include <stddef.h>

#define COMMAND(name) &command_##name,
const struct command *const commands[] = {
#include "harness/cli/commands.def"
	NULL
};
