#include "harness/yaml/yaml.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

/* The tree while it is being made. */
struct composer {
	const struct yaml_source *source;
	struct yaml_node *root;
	struct yaml_node *open; /* the container that the next node goes into */
	size_t depth;
	char *key; /* of the next node, when that is an entry of a mapping */
	struct yaml_place key_place;
	struct yaml_place last;
	bool documents; /* there was one */
};

void yaml_free(struct yaml_node *node)
{
	struct yaml_node *child, *next;

	if (!node)
		return;
	for (child = node->first; child; child = next) {
		next = child->next;
		yaml_free(child); /* no deeper than YAML_DEPTH_MAX */
	}
	free(node->key);
	free(node->text);
	free(node);
}

/* The text of a scalar as a string, or NULL with the error in *error_r. */
static char *scalar_text(struct composer *composer, struct fy_token *token, int *error_r)
{
	size_t length = 0;
	const char *text = fy_token_get_text(token, &length);
	char *copy;

	if (text && memchr(text, '\0', length)) {
		*error_r = yaml_wrong(
			composer->source, composer->last, "this text has a 0 byte: remove the \\0");
		return NULL;
	}
	copy = strndup(text ? text : "", text ? length : 0);
	if (!copy)
		*error_r = yaml_no_memory(composer->source);
	return copy;
}

/* Makes a node and puts it at the end of the open container. */
static int add(struct composer *composer, enum yaml_kind kind, struct yaml_node **node_r)
{
	struct yaml_node *into = composer->open;
	struct yaml_node *node = calloc(1, sizeof(*node));

	if (!node)
		return yaml_no_memory(composer->source);
	node->kind = kind;
	node->place = composer->last;
	node->parent = into;
	node->key = composer->key;
	node->key_place = composer->key_place;
	composer->key = NULL;
	if (!into) {
		yaml_free(composer->root);
		composer->root = node;
	} else {
		if (into->last)
			into->last->next = node;
		else
			into->first = node;
		into->last = node;
		into->count++;
	}
	*node_r = node;
	return 0;
}

static bool wants_key(const struct composer *composer)
{
	return composer->open && composer->open->kind == YAML_MAP && !composer->key;
}

static int take_scalar(struct composer *composer, struct fy_token *token)
{
	enum fy_scalar_style style = fy_token_scalar_style(token);
	bool quoted = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
	struct yaml_node *node = NULL;
	char *text = NULL;
	int r = 0;

	if (quoted && composer->last.column > 1)
		composer->last.column--; /* libfyaml's mark is behind the quote */
	text = scalar_text(composer, token, &r);
	if (!text)
		return r;
	if (wants_key(composer)) {
		composer->key = text;
		composer->key_place = composer->last;
		return 0;
	}
	r = add(composer, YAML_SCALAR, &node);
	if (r < 0) {
		free(text);
		return r;
	}
	node->text = text;
	node->plain = style == FYSS_PLAIN;
	return 0;
}

static int take_start(struct composer *composer, enum yaml_kind kind)
{
	struct yaml_node *node = NULL;
	int r;

	if (wants_key(composer))
		return yaml_wrong(composer->source, composer->last,
			"this key is a list or a mapping: write a word as the key");
	if (composer->depth == YAML_DEPTH_MAX)
		return yaml_wrong(composer->source, composer->last,
			"this is nested deeper than %d levels: no file needs more than 5",
			YAML_DEPTH_MAX);
	r = add(composer, kind, &node);
	if (r < 0)
		return r;
	composer->open = node;
	composer->depth++;
	return 0;
}

/* Two readers could believe different ones, so no key may be there twice. */
static int check_keys_once(struct composer *composer, const struct yaml_node *map)
{
	const struct yaml_node *entry;
	json_t *lines = json_object();
	int r = 0;

	for (entry = map->first; entry && r == 0; entry = entry->next) {
		const json_t *line = json_object_get(lines, entry->key);

		if (line)
			r = yaml_wrong(composer->source, entry->key_place,
				"key \"%.60s\" is given twice, here and at line %d: remove one",
				entry->key, (int)json_integer_value(line));
		else if (json_object_set_new(
				 lines, entry->key, json_integer(entry->key_place.line)) < 0)
			r = yaml_no_memory(composer->source);
	}
	json_decref(lines);
	return r;
}

static int take_end(struct composer *composer)
{
	const struct yaml_node *node = composer->open;

	if (!node)
		return 0;
	composer->open = node->parent;
	composer->depth--;
	return node->kind == YAML_MAP && node->count > 1 ? check_keys_once(composer, node) : 0;
}

static int take_event(struct composer *composer, struct fy_event *event)
{
	const struct fy_mark *mark = fy_event_start_mark(event);

	/* A value that is not there has no mark: it is where its key is. */
	if (mark)
		composer->last = (struct yaml_place){ mark->line + 1, mark->column + 1 };
	if (event->type == FYET_ALIAS || fy_event_get_anchor_token(event))
		return yaml_wrong(composer->source, composer->last,
			"anchors and aliases are not supported: write the value itself");
	if (fy_event_get_tag_token(event))
		return yaml_wrong(composer->source, composer->last,
			"tags are not supported: remove the !, and put a text in quotes");
	switch (event->type) {
	case FYET_DOCUMENT_START:
		if (composer->documents)
			return yaml_wrong(composer->source, composer->last,
				"a second document begins here, but a file has only one: remove "
				"the ---");
		composer->documents = true;
		return 0;
	case FYET_MAPPING_START:
		return take_start(composer, YAML_MAP);
	case FYET_SEQUENCE_START:
		return take_start(composer, YAML_LIST);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		return take_end(composer);
	case FYET_SCALAR:
		return take_scalar(composer, event->scalar.value);
	default:
		return 0;
	}
}

/* Turns libfyaml's first complaint into ours. */
static int not_yaml(const struct composer *composer, struct fy_diag *diag)
{
	const struct fy_diag_error *error;
	struct yaml_place place = composer->last;
	void *previous = NULL;

	error = fy_diag_errors_iterate(diag, &previous);
	if (error && error->line > 0)
		place = (struct yaml_place){ error->line, error->column };
	return yaml_wrong(composer->source, place, "not YAML: %.200s; correct this line",
		error && error->msg ? error->msg : "libfyaml gives no reason");
}

static int compose(struct composer *composer, const char *text, size_t length)
{
	struct fy_diag_cfg diag_cfg;
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG |
					     FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE };
	struct fy_parser *parser = NULL;
	struct fy_event *event;
	int r = -ENOMEM;

	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	cfg.diag = fy_diag_create(&diag_cfg);
	if (!cfg.diag)
		goto out;
	fy_diag_set_collect_errors(cfg.diag, true);
	parser = fy_parser_create(&cfg);
	if (!parser || fy_parser_set_string(parser, text, length) < 0)
		goto out;
	r = 0;
	while (r == 0 && (event = fy_parser_parse(parser))) {
		r = take_event(composer, event);
		fy_parser_event_free(parser, event);
	}
	if (r == 0 && (fy_parser_get_stream_error(parser) || composer->depth > 0))
		r = not_yaml(composer, cfg.diag);
out:
	if (r == -ENOMEM)
		yaml_say_no_memory(composer->source);
	fy_parser_destroy(parser);
	fy_diag_destroy(cfg.diag);
	return r;
}

/* Steps over one well-formed character; libfyaml silently stops reading at anything else. */
static size_t character_length(const char *text, size_t length)
{
	unsigned char lead = (unsigned char)text[0];
	size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	json_t *checked;

	if (lead < 0x20 ? !strchr("\t\n\r", lead) || lead == 0 : lead == 0x7f)
		return 0;
	if (lead < 0x80)
		return 1;
	checked = bytes <= length ? json_stringn(text, bytes) : NULL;
	if (!checked)
		return 0;
	json_decref(checked);
	return bytes;
}

static int check_characters(const struct yaml_source *source, const char *text, size_t length)
{
	struct yaml_place place = { 1, 1 };

	for (size_t i = 0, step; i < length; i += step) {
		step = character_length(text + i, length - i);
		if (step == 0)
			return yaml_wrong(source, place,
				"byte 0x%02x is not UTF-8: remove it, or save the file as UTF-8",
				(unsigned int)(unsigned char)text[i]);
		place.column++;
		if (text[i] == '\n')
			place = (struct yaml_place){ place.line + 1, 1 };
	}
	return 0;
}

int yaml_parse(const struct yaml_source *source, const char *text, size_t length,
	struct yaml_node **root_r)
{
	struct composer composer = { .source = source, .last = { 1, 1 } };
	int r;

	r = check_characters(source, text, length);
	if (r == 0)
		r = compose(&composer, text, length);
	if (r == 0 && !composer.root)
		r = yaml_wrong(source, composer.last,
			"the file is empty: %s has an example to begin with", source->manual);
	if (r == 0) {
		*root_r = composer.root;
		composer.root = NULL;
	}
	free(composer.key);
	yaml_free(composer.root);
	return r;
}
