#include "harness/logs/patterns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/version_range.h"
#include "harness/logs/private.h"
#include "harness/logs/subject.h"
#include "src/document.h"
#include "src/wire.h"

const char *const pattern_log_names[PATTERN_LOGS] = {
	[PATTERN_LIBXL] = "libxl",
	[PATTERN_QEMU] = "qemu",
	[PATTERN_XEN] = "xen",
	[PATTERN_DOM0] = "dom0",
	[PATTERN_CONSOLE] = "console",
};

/* The lines of one log that match one pattern. */
struct hit {
	size_t line, count;
	const char *bytes; /* of the first line, in the log */
	size_t length;
	bool elsewhere; /* they name a different domain or device */
};

void patterns_free(struct patterns *patterns)
{
	if (!patterns)
		return;
	for (size_t i = 0; i < patterns->count; i++) {
		struct pattern *pattern = &patterns->list[i];

		if (pattern->compiled)
			regfree(&pattern->expression);
		json_decref(pattern->about);
		json_decref(pattern->text);
		json_decref(pattern->versions);
		json_decref(pattern->samples);
	}
	literal_index_free(patterns->index);
	free(patterns->list);
	free(patterns->file);
	free(patterns->text);
	free(patterns);
}

const char *patterns_text(const struct patterns *patterns, size_t *length_r)
{
	*length_r = patterns->length;
	return patterns->text;
}

json_t *patterns_identity(const struct patterns *patterns)
{
	/* A name that is no UTF-8 still opens the file; the findings then go without it. */
	json_t *file = json_string(patterns->file);

	return json_pack(
		"{s:o, s:s}", "file", file ? file : json_null(), "sha256", patterns->sha256);
}

json_t *patterns_labels(const struct patterns *patterns)
{
	json_t *labels = json_array();

	for (size_t i = 0; i < patterns->count; i++)
		json_array_append(labels, json_object_get(patterns->list[i].about, "label"));
	return labels;
}

const json_t *patterns_samples(const struct patterns *patterns, const char *label)
{
	for (size_t i = 0; i < patterns->count; i++) {
		const struct pattern *pattern = &patterns->list[i];
		const char *own = json_string_value(json_object_get(pattern->about, "label"));

		if (strcmp(own, label) == 0)
			return pattern->samples;
	}
	return NULL;
}

bool pattern_hits(const struct pattern *pattern, const char *line)
{
	if (pattern->text)
		return strstr(line, json_string_value(pattern->text)) != NULL;
	return regexec(&pattern->expression, line, 0, NULL, 0) == 0;
}

/* Eight of each byte. */
#define EIGHT(byte) (UINT64_C(0x0101010101010101) * (byte))

/*
 * Are eight bytes printable? The upper bit of a byte shows one that is not: it has that bit itself,
 * or it gets it by the addition (0x7f), or by the subtraction (below a blank; a byte that borrowed
 * from the next one shows itself).
 */
static bool are_printable(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return ((word | (word + EIGHT(1)) | (word - EIGHT(' '))) & EIGHT(0x80)) == 0;
}

size_t pattern_clean(const char *bytes, size_t length, char line[static PATTERNS_LINE_MAX + 1])
{
	size_t i = 0;

	if (length > 0 && bytes[length - 1] == '\r')
		length--;
	if (length > PATTERNS_LINE_MAX)
		length = PATTERNS_LINE_MAX;
	memcpy(line, bytes, length);
	line[length] = 0;
	while (i < length) {
		if (length - i >= sizeof(uint64_t) && are_printable(line + i)) {
			i += sizeof(uint64_t);
			continue;
		}
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '?';
		i++;
	}
	return length;
}

/* A line of a log, and what of it is searched. */
struct line {
	size_t number;
	const char *bytes; /* of the log */
	size_t length;
	char text[PATTERNS_LINE_MAX + 1];
	size_t text_length;
};

/* A line of the cell's own takes the place of lines from elsewhere. */
static void note(struct hit *hit, const struct line *line, bool elsewhere)
{
	if (hit->count > 0 && elsewhere && !hit->elsewhere)
		return;
	if (hit->count > 0 && !elsewhere && hit->elsewhere)
		*hit = (struct hit){ 0 };
	if (hit->count++ > 0)
		return;
	hit->elsewhere = elsewhere;
	hit->line = line->number;
	hit->bytes = line->bytes;
	hit->length = line->length;
}

/* A search of one log for some patterns; hits[i] is of pattern i. */
struct search {
	const struct patterns *patterns;
	struct pattern_set asked;
	const struct log_subject *subject;
	enum pattern_log log;
	struct hit *hits;
};

static void search_line(const struct search *search, const struct line *line)
{
	struct pattern_set possible;

	literal_index_find(search->patterns->index, line->text, line->text_length, &possible);
	for (size_t word = 0; word < PATTERNS_MAX / 64; word++) {
		uint64_t bits = possible.bits[word] & search->asked.bits[word];

		for (; bits; bits &= bits - 1) {
			size_t i = word * 64 + (size_t)__builtin_ctzll(bits);

			if (pattern_hits(&search->patterns->list[i], line->text))
				note(&search->hits[i], line,
					log_subject_is_elsewhere(
						search->subject, search->log, line->text));
		}
	}
}

static void search_log(const struct search *search, const struct pattern_input *input)
{
	size_t length = input->length < PATTERNS_LOG_MAX ? input->length : PATTERNS_LOG_MAX;
	const char *at = input->bytes, *end = at + length;
	struct line line = { 0 };

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		line.number++;
		line.bytes = at;
		line.length = (size_t)((newline ? newline : end) - at);
		line.text_length = pattern_clean(line.bytes, line.length, line.text);
		at += line.length + 1;
		if (line.text_length > 0 && strncmp(line.text, WIRE_MAGIC, strlen(WIRE_MAGIC)) != 0)
			search_line(search, &line);
	}
}

/* Adds what was found of one pattern in one log. Returns 0, or -1 without memory. */
static int give(json_t *matches, const struct pattern *pattern, const struct pattern_input *input,
	const struct hit *hit)
{
	json_t *match = json_copy(pattern->about);
	char text[PATTERNS_LINE_MAX + 1];

	pattern_clean(hit->bytes, hit->length, text);
	text[PATTERNS_TEXT_MAX] = '\0';

	json_t *where = json_pack("{s:s, s:s, s:I, s:s, s:I}", "log", pattern_log_names[input->log],
		"file", input->file, "line", (json_int_t)hit->line, "text", text, "count",
		(json_int_t)hit->count);
	int r = json_object_update(match, where);

	json_decref(where);
	if (r == 0 && hit->elsewhere)
		r = pattern_doubt(match, "note", "the line names a different domain or device");
	if (r < 0)
		json_decref(match);
	return r < 0 ? r : json_array_append_new(matches, match);
}

static bool breaks_host(const struct pattern *pattern)
{
	return json_is_true(json_object_get(pattern->about, "breaks_host"));
}

/* Of the patterns that `wanted` has those that are about that log. */
static struct pattern_set asked_of(
	const struct patterns *patterns, const bool *wanted, enum pattern_log log)
{
	struct pattern_set asked = { 0 };

	for (size_t i = 0; i < patterns->count; i++) {
		if (wanted[i] && patterns->list[i].logs & (1u << log))
			pattern_set_add(&asked, i);
	}
	return asked;
}

/* `is_asked` chooses patterns; NULL: all. */
static json_t *match_some(const struct patterns *patterns, const struct pattern_input *inputs,
	size_t count, const json_t *versions, const struct log_subject *subject,
	bool (*is_asked)(const struct pattern *pattern))
{
	struct hit *hits = calloc(patterns->count * count + 1, sizeof(*hits));
	bool *wanted = calloc(patterns->count + 1, sizeof(*wanted));
	json_t *matches = json_array();
	int r = -1;

	if (!hits || !wanted || !matches)
		goto out;
	r = 0;
	for (size_t i = 0; i < patterns->count; i++) {
		const char *unknown = NULL;

		wanted[i] = (!is_asked || is_asked(&patterns->list[i])) &&
			    version_ranges_hold(patterns->list[i].versions, versions, &unknown);
	}
	for (size_t log = 0; log < count; log++)
		search_log(&(struct search){ patterns, asked_of(patterns, wanted, inputs[log].log),
				   subject, inputs[log].log, hits + log * patterns->count },
			&inputs[log]);
	for (size_t i = 0; i < patterns->count && r == 0; i++) {
		for (size_t log = 0; log < count && r == 0; log++) {
			const struct hit *hit = &hits[log * patterns->count + i];

			if (hit->count > 0)
				r = give(matches, &patterns->list[i], &inputs[log], hit);
		}
	}
out:
	free(hits);
	free(wanted);
	if (r < 0) {
		json_decref(matches);
		return NULL;
	}
	return matches;
}

json_t *patterns_match(const struct patterns *patterns, const struct pattern_input *inputs,
	size_t count, const json_t *versions, const struct log_subject *subject)
{
	return match_some(patterns, inputs, count, versions, subject, NULL);
}

json_t *patterns_match_breaking_host(const struct patterns *patterns,
	const struct pattern_input *inputs, size_t count, const json_t *versions)
{
	return match_some(patterns, inputs, count, versions, NULL, breaks_host);
}

int pattern_doubt(json_t *match, const char *severity, const char *reason)
{
	if (json_object_set_new(match, "severity", json_string(severity)) < 0 ||
		json_object_set_new(match, "doubt", json_string(reason)) < 0)
		return -ENOMEM;
	return 0;
}

bool pattern_explains(const json_t *match, const char *ending)
{
	const json_t *endings = json_object_get(match, "explains");

	return !endings || document_has_text(endings, ending);
}

const json_t *patterns_first_grave(const json_t *matches)
{
	const json_t *match;
	size_t i;

	json_array_foreach(matches, i, match)
	{
		if (pattern_is_grave(match) ||
			(pattern_is_cause(match) &&
				document_has_text(json_object_get(match, "explains"), "done")))
			return match;
	}
	return NULL;
}
