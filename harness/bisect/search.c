#include "harness/bisect/search.h"

#include <string.h>

const char *bisect_answer_name(enum bisect_answer answer)
{
	static const char *const names[BISECT_ANSWERS] = { "unknown", "good", "bad", "skip",
		"stop" };

	return names[answer];
}

int bisect_exit_status(enum bisect_answer answer)
{
	static const int statuses[BISECT_ANSWERS] = { BISECT_EXIT_STOP, 0, 1, 125,
		BISECT_EXIT_STOP };

	return statuses[answer];
}

void bisect_bounds(const enum bisect_answer *answers, size_t count, size_t *good_r, size_t *bad_r)
{
	size_t good = 0, bad = count - 1;

	for (size_t i = 0; i < bad; i++) {
		if (answers[i] == BISECT_BAD)
			bad = i;
		else if (answers[i] == BISECT_GOOD)
			good = i;
	}
	*good_r = good;
	*bad_r = bad;
}

/* The nth from 0 that is not tested yet, between the two; *count_r says how many there are. */
static size_t nth_unknown(
	const enum bisect_answer *answers, size_t good, size_t bad, size_t nth, size_t *count_r)
{
	size_t found = good;

	*count_r = 0;
	for (size_t i = good + 1; i < bad; i++) {
		if (answers[i] == BISECT_UNKNOWN && (*count_r)++ == nth)
			found = i;
	}
	return found;
}

ssize_t bisect_next(const enum bisect_answer *answers, size_t count)
{
	size_t good, bad, unknown;

	bisect_bounds(answers, count, &good, &bad);
	nth_unknown(answers, good, bad, 0, &unknown);
	if (unknown == 0)
		return -1;
	return (ssize_t)nth_unknown(answers, good, bad, unknown / 2, &unknown);
}

unsigned int bisect_steps(size_t n)
{
	unsigned int steps = 0;

	while (n > (size_t)1 << steps)
		steps++;
	return steps;
}

/* A list of tuples: those found guilty, and one more part changed at each place. */
struct walk {
	size_t count;
	bisect_ask *ask;
	void *data;
	const bool *guilty;
};

/* The tuple at that place: 0 is the guilty alone, the last has all changed. */
static enum bisect_answer ask_at(const struct walk *walk, const size_t *order, size_t place)
{
	bool changed[BISECT_PARTS_MAX];

	memcpy(changed, walk->guilty, sizeof(changed));
	for (size_t i = 0; i < place; i++)
		changed[order[i]] = true;
	return walk->ask(walk->data, changed);
}

/* Finds the part that makes it bad, of those not found yet. The first `last` places of `order` are
 * known to be enough. BISECT_BAD and the place behind it in *place_r, or why not. */
static enum bisect_answer search(
	const struct walk *walk, const size_t *order, size_t last, size_t *place_r)
{
	enum bisect_answer answers[BISECT_PARTS_MAX + 1] = { BISECT_GOOD };
	size_t good;
	ssize_t next;

	answers[last] = BISECT_BAD;
	while ((next = bisect_next(answers, last + 1)) >= 0) {
		answers[next] = ask_at(walk, order, (size_t)next);
		if (answers[next] == BISECT_STOP)
			return BISECT_STOP;
	}
	bisect_bounds(answers, last + 1, &good, place_r);
	return *place_r == good + 1 ? BISECT_BAD : BISECT_SKIP;
}

enum bisect_answer bisect_blame(size_t count, bisect_ask *ask, void *data, bool *guilty_r)
{
	bool guilty[BISECT_PARTS_MAX] = { false };
	struct walk walk = { count, ask, data, guilty };
	size_t order[BISECT_PARTS_MAX] = { 0 }, last = count, place = 0;
	enum bisect_answer answer = BISECT_UNKNOWN;

	for (size_t i = 0; i < count; i++)
		order[i] = i;
	while (last > 0) {
		answer = search(&walk, order, last, &place);
		if (answer != BISECT_BAD)
			break;
		guilty[order[place - 1]] = true;
		/* What came behind it was not needed. */
		last = place - 1;
		answer = last > 0 ? ask_at(&walk, order, 0) : BISECT_BAD;
		if (answer != BISECT_GOOD)
			break;
	}
	memcpy(guilty_r, guilty, count * sizeof(*guilty));
	return answer;
}
