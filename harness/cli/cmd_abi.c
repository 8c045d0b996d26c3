#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/abi/abi.h"
#include "harness/abi/elf_imports.h"
#include "harness/base/digest.h"
#include "harness/base/fileio.h"
#include "harness/base/module.h"
#include "harness/base/shape/shape.h"
#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "src/document.h"

static struct {
	const char *xen, *baseline, *symbols;
	bool json;
} opts;

static const struct command_option options[] = {
	{ "xen", "VERSION",
		"the version of the hypervisor, such as 4.20 (default: the running\n"
		"                          one in a dom0, else none)",
		.text = &opts.xen },
	{ "baseline", "FILE",
		"an audit stored with --json; exit status 1 if a symbol is new;\n"
		"                          removed symbols are listed",
		.text = &opts.baseline },
	{ "symbols", "FILE",
		"the table of replacements (default: IGD_SYMBOLS, or the file\n"
		"                          installed with the program)",
		.text = &opts.symbols },
	{ "json", NULL, "the audit as JSON", .flag = &opts.json },
	{ NULL },
};

static const struct imports_module *load(struct problem *why)
{
	const struct imports_module *module;
	struct problem error = { 0 };

	module = module_load(IMPORTS_MODULE, IMPORTS_MODULE_SYMBOL, &error);
	if (module && module->abi == IMPORTS_ABI)
		return module;
	problem_set(why, -ENOENT,
		"reading programs needs libelf (Debian: libelf1), and " IMPORTS_MODULE
		" beside the program: %s",
		module ? "it belongs to a different version" : error.text);
	return NULL;
}

/* The release to compare with, and where it is from; both stay as they are if there is none. */
static int choose_xen(char xen[static ABI_RELEASE_MAX], const char **from_r, struct problem *why)
{
	if (!opts.xen) {
		if (abi_running("", xen) == 0)
			*from_r = "running";
		return 0;
	}
	*from_r = "option";
	if (abi_release(opts.xen, xen) < 0)
		return problem_set(why, -EINVAL,
			"--xen %.60s is not a version of Xen: write it as 4.20 or 4.20.3",
			opts.xen);
	return 0;
}

/* What a file imports and what it is. Returns 0 or a negative errno with the sentence. */
static int read_file(const struct imports_module *module, const char *file,
	char sha256[static DIGEST_TEXT_MAX], json_t **imports_r, struct problem *why)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r = 0;
	struct stat about;
	uint64_t bytes;

	if (fd < 0 || fstat(fd, &about) < 0)
		r = problem_set(why, -errno, "it cannot be read: %s", strerror(errno));
	else if (!S_ISREG(about.st_mode))
		r = problem_set(why, -EINVAL, "it is not a regular file");
	if (r == 0)
		r = module->read(fd, imports_r, why);
	if (r == 0)
		r = digest_fd(fd, sha256, &bytes);
	if (fd >= 0)
		close(fd);
	return r;
}

/*
 * Audits one file. One that cannot be read is part of the audit, and said on stderr at once.
 * Returns 0, or a negative errno if the audit itself failed.
 */
static int audit_file(
	const struct imports_module *module, const json_t *symbols, const char *file, json_t *audit)
{
	char sha256[DIGEST_TEXT_MAX] = "";
	json_t *imports = NULL;
	struct problem why = { "" };
	int r = read_file(module, file, sha256, &imports, &why);

	if (r < 0) {
		problem_set(&why, r, "%s", strerror(-r));
		fprintf(stderr, "igd-harness abi: %s: %s\n", file, why.text);
	}
	r = abi_add(audit, symbols, file, sha256, imports, why.text);
	json_decref(imports);
	return r;
}

static int compare(json_t *audit, struct problem *why)
{
	char *text = NULL;
	size_t length = 0;
	bool more = false;
	json_t *baseline = NULL;
	struct problem inner = { "" };
	int r = fileio_read_head(
		AT_FDCWD, opts.baseline, ABI_BASELINE_MAX, &text, &length, &more, &inner);

	if (r == 0 && more)
		r = problem_set(&inner, -EINVAL, "it is longer than any audit");
	if (r == 0)
		r = shape_parse(text, length, DOCUMENT_ABI, &baseline, &inner);
	if (r < 0)
		problem_set(
			why, r, "%s: %s", opts.baseline, inner.text[0] ? inner.text : strerror(-r));
	else
		r = abi_compare(audit, baseline, opts.baseline, why);
	json_decref(baseline);
	free(text);
	return r;
}

static int print(const json_t *audit)
{
	if (!opts.json)
		return abi_render(audit, stdout);
	if (json_dumpf(audit, stdout, JSON_INDENT(1) | JSON_ENSURE_ASCII) < 0 ||
		putchar('\n') == EOF)
		return -EIO;
	return 0;
}

static int run(int argc, char **argv)
{
	const struct imports_module *module = NULL;
	json_t *symbols = NULL, *audit = NULL;
	char xen[ABI_RELEASE_MAX] = "";
	const char *from = NULL;
	struct problem why = { "" };
	int r, status;

	if (argc < 1) {
		problem_set(&why, 0, "name a program or a library");
		return command_fail(&command_abi, EXIT_USAGE, &why);
	}
	r = choose_xen(xen, &from, &why);
	if (r == 0)
		r = abi_symbols_choose(opts.symbols, &symbols, &why);
	if (r == 0) {
		module = load(&why);
		if (!module) {
			status = command_fail(&command_abi, EXIT_NO_ANSWER, &why);
			goto out;
		}
		audit = abi_new(symbols, from ? xen : NULL, from);
		r = audit ? 0 : -ENOMEM;
	}
	for (int i = 0; i < argc && r == 0; i++)
		r = audit_file(module, symbols, argv[i], audit);
	if (r == 0 && opts.baseline && abi_exit_status(audit) < EXIT_USAGE)
		r = compare(audit, &why);
	if (r == 0)
		r = print(audit);
	status = r < 0 ? command_fail(&command_abi, exit_status_of(r), &why)
		       : abi_exit_status(audit);
out:
	json_decref(audit);
	json_decref(symbols);
	return status;
}

const struct command command_abi = {
	.name = "abi",
	.arguments = "FILE...",
	.summary = "list what a program uses of Xen's unstable libraries",
	.description =
		"Lists the symbols that a program or library imports from Xen libraries without a\n"
		"stable ABI, by library and by use, with the replacement of each. Reads only the\n"
		"file: Xen and its libraries need not be installed. Exit status: 0 no finding; 1 a\n"
		"library belongs to a different Xen than the hypervisor, or a symbol is not in the\n"
		"baseline; 2 wrong usage, or the file is not a valid program; 3 no answer.",
	.options = options,
	.run = run,
};
