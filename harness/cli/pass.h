/* Options that are passed on to the harness of a host under test, as words for its shell. */
#ifndef IGD_CLI_PASS_H
#define IGD_CLI_PASS_H

#include <stdio.h>

#include "harness/base/string_list.h"

/* Writes " --NAME 'VALUE'"; nothing for NULL. */
void pass_option(FILE *stream, const char *name, const char *value);

/* The same for each of a list. */
void pass_list(FILE *stream, const char *name, const struct string_list *list);

#endif
