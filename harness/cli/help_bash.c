#include <ctype.h>
#include <string.h>

#include "harness/cli/help.h"

/*
 * What stands for an argument tells what it is: DIR and RUN_A are folders, FILE, PATH and MATRIX
 * files, COMMAND a command, and small letters themselves. Of the others nothing is known.
 */
static void write_completion(const char *word, size_t length, FILE *stream)
{
	if (length == 3 && strncmp(word, "DIR", 3) == 0)
		fputs("_igd_harness_files -d; ", stream);
	else if (length >= 3 && strncmp(word, "RUN", 3) == 0)
		fputs("_igd_harness_files -d; ", stream);
	else if (length == 4 && (strncmp(word, "FILE", 4) == 0 || strncmp(word, "PATH", 4) == 0))
		fputs("_igd_harness_files -f; ", stream);
	else if (length == 6 && strncmp(word, "MATRIX", 6) == 0)
		fputs("_igd_harness_files -f; ", stream);
	else if (length == 7 && strncmp(word, "COMMAND", 7) == 0)
		fputs("_igd_harness_words \"$commands\"; ", stream);
	else if (length > 0 && islower((unsigned char)*word))
		fprintf(stream, "_igd_harness_words %.*s; ", (int)length, word);
}

static void write_option_argument(
	const struct command *command, const struct command_option *option, FILE *stream)
{
	const char *word;

	fprintf(stream, "\t'%s --%s') ", command->name, option->name);
	if (option->nth) {
		fputs("_igd_harness_words '", stream);
		for (size_t i = 0; (word = option->nth(i)); i++)
			fprintf(stream, "%s%s", i ? " " : "", word);
		fputs("'; ", stream);
	} else {
		write_completion(option->arg, strlen(option->arg), stream);
	}
	fputs("return ;;\n", stream);
}

static void write_option_arguments(const struct command *const *all, FILE *stream)
{
	fputs("\tcase \"$command $previous\" in\n", stream);
	for (const struct command *const *command = all; *command; command++) {
		for (const struct command_option *option = (*command)->options; option->name;
			option++) {
			if (option->arg)
				write_option_argument(*command, option, stream);
		}
	}
	fputs("\tesac\n", stream);
}

static void write_options(const struct command *const *all, FILE *stream)
{
	fputs("\tif [[ $current == -* ]]; then\n\t\tcase $command in\n", stream);
	for (const struct command *const *command = all; *command; command++) {
		fprintf(stream, "\t\t%s) _igd_harness_words '", (*command)->name);
		for (const struct command_option *option = (*command)->options; option->name;
			option++)
			fprintf(stream, "--%s ", option->name);
		fputs("--help' ;;\n", stream);
	}
	fputs("\t\tesac\n\t\treturn\n\tfi\n", stream);
}

static void write_arguments(const struct command *const *all, FILE *stream)
{
	fputs("\tcase $command in\n", stream);
	for (const struct command *const *command = all; *command; command++) {
		const char *word = (*command)->arguments;

		fprintf(stream, "\t%s) ", (*command)->name);
		while (*word) {
			size_t length = strcspn(word, " []|.");

			write_completion(word, length, stream);
			word += length;
			word += strspn(word, " []|.");
		}
		fputs(";;\n", stream);
	}
	fputs("\tesac\n", stream);
}

static void write_commands(const struct command *const *all, FILE *stream)
{
	const char *between = "";

	fputs("\tlocal commands='", stream);
	for (const struct command *const *command = all; *command; command++) {
		fprintf(stream, "%s%s", between, (*command)->name);
		between = " ";
	}
	fputs("'\n", stream);
}

void help_bash(const struct command *const *all, FILE *stream)
{
	fputs("# bash completion for igd-harness.\n"
	      "# Made from the tables of the program by igd-harness help --format bash.\n\n"
	      "_igd_harness_words()\n{\n"
	      "\tlocal word\n\twhile read -r word; do\n\t\tCOMPREPLY+=(\"$word\")\n"
	      "\tdone < <(compgen -W \"$1\" -- \"$current\")\n}\n\n"
	      "_igd_harness_files()\n{\n"
	      "\tlocal word\n\tcompopt -o filenames 2>/dev/null\n\twhile read -r word; do\n"
	      "\t\tCOMPREPLY+=(\"$word\")\n\tdone < <(compgen \"$1\" -- \"$current\")\n}\n\n"
	      "_igd_harness()\n{\n",
		stream);
	write_commands(all, stream);
	/* bash makes three words of --option=value. */
	fputs("\tlocal current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal command=${COMP_WORDS[1]}\n"
	      "\tCOMPREPLY=()\n"
	      "\tif [[ $current == = ]]; then\n\t\tcurrent=\n"
	      "\telif [[ $previous == = ]]; then\n\t\tprevious=${COMP_WORDS[COMP_CWORD-2]}\n\tfi\n"
	      "\tif ((COMP_CWORD == 1)); then\n"
	      "\t\t_igd_harness_words \"$commands --help --version\"\n\t\treturn\n\tfi\n",
		stream);
	write_option_arguments(all, stream);
	write_options(all, stream);
	write_arguments(all, stream);
	fputs("}\n\ncomplete -F _igd_harness igd-harness\n", stream);
}
