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
		"judge the runs of the matrix of the same name by this one instead of\n"
		"                          their own; repeatable",
		.list = &opts.matrices },
	{ "host", "RELEASE=FILE",
		"the output of `host --json' on the host of that release (default: the\n"
		"                          document in its first run); repeatable",
		.list = &opts.hosts },
	{ "abi", "RELEASE=FILE",
		"the output of `abi --json' for the QEMU of that release; repeatable",
		.list = &opts.abis },
	{ "bundle", "FILE",
		"a bundle of one of the runs: it is checked, and the report has its hash;\n"
		"                          repeatable",
		.list = &opts.bundles },
	{ "format", "NAME", "the output format (default: text)", .text = &opts.format,
		.nth = format_name },
	{ "json", NULL, "the same as --format json", .text = &opts.format, .value = "json" },
	{ "output", "FILE", "write the output to FILE, atomically, instead of to the terminal",
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
			"%.200s is not a run directory; for a stored qualification only --format and "
			"--output can be given",
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
	status = r < 0 ? command_fail(&command_qualify, exit_status_of(r), &why)
		       : qualify_exit_status(document);
	json_decref(document);
	return status;
}

const struct command command_qualify = {
	.name = "qualify",
	.arguments = "[RELEASE=]RUN...|FILE",
	.summary = "make the report on several releases that a release manager signs",
	.description =
		"Judges the run directories, of one or more matrices, and makes one document of them:\n"
		"the decision and its reasons, the software of each release, coverage, verdicts side\n"
		"by side, regressions from each release to the next, known deviations, cells without\n"
		"an answer, the results of `host` and `abi`, and the hashes of the bundles. Releases\n"
		"have the order in which they are given; the release of a RUN is the last part of its\n"
		"path, unless RELEASE= names it. FILE is such a document, stored with --format json,\n"
		"to be rendered again. Exit status: that of the worst run; if that is 0, 1 if the\n"
		"decision is \"not qualified\" and 3 if it is \"undecided\"; 2 usage.",
	.options = options,
	.run = run,
};
