#include "harness/plan/choice/choice.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"
#include "harness/base/suggest.h"
#include "harness/plan/plan.h"
#include "src/document.h"

struct chooser {
	const json_t *plan, *cells;
	bool *kept; /* of each cell */
	struct problem *why;
};

/* Says that there is nothing of that name, and which one is near. */
static int no_such(const struct chooser *chooser, const struct suggestion *suggestion,
	const char *what, const char *name)
{
	return problem_set(chooser->why, -ENOENT, "%s \"%.100s\"%s%s%s", what, name,
		suggestion->best ? ": did you mean \"" : ": `igd-harness plan` lists them",
		suggestion->best ? suggestion->best : "", suggestion->best ? "\"?" : "");
}

/* Keeps the cells whose name matches one of the patterns, or those whose name matches none. */
static int by_name(struct chooser *chooser, char *const *globs, size_t count, bool keep)
{
	bool used[STRING_LIST_MAX] = { false };
	const json_t *cell;
	size_t i;

	json_array_foreach(chooser->cells, i, cell)
	{
		bool matches = false;

		for (size_t j = 0; j < count; j++) {
			if (fnmatch(globs[j], document_text(cell, "name"), 0) == 0)
				matches = used[j] = true;
		}
		chooser->kept[i] = chooser->kept[i] && (count == 0 || matches == keep);
	}
	for (size_t j = 0; j < count; j++) {
		if (!used[j])
			return problem_set(chooser->why, -ENOENT,
				"no cell has a name that matches \"%.100s\": `igd-harness plan` "
				"lists the names, and * stands for any characters",
				globs[j]);
	}
	return 0;
}

static int check_axis(const struct chooser *chooser, const char *axis)
{
	const json_t *axes = json_object_get(chooser->plan, "axes"), *other;
	struct suggestion suggestion = suggest_for(axis);
	size_t i;

	json_array_foreach(axes, i, other) suggest_candidate(&suggestion, json_string_value(other));
	return document_has_text(axes, axis)
		       ? 0
		       : no_such(chooser, &suggestion, "the matrix has no axis", axis);
}

static int check_word(const struct chooser *chooser, const char *axis, const char *word)
{
	struct suggestion suggestion = suggest_for(word);
	const json_t *cell;
	size_t i;

	json_array_foreach(chooser->cells, i, cell)
	{
		const char *other = document_text(json_object_get(cell, "words"), axis);

		if (strcmp(other, word) == 0)
			return 0;
		suggest_candidate(&suggestion, other);
	}
	return no_such(chooser, &suggestion, "no cell has on that axis the word", word);
}

/* Notes of "machine=pc,igd=on" each word in its axis: {"machine": {"pc": true}, ...}. */
static int read_where(const struct chooser *chooser, const char *text, json_t *wanted)
{
	char *copy = strdup(text), *rest = copy, *item;
	int r = copy ? 0 : -ENOMEM;

	while (r == 0 && (item = strsep(&rest, ","))) {
		char *word = strchr(item, '=');
		json_t *words;

		if (!word || word == item || !word[1]) {
			r = problem_set(chooser->why, -EINVAL,
				"\"%.100s\" is not a list of words: --where takes AXIS=WORD, with "
				"a comma between two of them, such as machine=pc,igd=on",
				text);
			break;
		}
		*word++ = '\0';
		r = check_axis(chooser, item);
		if (r == 0)
			r = check_word(chooser, item, word);
		words = json_object_get(wanted, item);
		if (r == 0 && !words) {
			words = json_object();
			r = json_object_set_new(wanted, item, words) < 0 ? -ENOMEM : 0;
		}
		if (r == 0 && json_object_set_new(words, word, json_true()) < 0)
			r = -ENOMEM;
	}
	free(copy);
	return r;
}

static bool has_words(const json_t *cell, const json_t *wanted)
{
	const json_t *has = json_object_get(cell, "words");
	const char *axis;
	json_t *words;

	json_object_foreach((json_t *)wanted, axis, words)
	{
		if (!json_object_get(words, document_text(has, axis)))
			return false;
	}
	return true;
}

/* Marks the cells that one text names. */
static int mark_where(const struct chooser *chooser, const char *text, bool *marked)
{
	json_t *wanted = json_object();
	int r = wanted ? read_where(chooser, text, wanted) : -ENOMEM;
	bool found = false;
	const json_t *cell;
	size_t i;

	json_array_foreach(chooser->cells, i, cell)
	{
		if (r == 0 && has_words(cell, wanted))
			found = marked[i] = true;
	}
	json_decref(wanted);
	if (r == 0 && !found)
		r = problem_set(chooser->why, -ENOENT,
			"no cell has all of %.100s: `igd-harness plan` lists the cells", text);
	return r;
}

static int mark_tag(const struct chooser *chooser, const char *tag, bool *marked)
{
	struct suggestion suggestion = suggest_for(tag);
	const json_t *cell, *other;
	bool found = false;
	size_t i, j;

	json_array_foreach(chooser->cells, i, cell)
	{
		json_array_foreach(json_object_get(cell, "tags"), j, other)
		{
			suggest_candidate(&suggestion, json_string_value(other));
			if (strcmp(json_string_value(other), tag) == 0)
				found = marked[i] = true;
		}
	}
	return found ? 0 : no_such(chooser, &suggestion, "no cell has the tag", tag);
}

/* Keeps the cells that `mark` marks for one of the texts. */
static int by_mark(struct chooser *chooser, const struct string_list *list,
	int (*mark)(const struct chooser *chooser, const char *text, bool *marked))
{
	size_t total = json_array_size(chooser->cells);
	bool *marked = calloc(total + 1, sizeof(*marked));
	int r = marked ? 0 : -ENOMEM;

	for (size_t i = 0; i < list->count && r == 0; i++)
		r = mark(chooser, list->texts[i], marked);
	for (size_t i = 0; i < total && r == 0; i++)
		chooser->kept[i] = chooser->kept[i] && (list->count == 0 || marked[i]);
	free(marked);
	return r;
}

/* Without what surrounds the name in a line: a comment, blanks. */
static char *name_in(char *line)
{
	size_t length;

	line[strcspn(line, "#\r")] = '\0';
	line += strspn(line, " \t");
	length = strlen(line);
	while (length > 0 && strchr(" \t", line[length - 1]))
		line[--length] = '\0';
	return line;
}

/* Marks the cells that the lines of a text name. */
static int mark_lines(const struct chooser *chooser, const char *file, char *text,
	const json_t *places, bool *marked)
{
	char *rest = text, *line;
	bool found = false;

	for (int number = 1; (line = strsep(&rest, "\n")); number++) {
		const char *name = name_in(line), *other;
		ssize_t place = plan_place(places, name);
		struct suggestion suggestion = suggest_for(name);
		char what[200];
		json_t *at;

		if (*name && place >= 0)
			found = marked[place] = true;
		if (!*name || place >= 0)
			continue;
		json_object_foreach((json_t *)places, other, at)
			suggest_candidate(&suggestion, other);
		snprintf(what, sizeof(what), "%.120s:%d: there is no cell", file, number);
		return no_such(chooser, &suggestion, what, name);
	}
	return found ? 0
		     : problem_set(chooser->why, -EINVAL,
			       "%.200s names no cell: write one name a line, as `igd-harness "
			       "plan` lists them",
			       file);
}

static int mark_file(const struct chooser *chooser, const char *file, bool *marked)
{
	json_t *places = plan_places(chooser->plan);
	size_t length = 0;
	char *text = NULL;
	int r = places ? fileio_read(AT_FDCWD, file, &text, &length, chooser->why) : -ENOMEM;

	if (r == -ENOENT)
		problem_set(
			chooser->why, r, "cannot read the cells %.200s: %s", file, strerror(-r));
	if (r == 0 && strlen(text) != length)
		r = problem_set(chooser->why, -EINVAL,
			"%.200s has a byte 0, which a text does not have: write one name of a cell a line",
			file);
	if (r == 0)
		r = mark_lines(chooser, file, text, places, marked);
	json_decref(places);
	free(text);
	return r;
}

/* Takes the cells that are kept into the plan. */
static int put_back(const struct chooser *chooser, json_t *plan)
{
	json_t *chosen = json_array(), *cell;
	int r = chosen ? 0 : -ENOMEM;
	size_t i;

	json_array_foreach(chooser->cells, i, cell)
	{
		if (chooser->kept[i] && json_array_append(chosen, cell) < 0)
			r = -ENOMEM;
	}
	if (r == 0 && json_array_size(chosen) == 0)
		r = problem_set(chooser->why, -ENOENT,
			"no cell is left: none is named by each of --select, --where, --tag and "
			"--cells that is given, and not by --exclude");
	if (r == 0 && json_object_set(plan, "cells", chosen) < 0)
		r = -ENOMEM;
	json_decref(chosen);
	return r;
}

int plan_choose(json_t *plan, const struct plan_choice *choice, struct problem *why)
{
	const struct string_list file = { .texts = { (char *)choice->cells },
		.count = choice->cells ? 1 : 0 };
	struct chooser chooser = {
		.plan = plan, .cells = json_object_get(plan, "cells"), .why = why
	};
	size_t total = json_array_size(chooser.cells);
	int r;

	chooser.kept = malloc(total + 1);
	r = chooser.kept ? 0 : -ENOMEM;
	if (r == 0)
		memset(chooser.kept, true, total);
	if (r == 0)
		r = by_name(&chooser, choice->select.texts, choice->select.count, true);
	if (r == 0)
		r = by_mark(&chooser, &choice->where, mark_where);
	if (r == 0)
		r = by_mark(&chooser, &choice->tags, mark_tag);
	if (r == 0)
		r = by_mark(&chooser, &file, mark_file);
	if (r == 0)
		r = by_name(&chooser, choice->exclude.texts, choice->exclude.count, false);
	if (r == 0)
		r = put_back(&chooser, plan);
	if (r == -ENOMEM)
		problem_set(why, r, "out of memory");
	free(chooser.kept);
	return r;
}

int plan_select(json_t *plan, char *const *select, size_t count, struct problem *why)
{
	struct plan_choice choice = { .select.count = count };

	memcpy(choice.select.texts, select, count * sizeof(*select));
	return plan_choose(plan, &choice, why);
}
