#include "harness/dut/dut.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "harness/dut/private.h"

/* What is kept in a list is freed by dut_free(); gcc 12's analyzer loses sight of it there. */
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* As ci/lab/lib/place.sh has it. */
#define LAB_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-"

/* The folder of the lab's commands: named, or in the source tree that the program was built in. */
static int find_lab(const char *named, char lab[static PATH_MAX], struct problem *why)
{
	char self[PATH_MAX], candidate[PATH_MAX + 16], *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (named)
		return realpath(named, lab)
			       ? 0
			       : problem_set(why, -ENOENT,
					 "the folder %s does not exist: --lab-dir names the folder ci/lab "
					 "of a source tree",
					 named);
	self[n > 0 ? n : 0] = 0;
	while ((slash = strrchr(self, '/'))) {
		*slash = 0;
		/* A build tree has a folder of that name too, for what is compiled there. */
		snprintf(candidate, sizeof(candidate), "%s/ci/lab/up", self);
		if (access(candidate, X_OK) == 0 && realpath(candidate, lab)) {
			*strrchr(lab, '/') = 0;
			return 0;
		}
	}
	return problem_set(why, -ENOENT,
		"no folder above this program has the lab's commands: --lab-dir "
		"names the folder ci/lab of a source tree");
}

static int lab_lines(struct dut *dut, const char *name)
{
	const struct {
		char **line;
		const char *command;
	} lines[] = { { &dut->console, "console" }, { &dut->power_on, "up" },
		{ &dut->power_off, "down" }, { &dut->power_status, "status" } };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (asprintf(lines[i].line, "exec ./%s --lab %s", lines[i].command, name) < 0) {
			*lines[i].line = NULL;
			return -ENOMEM;
		}
	}
	dut->reach = calloc(5, sizeof(*dut->reach));
	if (!dut->reach || asprintf(&dut->reach[0], "%s/shell", dut->folder) < 0)
		return -ENOMEM;
	dut->reach[1] = strdup("--lab");
	dut->reach[2] = dut->reach[1] ? strdup(name) : NULL;
	dut->reach[3] = dut->reach[2] ? strdup("--") : NULL;
	return dut->reach[3] ? 0 : -ENOMEM;
}

static int be_lab(struct dut *dut, const char *name, const char *lab, struct problem *why)
{
	char folder[PATH_MAX];
	int r;

	if (!*name || name[strspn(name, LAB_CHARACTERS)])
		return problem_set(why, -EINVAL,
			"\"lab:%.60s\" is not the name of a lab: write lab: and the name "
			"of a lab, as in lab:bookworm",
			name);
	r = find_lab(lab, folder, why);
	if (r < 0)
		return r;
	dut->folder = strdup(folder);
	return dut->folder ? lab_lines(dut, name) : -ENOMEM;
}

static int be_address(struct dut *dut, const char *address, struct problem *why)
{
	if (!*address || *address == '-')
		return problem_set(why, -EINVAL,
			"\"ssh:%.60s\" is not an address: write ssh: and a destination for "
			"ssh, as in ssh:root@rack-3",
			address);
	dut->reach = dut_ssh(NULL, 0, address);
	return dut->reach ? 0 : -ENOMEM;
}

static int built_in(
	const char *word, const struct dut_places *places, struct dut **dut_r, struct problem *why)
{
	struct dut *dut = dut_new();
	int r = -ENOMEM;

	if (!dut)
		goto out;
	dut->given = strdup(word);
	dut->name = strdup(word);
	if (!dut->given || !dut->name || !dut->tree || !dut->work)
		goto out;
	r = strncmp(word, "lab:", 4) == 0 ? be_lab(dut, word + 4, places->lab, why)
					  : be_address(dut, word + 4, why);
	if (r == 0) {
		*dut_r = dut;
		dut = NULL;
	}
out:
	dut_free(dut);
	return r == -ENOMEM ? problem_set(why, r, "out of memory") : r;
}

static int load(const char *file, struct dut **dut_r, struct problem *why)
{
	char *text = NULL, absolute[PATH_MAX];
	size_t length = 0;
	bool more = false;
	int r = fileio_read_head(AT_FDCWD, file, DUT_FILE_MAX, &text, &length, &more, why);

	if (r == -ENOENT)
		return problem_set(why, r,
			"the description %s of a host does not exist: "
			"docs/labs/hosts-under-test.md has an example, and lab:NAME and "
			"ssh:USER@HOST need no description",
			file);
	if (r < 0)
		return r;
	if (more)
		r = problem_set(why, -EINVAL, "%s:1:1: the file has more than %u bytes", file,
			DUT_FILE_MAX);
	else
		r = dut_parse(file, text, length, dut_r, why);
	free(text);
	if (r < 0)
		return r;
	if (realpath(file, absolute)) {
		(*dut_r)->given = strdup(absolute);
		*strrchr(absolute, '/') = 0;
		(*dut_r)->folder = strdup(absolute[0] ? absolute : "/");
	}
	if ((*dut_r)->given && (*dut_r)->folder)
		return 0;
	dut_free(*dut_r);
	*dut_r = NULL;
	return problem_set(why, -EIO, "cannot find %s again", file);
}

int dut_find(
	const char *word, const struct dut_places *places, struct dut **dut_r, struct problem *why)
{
	const char *hosts = places->hosts ? places->hosts : getenv("IGD_HOSTS");
	char *file = NULL;
	int r;

	if (strncmp(word, "lab:", 4) == 0 || strncmp(word, "ssh:", 4) == 0)
		return built_in(word, places, dut_r, why);
	if (strchr(word, '/'))
		return load(word, dut_r, why);
	if (asprintf(&file, "%s/%s.yaml", hosts ? hosts : "hosts", word) < 0)
		return problem_set(why, -ENOMEM, "out of memory");
	r = load(file, dut_r, why);
	free(file);
	return r;
}
