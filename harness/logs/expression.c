/* Which extended regular expressions a pattern may have. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/logs/private.h"

/*
 * glibc makes a state for each set of places at which a line may be in the expression, up to 2 to
 * the power of these. With 12, a log of 1 MiB took 0.6 s and 21 MiB; with 17 it was not searched in
 * 100 s.
 */
#define OPEN_MAX 12

/* What stands before the place that is looked at. */
struct atom {
	bool there;
	bool is_repeat; /* it ends with *, + or ? */
	bool repeats;   /* there is a * or a + in it */
	bool is_open;   /* it matches different texts: ., [ab], (a|b) */
};

/* A group, or the whole. */
struct level {
	bool repeats, alternates;
};

struct reading {
	struct level levels[EXPRESSION_MAX + 1];
	size_t depth;
	struct atom atom;
	bool repeats;
	unsigned int open;
	char *sentence;
	size_t size;
};

static bool wrong(struct reading *reading, const char *sentence)
{
	snprintf(reading->sentence, reading->size, "%s", sentence);
	return false;
}

const char *expression_behind_bracket(const char *begin)
{
	const char *c = begin + 1;

	if (*c == '^')
		c++;
	if (*c == ']')
		c++;
	while (*c && *c != ']') {
		const char kind = c[0] == '[' && c[1] && strchr(":.=", c[1]) ? c[1] : 0;

		c++;
		if (!kind)
			continue;
		for (c++; *c && !(c[0] == kind && c[1] == ']'); c++)
			;
		if (*c)
			c += 2;
	}
	return *c ? c + 1 : c;
}

/* The atom before is complete: no * or + follows it. */
static void end_atom(struct reading *reading)
{
	if (reading->atom.is_open)
		reading->open++;
	reading->atom = (struct atom){ 0 };
}

static void begin_atom(struct reading *reading, bool is_open)
{
	end_atom(reading);
	reading->atom = (struct atom){ .there = true, .is_open = is_open };
}

static bool read_repeat(struct reading *reading, char sign)
{
	struct atom *atom = &reading->atom;

	if (!atom->there) {
		/* regcomp() takes it literally, or refuses it. */
		begin_atom(reading, false);
		return true;
	}
	if (atom->is_repeat || (atom->repeats && sign != '?'))
		return wrong(reading,
			"a repeat of a repeat, such as (a+)+ or a+*, is not allowed: repeat only "
			"once");
	atom->is_repeat = true;
	atom->is_open = sign == '?';
	if (sign == '?')
		return true;
	atom->repeats = reading->repeats = reading->levels[reading->depth].repeats = true;
	return true;
}

static void begin_group(struct reading *reading)
{
	end_atom(reading);
	reading->levels[++reading->depth] = (struct level){ 0 };
}

static void end_group(struct reading *reading)
{
	struct level group = reading->levels[reading->depth];

	if (reading->depth == 0) {
		/* regcomp() takes one that closes nothing literally. */
		begin_atom(reading, false);
		return;
	}
	begin_atom(reading, group.alternates);
	reading->atom.repeats = group.repeats;
	reading->depth--;
	if (group.repeats)
		reading->levels[reading->depth].repeats = true;
}

static bool read_escape(struct reading *reading, char escaped)
{
	if (escaped >= '0' && escaped <= '9')
		return wrong(reading, "a back-reference (\\1) is not allowed: repeat the text");
	begin_atom(reading, escaped && strchr("wWsS", escaped));
	return true;
}

/* Reads what stands at *c, which is not the end, and goes behind it. */
static bool read_next(struct reading *reading, const char **c)
{
	const char *at = (*c)++;

	switch (*at) {
	case '\\':
		if (**c)
			(*c)++;
		return read_escape(reading, at[1]);
	case '[':
		*c = expression_behind_bracket(at);
		begin_atom(reading, *c - at != 3 || at[1] == '^');
		return true;
	case '{':
		return wrong(reading,
			"a repeat count ({) is not allowed: use * or +, or [{] for the character");
	case '(':
		begin_group(reading);
		return true;
	case ')':
		end_group(reading);
		return true;
	case '*':
	case '+':
	case '?':
		return read_repeat(reading, *at);
	case '|':
		end_atom(reading);
		reading->levels[reading->depth].alternates = true;
		return true;
	case '^':
	case '$':
		end_atom(reading);
		return true;
	default:
		begin_atom(reading, *at == '.');
		return true;
	}
}

bool expression_check(const char *text, char *sentence, size_t size)
{
	struct reading reading = { .sentence = sentence, .size = size };

	for (const char *c = text; *c;)
		if (!read_next(&reading, &c))
			return false;
	end_atom(&reading);
	if (reading.repeats && reading.open > OPEN_MAX) {
		snprintf(sentence, size,
			"an expression with * or + has at most %d parts that match different texts "
			"(., [ab], (a|b), a?), and this one has %u: make it simpler",
			OPEN_MAX, reading.open);
		return false;
	}
	return true;
}
