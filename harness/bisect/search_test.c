#include "harness/bisect/search.h"

#include <stdio.h>
#include <string.h>

#include "src/suite.h"

#define LIST_MAX 11

/* Searches a list whose first bad one is at `first`, and whose skipped ones are bits of `skipped`.
 * What git-bisect(1) promises: "git bisect skip" leaves a range that cannot be told apart. */
static void search(size_t count, size_t first, unsigned int skipped)
{
	enum bisect_answer answers[LIST_MAX] = { BISECT_GOOD };
	unsigned int decided = 0, skips = 0;
	size_t good = first - 1, bad = first, seen_good, seen_bad;
	ssize_t next;

	answers[count - 1] = BISECT_BAD;
	while ((next = bisect_next(answers, count)) >= 0) {
		CU_ASSERT_EQUAL_FATAL(answers[next], BISECT_UNKNOWN); /* nothing is tested twice */
		if (skipped & 1u << next) {
			answers[next] = BISECT_SKIP;
			skips++;
		} else {
			answers[next] = (size_t)next >= first ? BISECT_BAD : BISECT_GOOD;
			decided++;
		}
	}
	bisect_bounds(answers, count, &seen_good, &seen_bad);
	/* The ends were reproduced, so they are tested whatever the bits say. */
	while (good > 0 && skipped & 1u << good)
		good--;
	while (bad < count - 1 && skipped & 1u << bad)
		bad++;
	CU_ASSERT_EQUAL(seen_good, good);
	CU_ASSERT_EQUAL(seen_bad, bad);
	CU_ASSERT(decided <= bisect_steps(count - 1));
	CU_ASSERT(skips <= (unsigned int)__builtin_popcount(skipped));
}

static void every_first_bad_one_is_found_whatever_is_skipped(void)
{
	for (size_t count = 2; count <= LIST_MAX; count++) {
		for (size_t first = 1; first < count; first++) {
			for (unsigned int skipped = 0; skipped < 1u << count; skipped++)
				search(count, first, skipped);
		}
	}
}

static void steps_are_the_logarithm(void)
{
	CU_ASSERT_EQUAL(bisect_steps(0), 0);
	CU_ASSERT_EQUAL(bisect_steps(1), 0);
	CU_ASSERT_EQUAL(bisect_steps(2), 1);
	CU_ASSERT_EQUAL(bisect_steps(3), 2);
	CU_ASSERT_EQUAL(bisect_steps(8), 3);
	CU_ASSERT_EQUAL(bisect_steps(9), 4);
	CU_ASSERT_EQUAL(bisect_steps(1000), 10);
}

#define PARTS 4

struct world {
	unsigned int guilty, skipped, stops; /* sets of parts; tuples that cannot be tested */
	unsigned int asked[1 << PARTS];
};

static unsigned int bits_of(const bool *changed)
{
	unsigned int bits = 0;

	for (unsigned int i = 0; i < PARTS; i++)
		bits |= changed[i] ? 1u << i : 0;
	return bits;
}

static enum bisect_answer ask(void *data, const bool *changed)
{
	struct world *world = data;
	unsigned int bits = bits_of(changed);

	world->asked[bits]++;
	if (bits == world->stops)
		return BISECT_STOP;
	if (bits == world->skipped)
		return BISECT_SKIP;
	return (bits & world->guilty) == world->guilty ? BISECT_BAD : BISECT_GOOD;
}

/* One guilty change, or several that are bad only together: all sets of four. */
static void every_guilty_set_is_found(void)
{
	for (unsigned int set = 1; set < 1 << PARTS; set++) {
		struct world world = { .guilty = set, .skipped = ~0u, .stops = ~0u };
		bool guilty[PARTS];

		CU_ASSERT_EQUAL(bisect_blame(PARTS, ask, &world, guilty), BISECT_BAD);
		CU_ASSERT_EQUAL(bits_of(guilty), set);
		/* The ends were tested before. */
		CU_ASSERT_EQUAL(world.asked[0], 0);
		CU_ASSERT_EQUAL(world.asked[(1 << PARTS) - 1], 0);
	}
}

static void what_is_open_is_not_blamed(void)
{
	for (unsigned int set = 1; set < 1 << PARTS; set++) {
		for (unsigned int tuple = 1; tuple < (1 << PARTS) - 1; tuple++) {
			struct world world = { .guilty = set, .skipped = tuple, .stops = ~0u };
			bool guilty[PARTS];
			enum bisect_answer answer = bisect_blame(PARTS, ask, &world, guilty);

			/* The skipped tuple was asked, or it did not matter. */
			CU_ASSERT(answer == BISECT_BAD ||
				  (answer == BISECT_SKIP && world.asked[tuple]));
			CU_ASSERT((bits_of(guilty) & ~set) == 0);
			CU_ASSERT(answer != BISECT_BAD || bits_of(guilty) == set);
			world = (struct world){ .guilty = set, .skipped = ~0u, .stops = tuple };
			answer = bisect_blame(PARTS, ask, &world, guilty);
			CU_ASSERT_EQUAL(answer == BISECT_STOP, world.asked[tuple] > 0);
		}
	}
}

static void answers_have_gits_statuses(void)
{
	/* git-bisect(1), "Bisect run": 0, 1 to 127 but 125, 125, and 128 to 255 aborts. */
	CU_ASSERT_EQUAL(bisect_exit_status(BISECT_GOOD), 0);
	CU_ASSERT_EQUAL(bisect_exit_status(BISECT_BAD), 1);
	CU_ASSERT_EQUAL(bisect_exit_status(BISECT_SKIP), 125);
	CU_ASSERT(bisect_exit_status(BISECT_STOP) >= 128);
	CU_ASSERT(bisect_exit_status(BISECT_UNKNOWN) >= 128);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "every first bad one is found, whatever is skipped",
			every_first_bad_one_is_found_whatever_is_skipped },
		{ "steps are the logarithm", steps_are_the_logarithm },
		{ "every guilty set is found", every_guilty_set_is_found },
		{ "what is open is not blamed", what_is_open_is_not_blamed },
		{ "answers have git's statuses", answers_have_gits_statuses },
		CU_TEST_INFO_NULL,
	};

	return suite_main("bisect_search", tests);
}
