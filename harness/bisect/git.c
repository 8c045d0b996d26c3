#include "harness/bisect/git.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/process/guarded_child.h"

#define ARGS_MAX 64

/* Runs git in a folder, whatever repository our environment means; words end with NULL. What it
 * said without the newline at the end is in *said_r, if that is wanted. Its exit status, or a
 * negative errno. */
static int ask(const char *folder, char **said_r, struct problem *why, const char *const words[])
{
	const char *argv[ARGS_MAX] = { "env", "-u", "GIT_DIR", "-u", "GIT_WORK_TREE", "-u",
		"GIT_INDEX_FILE", "LC_ALL=C", "git", "-C", folder };
	size_t count = 0, length;
	char *said = NULL;
	int r;

	while (argv[count])
		count++;
	for (size_t i = 0; words[i] && count + 1 < ARGS_MAX; i++)
		argv[count++] = words[i];
	r = guarded_child_output((char *const *)argv, 0, &said, why);
	length = said ? strlen(said) : 0;
	while (length > 0 && said[length - 1] == '\n')
		said[--length] = 0;
	if (said_r)
		*said_r = said;
	else
		free(said);
	return r;
}

/* The same, and anything but success is an error, in git's own words. */
static int must(const char *folder, char **said_r, struct problem *why, const char *const words[])
{
	char *said = NULL;
	int r = ask(folder, &said, why, words);

	if (r > 0)
		r = problem_set(why, -EINVAL, "git %s: %s", words[0], said);
	if (r == 0 && said_r) {
		*said_r = said;
		said = NULL;
	}
	free(said);
	return r;
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

int bisect_git_open(const char *repository, const char *tree, const char *revision,
	struct bisect_git *git_r, struct problem *why)
{
	int r = 0;

	git_r->tree = strdup(tree);
	if (!git_r->tree)
		return -ENOMEM;
	if (access(tree, F_OK) == 0)
		return must(tree, NULL, why, WORDS("rev-parse", "--git-dir"));
	/* One that was removed by hand is forgotten first. */
	r = must(repository, NULL, why, WORDS("worktree", "prune"));
	return r < 0 ? r
		     : must(repository, NULL, why,
			       WORDS("worktree", "add", "--force", "--detach", tree, revision));
}

void bisect_git_close(struct bisect_git *git)
{
	free(git->tree);
	git->tree = NULL;
}

int bisect_git_commit(const char *folder, const char *revision, char id[static BISECT_GIT_ID_MAX],
	struct problem *why)
{
	char wanted[512], *said = NULL;
	int r;

	snprintf(wanted, sizeof(wanted), "%s^{commit}", revision);
	r = ask(folder, &said, why, WORDS("rev-parse", "--verify", "--end-of-options", wanted));
	if (r > 0)
		r = problem_set(why, -EINVAL, "%.200s names no commit in %.200s: %s", revision,
			folder, said);
	/* Newer versions print --end-of-options back. */
	if (r == 0)
		snprintf(id, BISECT_GIT_ID_MAX, "%s",
			strrchr(said, '\n') ? strrchr(said, '\n') + 1 : said);
	free(said);
	return r;
}

int bisect_git_checkout(const struct bisect_git *git, const char *id, struct problem *why)
{
	return must(git->tree, NULL, why, WORDS("checkout", "--quiet", "--force", "--detach", id));
}

json_t *bisect_git_describe(const struct bisect_git *git, const char *id)
{
	static const char *const keys[] = { "id", "short", "author", "date", "subject" };
	struct problem why = { 0 };
	json_t *described = json_object();
	char *said = NULL, *rest;

	if (must(git->tree, &said, &why,
		    WORDS("log", "-1", "--no-show-signature", "--date=iso-strict",
			    "--format=%H%n%h%n%an <%ae>%n%ad%n%s", id)) < 0) {
		json_decref(described);
		return NULL;
	}
	rest = said;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char *line = strsep(&rest, "\n");
		json_t *text = json_string(line ? line : "");

		json_object_set_new(described, keys[i], text ? text : json_string("?"));
	}
	free(said);
	return described;
}

/* The words of a command and the ids of `good` behind them, each after `prefix`. Freed by the
 * caller, words[from] and on. */
static size_t add_ids(
	const char *words[ARGS_MAX], size_t from, const json_t *good, const char *prefix)
{
	const json_t *id;
	size_t i;

	json_array_foreach(good, i, id)
	{
		char *word = NULL;

		if (from + 2 < ARGS_MAX - 16 &&
			asprintf(&word, "%s%s", prefix, json_string_value(id)) >= 0)
			words[from++] = word;
	}
	words[from] = NULL;
	return from;
}

static void free_words(const char *words[ARGS_MAX], size_t from)
{
	for (; words[from]; from++)
		free((char *)words[from]);
}

int bisect_git_count(const struct bisect_git *git, const char *bad, const json_t *good,
	size_t *count_r, struct problem *why)
{
	const char *words[ARGS_MAX] = { "rev-list", "--count", bad };
	char *said = NULL;
	int r;

	add_ids(words, 3, good, "^");
	r = must(git->tree, &said, why, words);
	if (r == 0)
		*count_r = strtoul(said, NULL, 10);
	free_words(words, 3);
	free(said);
	return r;
}

int bisect_git_start(
	const struct bisect_git *git, const char *bad, const json_t *good, struct problem *why)
{
	const char *words[ARGS_MAX] = { "bisect", "start", bad };
	int r = must(git->tree, NULL, why, WORDS("reset", "--quiet", "--hard"));

	/* What a killed bisection left of its own: what it tested is in the state. */
	if (r == 0)
		r = must(git->tree, NULL, why, WORDS("bisect", "reset", "HEAD"));
	add_ids(words, 3, good, "");
	if (r == 0)
		r = must(git->tree, NULL, why, words);
	free_words(words, 3);
	return r;
}

int bisect_git_mark(const struct bisect_git *git, const char *id, enum bisect_answer answer,
	struct problem *why)
{
	char *said = NULL, *log = NULL;
	int r = must(git->tree, NULL, why, WORDS("reset", "--quiet", "--hard"));

	if (r == 0)
		r = ask(git->tree, &said, why, WORDS("bisect", bisect_answer_name(answer), id));
	/* With only skipped ones left git says so by its status, and by its log. */
	if (r > 0 && must(git->tree, &log, why, WORDS("bisect", "log")) == 0 &&
		strstr(log, "# only skipped commits left to test"))
		r = 0;
	if (r > 0)
		r = problem_set(why, -EINVAL, "git bisect: %s", said);
	free(log);
	free(said);
	return r;
}

int bisect_git_next(const struct bisect_git *git, char id[static BISECT_GIT_ID_MAX],
	json_t **left_r, struct problem *why)
{
	static const char found[] = "# first bad commit: [";
	static const char possible[] = "# possible first bad commit: [";
	char *log = NULL, *rest, *line;
	json_t *left = json_array();
	int r = must(git->tree, &log, why, WORDS("bisect", "log"));

	for (rest = log; r == 0 && (line = strsep(&rest, "\n"));) {
		const char *begin = strncmp(line, found, strlen(found)) == 0 ? line + strlen(found)
				    : strncmp(line, possible, strlen(possible)) == 0
					    ? line + strlen(possible)
					    : NULL;

		if (begin)
			json_array_append_new(left, json_stringn(begin, strcspn(begin, "]")));
	}
	free(log);
	if (r == 0 && json_array_size(left) > 0) {
		*left_r = left;
		return 0;
	}
	json_decref(left);
	return r < 0 ? r : (bisect_git_commit(git->tree, "HEAD", id, why) < 0 ? -EINVAL : 1);
}
