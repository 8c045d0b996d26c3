/* The options by which `plan` and `run` choose cells of a matrix: harness/plan/choice/choice.h. */
#ifndef IGD_CLI_CHOICE_OPTIONS_H
#define IGD_CLI_CHOICE_OPTIONS_H

#include "harness/cli/options.h"
#include "harness/plan/choice/choice.h"

/* Rows of a command's table; `choice` is a struct plan_choice. */
/* clang-format off */
#define CHOICE_OPTIONS(choice)                                                                     \
	{ "select", "GLOB", "only cells whose name matches GLOB; repeatable",                      \
		.list = &(choice).select },                                                        \
	{ "where", "AXIS=WORD,...",                                                                \
		"only cells with these words, such as machine=pc,igd=on; words of one\n"            \
		"                          axis are alternatives; repeatable: cells of any of them", \
		.list = &(choice).where },                                                         \
	{ "tag", "TAG",                                                                            \
		"only cells that have this tag of the matrix, such as fast; repeatable",           \
		.list = &(choice).tags },                                                          \
	{ "cells", "FILE",                                                                         \
		"only the cells named in FILE, one name a line; # begins a comment",               \
		.text = &(choice).cells },                                                         \
	{ "exclude", "GLOB", "all cells but those whose name matches GLOB; repeatable",            \
		.list = &(choice).exclude }
/* clang-format on */

#endif
