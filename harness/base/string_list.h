/*
 * A short list of strings, such as an option that may be given several times.
 */
#ifndef IGD_BASE_STRING_LIST_H
#define IGD_BASE_STRING_LIST_H

#include <stdbool.h>
#include <stddef.h>

#define STRING_LIST_MAX 64

struct string_list {
	char *texts[STRING_LIST_MAX]; /* borrowed */
	size_t count;
	bool are_defaults; /* of a configuration file: what is said takes their place */
};

#endif
