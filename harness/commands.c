#include "harness/commands.h"

#include <stddef.h>

#define COMMAND(name) &command_##name,
const struct command *const commands[] = {
#include "harness/commands.def"
	NULL
};
