#include "harness/bisect/step/signature.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

/* Cells as the judge writes them (harness/judge/judge.h). */
#define PASSED                                                                                     \
	"{\"name\": \"a\", \"verdict\": \"PASS\", \"ending\": \"done\", \"cause\": \"\","          \
	" \"findings\": [{\"field\": \"display/mode\", \"verdict\": \"PASS\","                     \
	" \"expected\": \"1280x800\", \"seen\": \"1280x800\"}]}"
#define SMALL                                                                                      \
	"{\"name\": \"a\", \"verdict\": \"FAIL\", \"ending\": \"done\", \"cause\": \"mode\","      \
	" \"findings\": [{\"field\": \"display/mode\", \"verdict\": \"FAIL\","                     \
	" \"expected\": \"1280x800\", \"seen\": \"640x480\"}]}"
#define LARGE                                                                                      \
	"{\"name\": \"a\", \"verdict\": \"FAIL\", \"ending\": \"done\", \"cause\": \"mode\","      \
	" \"findings\": [{\"field\": \"display/mode\", \"verdict\": \"FAIL\","                     \
	" \"expected\": \"1280x800\", \"seen\": \"1024x768\"}]}"
#define KNOWN                                                                                      \
	"{\"name\": \"a\", \"verdict\": \"XFAIL\", \"ending\": \"done\", \"cause\": \"\","         \
	" \"findings\": [{\"field\": \"display/mode\", \"verdict\": \"XFAIL\","                    \
	" \"expected\": \"1280x800\", \"seen\": \"640x480\"}]}"
#define DIED                                                                                       \
	"{\"name\": \"b\", \"verdict\": \"FAIL\", \"ending\": \"model-died\","                     \
	" \"cause\": \"QEMU died\", \"findings\": [], \"logs\": [{\"label\":"                      \
	" \"qemu-assertion\", \"severity\": \"cause\"}]}"
#define DIED_OTHERWISE                                                                             \
	"{\"name\": \"b\", \"verdict\": \"FAIL\", \"ending\": \"model-died\","                     \
	" \"cause\": \"QEMU died\", \"findings\": []}"
#define UNKNOWN                                                                                    \
	"{\"name\": \"b\", \"verdict\": \"FAIL\", \"ending\": \"create-failed\","                  \
	" \"cause\": \"no such machine\", \"findings\": [], \"logs\": [{\"label\":"                \
	" \"machine-unknown\", \"severity\": \"cause\"}]}"
#define B_PASSED "{\"name\": \"b\", \"verdict\": \"PASS\", \"ending\": \"done\", \"findings\": []}"
#define MISSED                                                                                     \
	"{\"name\": \"c\", \"verdict\": \"MISS\", \"ending\": \"host-failed\","                    \
	" \"cause\": \"no memory\", \"findings\": []}"
#define BROKEN                                                                                     \
	"{\"name\": \"b\", \"verdict\": \"ERROR\", \"ending\": \"no-agent\","                      \
	" \"cause\": \"no agent\", \"findings\": []}"
/* The guest ran; only its driver of the IGD was not looked at. */
#define A_RAN_SKIP                                                                                 \
	"{\"name\": \"a\", \"verdict\": \"SKIP\", \"ending\": \"done\","                           \
	" \"cause\": \"no driver\", \"findings\": [{\"field\": \"display/mode\","                  \
	" \"verdict\": \"PASS\", \"seen\": \"1024x768\"}, {\"field\": \"igd/driver\","             \
	" \"verdict\": \"SKIP\"}]}"
#define SKIPPED                                                                                    \
	"{\"name\": \"b\", \"verdict\": \"SKIP\", \"ending\": \"not-supported\","                  \
	" \"cause\": \"needs igd\", \"findings\": []}"

static json_t *look(void *data, const char *cell, const char *field)
{
	return strcmp(field, "slot/02") == 0 ? json_string("1234:1111") : NULL;
}

/* The answer to a run of these cells, by a signature in one text, or none; `word` is in why. */
static void judged(
	const char *cells, const char *signature, enum bisect_answer wanted, const char *word)
{
	json_t *findings = json_pack("{s:o}", "cells", parse(cells)), *parts = json_array();
	struct problem problem = { 0 };
	char *why = NULL;

	if (signature)
		CU_ASSERT_EQUAL(bisect_signature_add(parts, signature, &problem), 0);
	CU_ASSERT_EQUAL(bisect_judge(findings, parts, look, NULL, &why), wanted);
	CU_ASSERT_PTR_NOT_NULL_FATAL(why);
	if (!strstr(why, word))
		printf("\n\"%s\" is not in \"%s\"\n", word, why);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, word));
	free(why);
	json_decref(findings);
	json_decref(parts);
}

static void without_a_signature_the_matrix_decides(void)
{
	judged("[" PASSED "]", NULL, BISECT_GOOD, "as expected");
	judged("[" KNOWN "]", NULL, BISECT_GOOD, "as expected");
	judged("[" PASSED ", " SKIPPED "]", NULL, BISECT_GOOD, "as expected");
	judged("[" PASSED ", " DIED "]", NULL, BISECT_BAD, "QEMU died");
	judged("[" SKIPPED "]", NULL, BISECT_SKIP, "needs igd");
	judged("[" A_RAN_SKIP "]", NULL, BISECT_GOOD, "as expected");
	judged("[" PASSED ", " BROKEN "]", NULL, BISECT_SKIP, "no agent");
	judged("[" PASSED ", " UNKNOWN "]", NULL, BISECT_SKIP, "the configuration is not known");
}

static void only_the_same_deviation_is_bad(void)
{
	static const char mode[] = "a:display/mode=640x480";
	static const char died[] = "b:ending=model-died: qemu-assertion";

	judged("[" SMALL "]", mode, BISECT_BAD, mode);
	judged("[" KNOWN "]", mode, BISECT_BAD, mode);
	judged("[" PASSED "]", mode, BISECT_GOOD, "a:display/mode is 1280x800");
	judged("[" LARGE "]", mode, BISECT_SKIP, "with a different deviation");
	judged("[" A_RAN_SKIP "]", mode, BISECT_GOOD, "a:display/mode is 1024x768");
	/* What other cells do is not the question. */
	judged("[" PASSED ", " DIED "]", mode, BISECT_GOOD, "1280x800");
	judged("[" DIED "]", died, BISECT_BAD, died);
	judged("[" DIED_OTHERWISE "]", died, BISECT_SKIP, "QEMU died");
	judged("[" B_PASSED "]", died, BISECT_GOOD, "b:ending is done");
	judged("[" BROKEN "]", died, BISECT_SKIP, "no agent");
	judged("[" BROKEN "]", "b:ending=no-agent", BISECT_BAD, "no-agent");
	judged("[" UNKNOWN "]", died, BISECT_SKIP, "the configuration is not known");
	judged("[" UNKNOWN "]", "b:ending=create-failed: machine-unknown", BISECT_BAD, "machine");
	judged("[" PASSED "]", died, BISECT_SKIP, "no cell b");
	/* A field that the matrix expects nothing of. */
	judged("[" PASSED "]", "a:slot/02=1234:1111", BISECT_BAD, "a:slot/02=1234:1111");
	judged("[" PASSED "]", "a:slot/02=nothing", BISECT_GOOD, "1234:1111");
	judged("[" PASSED "]", "a:slot/03=nothing", BISECT_SKIP, "did not search for slot/03");
}

/* An end that is as expected may be so by a known deviation only. */
static void a_known_deviation_is_an_option(void)
{
	json_t *known = json_pack("{s:o}", "cells", parse("[" KNOWN ", " DIED "]"));
	json_t *parts = bisect_known_of(known), *hostile;
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL_FATAL(json_array_size(parts), 1);
	bisect_signature_option_print(json_array_get(parts, 0), stream);
	fclose(stream);
	CU_ASSERT_STRING_EQUAL(text, "--signature 'a:display/mode=640x480'");
	free(text);
	/* What a guest says is pasted into a shell. */
	hostile = parse("{\"cell\": \"a\", \"field\": \"dmi/x\", \"seen\": \"';reboot;'\"}");
	stream = open_memstream(&text, &length);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	bisect_signature_option_print(hostile, stream);
	fclose(stream);
	CU_ASSERT_STRING_EQUAL(text, "--signature 'a:dmi/x='\\'';reboot;'\\'''");
	free(text);
	json_decref(hostile);
	json_decref(parts);
	json_decref(known);
}

static void a_broken_host_says_nothing(void)
{
	judged("[" SMALL ", " MISSED "]", NULL, BISECT_STOP, "no memory");
	judged("[" SMALL ", " MISSED "]", "a:display/mode=640x480", BISECT_STOP, "no memory");
	judged("[" MISSED "]", "c:ending=host-failed", BISECT_STOP, "no memory");
}

static void a_part_of_the_deviation_is_not_it(void)
{
	json_t *both = json_pack("{s:o}", "cells", parse("[" SMALL ", " DIED "]")), *parts;
	json_t *one = json_pack("{s:o}", "cells", parse("[" SMALL ", " B_PASSED "]"));
	json_t *none = json_pack("{s:o}", "cells", parse("[" PASSED ", " B_PASSED "]"));
	json_t *wanted = parse("[{\"cell\": \"a\", \"field\": \"display/mode\", \"seen\": "
			       "\"640x480\"}, {\"cell\": \"b\", \"field\": \"ending\", \"seen\": "
			       "\"model-died: qemu-assertion\"}]");
	char *why = NULL;

	parts = bisect_signature_of(both);
	CU_ASSERT(json_equal(parts, wanted));
	CU_ASSERT_EQUAL(bisect_judge(both, parts, NULL, NULL, &why), BISECT_BAD);
	free(why);
	CU_ASSERT_EQUAL(bisect_judge(one, parts, NULL, NULL, &why), BISECT_SKIP);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "has 2 deviations, of which 1 are seen"));
	free(why);
	CU_ASSERT_EQUAL(bisect_judge(none, parts, NULL, NULL, &why), BISECT_GOOD);
	free(why);
	json_decref(parts);
	parts = bisect_signature_of(none);
	CU_ASSERT_EQUAL(json_array_size(parts), 0);
	json_decref(parts);
	json_decref(both);
	json_decref(one);
	json_decref(none);
	json_decref(wanted);
}

static void refused(const char *text, const char *word)
{
	json_t *parts = json_array();
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(bisect_signature_add(parts, text, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, word));
	CU_ASSERT_EQUAL(json_array_size(parts), 0);
	json_decref(parts);
}

static void texts_are_read_and_written(void)
{
	static const char *const texts[] = { "a:display/edid_bytes=0", "a:slot/02=1234:1111",
		"a:igd/address=nothing", "a:ending=create-failed: machine-unknown" };
	struct problem why = { 0 };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_t *parts = json_array();
		size_t length = 0;
		char *text = NULL;
		FILE *stream = open_memstream(&text, &length);

		CU_ASSERT_EQUAL(bisect_signature_add(parts, texts[i], &why), 0);
		bisect_signature_print(parts, stream);
		fclose(stream);
		CU_ASSERT_STRING_EQUAL(text, texts[i]);
		free(text);
		json_decref(parts);
	}
	refused("display/mode=1", "CELL:FIELD=VALUE");
	refused("a:display/mode", "CELL:FIELD=VALUE");
	refused(":display/mode=1", "CELL:FIELD=VALUE");
	refused("a:dsplay/mode=1", "dsplay/mode");
}

static void counted(size_t good, size_t bad, size_t skip, unsigned int repeat, unsigned int need,
	enum bisect_answer wanted)
{
	const size_t counts[BISECT_ANSWERS] = {
		[BISECT_GOOD] = good, [BISECT_BAD] = bad, [BISECT_SKIP] = skip
	};

	CU_ASSERT_EQUAL(bisect_count(counts, repeat, need), wanted);
}

static void flaky_cells_are_counted(void)
{
	counted(0, 0, 0, 1, 1, BISECT_UNKNOWN);
	counted(1, 0, 0, 1, 1, BISECT_GOOD);
	counted(0, 1, 0, 1, 1, BISECT_BAD);
	counted(0, 0, 1, 1, 1, BISECT_SKIP);
	/* Once in three. */
	counted(1, 0, 0, 3, 1, BISECT_UNKNOWN);
	counted(0, 1, 0, 3, 1, BISECT_BAD);
	counted(3, 0, 0, 3, 1, BISECT_GOOD);
	counted(2, 0, 1, 3, 1, BISECT_SKIP);
	/* Two of three: over as soon as it is decided. */
	counted(1, 1, 0, 3, 2, BISECT_UNKNOWN);
	counted(2, 0, 0, 3, 2, BISECT_GOOD);
	counted(1, 2, 0, 3, 2, BISECT_BAD);
	counted(0, 0, 1, 3, 2, BISECT_SKIP);
	counted(1, 1, 1, 3, 2, BISECT_SKIP);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "without a signature the matrix decides",
			without_a_signature_the_matrix_decides },
		{ "only the same deviation is bad", only_the_same_deviation_is_bad },
		{ "a known deviation is an option", a_known_deviation_is_an_option },
		{ "a broken host says nothing", a_broken_host_says_nothing },
		{ "a part of the deviation is not it", a_part_of_the_deviation_is_not_it },
		{ "texts are read and written", texts_are_read_and_written },
		{ "flaky cells are counted", flaky_cells_are_counted },
		CU_TEST_INFO_NULL,
	};

	return suite_main("bisect_signature", tests);
}
