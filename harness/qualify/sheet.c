#include "harness/qualify/sheet.h"

#include <string.h>

#include "src/document.h"

void qualify_join(const json_t *texts, char text[static TEXT_MAX])
{
	const json_t *one;
	char more[48];
	size_t i;

	text[0] = '\0';
	json_array_foreach(texts, i, one)
	{
		const char *word = json_is_string(one) ? json_string_value(one) : "?";

		if (strlen(text) + strlen(word) + sizeof(more) >= TEXT_MAX) {
			snprintf(more, sizeof(more), "and %zu more", json_array_size(texts) - i);
			section_add(text, ", ", more);
			return;
		}
		section_add(text, ", ", word);
	}
}

size_t qualify_table(
	const struct sheet *sheet, const char *const *first, const json_t *entries, const char *key)
{
	const char *columns[QUALIFY_COLUMNS_MAX + 1] = { NULL };
	size_t n = 0, count = 0;
	const json_t *entry;
	size_t i;

	while (n < QUALIFY_COLUMNS_MAX - COMPARE_RUNS_MAX && first[n]) {
		columns[n] = first[n];
		n++;
	}
	json_array_foreach(entries, i, entry)
	{
		if (count == COMPARE_RUNS_MAX)
			break;
		columns[n + count++] = document_text(entry, key);
	}
	sheet_table(sheet, columns);
	return count;
}

size_t qualify_runs(const json_t *document)
{
	const json_t *matrix;
	size_t i, count = 0;

	json_array_foreach(json_object_get(document, "matrices"), i, matrix) count +=
		json_array_size(json_object_get(matrix, "runs"));
	return count;
}

void qualify_of(const json_t *document, const json_t *reason, char text[static TEXT_MAX])
{
	const json_t *of = json_object_get(reason, "of");

	if (json_array_size(of) > 1 && json_array_size(of) == qualify_runs(document))
		strcpy(text, "in every run");
	else
		qualify_join(of, text);
}
