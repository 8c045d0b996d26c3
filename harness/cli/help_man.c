#include <ctype.h>
#include <string.h>

#include "harness/backend/backend.h"
#include "harness/cli/help.h"
#include "harness/report/formats.h"

/* Of the last change to what a page has besides the tables. */
#define PAGE_DATE "2026-11-29"

/* Where a line of the source ends: man(7) fills it again. */
#define LINE_COLUMN 72

/* One character, so that it means itself. */
static void write_character(char c, FILE *stream)
{
	switch (c) {
	case '\\':
		fputs("\\e", stream);
		break;
	case '-':
		fputs("\\-", stream);
		break;
	case '\'':
		fputs("\\(aq", stream);
		break;
	case '`':
		fputs("\\(ga", stream);
		break;
	default:
		fputc(c, stream);
	}
}

/*
 * Text of a table: words with one blank between them, whatever column they stood in, in lines of
 * their own; a line that would begin with a dot begins with \& first, for it is no request.
 */
static void write_text(const char *text, FILE *stream)
{
	size_t column = 0;

	while (*text) {
		size_t length = strcspn(text, " \t\n");

		if (length > 0) {
			if (column > 0 && column + length > LINE_COLUMN) {
				fputc('\n', stream);
				column = 0;
			}
			if (column > 0)
				fputc(' ', stream);
			else if (*text == '.')
				fputs("\\&", stream);
			for (size_t i = 0; i < length; i++)
				write_character(text[i], stream);
			column += length + 1;
		}
		text += length;
		if (text[0] == '\n' && text[1] == '\n') {
			fputs("\n.PP\n", stream);
			column = 0;
		}
		text += strspn(text, " \t\n");
	}
	fputc('\n', stream);
}

static void write_term(const char *name, const char *meaning, FILE *stream)
{
	fputs(".TP\n\\fB", stream);
	for (const char *c = name; *c; c++)
		write_character(*c, stream);
	fputs("\\fR\n", stream);
	write_text(meaning, stream);
}

static void write_terms(const char *section, const struct help_term *terms, FILE *stream)
{
	fprintf(stream, ".SH %s\n", section);
	for (; terms->name; terms++)
		write_term(terms->name, terms->meaning, stream);
}

static void write_words(const char *(*nth)(size_t i), FILE *stream)
{
	const char *word;

	fputs(".br\nOne of\n", stream);
	for (size_t i = 0; (word = nth(i)); i++)
		fprintf(stream, "%s\\fB%s\\fR", i ? ", " : "", word);
	fputs(".\n", stream);
}

static void write_option(const struct command_option *option, FILE *stream)
{
	fputs(".TP\n\\fB\\-\\-", stream);
	for (const char *c = option->name; *c; c++)
		write_character(*c, stream);
	fputs("\\fR", stream);
	if (option->arg)
		fprintf(stream, " \\fI%s\\fR", option->arg);
	fputc('\n', stream);
	write_text(option->help, stream);
	if (option->nth)
		write_words(option->nth, stream);
}

static void write_head(const char *name, const char *summary, FILE *stream)
{
	fputs(".\\\" Made from the tables of the program by igd-harness help --format man.\n",
		stream);
	fputs(".TH IGD\\-HARNESS", stream);
	if (name) {
		fputs("\\-", stream);
		for (const char *c = name; *c; c++)
			fputc(toupper((unsigned char)*c), stream);
	}
	fputs(" 1 " PAGE_DATE " \"igd\\-harness " IGD_VERSION "\" \"User Commands\"\n", stream);
	fprintf(stream, ".SH NAME\nigd\\-harness%s%s \\- %s\n.SH SYNOPSIS\n\\fBigd\\-harness",
		name ? "\\-" : "", name ? name : "", summary);
}

static void write_command(const struct command *command, FILE *stream)
{
	write_head(command->name, command->summary, stream);
	fprintf(stream, " %s\\fR [\\fIOPTION\\fR...] ", command->name);
	write_text(command->arguments, stream);
	fputs(".SH DESCRIPTION\n", stream);
	write_text(command->description, stream);
	fputs(".SH OPTIONS\n", stream);
	for (const struct command_option *option = command->options; option->name; option++)
		write_option(option, stream);
	fputs(".TP\n\\fB\\-\\-help\\fR\nprint a short form of this page and exit\n", stream);
	fputs(".SH EXIT STATUS\nAs for\n.BR igd\\-harness (1),\nunless said otherwise above.\n",
		stream);
	fputs(".SH SEE ALSO\n.BR igd\\-harness (1)\n", stream);
}

static void write_program(const struct command *const *all, FILE *stream)
{
	const struct command *const *command;

	write_head(NULL, "hardware test harness for Intel GPU passthrough under Xen", stream);
	fputs("\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]\n.SH DESCRIPTION\n",
		stream);
	write_text(help_about, stream);
	fputs(".SH COMMANDS\n", stream);
	for (command = all; *command; command++)
		write_term((*command)->name, (*command)->summary, stream);
	fputs(".SH BACK ENDS\n", stream);
	for (const struct backend_entry *entry = backend_entries; entry->name; entry++)
		write_term(entry->name, entry->about, stream);
	fputs(".SH FORMATS\nHow \\fBjudge\\fR says what it found.\n", stream);
	for (const struct renderer *renderer = renderers; renderer->name; renderer++)
		write_term(renderer->name, renderer->about, stream);
	write_terms("OPTIONS", help_options, stream);
	write_terms("EXIT STATUS", help_statuses, stream);
	write_terms("ENVIRONMENT", help_environment, stream);
	write_terms("FILES", help_files, stream);
	fputs(".SH SEE ALSO\n", stream);
	for (command = all; *command; command++)
		fprintf(stream, ".BR igd\\-harness\\-%s (1)%s\n", (*command)->name,
			command[1] ? "," : "");
}

void help_man(const struct command *const *all, const struct command *command, FILE *stream)
{
	if (command)
		write_command(command, stream);
	else
		write_program(all, stream);
}
