/* The commands; each is one file, cmd_NAME.c, and one line in commands.def. */
#ifndef IGD_CLI_COMMANDS_H
#define IGD_CLI_COMMANDS_H

#include "harness/cli/options.h"

#define COMMAND(name) extern const struct command command_##name;
#include "harness/cli/commands.def"
#undef COMMAND

/* All of them in the order of commands.def, for main() alone; ends with NULL. */
extern const struct command *const commands[];

#endif
