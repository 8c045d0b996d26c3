#include "harness/host/lspci_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/lspci_line.h"

#define IDS_BYTES   4    /* vendor and device, at the beginning of configuration space */
#define ROW_MAX     16   /* bytes of configuration space in a line */
#define ABSENT_BYTE 0xff /* what is read of a function that does not answer */

struct reading {
	struct lspci_text *text;
	struct lspci_function *current; /* that the lines are about, or NULL */
	struct problem *why;
};

static void free_config(struct lspci_function *function)
{
	free(function->config);
	function->config = NULL;
	function->config_bytes = 0;
}

/* The function of that address, made if it is new; NULL if there are too many, or no memory. */
static struct lspci_function *find_or_add(struct lspci_text *text, struct bdf where)
{
	struct lspci_function *function = text->functions;

	for (size_t i = 0; i < text->count; i++, function++) {
		if (bdf_equal(function->where, where))
			return function;
	}
	if (text->count == LSPCI_FUNCTIONS_MAX)
		return NULL;
	function = &text->functions[text->count++];
	*function = (struct lspci_function){ .where = where, .words = LSPCI_NO_WORDS };
	return function;
}

/* Takes over a value that the text says, and keeps it if it says nothing later. */
static void take(int32_t *value, int32_t said)
{
	if (said >= 0)
		*value = said;
}

/* An output of a second machine in the same file would be mixed with the first. */
static int two_machines(const struct reading *reading)
{
	return problem_set(reading->why, -EINVAL,
		"%s: the file has two different devices at one address, so it is "
		"the output of two machines: give the output of one machine",
		reading->text->name);
}

static int take_words(const struct reading *reading, const struct lspci_words *said)
{
	struct lspci_words *words = &reading->current->words;

	if ((said->device >= 0 && words->device >= 0 && said->device != words->device) ||
		(said->vendor >= 0 && words->vendor >= 0 && said->vendor != words->vendor))
		return two_machines(reading);
	take(&words->vendor, said->vendor);
	take(&words->device, said->device);
	take(&words->class, said->class);
	take(&words->revision, said->revision);
	take(&words->subsystem_vendor, said->subsystem_vendor);
	take(&words->subsystem, said->subsystem);
	if (said->driver[0])
		memcpy(words->driver, said->driver, sizeof(words->driver));
	return 0;
}

/*
 * Rows follow each other from 0 on. One that does not continue the last is of a function whose own
 * line is not there, and the same offset again begins a second output of the same function.
 */
static int take_row(struct reading *reading, const struct lspci_line *line)
{
	struct lspci_function *function = reading->current;

	if (!function)
		return 0;
	if (line->offset == 0 && function->config_bytes >= IDS_BYTES) {
		if (line->bytes >= IDS_BYTES && memcmp(function->config, line->row, IDS_BYTES) != 0)
			return two_machines(reading);
		function->config_bytes = 0;
	}
	if (line->offset != function->config_bytes ||
		line->offset + line->bytes > LSPCI_CONFIG_MAX) {
		reading->current = NULL;
		return 0;
	}
	if (!function->config)
		function->config = malloc(LSPCI_CONFIG_MAX);
	if (!function->config)
		return -ENOMEM;
	memcpy(function->config + line->offset, line->row, line->bytes);
	function->config_bytes += line->bytes;
	/* A row that is cut short ends the function: nothing can follow it. */
	if (line->bytes < ROW_MAX)
		reading->current = NULL;
	return 0;
}

static int take_line(struct reading *reading, const char *raw)
{
	struct lspci_line line;

	lspci_line_parse(raw, &line);
	switch (line.kind) {
	case LSPCI_LINE_ADDRESS:
		reading->current = find_or_add(reading->text, line.where);
		return reading->current ? take_words(reading, &line.words) : 0;
	case LSPCI_LINE_WORDS:
		return reading->current ? take_words(reading, &line.words) : 0;
	case LSPCI_LINE_ROW:
		return take_row(reading, &line);
	case LSPCI_LINE_BAD_ADDRESS:
		reading->current = NULL;
		return 0;
	case LSPCI_LINE_OTHER:
		break;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct lspci_function *left = a, *right = b;

	return bdf_compare(left->where, right->where);
}

/* Drops what is no configuration space: too little to have a class, or of a device that does not
 * answer. */
static void settle(struct lspci_text *text)
{
	const struct bdf bridge = { 0 }, slot = { .slot = 2, .function = 7 };
	bool has_bridge = false, has_later = false;

	for (size_t i = 0; i < text->count; i++) {
		struct lspci_function *function = &text->functions[i];

		if (function->config_bytes < ROW_MAX ||
			(function->config[0] == ABSENT_BYTE && function->config[1] == ABSENT_BYTE))
			free_config(function);
		if (bdf_equal(function->where, bridge))
			has_bridge = true;
		else if (bdf_compare(function->where, slot) > 0)
			has_later = true;
	}
	text->whole = has_bridge && has_later;
	qsort(text->functions, text->count, sizeof(text->functions[0]), compare);
}

int lspci_text_read(const struct record *record, struct lspci_text *text_r, struct problem *why)
{
	struct lspci_text text = { .name = record->name,
		.functions = calloc(LSPCI_FUNCTIONS_MAX, sizeof(struct lspci_function)) };
	struct record_reader reader = { .record = record };
	struct reading reading = { .text = &text, .why = why };
	char line[RECORD_LINE_MAX];
	int r = text.functions ? 0 : -ENOMEM;

	while (r == 0 && record_line(&reader, line))
		r = take_line(&reading, line);
	if (r == 0)
		settle(&text);
	if (r == 0 && text.count == 0)
		r = problem_set(why, -EINVAL,
			"%s: the file has no PCI device: give the output of `lspci -xxxx`, "
			"or at least of `lspci -nnk`",
			record->name);
	if (r < 0)
		lspci_text_free(&text);
	else
		*text_r = text;
	return r;
}

void lspci_text_free(struct lspci_text *text)
{
	for (size_t i = 0; i < text->count; i++)
		free_config(&text->functions[i]);
	free(text->functions);
	*text = (struct lspci_text){ 0 };
}
