/* The data file of patterns: docs/use/patterns.md. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/below/below.h"
#include "harness/base/fileio.h"
#include "harness/base/version_range.h"
#include "harness/logs/private.h"
#include "harness/store/ending.h"
#include "harness/yaml/yaml.h"
#include "src/document.h"

#define LABEL_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define LABEL_MAX        48
#define WORDS_MAX        600 /* bytes of a meaning, an advice, a reference */
#define TEXT_MIN         6   /* bytes: a shorter one matches everywhere */
#define TEXT_MAX         EXPRESSION_MAX

enum { FORMAT, VERSION, PATTERNS, HEAD_KEYS };

static const struct yaml_key head_keys[HEAD_KEYS + 1] = {
	[FORMAT] = { "format", YAML_A_SCALAR, true },
	[VERSION] = { "version", YAML_A_SCALAR, true },
	[PATTERNS] = { "patterns", YAML_A_LIST, true },
};

enum {
	LABEL,
	LOG,
	TEXT,
	EXPRESSION,
	LAYER,
	SEVERITY,
	KNOWN,
	MEANING,
	ADVICE,
	REFERENCE,
	EXPLAINS,
	BREAKS_HOST,
	VERSIONS,
	SAMPLES,
	KEYS
};

static const struct yaml_key pattern_keys[KEYS + 1] = {
	[LABEL] = { "label", YAML_A_SCALAR, true },
	[LOG] = { "log", YAML_ITEMS, true },
	[TEXT] = { "text", YAML_A_SCALAR },
	[EXPRESSION] = { "pattern", YAML_A_SCALAR },
	[LAYER] = { "layer", YAML_A_SCALAR, true },
	[SEVERITY] = { "severity", YAML_A_SCALAR, true },
	[KNOWN] = { "known", YAML_A_SCALAR, true },
	[MEANING] = { "meaning", YAML_A_SCALAR, true },
	[ADVICE] = { "advice", YAML_A_SCALAR, true },
	[REFERENCE] = { "reference", YAML_A_SCALAR, true },
	[EXPLAINS] = { "explains", YAML_ITEMS },
	[BREAKS_HOST] = { "breaks_host", YAML_A_SCALAR },
	[VERSIONS] = { "versions", YAML_A_MAP },
	[SAMPLES] = { "samples", YAML_ITEMS, true },
};

/* Whose versions are detected: struct backend's identify(). */
static const struct yaml_key version_keys[] = {
	{ "qemu", YAML_A_SCALAR },
	{ "xen", YAML_A_SCALAR },
	{ "libxl", YAML_A_SCALAR },
	{ NULL },
};

static const struct yaml_word layers[] = { { "config", "config" }, { "libxl", "libxl" },
	{ "qemu", "QEMU" }, { "xen", "Xen" }, { "firmware", "firmware" },
	{ "guest kernel", "guest kernel" }, { "host", "host" }, { NULL, NULL } };

static const struct yaml_word severities[] = { { "cause", "cause" }, { "grave", "grave" },
	{ "sign", "sign" }, { "note", "note" }, { NULL, NULL } };

/* How sure it is that this text is what the program says. */
static const struct yaml_word knowns[] = { { "measured", "measured" }, { "source", "source" },
	{ "report", "report" }, { NULL, NULL } };

static int read_logs(
	const struct yaml_source *source, const struct yaml_node *node, struct pattern *pattern)
{
	for (const struct yaml_node *item = yaml_first_item(node); item;
		item = yaml_next_item(node, item)) {
		int log = 0;

		while (log < PATTERN_LOGS && strcmp(item->text, pattern_log_names[log]) != 0)
			log++;
		if (log == PATTERN_LOGS)
			return yaml_wrong(source, item->place,
				"no log is named \"%.60s\": use libxl, qemu, xen, dom0 or console",
				item->text);
		pattern->logs |= 1u << log;
	}
	return 0;
}

static int read_expression(
	const struct yaml_source *source, const struct yaml_node *node, struct pattern *pattern)
{
	char sentence[200];
	int error;

	if (!expression_check(node->text, sentence, sizeof(sentence)))
		return yaml_wrong(source, node->place, "%s", sentence);
	error = regcomp(&pattern->expression, node->text, REG_EXTENDED | REG_NOSUB);
	if (error) {
		regerror(error, &pattern->expression, sentence, sizeof(sentence));
		return yaml_wrong(source, node->place,
			"this is not an extended regular expression: %s; for a fixed text use "
			"`text`",
			sentence);
	}
	pattern->compiled = true;
	expression_literals(node->text, pattern->literals);
	if (pattern_hits(pattern, ""))
		return yaml_wrong(source, node->place,
			"this expression matches an empty line, and therefore every line: "
			"make it longer");
	return 0;
}

static int read_what(const struct yaml_source *source, const struct yaml_node *entry,
	const struct yaml_node **found, struct pattern *pattern)
{
	const struct yaml_node *node = found[TEXT] ? found[TEXT] : found[EXPRESSION];
	size_t length;

	if (!node || (found[TEXT] && found[EXPRESSION]))
		return yaml_wrong(source, entry->place,
			"a pattern has either `text`, a fixed text, or `pattern`, an extended "
			"regular expression");
	length = strlen(node->text);
	if (length < TEXT_MIN || length > TEXT_MAX)
		return yaml_wrong(source, node->place,
			"`%s` has %zu bytes: use %d to %d bytes, so that it matches one "
			"message only",
			node->key, length, TEXT_MIN, TEXT_MAX);
	if (node == found[EXPRESSION])
		return read_expression(source, node, pattern);
	pattern->text = json_string(node->text);
	return pattern->text ? 0 : yaml_no_memory(source);
}

static int read_about(
	const struct yaml_source *source, const struct yaml_node **found, struct pattern *pattern)
{
	const char *layer = NULL, *severity = NULL, *known = NULL;
	int r = yaml_check_name(source, found[LABEL]->place, "a label", found[LABEL]->text,
		LABEL_CHARACTERS, LABEL_MAX);

	if (r == 0)
		r = yaml_word(source, found[LAYER], layers, &layer);
	if (r == 0)
		r = yaml_word(source, found[SEVERITY], severities, &severity);
	if (r == 0)
		r = yaml_word(source, found[KNOWN], knowns, &known);
	for (int key = MEANING; key <= REFERENCE && r == 0; key++)
		r = yaml_check_words(source, found[key], WORDS_MAX);
	if (r < 0)
		return r;
	pattern->about = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "label",
		found[LABEL]->text, "layer", layer, "severity", severity, "known", known, "meaning",
		found[MEANING]->text, "advice", found[ADVICE]->text, "reference",
		found[REFERENCE]->text);
	return pattern->about ? 0 : yaml_no_memory(source);
}

/* Which endings a cause explains on its own; a match carries them. */
static int read_explains(
	const struct yaml_source *source, const struct yaml_node **found, struct pattern *pattern)
{
	json_t *endings = json_array();

	if (!endings || json_object_set_new(pattern->about, "explains", endings) < 0)
		return yaml_no_memory(source);
	if (strcmp(document_text(pattern->about, "severity"), "cause") != 0)
		return yaml_wrong(source, found[EXPLAINS]->key_place,
			"only a pattern of severity cause explains endings: remove `explains`");
	for (const struct yaml_node *item = yaml_first_item(found[EXPLAINS]); item;
		item = yaml_next_item(found[EXPLAINS], item)) {
		enum ending ending;

		if (ending_parse(item->text, &ending) < 0)
			return yaml_wrong(source, item->place,
				"no ending is named \"%.60s\": docs/use/verdicts.md lists the "
				"endings",
				item->text);
		if (json_array_append_new(endings, json_string(item->text)) < 0)
			return yaml_no_memory(source);
	}
	return 0;
}

/* Only what the kernels of the host say of themselves; a match carries it. */
static int read_breaks_host(
	const struct yaml_source *source, const struct yaml_node *node, struct pattern *pattern)
{
	const unsigned int of_host = 1u << PATTERN_XEN | 1u << PATTERN_DOM0;

	if (strcmp(node->text, "true") != 0)
		return yaml_wrong(source, node->place,
			"`breaks_host` is \"%.60s\": write true, or remove it", node->text);
	if (strcmp(document_text(pattern->about, "severity"), "grave") != 0 ||
		(pattern->logs & ~of_host))
		return yaml_wrong(source, node->key_place,
			"only a grave line of the logs xen and dom0 shows that the host broke: "
			"remove `breaks_host`");
	return json_object_set_new(pattern->about, "breaks_host", json_true()) < 0
		       ? yaml_no_memory(source)
		       : 0;
}

static int read_versions(
	const struct yaml_source *source, const struct yaml_node *map, struct pattern *pattern)
{
	const struct yaml_node *found[sizeof(version_keys) / sizeof(version_keys[0])];
	int r = yaml_keys(source, map, "`versions`", version_keys, found);

	if (r < 0)
		return r;
	pattern->versions = json_object();
	for (const struct yaml_node *range = map->first; range; range = range->next) {
		struct problem inner = { "" };

		if (version_range_check(range->text, &inner) < 0)
			return yaml_wrong(source, range->place, "%s", inner.text);
		if (json_object_set_new(pattern->versions, range->key, json_string(range->text)) <
			0)
			return yaml_no_memory(source);
	}
	return 0;
}

/* The samples are the pattern's test: each must match. Those of the shipped file take two thirds of
 * the time of loading it, and have been tried. */
static int read_samples(const struct yaml_source *source, const struct yaml_node *node,
	bool is_tried, struct pattern *pattern)
{
	pattern->samples = json_array();
	for (const struct yaml_node *item = yaml_first_item(node); item;
		item = yaml_next_item(node, item)) {
		char line[PATTERNS_LINE_MAX + 1];

		pattern_clean(item->text, strlen(item->text), line);
		if (strcmp(line, item->text) != 0)
			return yaml_wrong(source, item->place,
				"a sample is one line of printable ASCII, at most %d bytes",
				PATTERNS_LINE_MAX);
		if (!is_tried && !pattern_hits(pattern, line))
			return yaml_wrong(source, item->place,
				"this sample does not match its pattern: correct the sample or the "
				"pattern");
		if (json_array_append_new(pattern->samples, json_string(item->text)) < 0)
			return yaml_no_memory(source);
	}
	return 0;
}

/* `labels` maps a label to the line where it was said. */
static int read_pattern(struct patterns *patterns, const struct yaml_source *source,
	const struct yaml_node *entry, json_t *labels)
{
	struct pattern *pattern = &patterns->list[patterns->count++];
	const struct yaml_node *found[KEYS] = { NULL };
	const json_t *line;
	int r = yaml_keys(source, entry, "a pattern", pattern_keys, found);

	if (r == 0)
		r = read_about(source, found, pattern);
	if (r == 0)
		r = read_logs(source, found[LOG], pattern);
	if (r == 0)
		r = read_what(source, entry, found, pattern);
	if (r == 0 && found[EXPLAINS])
		r = read_explains(source, found, pattern);
	if (r == 0 && found[BREAKS_HOST])
		r = read_breaks_host(source, found[BREAKS_HOST], pattern);
	if (r == 0 && found[VERSIONS])
		r = read_versions(source, found[VERSIONS], pattern);
	if (r == 0)
		r = read_samples(source, found[SAMPLES], patterns->is_shipped, pattern);
	if (r < 0)
		return r;
	line = json_object_get(labels, found[LABEL]->text);
	if (line)
		return yaml_wrong(source, found[LABEL]->place,
			"the label %s is given twice, here and at line %d: change one",
			found[LABEL]->text, (int)json_integer_value(line));
	if (json_object_set_new(
		    labels, found[LABEL]->text, json_integer(found[LABEL]->place.line)) < 0)
		return yaml_no_memory(source);
	return 0;
}

static int read_all(
	struct patterns *patterns, const struct yaml_source *source, const struct yaml_node *root)
{
	const struct yaml_node *found[HEAD_KEYS] = { NULL };
	json_t *labels = json_object();
	int r = labels ? yaml_keys(source, root, "a file of patterns", head_keys, found)
		       : yaml_no_memory(source);

	if (r == 0)
		r = yaml_check_head(source, found[FORMAT], found[VERSION],
			&(struct yaml_head){ PATTERNS_FORMAT, "patterns", PATTERNS_VERSION });
	if (r < 0)
		goto out;
	if (found[PATTERNS]->count > PATTERNS_MAX) {
		r = yaml_wrong(source, found[PATTERNS]->key_place,
			"there are more than %d patterns", PATTERNS_MAX);
		goto out;
	}
	patterns->list = calloc(found[PATTERNS]->count + 1, sizeof(*patterns->list));
	r = patterns->list ? 0 : yaml_no_memory(source);
	for (const struct yaml_node *entry = found[PATTERNS]->first; entry && r == 0;
		entry = entry->next)
		r = read_pattern(patterns, source, entry, labels);
out:
	json_decref(labels);
	return r;
}

int patterns_parse(const char *file, const char *text, size_t length, struct patterns **patterns_r,
	struct problem *why)
{
	struct yaml_source source = { .file = file, .manual = "docs/use/patterns.md", .why = why };
	struct patterns *patterns = calloc(1, sizeof(*patterns));
	struct yaml_node *root = NULL;
	int r = patterns ? yaml_parse(&source, text, length, &root) : yaml_no_memory(&source);

	if (r < 0)
		goto out;
	patterns->file = strdup(file);
	patterns->text = strndup(text, length);
	patterns->length = length;
	digest_bytes(text, length, patterns->sha256);
	patterns->is_shipped = strcmp(patterns->sha256, shipped_patterns) == 0;
	r = patterns->file && patterns->text ? read_all(patterns, &source, root)
					     : yaml_no_memory(&source);
	if (r == 0 && literal_index_make(patterns->list, patterns->count, &patterns->index) < 0)
		r = yaml_no_memory(&source);
	if (r == 0) {
		*patterns_r = patterns;
		patterns = NULL;
	}
out:
	yaml_free(root);
	patterns_free(patterns);
	return r;
}

int patterns_load_at(int dir_fd, const char *name, const char *file, struct patterns **patterns_r,
	struct problem *why)
{
	char *text = NULL;
	size_t length = 0;
	bool more = false;
	int r = fileio_read_head(dir_fd, name, PATTERNS_FILE_MAX, &text, &length, &more, NULL);

	if (r < 0)
		return problem_set(why, r, "cannot read the patterns %s: %s", file, below_error(r));
	if (more)
		r = problem_set(why, -EINVAL, "%s:1:1: the file has more than %u bytes", file,
			PATTERNS_FILE_MAX);
	else
		r = patterns_parse(file, text, length, patterns_r, why);
	free(text);
	return r;
}

int patterns_load(const char *file, struct patterns **patterns_r, struct problem *why)
{
	return patterns_load_at(AT_FDCWD, file, file, patterns_r, why);
}
