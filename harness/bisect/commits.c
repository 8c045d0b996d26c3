/* Bisecting a git repository: harness/bisect/driver.h, harness/bisect/git.h. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "harness/bisect/driver.h"
#include "harness/bisect/git.h"
#include "src/document.h"

/* A commit as a point; its name is "SHORT SUBJECT". */
struct commit {
	char id[BISECT_GIT_ID_MAX], name[200];
	json_t *values;
};

static void name_commit(const struct bisect_git *git, struct commit *commit)
{
	json_t *about = bisect_git_describe(git, commit->id);

	snprintf(commit->name, sizeof(commit->name), "%s %.150s", document_text(about, "short"),
		document_text(about, "subject"));
	commit->values = json_pack("{s:s}", "revision", commit->id);
	json_decref(about);
}

static int ask_commit(struct bisect_driver *driver, const struct bisect_git *git,
	const struct commit *commit, enum bisect_answer *answer_r, struct problem *why)
{
	struct bisect_point point = { commit->name, commit->values, git->tree };
	int r = bisect_git_checkout(git, commit->id, why);

	return r < 0 ? r : bisect_ask_point(driver, &point, answer_r, why);
}

/* The commits that may be the first bad one: those of `bad` that no `good` has. */
struct range {
	char bad[BISECT_GIT_ID_MAX];
	json_t *good; /* ids */
	size_t count;
};

/* Takes the answer for a commit. Returns 0 or a negative errno. */
static int narrow(struct range *range, const struct bisect_git *git, const char *id,
	enum bisect_answer answer, struct problem *why)
{
	if (answer == BISECT_BAD)
		snprintf(range->bad, sizeof(range->bad), "%s", id);
	else if (answer == BISECT_GOOD)
		json_array_append_new(range->good, json_string(id));
	else
		return 0;
	return bisect_git_count(git, range->bad, range->good, &range->count, why);
}

/* Asks git's next commit. Returns 1 if there was one; 0 at the end, with the commits that may be
 * the first bad one; -ECANCELED if it was stopped; a negative errno. */
static int ask_next(struct bisect_driver *driver, const struct bisect_git *git, struct range *range,
	json_t **left_r, struct problem *why)
{
	enum bisect_answer answer;
	struct commit commit = { 0 };
	int r = bisect_git_next(git, commit.id, left_r, why);

	if (r <= 0)
		return r;
	bisect_say_left(driver, range->count);
	name_commit(git, &commit);
	r = ask_commit(driver, git, &commit, &answer, why);
	json_decref(commit.values);
	if (r == 0 && answer == BISECT_STOP)
		return -ECANCELED;
	if (r == 0)
		r = narrow(range, git, commit.id, answer, why);
	if (r == 0)
		r = bisect_git_mark(git, commit.id, answer, why);
	return r < 0 ? r : 1;
}

static int search_commits(struct bisect_driver *driver, const struct bisect_git *git,
	const char *bad, const json_t *good, struct problem *why)
{
	struct range range = { .good = json_deep_copy(good) };
	json_t *left = NULL;
	const json_t *id;
	size_t i;
	int r = bisect_git_count(git, bad, good, &range.count, why);

	snprintf(range.bad, sizeof(range.bad), "%s", bad);
	json_object_set_new(driver->result, "candidates", json_integer((json_int_t)range.count));
	if (r == 0)
		r = bisect_git_start(git, bad, good, why);
	if (r == 0)
		do
			r = ask_next(driver, git, &range, &left, why);
		while (r == 1);
	json_decref(range.good);
	json_array_foreach(left, i, id)
	{
		struct commit commit = { 0 };

		snprintf(commit.id, sizeof(commit.id), "%s", json_string_value(id));
		name_commit(git, &commit);
		bisect_first_bad(driver, commit.name, bisect_git_describe(git, commit.id));
		json_decref(commit.values);
	}
	json_decref(left);
	if (r == 0)
		bisect_conclude(driver);
	return r == -ECANCELED ? 0 : r;
}

/* The ends of a repository: each is checked out when it is asked for, so they are asked one by one.
 */
static int commit_ends(struct bisect_driver *driver, const struct bisect_git *git,
	const struct commit *bad, const struct commit *good, size_t count, struct problem *why)
{
	struct bisect_point point = { bad->name, bad->values, git->tree };
	int r = bisect_git_checkout(git, bad->id, why);

	if (r == 0)
		r = bisect_ends(driver, NULL, 0, &point, why);
	for (size_t i = 0; i < count && r == 1; i++) {
		enum bisect_answer answer;

		driver->phase = "ends";
		r = ask_commit(driver, git, &good[i], &answer, why);
		if (r < 0 || answer == BISECT_STOP)
			return r;
		point = (struct bisect_point){ good[i].name, good[i].values, git->tree };
		if (answer != BISECT_GOOD)
			bisect_wrong_end(driver, &point, "good", answer);
		r = answer == BISECT_GOOD;
	}
	driver->phase = "search";
	return r;
}

static int read_commits(const struct bisect_range *range, struct commit *bad, struct commit *good,
	struct problem *why)
{
	int r;

	if (!range->bad || range->good.count == 0)
		return problem_set(why, -EINVAL, "name a good and a bad revision: --good, --bad");
	r = bisect_git_commit(range->git, range->bad, bad->id, why);
	for (size_t i = 0; i < range->good.count && r == 0; i++)
		r = bisect_git_commit(range->git, range->good.texts[i], good[i].id, why);
	return r;
}

int bisect_commits(
	struct bisect_driver *driver, const struct bisect_range *range, struct problem *why)
{
	struct commit bad = { 0 }, good[STRING_LIST_MAX] = { 0 };
	json_t *ids = json_array(), *names = json_array();
	struct bisect_git git = { NULL };
	char tree[PATH_MAX];
	int r = read_commits(range, &bad, good, why);

	snprintf(tree, sizeof(tree), "%s/tree", driver->session->state.dir);
	if (r == 0)
		r = bisect_git_open(range->git, tree, bad.id, &git, why);
	if (r == 0) {
		name_commit(&git, &bad);
		for (size_t i = 0; i < range->good.count; i++) {
			name_commit(&git, &good[i]);
			json_array_append_new(ids, json_string(good[i].id));
			json_array_append_new(names, json_string(good[i].name));
		}
		json_object_set(driver->result, "good", names);
		json_object_set_new(driver->result, "bad", json_string(bad.name));
		r = commit_ends(driver, &git, &bad, good, range->good.count, why);
	}
	if (r == 1)
		r = search_commits(driver, &git, bad.id, ids, why);
	json_decref(bad.values);
	for (size_t i = 0; i < range->good.count; i++)
		json_decref(good[i].values);
	json_decref(ids);
	json_decref(names);
	bisect_git_close(&git);
	return r;
}
