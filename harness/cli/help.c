#include "harness/cli/help.h"

#include <string.h>

#include "harness/backend/backend.h"
#include "harness/base/suggest.h"
#include "harness/report/formats.h"

const char help_about[] =
	"Starts Xen HVM guests under each machine configuration of a matrix, reads the report\n"
	"of an agent in the guest, and judges it by the expectations of the matrix.";

const struct help_term help_statuses[] = {
	{ "0", "all as expected" },
	{ "1", "a deviation: the thing under test is not as expected" },
	{ "2", "wrong usage, or a bad file" },
	{ "3", "no answer: the lab, the host or the test failed, or every cell is SKIP" },
	{ NULL, NULL },
};

const struct help_term help_options[] = {
	{ "--help", "print this" },
	{ "--version", "print the release, or the commit that the program was built from; or -V" },
	{ NULL, NULL },
};

const struct help_term help_environment[] = {
	{ "IGD_CONFIG", "the only configuration file; if it is empty, none is read" },
	{ "IGD_GUESTS", "the folder of the guest images, if --guests does not name one" },
	{ "IGD_HOSTS", "the folder of the host descriptions, if --hosts does not name one" },
	{ "IGD_MODULES", "the folder of the back end modules, instead of the installed one" },
	{ "IGD_PATTERNS", "the patterns of log lines, if --patterns does not name a file" },
	{ "IGD_IDS", "the table of GPU ids, if --ids does not name a file" },
	{ "IGD_RUN_DIR", "the run directory to make, if --out does not name one" },
	{ "IGD_SYMBOLS", "the replacements of Xen's symbols, if --symbols does not name a file" },
	{ NULL, NULL },
};

/* Paths from the folder that has bin/. */
const struct help_term help_files[] = {
	{ "/etc/igd-harness/config.yaml",
		"names of hosts and defaults of options, docs/use/config.md" },
	{ "~/.config/igd-harness/config.yaml", "the same of the user, or in XDG_CONFIG_HOME" },
	{ "share/doc/igd-harness",
		"README.md, and the pages that messages name, such as docs/use/matrix.md" },
	{ "share/igd-harness/matrices",
		"matrices, which `run` and `plan` find by name, such as seed-igd" },
	{ NULL, NULL },
};

void help_text(const struct command *const *all, FILE *stream)
{
	fprintf(stream, "Usage: igd-harness COMMAND [OPTION...] [ARGUMENT...]\n\n%s\n\nCommands:\n",
		help_about);
	for (const struct command *const *command = all; *command; command++)
		fprintf(stream, "  %-11s %s\n", (*command)->name, (*command)->summary);
	fputs("\nOptions:\n", stream);
	for (const struct help_term *term = help_options; term->name; term++)
		fprintf(stream, "  %-11s %s\n", term->name, term->meaning);
	fputs("\nBack ends:\n", stream);
	for (const struct backend_entry *entry = backend_entries; entry->name; entry++)
		fprintf(stream, "  %-8s %s\n", entry->name, entry->about);
	fputs("\nOutput formats of judge:\n", stream);
	for (const struct renderer *renderer = renderers; renderer->name; renderer++)
		fprintf(stream, "  %-18s %s\n", renderer->name, renderer->about);
	fputs("\nExit status:\n", stream);
	for (const struct help_term *term = help_statuses; term->name; term++)
		fprintf(stream, "  %-8s %s\n", term->name, term->meaning);
	fputs("\nInstalled files, beside bin/:\n", stream);
	for (const struct help_term *term = help_files; term->name; term++)
		fprintf(stream, "  %s\n      %s\n", term->name, term->meaning);
	fputs("\n`igd-harness COMMAND --help` prints the options of a command.\n", stream);
}

void help_no_command(const struct command *const *all, const char *name, struct problem *why)
{
	struct suggestion suggestion = suggest_for(name);

	for (const struct command *const *command = all; *command; command++)
		suggest_candidate(&suggestion, (*command)->name);
	problem_set(why, 0, "no command \"%.100s\"%s%s; igd-harness --help lists them", name,
		suggestion.best ? ", did you mean " : "", suggestion.best ? suggestion.best : "");
}

const struct command *help_command(
	const struct command *const *all, const char *name, struct problem *why)
{
	for (const struct command *const *command = all; *command; command++) {
		if (strcmp((*command)->name, name) == 0)
			return *command;
	}
	help_no_command(all, name, why);
	return NULL;
}
