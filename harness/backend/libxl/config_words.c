/* Errors and words of the settings, for config.c and config_devices.c. */
#include "harness/backend/libxl/config_words.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "src/problem.h"

int config_wrong(struct filling *f, const char *name, const char *wanted)
{
	return problem_set(f->why, -EINVAL, "libxl setting `%s` must be %s", name, wanted);
}

int config_no_memory(struct filling *f)
{
	return problem_set(f->why, -ENOMEM, "out of memory");
}

int config_word(struct filling *f, const char *name, const json_t *value, const char *const *words,
	size_t *index_r)
{
	const char *word = json_string_value(value);
	char wanted[80] = "one of";

	for (size_t i = 0; words[i]; i++) {
		if (word && strcmp(word, words[i]) == 0) {
			*index_r = i;
			return 0;
		}
		strncat(wanted, " ", sizeof(wanted) - strlen(wanted) - 1);
		strncat(wanted, words[i], sizeof(wanted) - strlen(wanted) - 1);
	}
	return config_wrong(f, name, wanted);
}
