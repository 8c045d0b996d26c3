#include "harness/base/spool/spool.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "src/suite.h"

#define LONG_TEXT (1u << 20) /* bytes */

static void opened(struct spool *spool)
{
	struct problem why = { 0 };

	CU_ASSERT_EQUAL_FATAL(spool_open(spool, &why), 0);
}

/* Does a copy of the spool have that text? */
static bool holds(struct spool *spool, const char *wanted)
{
	struct problem why = { 0 };
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	bool same;

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL(spool_copy(spool, stream, &why), 0);
	fclose(stream);
	same = length == strlen(wanted) && memcmp(text, wanted, length) == 0;
	free(text);
	return same;
}

static void what_was_put_aside_comes_back_in_order(void)
{
	struct problem why = { 0 };
	struct spool spool;
	char *wanted = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&wanted, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	opened(&spool);
	CU_ASSERT(holds(&spool, ""));
	for (int i = 0; i < 20000; i++) {
		fprintf(stream, "line %d\n", i);
		fprintf(spool.stream, "line %d\n", i);
	}
	fclose(stream);
	CU_ASSERT(holds(&spool, wanted));
	/* And once more. */
	CU_ASSERT(holds(&spool, wanted));
	CU_ASSERT_EQUAL(spool_clear(&spool, &why), 0);
	fputs("new", spool.stream);
	CU_ASSERT(holds(&spool, "new"));
	spool_close(&spool);
	spool_close(&spool);
	free(wanted);
}

static void documents_come_back_from_where_they_begin(void)
{
	struct problem why = { 0 };
	struct spool spool;
	uint64_t at[100], next;
	json_t *value;

	opened(&spool);
	for (int i = 0; i < 100; i++) {
		value = json_pack("{s:i, s:[f, n]}", "n", i, "more", 0.1);
		CU_ASSERT_EQUAL(spool_put(&spool, value, &at[i], &why), 0);
		json_decref(value);
	}
	for (int i = 99; i >= 0; i -= 3) {
		json_t *wanted = json_pack("{s:i, s:[f, n]}", "n", i, "more", 0.1);

		next = at[i];
		CU_ASSERT_EQUAL_FATAL(spool_get(&spool, &next, &value, &why), 0);
		CU_ASSERT(json_equal(value, wanted));
		CU_ASSERT_EQUAL(next, i < 99 ? at[i + 1] : spool.end);
		json_decref(value);
		json_decref(wanted);
	}
	next = at[1] + 1;
	CU_ASSERT_EQUAL(spool_get(&spool, &next, &value, &why), -EINVAL);
	next = spool.end;
	CU_ASSERT_EQUAL(spool_get(&spool, &next, &value, &why), -EINVAL);
	spool_close(&spool);
}

/* A text of a guest: long, with newlines, quotes, bytes that are no text and a 0. */
static void any_text_comes_back_whole(void)
{
	static const char piece[] = "a\n\"\\\x1b[2J\x7f\xc3\xa9\r\t";
	struct problem why = { 0 };
	struct spool spool;
	char *text = malloc(LONG_TEXT);
	json_t *put, *got;
	uint64_t first, second;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memset(text, 'x', LONG_TEXT);
	for (size_t i = 0; i + sizeof(piece) < LONG_TEXT; i += 1000)
		memcpy(text + i, piece, sizeof(piece)); /* with its 0 */
	put = json_pack("{s:o}", "cause", json_stringn(text, LONG_TEXT));
	CU_ASSERT_PTR_NOT_NULL_FATAL(put);
	opened(&spool);
	CU_ASSERT_EQUAL(spool_put(&spool, put, &first, &why), 0);
	CU_ASSERT_EQUAL(spool_put(&spool, put, &second, &why), 0);
	CU_ASSERT_EQUAL_FATAL(spool_get(&spool, &second, &got, &why), 0);
	CU_ASSERT(json_equal(put, got));
	json_decref(got);
	json_decref(put);
	spool_close(&spool);
	free(text);
}

static void a_folder_that_is_not_there_is_named(void)
{
	struct problem why = { 0 };
	struct spool spool;

	setenv("TMPDIR", "/nowhere/at-all", 1);
	CU_ASSERT_EQUAL(spool_open(&spool, &why), -ENOENT);
	CU_ASSERT_STRING_EQUAL(why.text,
		"cannot keep the cells in a temporary file in /nowhere/at-all: No such file or "
		"directory; TMPDIR chooses a different folder");
	CU_ASSERT_PTR_NULL(spool.stream);
	spool_close(&spool);
	/* As if it were not set. */
	setenv("TMPDIR", "", 1);
	opened(&spool);
	spool_close(&spool);
	unsetenv("TMPDIR");
}

/* The file takes no more: setrlimit(2), "EFBIG". */
static void a_file_that_takes_no_more_is_an_error(void)
{
	struct rlimit limit, small;
	struct problem why = { 0 };
	struct spool text, documents;
	json_t *value = json_pack("{s:s}", "a", "document");
	uint64_t at;
	int r = 0;

	signal(SIGXFSZ, SIG_IGN);
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = (struct rlimit){ 100000, limit.rlim_max };
	opened(&text);
	opened(&documents);
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 30000; i++)
		fputs("line\n", text.stream);
	for (int i = 0; i < 30000 && r == 0; i++)
		r = spool_put(&documents, value, &at, &why);
	setrlimit(RLIMIT_FSIZE, &limit);
	CU_ASSERT_EQUAL(r, -EFBIG);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, ": File too large; TMPDIR"));
	memset(&why, 0, sizeof(why));
	CU_ASSERT_EQUAL(spool_check(&text, &why), -EFBIG);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, ": File too large; TMPDIR"));
	spool_close(&text);
	spool_close(&documents);
	json_decref(value);
}

/* What is not written yet is found missing when it is wanted back. */
static void an_error_at_the_end_is_found(void)
{
	struct rlimit limit, none;
	struct problem why = { 0 };
	struct spool spool;

	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &limit), 0);
	none = (struct rlimit){ 0, limit.rlim_max };
	opened(&spool);
	fputs("line\n", spool.stream);
	CU_ASSERT_EQUAL(spool_check(&spool, &why), 0);
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &none), 0);
	CU_ASSERT_EQUAL(spool_copy(&spool, stdout, &why), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &limit);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, ": File too large; TMPDIR"));
	spool_close(&spool);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "what was put aside comes back in order",
			what_was_put_aside_comes_back_in_order },
		{ "documents come back from where they begin",
			documents_come_back_from_where_they_begin },
		{ "any text comes back whole", any_text_comes_back_whole },
		{ "a folder that is not there is named", a_folder_that_is_not_there_is_named },
		{ "a file that takes no more is an error", a_file_that_takes_no_more_is_an_error },
		{ "an error at the end is found", an_error_at_the_end_is_found },
		CU_TEST_INFO_NULL,
	};

	return suite_main("spool", tests);
}
