#include "harness/base/build_version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/suite.h"

static char place[] = "/tmp/build-version-test-XXXXXX";

/* Runs the script in a shell after `before`, both in a copy of the script alone. What it prints in
 * `said`, without the newline. */
static void build(const char *before, char said[static 128])
{
	char line[2048];
	FILE *pipe;

	snprintf(line, sizeof(line),
		"set -e; cd %s; rm -rf t; mkdir t; cd t; cp \"$SOURCE_ROOT\"/build-version .; "
		"export HOME=%s GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=e "
		"GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=e; "
		"unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE; "
		"commit() { git init -q; git add -A; git commit -qm m; }; "
		"{ %s; } >&2; ./build-version 1.2.3",
		place, place, before);
	pipe = popen(line, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(pipe);
	said[0] = '\0';
	if (!fgets(said, 128, pipe))
		said[0] = '\0';
	said[strcspn(said, "\n")] = '\0';
	CU_ASSERT_EQUAL(pclose(pipe), 0);
}

#define HASH "0123456789abcdef0123456789abcdef01234567"

/* What `git archive` makes of .commit: gitattributes(5), export-subst. */
static void a_tree_without_git_says_what_it_was_told(void)
{
	static const struct {
		const char *before, *version;
	} trees[] = {
		{ "true", "1.2.3-dev-unknown" },
		{ "echo '$Format:%H %d$' >.commit", "1.2.3-dev-unknown" },
		{ "echo '" HASH " (HEAD -> main)' >.commit", "1.2.3-dev-g0123456789ab" },
		{ "echo '" HASH " (HEAD -> main, tag: v1.2.3)' >.commit", "1.2.3" },
		{ "echo '" HASH " tag: v1.2.3' >.commit", "1.2.3" },
		{ "echo '" HASH " (tag: v1.2.30, tag: v1.2)' >.commit", "1.2.3-dev-g0123456789ab" },
		{ ": >.commit", "1.2.3-dev-unknown" },
	};
	char said[128];

	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
		build(trees[i].before, said);
		CU_ASSERT_STRING_EQUAL(said, trees[i].version);
	}
}

static void a_repository_says_its_commit(void)
{
	char said[128], dirty[128];

	if (system("git --version >/dev/null 2>&1") != 0) {
		puts("no git here: not tested");
		return;
	}
	build("commit", said);
	CU_ASSERT_EQUAL(strncmp(said, "1.2.3-dev-g", 11), 0);
	CU_ASSERT_EQUAL(strlen(said), 11 + 12);
	CU_ASSERT_EQUAL(strspn(said + 11, "0123456789abcdef"), 12);
	build("commit; echo >>build-version", dirty);
	CU_ASSERT_EQUAL(strncmp(dirty, "1.2.3-dev-g", 11), 0);
	CU_ASSERT_STRING_EQUAL(dirty + 11 + 12, "-dirty");
	build("commit; echo >untracked", said);
	CU_ASSERT_EQUAL(strlen(said), 11 + 12);
	build("commit; git tag v1.2.3", said);
	CU_ASSERT_STRING_EQUAL(said, "1.2.3");
	build("commit; git tag v1.2.3; echo >>build-version", dirty);
	CU_ASSERT_STRING_EQUAL(dirty + 11 + 12, "-dirty");
	build("commit; git tag v1.2.4", said);
	CU_ASSERT_EQUAL(strncmp(said, "1.2.3-dev-g", 11), 0);
	/* A copy in a repository that is not its own. */
	build("commit; mkdir inner; cp build-version inner; cd inner", said);
	CU_ASSERT_STRING_EQUAL(said, "1.2.3-dev-unknown");
}

static void the_program_names_its_build(void)
{
	CU_ASSERT_STRING_EQUAL(build_version(), IGD_VERSION);
	build_version_set("1.2.3-dev-g0123456789ab");
	CU_ASSERT_STRING_EQUAL(build_version(), "1.2.3-dev-g0123456789ab");
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a tree without git says what it was told",
			a_tree_without_git_says_what_it_was_told },
		{ "a repository says its commit", a_repository_says_its_commit },
		{ "the program names its build", the_program_names_its_build },
		CU_TEST_INFO_NULL,
	};

	if (!mkdtemp(place))
		return 1;
	return suite_remove(place, suite_main("build_version", tests));
}
