/* The tree that a host under test needs: what `ci/stage` or an installation lays out. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/file_list.h"
#include "harness/dut/private.h"

/* lab/ is for the virtual lab's dom0 alone. */
static const char *const tree_parts[DUT_TREE_PARTS] = { "bin/igd-harness", "lib/igd-harness",
	"share/igd-harness", "lab" };

void dut_tree_parts(const char *tree, const char *parts[static DUT_TREE_PARTS + 1])
{
	size_t count = 0;

	for (size_t i = 0; i < DUT_TREE_PARTS; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", tree, tree_parts[i]);
		if (access(path, F_OK) == 0)
			parts[count++] = tree_parts[i];
	}
	parts[count] = NULL;
}

/* A line of what is hashed: "PART/PATH MODE SHA256". */
static int hash_open(FILE *lines, int fd, const char *part, const char *path)
{
	char sha256[DIGEST_TEXT_MAX];
	uint64_t bytes = 0;
	struct stat st;
	int r = fstat(fd, &st) < 0 ? -errno : digest_fd(fd, sha256, &bytes);

	if (r == 0)
		fprintf(lines, "%s/%s %o %s\n", part, path, st.st_mode & 0111u, sha256);
	return r;
}

static int hash_file(FILE *lines, int dir_fd, const char *part, const char *path)
{
	int fd = below_read(dir_fd, path, BELOW_ANY_SIZE, NULL), r = fd;

	if (fd < 0)
		return r;
	r = hash_open(lines, fd, part, path);
	close(fd);
	return r;
}

static int hash_part(FILE *lines, const char *tree, const char *part, struct problem *why)
{
	struct files files = { 0 };
	char path[PATH_MAX];
	struct stat st;
	int fd, r = 0;

	snprintf(path, sizeof(path), "%s/%s", tree, part);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		r = -errno;
	else if (S_ISDIR(st.st_mode))
		r = file_list_read(fd, NULL, &files, why);
	else
		r = hash_open(lines, fd, part, path);
	for (size_t i = 0; i < files.count && r == 0; i++) {
		if (!files.entries[i].folder)
			r = hash_file(lines, fd, part, files.entries[i].path);
	}
	file_list_free(&files);
	if (fd >= 0)
		close(fd);
	return r < 0 ? problem_set(why, r, "cannot read %s: %s", path, strerror(-r)) : 0;
}

int dut_tree_digest(const char *tree, char sha256[static DIGEST_TEXT_MAX], struct problem *why)
{
	const char *parts[DUT_TREE_PARTS + 1];
	char *text = NULL;
	size_t length = 0;
	FILE *lines;
	int r = 0;

	dut_tree_parts(tree, parts);
	if (!parts[0] || strcmp(parts[0], tree_parts[0]) != 0)
		return problem_set(why, -ENOENT,
			"%s has no %s: --tree names an installed tree, such as ci/stage makes",
			tree, tree_parts[0]);
	lines = open_memstream(&text, &length);
	if (!lines)
		return problem_set(why, -ENOMEM, "out of memory");
	for (size_t i = 0; parts[i] && r == 0; i++)
		r = hash_part(lines, tree, parts[i], why);
	fclose(lines);
	if (r == 0)
		digest_bytes(text, length, sha256);
	free(text);
	return r;
}

/*
 * The beginning of a line: makes the folder `work` for the user that is logged in alone. The
 * default is a name in /var/tmp, where anybody may have made it before: then nothing is put in it.
 * A folder in a sticky one cannot be exchanged by others once it is ours.
 */
#define NOT_OURS 8 /* exit status of the line */
#define OWN_WORK                                                                                   \
	"work=%s; [ -e $work ] || [ -L $work ] || mkdir -p -m 0700 $work; "                        \
	"{ [ -d $work ] && [ ! -L $work ] && [ -O $work ] && "                                     \
	"case $(stat -c %%a $work) in *[2367]? | *[2367]) false ;; *) true ;; esac; } || exit 8; "

/* Whether the host has this tree, and was prepared since it booted. */
static int look(
	struct dut_session *session, bool *has_tree_r, bool *prepared_r, struct problem *why)
{
	const struct dut *dut = session->dut;
	char line[DUT_LINE_MAX];
	struct dut_answer answer = { 0 };
	const struct dut_order order = { .line = line, .in_fd = -1, .out_fd = -1 };
	int r;

	r = dut_line(line, why,
		OWN_WORK "echo tree $(cat %s/.sha256 2>/dev/null); "
			 "echo boot $(cat %s/prepared 2>/dev/null)",
		dut->work, dut->tree, dut->work);
	if (r == 0)
		r = dut_ask(session, &order, &answer, why);
	if (r == 0 && answer.status == NOT_OURS)
		r = problem_set(why, -EPERM,
			"%s: the folder %s is a link, is not owned by the user that is logged in, or "
			"others may write in it: remove it, or name a different `work`",
			dut->name, dut->work);
	else if (r == 0 && answer.status != 0)
		r = problem_set(why, -EREMOTEIO, "%s failed: %s", dut->name, answer.last);
	if (r < 0) {
		free(answer.text);
		return r;
	}
	snprintf(line, sizeof(line), "tree %s\n", session->tree_sha256);
	*has_tree_r = strstr(answer.text, line) != NULL;
	snprintf(line, sizeof(line), "boot %s\n", session->boot_id);
	*prepared_r = strstr(answer.text, line) != NULL;
	free(answer.text);
	return 0;
}

/* Whole under its name or not there: the digest is written last, and the folder renamed. */
static int copy_tree(struct dut_session *session, struct problem *why)
{
	const char *parts[DUT_TREE_PARTS + 1];
	char line[DUT_LINE_MAX];
	struct dut_order order = {
		.line = line, .out_fd = -1, .limit_ms = session->dut->limits[DUT_COPY] * 1000ull
	};
	int r;

	dut_progress(session, "copying %s to it (limit %u s)", session->tree,
		session->dut->limits[DUT_COPY]);
	r = dut_line(line, why,
		"tree=%s; rm -rf $tree.new && mkdir -p $tree.new && "
		"tar -C $tree.new --no-same-owner --warning=no-timestamp -x && "
		"echo %s >$tree.new/.sha256 && rm -rf $tree && mv -T $tree.new $tree",
		session->dut->tree, session->tree_sha256);
	if (r < 0)
		return r;
	dut_tree_parts(session->tree, parts);
	order.in_fd = dut_pack(session, session->tree, parts, why);
	if (order.in_fd < 0)
		return order.in_fd;
	r = dut_tell(session, &order, NULL, why);
	close(order.in_fd);
	return r;
}

static int prepare(struct dut_session *session, struct problem *why)
{
	const struct dut *dut = session->dut;
	struct dut_order order = {
		.in_fd = -1, .out_fd = -1, .limit_ms = dut->limits[DUT_BOOT] * 1000ull
	};
	char *line = NULL;
	int r;

	if (asprintf(&line, "mkdir -p %s && cd %s && { %s\n} >&2 && echo %s >%s/prepared",
		    dut->work, dut->tree, dut->prepare, session->boot_id, dut->work) < 0)
		return problem_set(why, -ENOMEM, "out of memory");
	dut_progress(session, "preparing it: %s", dut->prepare);
	order.line = line;
	r = dut_tell(session, &order, NULL, why);
	free(line);
	return r;
}

int dut_settle(struct dut_session *session, struct problem *why)
{
	bool has_tree = false, prepared = false;
	int r = 0;

	if (!session->tree_sha256[0])
		r = dut_tree_digest(session->tree, session->tree_sha256, why);
	if (r == 0)
		r = look(session, &has_tree, &prepared, why);
	if (r == 0 && !has_tree)
		r = copy_tree(session, why);
	if (r == 0 && session->dut->prepare && !prepared)
		r = prepare(session, why);
	return r;
}
