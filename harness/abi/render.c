/* An audit for people. */
#include <errno.h>
#include <string.h>

#include "harness/abi/abi.h"
#include "harness/base/escape.h"
#include "src/document.h"

#define COLUMNS  100
#define WORD_MAX 512

/* Words in lines that begin at column `indent` and end before COLUMNS. */
struct words {
	FILE *stream;
	int indent, column;
};

static void put_word(struct words *words, const char *word)
{
	int length = (int)strlen(word);

	if (words->column > words->indent && words->column + 1 + length > COLUMNS) {
		fputc('\n', words->stream);
		words->column = 0;
	}
	if (words->column == 0)
		words->column = fprintf(words->stream, "%*s", words->indent, "");
	else
		words->column += fprintf(words->stream, " ");
	escape_text(words->stream, word);
	words->column += length;
}

/* Writes lines of a text; `head` comes first and ends with a blank. */
static void put_text(FILE *stream, int indent, const char *head, const char *text)
{
	struct words words = { stream, indent, 0 };
	const char *parts[] = { head, text };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (const char *c = parts[i]; *c; c += strspn(c, " ")) {
			char word[WORD_MAX];

			snprintf(word, sizeof(word), "%.*s", (int)strcspn(c, " "), c);
			put_word(&words, word);
			c += strcspn(c, " ");
		}
	}
	fputc('\n', stream);
}

/* Is the same to be said of both? */
static bool is_same(const json_t *one, const json_t *other)
{
	static const char *const keys[] = { "library", "use", "class", "replacement", "hypercall",
		"only", "weak" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!json_equal(json_object_get(one, keys[i]), json_object_get(other, keys[i])))
			return false;
	}
	return true;
}

/* A line, if the symbol has something to say there. */
static void print_line(const json_t *symbol, const char *key, const char *head, FILE *stream)
{
	const char *text = document_text(symbol, key);

	if (text[0])
		put_text(stream, 8, head, text);
}

static void print_about(const json_t *symbol, FILE *stream)
{
	const char *class = document_text(symbol, "class");
	char head[64];

	if (class[0]) {
		snprintf(head, sizeof(head), "%s: ", class);
		print_line(symbol, "replacement", head, stream);
	} else {
		put_text(stream, 8, "not classified: ", "the table of symbols does not have it");
	}
	print_line(symbol, "hypercall", "today: ", stream);
	print_line(symbol, "only", "only for: ", stream);
	if (strcmp(class, "proposed") == 0)
		print_line(symbol, "source", "proposal: ", stream);
	if (json_is_true(json_object_get(symbol, "weak")))
		put_text(stream, 8, "weak: ", "it starts without it");
}

/*
 * Prints the symbols of which the same is to be said, from number `i` on; they are neighbours.
 * Returns how many.
 */
static size_t print_group(const json_t *symbols, size_t i, FILE *stream)
{
	const json_t *first = json_array_get(symbols, i), *symbol = first, *next;
	struct words words = { stream, 4, 0 };
	char word[WORD_MAX];
	size_t count = 0;

	for (; symbol; symbol = next) {
		next = json_array_get(symbols, i + ++count);
		if (next && !is_same(first, next))
			next = NULL;
		snprintf(
			word, sizeof(word), "%s%s", document_text(symbol, "name"), next ? "," : "");
		put_word(&words, word);
	}
	fputc('\n', stream);
	print_about(first, stream);
	return count;
}

static void print_library(const json_t *library, FILE *stream)
{
	const char *xen = document_text(library, "xen");
	json_int_t count = json_integer_value(json_object_get(library, "symbols"));

	fputc('\n', stream);
	escape_text(stream, document_text(library, "name"));
	if (xen[0]) {
		fputs(", only for Xen ", stream);
		escape_text(stream, xen);
	} else {
		fputs(", unstable", stream);
	}
	fprintf(stream, ": %" JSON_INTEGER_FORMAT " symbol%s\n", count, count == 1 ? "" : "s");
}

/* They are sorted by library and use. */
static void print_unstable(const json_t *entry, const json_t *library, FILE *stream)
{
	const json_t *symbols = json_object_get(entry, "unstable"), *symbol;
	const char *use = NULL;

	for (size_t i = 0; (symbol = json_array_get(symbols, i));) {
		if (strcmp(document_text(symbol, "library"), document_text(library, "name")) != 0) {
			i++;
			continue;
		}
		if (!use)
			print_library(library, stream);
		if (!use || strcmp(use, document_text(symbol, "use")) != 0) {
			use = document_text(symbol, "use");
			fprintf(stream, "  %s\n", use[0] ? use : "other");
		}
		i += print_group(symbols, i, stream);
	}
}

/* "libxenstore.so.4 18, libxentoolcore.so.1 1" */
static void print_stable(const json_t *entry, FILE *stream)
{
	struct words words = { stream, 0, 0 };
	const char *before = NULL;
	const json_t *library;
	char word[WORD_MAX];
	size_t i;

	json_array_foreach(json_object_get(entry, "libraries"), i, library)
	{
		if (!json_is_true(json_object_get(library, "stable")))
			continue;
		put_word(&words, before ? before : "stable:");
		snprintf(word, sizeof(word), "%s %" JSON_INTEGER_FORMAT ",",
			document_text(library, "name"),
			json_integer_value(json_object_get(library, "symbols")));
		before = word;
	}
	if (!before)
		return;
	word[strlen(word) - 1] = 0;
	put_word(&words, word);
	fputc('\n', stream);
}

/* "18 symbols: 2 handle, ..." in the order of the table, those without a class last. */
static void print_classes(const json_t *symbols, FILE *stream)
{
	struct words words = { stream, 0, 0 };
	size_t left = json_array_size(symbols);
	char word[WORD_MAX];

	fputc('\n', stream);
	put_word(&words, "in all:");
	for (const struct abi_class *class = abi_classes; left > 0; class ++) {
		const json_t *symbol;
		size_t count = 0, i;

		json_array_foreach(symbols, i, symbol) count +=
			strcmp(document_text(symbol, "class"), class->name ? class->name : "") == 0;
		left -= class->name ? count : left;
		snprintf(word, sizeof(word), "%zu %s%s", count,
			class->name ? class->name : "not classified", left ? "," : "");
		if (count)
			put_word(&words, word);
	}
	fputc('\n', stream);
}

static void print_lines(const json_t *entry, const char *key, const char *head, FILE *stream)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(entry, key), i, line)
		put_text(stream, 0, head, json_string_value(line));
}

static void print_file(const json_t *entry, FILE *stream)
{
	const json_t *symbols = json_object_get(entry, "unstable"), *library;
	size_t count = json_array_size(symbols), i;

	escape_text(stream, document_text(entry, "file"));
	if (count)
		fprintf(stream, ": %zu symbol%s of Xen libraries without a stable ABI\n", count,
			count == 1 ? "" : "s");
	else if (json_array_size(json_object_get(entry, "libraries")))
		fputs(": no symbol of a Xen library without a stable ABI\n", stream);
	else
		fputs(": no Xen library\n", stream);
	json_array_foreach(json_object_get(entry, "libraries"), i, library)
		print_unstable(entry, library, stream);
	if (count)
		print_classes(symbols, stream);
	print_stable(entry, stream);
	print_lines(entry, "opened", "may open while it runs: ", stream);
	print_lines(entry, "notes", "note: ", stream);
	print_lines(entry, "faults", "fault: ", stream);
}

static void print_changes(const json_t *baseline, const char *key, FILE *stream)
{
	const json_t *symbol;
	size_t i;

	json_array_foreach(json_object_get(baseline, key), i, symbol)
	{
		fprintf(stream, "%s: ", key);
		escape_text(stream, document_text(symbol, "name"));
		fputs(" of ", stream);
		escape_text(stream, document_text(symbol, "library"));
		fputs(", ", stream);
		escape_text(stream, document_text(symbol, "file"));
		fputc('\n', stream);
	}
}

int abi_render(const json_t *audit, FILE *stream)
{
	const json_t *baseline = json_object_get(audit, "baseline"), *entry;
	const char *between = "";
	size_t i;

	json_array_foreach(json_object_get(audit, "files"), i, entry)
	{
		if (json_object_get(entry, "error"))
			continue;
		fputs(between, stream);
		between = "\n\n";
		print_file(entry, stream);
	}
	if (json_is_object(baseline)) {
		fputs("\nagainst ", stream);
		escape_text(stream, document_text(baseline, "file"));
		fprintf(stream, ": %zu new, %zu gone\n",
			json_array_size(json_object_get(baseline, "new")),
			json_array_size(json_object_get(baseline, "gone")));
		print_changes(baseline, "new", stream);
		print_changes(baseline, "gone", stream);
	}
	return ferror(stream) ? -EIO : 0;
}
