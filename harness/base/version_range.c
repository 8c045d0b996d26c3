#include "harness/base/version_range.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

struct version {
	long parts[VERSION_RANGE_PARTS_MAX]; /* the ones that are not said are 0 */
};

/* What a comparator asks for, as the signs of compare(version, its number) that satisfy it. */
struct comparator {
	const char *sign;
	bool less, equal, greater;
};

/* Longer signs first: ">" begins ">=" as well. */
static const struct comparator comparators[] = {
	{ ">=", .equal = true, .greater = true },
	{ "<=", .less = true, .equal = true },
	{ ">", .greater = true },
	{ "<", .less = true },
	{ "=", .equal = true },
};

/* The versions that a range leaves: from `low` to `high`, each with or without itself. */
struct interval {
	struct version low, high;
	bool has_high, low_open, high_open;
};

static int compare(const struct version *a, const struct version *b)
{
	for (size_t i = 0; i < VERSION_RANGE_PARTS_MAX; i++) {
		if (a->parts[i] != b->parts[i])
			return a->parts[i] < b->parts[i] ? -1 : 1;
	}
	return 0;
}

static bool holds(const struct comparator *comparator, int order)
{
	if (order == 0)
		return comparator->equal;
	return order < 0 ? comparator->less : comparator->greater;
}

/* Reads dotted numbers and moves on to what follows them. */
static int take_version(const char **text, struct version *version_r)
{
	*version_r = (struct version){ 0 };
	for (size_t i = 0; i < VERSION_RANGE_PARTS_MAX; i++) {
		long *part = &version_r->parts[i];

		if (!isdigit((unsigned char)**text))
			return -EINVAL;
		for (; isdigit((unsigned char)**text); (*text)++) {
			*part = *part * 10 + (**text - '0');
			if (*part > VERSION_RANGE_PART_MAX)
				return -EINVAL;
		}
		if (**text != '.')
			return 0;
		(*text)++;
	}
	return -EINVAL;
}

static int take_comparator(
	const char **text, const struct comparator **comparator_r, struct version *version_r)
{
	for (size_t i = 0; i < sizeof(comparators) / sizeof(comparators[0]); i++) {
		size_t length = strlen(comparators[i].sign);

		if (strncmp(*text, comparators[i].sign, length) != 0)
			continue;
		*text += length;
		*comparator_r = &comparators[i];
		return take_version(text, version_r);
	}
	return -EINVAL;
}

static void skip_spaces(const char **text)
{
	*text += strspn(*text, " ");
}

/* Reads the next comparator of a range. Returns 1, 0 at the end, -EINVAL if it cannot be read. */
static int take_next(
	const char **text, const struct comparator **comparator_r, struct version *version_r)
{
	int r;

	skip_spaces(text);
	if (!**text)
		return 0;
	r = take_comparator(text, comparator_r, version_r);
	if (r < 0)
		return r;
	return !**text || **text == ' ' ? 1 : -EINVAL;
}

static void narrow(struct interval *interval, const struct comparator *comparator,
	const struct version *version)
{
	int order;

	if (!comparator->less) {
		order = compare(version, &interval->low);
		if (order > 0 || (order == 0 && !comparator->equal)) {
			interval->low = *version;
			interval->low_open = !comparator->equal;
		}
	}
	if (!comparator->greater) {
		order = interval->has_high ? compare(version, &interval->high) : -1;
		if (order < 0 || (order == 0 && !comparator->equal)) {
			interval->high = *version;
			interval->high_open = !comparator->equal;
			interval->has_high = true;
		}
	}
}

/* Between two different versions there is always a third, so only the ends decide. */
static bool is_empty(const struct interval *interval)
{
	int order;

	if (!interval->has_high)
		return false;
	order = compare(&interval->low, &interval->high);
	return order > 0 || (order == 0 && (interval->low_open || interval->high_open));
}

int version_range_check(const char *range, struct problem *why)
{
	const struct comparator *comparator = NULL;
	struct interval interval = { 0 };
	struct version version;
	const char *text = range;
	size_t count = 0;
	int r;

	for (;;) {
		r = take_next(&text, &comparator, &version);
		if (r <= 0)
			break;
		narrow(&interval, comparator, &version);
		count++;
	}
	if (r < 0 || count == 0)
		return problem_set(why, -EINVAL,
			"\"%.60s\" is not a version range: write comparators (>=, >, <=, <, =) with "
			"dotted numbers and spaces between them, such as \">=7.0 <10.0\"",
			range);
	if (is_empty(&interval))
		return problem_set(why, -EINVAL,
			"no version is in the range \"%.60s\": reverse or remove a "
			"comparator",
			range);
	return 0;
}

int version_range_match(const char *range, const char *version, bool *match_r)
{
	const struct comparator *comparator = NULL;
	struct version asked, limit;
	bool match = true;
	size_t count = 0;
	int r;

	if (take_version(&version, &asked) < 0 || *version)
		return -EINVAL;
	for (;;) {
		r = take_next(&range, &comparator, &limit);
		if (r <= 0)
			break;
		match = match && holds(comparator, compare(&asked, &limit));
		count++;
	}
	if (r < 0 || count == 0)
		return -EINVAL;
	*match_r = match;
	return 0;
}

bool version_ranges_hold(const json_t *ranges, const json_t *detected, const char **unknown_r)
{
	const char *name;
	json_t *range;

	json_object_foreach((json_t *)ranges, name, range)
	{
		const char *version = json_string_value(json_object_get(detected, name));
		bool match = false;

		if (!version ||
			version_range_match(json_string_value(range), version, &match) < 0) {
			*unknown_r = name;
			return true;
		}
		if (!match)
			return false;
	}
	return true;
}
