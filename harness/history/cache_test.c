/* What is kept, and what is refused: harness/history/cache.h. Foreign databases are made with
 * SQLite's own program in ci/checks/history. */
#include "harness/history/cache_functions.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

static char folder[] = "/tmp/igd-cache-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void keeps_by_key_and_stamp(void)
{
	struct history_cache *cache = NULL;
	struct problem why = { "" };
	struct stat st;
	char *text;

	CU_ASSERT_EQUAL_FATAL(history_cache_open(path_of("new"), &cache, &why), 0);
	history_cache_put(cache, "run", "one", "text");
	history_cache_put(cache, "other", "one", "");
	history_cache_close(cache);
	CU_ASSERT_EQUAL(stat(path_of("new"), &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);

	CU_ASSERT_EQUAL_FATAL(history_cache_open(path_of("new"), &cache, &why), 0);
	text = history_cache_get(cache, "run", "one");
	CU_ASSERT_STRING_EQUAL_FATAL(text, "text");
	free(text);
	CU_ASSERT_PTR_NULL(history_cache_get(cache, "run", "two"));
	CU_ASSERT_PTR_NULL(history_cache_get(cache, "none", "one"));
	/* A run that changed takes the place of what it was. */
	history_cache_put(cache, "run", "two", "new text");
	CU_ASSERT_PTR_NULL(history_cache_get(cache, "run", "one"));
	text = history_cache_get(cache, "run", "two");
	CU_ASSERT_STRING_EQUAL(text, "new text");
	free(text);
	history_cache_close(cache);
}

static void refuses(const char *path)
{
	struct history_cache *cache = NULL;
	struct problem why = { "" };

	CU_ASSERT_EQUAL(history_cache_open(path, &cache, &why), -EINVAL);
	CU_ASSERT_PTR_NULL(cache);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "is not used as a cache"));
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "name a different file, or remove it"));
}

static void what_is_no_cache(void)
{
	FILE *file = fopen(path_of("text"), "w");
	char link[256];

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	for (int i = 0; i < 1000; i++)
		fputs("no database\n", file);
	fclose(file);
	chmod(path_of("text"), 0600);
	refuses(path_of("text"));
	refuses(folder);
	refuses("/nowhere/at/all");
	CU_ASSERT_EQUAL(mkfifo(path_of("fifo"), 0600), 0);
	refuses(path_of("fifo"));
	snprintf(link, sizeof(link), "%s", path_of("link"));
	CU_ASSERT_EQUAL(symlink(path_of("new"), link), 0);
	refuses(link);
	chmod(path_of("new"), 0622);
	refuses(path_of("new"));
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "keeps by key and stamp", keeps_by_key_and_stamp },
		{ "what is no cache is refused", what_is_no_cache },
		CU_TEST_INFO_NULL,
	};

	if (!mkdtemp(folder))
		return 1;
	return suite_remove(folder, suite_main("cache", tests));
}
