/*
 * Any text as an expression: one that passes takes little memory, whatever regcomp() and regexec()
 * do. libFuzzer's limit of memory decides.
 */
#include <regex.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/logs/private.h"

#define LINES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[EXPRESSION_MAX + 1], sentence[200] = "", line[PATTERNS_LINE_MAX + 1];
	uint32_t state = 1;
	regex_t expression;

	size = size < EXPRESSION_MAX ? size : EXPRESSION_MAX;
	memcpy(text, data, size);
	text[size] = 0;
	if (!expression_check(text, sentence, sizeof(sentence))) {
		if (!sentence[0])
			abort();
		return 0;
	}
	if (regcomp(&expression, text, REG_EXTENDED | REG_NOSUB) != 0)
		return 0;
	for (int i = 0; i < LINES; i++) {
		for (size_t at = 0; at < PATTERNS_LINE_MAX; at++) {
			state = state * 1664525 + 1013904223; /* Numerical Recipes, 7.1 */
			line[at] = (char)('a' + (state >> 24) % 3);
		}
		line[PATTERNS_LINE_MAX] = 0;
		regexec(&expression, line, 0, NULL, 0);
	}
	regfree(&expression);
	return 0;
}
