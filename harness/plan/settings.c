#include "harness/plan/settings.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/suggest.h"
#include "harness/plan/settings/forms.h"

const struct setting *setting_find(const char *backend, const char *name)
{
	for (const struct setting *setting = setting_table; setting->name; setting++) {
		if (strcmp(setting->backend, backend) == 0 && strcmp(setting->name, name) == 0)
			return setting;
	}
	return NULL;
}

static int unknown(const char *backend, const char *name, struct problem *why)
{
	struct suggestion suggestion = suggest_for(name);
	const char *reason = setting_why_not(backend, name);
	bool known = false;

	if (reason)
		return problem_set(
			why, -EINVAL, "%s has no setting \"%.40s\": %s", backend, name, reason);

	for (const struct setting *setting = setting_table; setting->name; setting++) {
		if (strcmp(setting->backend, backend) == 0) {
			known = true;
			suggest_candidate(&suggestion, setting->name);
		}
	}
	if (!known)
		return problem_set(why, -EINVAL,
			"no back end \"%.40s\" has settings: write %s or %s", backend,
			setting_backends[0], setting_backends[1]);
	if (suggestion.best)
		return problem_set(why, -EINVAL,
			"%s has no setting \"%.40s\": did you mean \"%s\"?", backend, name,
			suggestion.best);
	return problem_set(why, -EINVAL,
		"%s has no setting \"%.40s\": `igd-harness plan --settings` lists them%s", backend,
		name,
		strcmp(backend, "libxl") == 0
			? "; write keys of libxl's own configuration in domain_config"
			: "");
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (size_t i = 0; words[i]; i++) {
		if (word && strcmp(word, words[i]) == 0)
			return true;
	}
	return false;
}

static int check_word(const struct setting *setting, const char *word, struct problem *why)
{
	char allowed[128] = "";
	size_t used = 0;

	if (is_one_of(word, setting->words))
		return 0;
	for (size_t i = 0; setting->words[i] && used < sizeof(allowed); i++)
		used += (size_t)snprintf(allowed + used, sizeof(allowed) - used, "%s%s",
			i > 0 ? ", " : "", setting->words[i]);
	return problem_set(why, -EINVAL, "%s setting %s is one of %s", setting->backend,
		setting->name, allowed);
}

static bool is_in_range(const struct setting *setting, const json_t *item)
{
	return json_is_integer(item) && json_integer_value(item) >= setting->min &&
	       json_integer_value(item) <= setting->max;
}

static int check_whole(const struct setting *setting, const json_t *value, struct problem *why)
{
	if (is_in_range(setting, value))
		return 0;
	return problem_set(why, -EINVAL,
		"%s setting %s is a whole number from %ld to %ld, without quotes", setting->backend,
		setting->name, setting->min, setting->max);
}

/* A list of at most `max` items, each of which `is_right`; the sentence says what they are. */
static int check_list(const struct setting *setting, const json_t *value,
	bool (*is_right)(const struct setting *setting, const json_t *item), const char *wanted,
	size_t *item_r, struct problem *why)
{
	size_t max = setting->kind == SETTING_TEXTS ? (size_t)setting->max : SETTING_ITEMS_MAX;
	const json_t *item;
	size_t i;

	if (!json_is_array(value))
		return problem_set(why, -EINVAL, "%s setting %s is a list of %s", setting->backend,
			setting->name, wanted);
	if (json_array_size(value) > max)
		return problem_set(why, -EINVAL, "%s setting %s has %zu items and may have %zu",
			setting->backend, setting->name, json_array_size(value), max);
	json_array_foreach(value, i, item)
	{
		*item_r = i;
		if (!is_right(setting, item))
			return problem_set(why, -EINVAL, "%s setting %s is a list of %s",
				setting->backend, setting->name, wanted);
	}
	*item_r = SETTING_NO_ITEM;
	return 0;
}

static bool is_text(const struct setting *setting, const json_t *item)
{
	return json_is_string(item);
}

/* A text that can be an argument of a program: of one line, with nothing that moves a cursor. */
static int check_form(const struct setting *setting, const char *text, size_t min, size_t max,
	struct problem *why)
{
	struct problem inner = { "" };

	if (strlen(text) < min)
		return problem_set(why, -EINVAL, "%s setting %s is empty: write a value",
			setting->backend, setting->name);
	if (strlen(text) > max)
		return problem_set(why, -EINVAL,
			"%s setting %s has a text of %zu bytes and may have %zu", setting->backend,
			setting->name, strlen(text), max);
	for (const char *at = text; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return problem_set(why, -EINVAL,
				"%s setting %s has a control character in its text: remove it",
				setting->backend, setting->name);
	}
	if (setting->check && setting->check(text, &inner) < 0)
		return problem_set(why, -EINVAL, "%s setting %s: %s", setting->backend,
			setting->name, inner.text);
	return 0;
}

static int check_text(const struct setting *setting, const json_t *value, struct problem *why)
{
	if (!json_is_string(value))
		return problem_set(why, -EINVAL, "%s setting %s is a text: put it in quotes",
			setting->backend, setting->name);
	return check_form(
		setting, json_string_value(value), (size_t)setting->min, (size_t)setting->max, why);
}

/* What the items of a value exclude of each other. */
static int check_together(
	const struct setting *setting, const json_t *value, size_t *item_r, struct problem *why)
{
	struct problem inner = { "" };

	if (!setting->check_all || setting->check_all(value, item_r, &inner) == 0)
		return 0;
	return problem_set(
		why, -EINVAL, "%s setting %s: %s", setting->backend, setting->name, inner.text);
}

static int check_texts(
	const struct setting *setting, const json_t *value, size_t *item_r, struct problem *why)
{
	size_t bytes = 0;
	int r = check_list(setting, value, is_text, "texts: put each in quotes", item_r, why);

	for (size_t i = 0; i < json_array_size(value) && r == 0; i++) {
		const char *text = json_string_value(json_array_get(value, i));

		*item_r = i;
		bytes += strlen(text);
		r = check_form(setting, text, 1, SETTING_TEXT_MAX, why);
		if (r == 0 && bytes > SETTING_TEXTS_BYTES)
			r = problem_set(why, -EINVAL,
				"%s setting %s has texts of more than %d bytes together",
				setting->backend, setting->name, SETTING_TEXTS_BYTES);
	}
	if (r < 0)
		return r;
	*item_r = SETTING_NO_ITEM;
	return check_together(setting, value, item_r, why);
}

static int check_wholes(
	const struct setting *setting, const json_t *value, size_t *item_r, struct problem *why)
{
	char wanted[80];

	snprintf(wanted, sizeof(wanted), "whole numbers from %ld to %ld, without quotes",
		setting->min, setting->max);
	return check_list(setting, value, is_in_range, wanted, item_r, why);
}

static int check_tree(
	const struct setting *setting, const json_t *value, size_t *item_r, struct problem *why)
{
	if (!json_is_object(value))
		return problem_set(why, -EINVAL, "%s setting %s is a mapping", setting->backend,
			setting->name);
	return check_together(setting, value, item_r, why);
}

static int check_bool(const struct setting *setting, const json_t *value, struct problem *why)
{
	if (json_is_boolean(value))
		return 0;
	return problem_set(
		why, -EINVAL, "%s setting %s is true or false", setting->backend, setting->name);
}

int setting_check(const char *backend, const char *name, const json_t *value, size_t *item_r,
	struct problem *why)
{
	const struct setting *setting = setting_find(backend, name);
	size_t nowhere;

	if (!item_r)
		item_r = &nowhere;
	*item_r = SETTING_NO_ITEM;
	if (!setting)
		return unknown(backend, name, why);
	switch (setting->kind) {
	case SETTING_BOOL:
		return check_bool(setting, value, why);
	case SETTING_WHOLE:
		return check_whole(setting, value, why);
	case SETTING_WHOLES:
		return check_wholes(setting, value, item_r, why);
	case SETTING_WORD:
		return check_word(setting, json_string_value(value), why);
	case SETTING_TEXT:
		return check_text(setting, value, why);
	case SETTING_TEXTS:
		return check_texts(setting, value, item_r, why);
	case SETTING_TREE:
		return check_tree(setting, value, item_r, why);
	}
	return -EINVAL;
}
