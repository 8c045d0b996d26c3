#include "harness/testing/does_not_matter.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"
#include "harness/yaml/yaml.h"

#define FORMAT_NAME     "igd-harness does-not-matter"
#define SENTENCE_MAX    500
#define ALLOWED_MOST    1000000
#define EVERY_CHANGE    ((1u << LEAF_CHANGES) - 1)
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789._-"

enum { FORMAT, VERSION, ALLOWED, LEAVES, LINES, HEAD_KEYS };
static const struct yaml_key head_keys[HEAD_KEYS + 1] = {
	[FORMAT] = { "format", YAML_A_SCALAR, true },
	[VERSION] = { "version", YAML_A_SCALAR, true },
	[ALLOWED] = { "allowed_misses", YAML_A_SCALAR, true },
	[LEAVES] = { "leaves", YAML_A_LIST, true },
	[LINES] = { "lines", YAML_A_LIST, true },
};

enum { WHAT, MATRIX, REASON, SOURCE, CHANGES, KEYS };
static const struct yaml_key leaf_keys[KEYS + 1] = {
	[WHAT] = { "path", YAML_A_SCALAR, true },
	[CHANGES] = { "changes", YAML_ITEMS },
	[MATRIX] = { "matrix", YAML_A_SCALAR },
	[REASON] = { "reason", YAML_A_SCALAR, true },
	[SOURCE] = { "source", YAML_A_SCALAR, true },
};
static const struct yaml_key line_keys[KEYS + 1] = {
	[WHAT] = { "label", YAML_A_SCALAR, true },
	[MATRIX] = { "matrix", YAML_A_SCALAR },
	[REASON] = { "reason", YAML_A_SCALAR, true },
	[SOURCE] = { "source", YAML_A_SCALAR, true },
};

static int read_changes(
	const struct yaml_source *source, const struct yaml_node *items, unsigned int *changes_r)
{
	*changes_r = items ? 0 : EVERY_CHANGE;
	for (const struct yaml_node *item = items ? yaml_first_item(items) : NULL; item;
		item = yaml_next_item(items, item)) {
		unsigned int change = 0;

		while (change < LEAF_CHANGES && strcmp(leaf_change_names[change], item->text) != 0)
			change++;
		if (change == LEAF_CHANGES)
			return yaml_wrong(source, item->place,
				"no change is called %.40s: write gone, null, zero, another or added",
				item->text);
		*changes_r |= 1u << change;
	}
	return 0;
}

static int read_excuse(const struct yaml_source *source, const struct yaml_node *node,
	const struct yaml_key *keys, struct excuse *excuse)
{
	const struct yaml_node *found[KEYS] = { NULL };
	int r = yaml_keys(source, node, "an entry", keys, found);

	if (r == 0 && (!found[WHAT]->text[0] || strlen(found[WHAT]->text) > EXCUSE_WHAT_MAX))
		r = yaml_wrong(source, found[WHAT]->place, "`%s` has 1 to %d bytes",
			found[WHAT]->key, EXCUSE_WHAT_MAX);
	if (r == 0)
		r = yaml_check_words(source, found[REASON], SENTENCE_MAX);
	if (r == 0)
		r = yaml_check_words(source, found[SOURCE], SENTENCE_MAX);
	if (r == 0 && found[MATRIX])
		r = yaml_check_name(source, found[MATRIX]->place, "the name of a matrix",
			found[MATRIX]->text, NAME_CHARACTERS, EXCUSE_MATRIX_MAX);
	if (r == 0)
		r = read_changes(source, found[CHANGES], &excuse->changes);
	if (r < 0)
		return r;
	excuse->line = node->place.line;
	snprintf(excuse->what, sizeof(excuse->what), "%s", found[WHAT]->text);
	snprintf(excuse->matrix, sizeof(excuse->matrix), "%s",
		found[MATRIX] ? found[MATRIX]->text : "");
	return 0;
}

static int read_list(const struct yaml_source *source, const struct yaml_node *list,
	const struct yaml_key *keys, struct excuse **excuses_r, size_t *count_r)
{
	int r = 0;
	struct excuse *excuses = calloc(list->count ? list->count : 1, sizeof(*excuses));

	if (!excuses)
		return yaml_no_memory(source);
	*excuses_r = excuses;
	for (const struct yaml_node *item = list->first; item && r == 0; item = item->next)
		r = read_excuse(source, item, keys, &excuses[(*count_r)++]);
	return r;
}

static int read_tree(const struct yaml_source *source, const struct yaml_node *root,
	struct does_not_matter *list_r)
{
	const struct yaml_node *found[HEAD_KEYS] = { NULL };
	json_int_t allowed = 0;
	int r = yaml_keys(source, root, "the file", head_keys, found);

	if (r == 0)
		r = yaml_check_head(source, found[FORMAT], found[VERSION],
			&(struct yaml_head){ FORMAT_NAME, "a list of what does not matter", 1 });
	if (r == 0)
		r = yaml_whole(source, found[ALLOWED], 0, ALLOWED_MOST, &allowed);
	list_r->allowed_misses = allowed;
	if (r == 0)
		r = read_list(
			source, found[LEAVES], leaf_keys, &list_r->leaves, &list_r->leaf_count);
	if (r == 0)
		r = read_list(source, found[LINES], line_keys, &list_r->lines, &list_r->line_count);
	return r;
}

int does_not_matter_load(const char *file, struct does_not_matter *list_r, struct problem *why)
{
	struct yaml_source source = {
		.file = file, .manual = "docs/inside/mutations.md", .why = why
	};
	struct yaml_node *root = NULL;
	char *text = NULL;
	size_t length = 0;
	int r;

	*list_r = (struct does_not_matter){ 0 };
	r = fileio_read(AT_FDCWD, file, &text, &length, why);
	if (r < 0)
		return r == -ENOENT ? problem_set(why, r, "%s does not exist", file) : r;
	r = yaml_parse(&source, text, length, &root);
	if (r == 0)
		r = read_tree(&source, root, list_r);
	if (r < 0)
		does_not_matter_free(list_r);
	yaml_free(root);
	free(text);
	return r;
}

void does_not_matter_free(struct does_not_matter *list)
{
	free(list->leaves);
	free(list->lines);
	*list = (struct does_not_matter){ 0 };
}

static bool is_about(const struct excuse *excuse, const char *matrix)
{
	return !excuse->matrix[0] || strcmp(excuse->matrix, matrix) == 0;
}

bool does_not_matter_leaf(
	struct does_not_matter *list, const char *matrix, const char *path, enum leaf_change change)
{
	for (size_t i = 0; i < list->leaf_count; i++) {
		struct excuse *excuse = &list->leaves[i];

		if (!is_about(excuse, matrix) || !(excuse->changes & 1u << change) ||
			fnmatch(excuse->what, path, 0) != 0)
			continue;
		excuse->used = true;
		return true;
	}
	return false;
}

bool does_not_matter_line(struct does_not_matter *list, const char *matrix, const char *label)
{
	for (size_t i = 0; i < list->line_count; i++) {
		struct excuse *excuse = &list->lines[i];

		if (!is_about(excuse, matrix) || strcmp(excuse->what, label) != 0)
			continue;
		excuse->used = true;
		return true;
	}
	return false;
}
