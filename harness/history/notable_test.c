/*
 * What is worth knowing of runs: harness/history/notable.c. The nights are written by hand, a
 * letter each, and what is to be found in them follows from the rules in its header and in drift.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/history/private.h"
#include "harness/history/render.h"
#include "src/document.h"
#include "src/suite.h"

static const char *word_of(char letter)
{
	const char *at = strchr(HISTORY_LETTERS, letter);

	return verdict_name((enum verdict)(at - HISTORY_LETTERS));
}

/* A run of one cell, "c", with that QEMU. */
static json_t *extract_of(const char *host, int night, const char *qemu, char letter, int ms)
{
	json_t *extract =
		json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:{s:s}, s:[[s,s,i]], s:{}, s:{}}",
			"format", HISTORY_EXTRACT, "version", 1, "host", host, "matrix", "m",
			"backend", "libxl", "place", "", "verdict", word_of(letter), "identities",
			"qemu", qemu, "cells", "c", word_of(letter), ms, "gone", "left");

	json_object_set_new(extract, "started", json_sprintf("2026-01-%03d", night));
	json_object_set_new(extract, "run", json_sprintf("%s-%d", host, night));
	return extract;
}

/* "7:PPPF 8:FF": nights with QEMU 7, then with 8. */
static void add_nights(struct history *history, const char *host, const char *nights)
{
	const char *qemu = "";
	int night = 0;
	char version[2] = "";

	for (const char *at = nights; *at; at++) {
		json_t *extract;

		if (at[1] == ':') {
			version[0] = *at++;
			continue;
		}
		if (*at == ' ')
			continue;
		qemu = version;
		extract = extract_of(host, night++, qemu, *at, 1000);
		CU_ASSERT_EQUAL(history_take(history, "dir", extract), 0);
		json_decref(extract);
	}
}

/* The entries of these nights of one or two hosts, "KIND HOSTS" with a semicolon between two. */
static char *found_in(const char *one, const char *other)
{
	struct history history = { 0 };
	struct history_group *groups = NULL;
	static char found[1024];
	size_t count = 0, used = 0, i;
	json_t *notable;
	const json_t *entry;

	add_nights(&history, "one", one);
	if (other)
		add_nights(&history, "two", other);
	CU_ASSERT_EQUAL_FATAL(history_groups(&history, &groups, &count), 0);
	CU_ASSERT_EQUAL(count, other ? 2 : 1);
	notable = history_notable(&history, groups, count);
	found[0] = '\0';
	json_array_foreach(notable, i, entry)
	{
		const json_t *with = json_object_get(entry, "with");

		used += (size_t)snprintf(found + used, sizeof(found) - used, "%s%s %zu",
			i ? "; " : "", document_text(entry, "kind"),
			json_array_size(json_object_get(entry, "hosts")));
		if (json_array_size(with) > 0)
			used += (size_t)snprintf(found + used, sizeof(found) - used, " %s %s-%s",
				document_text(json_array_get(with, 0), "what"),
				document_text(json_array_get(with, 0), "from"),
				document_text(json_array_get(with, 0), "to"));
	}
	json_decref(notable);
	history_groups_free(groups, count);
	history_free(&history);
	return found;
}

static void rules(void)
{
	static const struct {
		const char *one, *two, *found;
	} cases[] = {
		{ "7:PPPP", NULL, "" },
		{ "7:PPPP 8:PPXD", NULL, "" },
		{ "7:PPPP 8:FFFF", NULL, "regression 1 qemu 7-8" },
		{ "7:PPPP 8:FFFF", "7:PP 8:F", "regression 2 qemu 7-8" },
		{ "7:FFFF 8:PPPP", NULL, "fixed 1 qemu 7-8" },
		{ "7:PP 8:FF 9:PP", NULL, "regression 1 qemu 7-8; fixed 1 qemu 8-9" },
		/* Two versions in turn on one host are no change each night. */
		{ "7:P 8:F 7:P 8:F 7:P", NULL, "regression 1 qemu 7-8" },
		/* With nothing that is recorded: once it is a change, twice the cell is flaky. */
		{ "7:PPFF", NULL, "regression 1" },
		{ "7:PPFFPP", NULL, "flaky 1" },
		{ "7:PPYPP", NULL, "flaky 1" },
		{ "7:PFPPFPPP", "7:PPPPPPPP", "flaky 1" },
		/* A flaky cell that deviates twice by chance: 3 of 8, so 0.14. Twelve times: 8e-6.
		 */
		{ "7:PFPPFPFP 8:FF", NULL, "flaky 1" },
		{ "7:PFPPFPFP 8:FFFFFFFFFFFF", NULL, "regression 1 qemu 7-8; flaky 1" },
		/* What gave no answer says nothing. */
		{ "7:PMEPM 8:MP", NULL, "" },
		{ "7:PMMFF", NULL, "regression 1" },
		{ "7:PMMMMM", NULL, "unanswered 1" },
		{ "7:MMMMMM", NULL, "" },
		{ "7:PSSSSSS", NULL, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *found = found_in(cases[i].one, cases[i].two);

		CU_ASSERT_STRING_EQUAL(found, cases[i].found);
		if (strcmp(found, cases[i].found) != 0)
			printf("\n  %s: %s\n", cases[i].one, found);
	}
}

/* The kinds found in 64 nights of which night i takes `ms(i)`. */
static size_t drifts(int (*ms)(int night), json_int_t *last_r)
{
	struct history history = { 0 };
	struct history_group *groups = NULL;
	size_t count = 0, found;
	json_t *notable;

	for (int i = 0; i < 64; i++) {
		json_t *extract = extract_of("one", i, "7", 'P', ms(i));

		CU_ASSERT_EQUAL(history_take(&history, "dir", extract), 0);
		json_decref(extract);
	}
	CU_ASSERT_EQUAL_FATAL(history_groups(&history, &groups, &count), 0);
	notable = history_notable(&history, groups, count);
	found = json_array_size(notable);
	*last_r = json_integer_value(json_object_get(json_array_get(notable, 0), "last_ms"));
	json_decref(notable);
	history_groups_free(groups, count);
	history_free(&history);
	return found;
}

static int steady(int night)
{
	return 10000 + (night * 37 % 10) * 100;
}

static int slower(int night)
{
	return 10000 + night * 100 + (night * 37 % 10) * 100;
}

static int one_slow_week(int night)
{
	return steady(night) * (night >= 30 && night < 37 ? 3 : 1);
}

static int a_step(int night)
{
	return steady(night) * (night >= 40 ? 2 : 1);
}

static void drift(void)
{
	json_int_t last = 0;

	CU_ASSERT_EQUAL(drifts(steady, &last), 0);
	CU_ASSERT_EQUAL(drifts(one_slow_week, &last), 0);
	CU_ASSERT_EQUAL(drifts(a_step, &last), 0);
	CU_ASSERT_EQUAL(drifts(slower, &last), 1);
	/* The median of nights 56 to 63. */
	CU_ASSERT(last >= 15600 && last <= 17200);
}

static void take_run(struct history *history, int night, bool is_bundle)
{
	json_t *extract = extract_of("one", night, "7", 'P', 1);

	CU_ASSERT_EQUAL_FATAL(history_take(history, "dir", extract), 0);
	history->runs[history->count - 1].is_bundle = is_bundle;
	json_decref(extract);
}

/* Two directories stay, whatever they are: both were named. */
static void a_bundle_of_a_run_that_is_there(void)
{
	static const bool stays[] = { true, false, true, true, true, false };
	struct history history = { 0 };

	take_run(&history, 1, false);
	take_run(&history, 2, true); /* the directory comes later */
	take_run(&history, 1, false);
	take_run(&history, 2, false);
	take_run(&history, 3, true);
	take_run(&history, 3, true);
	for (size_t i = 0; i < history.count; i++)
		history.runs[i].cells[0].ms = (uint32_t)i;
	CU_ASSERT_EQUAL(history_leave_out_copies(&history), 0);
	CU_ASSERT_EQUAL_FATAL(history.count, 4);
	for (size_t i = 0, at = 0; i < 6; i++) {
		if (stays[i])
			CU_ASSERT_EQUAL(history.runs[at++].cells[0].ms, i);
	}
	history_free(&history);
}

/* Whatever is in a cache is a run, or is refused. */
static void extracts_of_strangers(void)
{
	static const char *const keys[] = { "started", "host", "matrix", "backend", "place", "run",
		"verdict", "cells", "gone", "left" };
	static const char *const values[] = { "null", "5", "[]", "[5]", "[[\"c\"]]", "{\"a\": 5}",
		"[[\"\", \"PASS\", 1]]", "[[\"c\", \"GOOD\", 1]]", "[[\"c\", \"PASS\", -1]]",
		"\"\\u00e9\"" };
	struct history history = { 0 };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		for (size_t j = 0; j < sizeof(values) / sizeof(values[0]); j++) {
			json_t *extract = extract_of("one", 1, "7", 'P', 1);
			json_t *value = json_loads(values[j], JSON_DECODE_ANY, NULL);
			bool is_text = json_is_string(value), empty = strcmp(values[j], "[]") == 0;
			int wanted = (is_text && i < 6) || (empty && i == 7) ? 0 : -EINVAL;

			json_object_set_new(extract, keys[i], value);
			CU_ASSERT_EQUAL(history_take(&history, "dir", extract), wanted);
			json_decref(extract);
		}
	}
	history_free(&history);
}

/* Cut between characters: each of these has two bytes. */
static void long_texts(void)
{
	char text[2 * HISTORY_TEXT_MAX + 1], *cut;
	json_t *string;

	for (size_t i = 0; i < HISTORY_TEXT_MAX; i++)
		memcpy(text + 2 * i, "\xc3\xa9", 2);
	text[sizeof(text) - 1] = '\0';
	cut = history_cut(text);
	string = json_string(cut);
	CU_ASSERT_PTR_NOT_NULL(string);
	CU_ASSERT_EQUAL(strlen(cut), HISTORY_TEXT_MAX - 2);
	json_decref(string);
	free(cut);
	cut = history_cut("a\xff"
			  "b");
	CU_ASSERT_STRING_EQUAL(cut, "a?b");
	free(cut);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "changes, flaky cells, no answers", rules },
		{ "drift", drift },
		{ "a bundle of a run that is there", a_bundle_of_a_run_that_is_there },
		{ "extracts of strangers", extracts_of_strangers },
		{ "long texts", long_texts },
		CU_TEST_INFO_NULL,
	};

	return suite_main("notable", tests);
}
