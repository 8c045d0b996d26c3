#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/qualify/collect.h"
#include "harness/qualify/qualify.h"
#include "harness/report/file.h"
#include "src/document.h"

static struct {
	struct string_list matrices, hosts, abis, bundles;
	const char *format, *output;
} opts = { .format = "text" };

static int print_json(const json_t *document, FILE *stream)
{
	if (json_dumpf(document, stream, JSON_INDENT(1) | JSON_ENSURE_ASCII) < 0)
		return -EIO;
	return fputc('\n', stream) == EOF ? -EIO : 0;
}

static const struct {
	const char *name;
	int (*render)(const json_t *document, FILE *stream);
} formats[] = {
	{ "text", qualify_render_text },
	{ "json", print_json },
	{ "md", qualify_render_md },
	{ "html", qualify_render_html },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static const char *format_name(size_t i)
{
	return i < FORMATS ? formats[i].name : NULL;
}

static const struct command_option options[] = {
	{ "matrix", "FILE",
		"judge the runs of the matrix of that name by this one, instead of their\n"
		"                          own; may be given again",
		.list = &opts.matrices },
	{ "host", "RELEASE=FILE",
		"what `host --json' said there (default: what its first run recorded);\n"
		"                          may be given again",
		.list = &opts.hosts },
	{ "abi", "RELEASE=FILE", "what `abi --json' said of its QEMU; may be given again",
		.list = &opts.abis },
	{ "bundle", "FILE",
		"what `bundle' made of one of the runs: it is checked, and named with its\n"
		"                          hash; may be given again",
		.list = &opts.bundles },
	{ "format", "NAME", "how to say it (default: text)", .text = &opts.format,
		.nth = format_name },
	{ "output", "FILE", "write it there, whole, instead of to the terminal",
		.text = &opts.output },
	{ NULL },
};

struct result {
	const json_t *document;
	size_t format;
};

static int write_result(void *data, FILE *stream, struct problem *why)
{
	const struct result *result = data;

	return formats[result->format].render(result->document, stream);
}

static int render_to(const json_t *document, size_t format, struct problem *why)
{
	struct result result = { document, format };

	return render_output(opts.output, &(struct fileio_source){ write_result, &result }, why);
}

/* The place of that format; FORMATS if it is none. */
static size_t find_format(const char *name)
{
	size_t i = 0;

	while (i < FORMATS && strcmp(formats[i].name, name) != 0)
		i++;
	return i;
}

/* A qualification that was stored: to be said again, or in another way. */
static int read_stored(const char *path, json_t **document_r, struct problem *why)
{
	struct problem inner = { "" };
	int r;

	if (opts.matrices.count + opts.hosts.count + opts.abis.count + opts.bundles.count > 0)
		return problem_set(why, -EINVAL,
			"%.200s is no run directory, and of what was stored only the format can be "
			"chosen",
			path);
	r = qualify_read(path, DOCUMENT_QUALIFICATION, document_r, why);
	if (r == 0 && (r = qualify_check(*document_r, &inner)) < 0)
		problem_set(why, r, "%.200s: %s", path, inner.text);
	return r;
}

static int make(char **runs, size_t count, json_t **document_r, struct problem *why)
{
	struct qualify_given named = { runs, count, &opts.matrices, &opts.hosts, &opts.abis,
		&opts.bundles };
	struct qualify_collected collected = { NULL };
	struct qualify_sources sources;
	int r = qualify_collect(&named, &collected, why);

	sources = (struct qualify_sources){ collected.runs, collected.hosts, collected.abis,
		collected.bundles };
	if (r == 0)
		r = qualify_document(&sources, document_r, why);
	qualify_collected_free(&collected);
	return r;
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int run(int argc, char **argv)
{
	size_t format = find_format(opts.format);
	struct problem why = { 0 };
	json_t *document = NULL;
	int r, status;

	if (argc < 1 || format == FORMATS) {
		if (argc < 1)
			problem_set(&why, 0, "name run directories, or one stored qualification");
		problem_set(&why, 0, "no format \"%.100s\"; igd-harness qualify --help lists them",
			opts.format);
		return command_fail(&command_qualify, EXIT_USAGE, &why);
	}
	r = argc == 1 && is_file(argv[0]) ? read_stored(argv[0], &document, &why)
					  : make(argv, (size_t)argc, &document, &why);
	if (r == 0)
		r = render_to(document, format, &why);
	status = r < 0 ? command_fail(&command_qualify, command_status(r), &why)
		       : qualify_exit_status(document);
	json_decref(document);
	return status;
}

const struct command command_qualify = {
	.name = "qualify",
	.arguments = "[RELEASE=]RUN...|FILE",
	.summary = "the report on several releases that a release manager signs",
	.description =
		"Judges the run directories, of any matrices, and makes one document of them: the\n"
		"decision and its grounds, what each release is, coverage, verdicts side by side, what\n"
		"regressed from each release to the next, known deviations, cells without an answer,\n"
		"what was said of hosts and of QEMU's ABI, and the hashes of the bundles. Releases are\n"
		"in the order in which they are named; a RUN is of the release that the last part of\n"
		"its path names. FILE is such a document, stored with --format json: it is said again.\n"
		"Exit status: that of the worst run; if that is 0, 1 if the decision is \"not qualified\"\n"
		"and 3 if it is \"undecided\"; 2 usage.",
	.options = options,
	.run = run,
};
