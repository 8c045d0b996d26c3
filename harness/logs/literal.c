/* What each line has that an expression matches: looked for first, it spares most lines regexec().
 */
#include <string.h>

#include "harness/logs/private.h"

/* A group in more groups than these has no text. */
#define DEPTH_MAX 8

/* Texts, each with a 0 behind it: a line that matches has one of them. */
struct texts {
	char bytes[LITERALS_SIZE];
	size_t length;
	size_t shortest; /* of a text; 0: nothing is known */
};

struct reader {
	const char *at;
	unsigned int depth;
};

static void read_alternatives(struct reader *reader, struct texts *found);

/* The place behind a group, or the end of the text. */
static const char *behind_group(const char *begin)
{
	size_t depth = 0;

	for (const char *c = begin; *c;) {
		if (*c == '[') {
			c = expression_behind_bracket(c);
			continue;
		}
		depth += *c == '(';
		depth -= *c == ')';
		c += *c == '\\' && c[1] ? 2 : 1;
		if (depth == 0)
			return c;
	}
	return begin + strlen(begin);
}

/* The character that an atom stands for, or 0 if it stands for different ones; *end_r is behind it.
 */
static char read_atom(const char *c, const char **end_r)
{
	*end_r = c + 1;
	switch (*c) {
	case '[':
		*end_r = expression_behind_bracket(c);
		/* "[{]", as what has a meaning outside is written. */
		return *end_r == c + 3 && c[1] != '^' ? c[1] : 0;
	case '\\':
		*end_r = c[1] ? c + 2 : c + 1;
		/* Other letters and signs are glibc's own: \w, \b, \<. */
		return c[1] && strchr(".[]()*+?{}|^$\\", c[1]) ? c[1] : 0;
	default:
		return strchr(".^$*+?{)", *c) ? 0 : *c;
	}
}

/* A longer text says more; of several texts the shortest counts. */
static void take_better(struct texts *best, const struct texts *other)
{
	if (other->shortest > best->shortest)
		*best = *other;
}

static void end_run(struct texts *best, struct texts *run)
{
	run->shortest = run->length;
	run->bytes[run->length++] = '\0';
	take_better(best, run);
	*run = (struct texts){ 0 };
}

static bool is_optional(char repeat)
{
	return repeat == '*' || repeat == '?' || repeat == '{';
}

static void read_group(struct reader *reader, struct texts *best)
{
	const char *behind = behind_group(reader->at);
	struct texts group = { 0 };

	if (reader->depth < DEPTH_MAX) {
		reader->at++;
		reader->depth++;
		read_alternatives(reader, &group);
		reader->depth--;
	}
	reader->at = behind;
	if (!is_optional(*behind))
		take_better(best, &group);
}

/* What is between two "|", or a group's parentheses. */
static void read_branch(struct reader *reader, struct texts *best)
{
	struct texts run = { 0 };

	while (*reader->at && *reader->at != '|' && !(*reader->at == ')' && reader->depth > 0)) {
		char atom;

		if (*reader->at == '(') {
			end_run(best, &run);
			read_group(reader, best);
			continue;
		}
		atom = read_atom(reader->at, &reader->at);
		/* A repeat of none is none; of one or more, what follows need not adjoin the first.
		 */
		if (atom && !is_optional(*reader->at) && run.length < EXPRESSION_MAX)
			run.bytes[run.length++] = atom;
		if (!atom || (*reader->at && strchr("*?+{", *reader->at)))
			end_run(best, &run);
	}
	end_run(best, &run);
}

static void read_alternatives(struct reader *reader, struct texts *found)
{
	bool is_first = true;

	for (;;) {
		struct texts branch = { 0 };

		read_branch(reader, &branch);
		if (is_first || branch.shortest < found->shortest)
			found->shortest = branch.shortest;
		/* They lie side by side in the expression, so there is room. */
		memcpy(found->bytes + found->length, branch.bytes, branch.length);
		found->length += branch.length;
		is_first = false;
		if (*reader->at != '|')
			return;
		reader->at++;
	}
}

void expression_literals(const char *text, char literals[static LITERALS_SIZE])
{
	struct reader reader = { .at = text };
	struct texts found = { 0 };

	literals[0] = '\0';
	if (strlen(text) > EXPRESSION_MAX)
		return;
	read_alternatives(&reader, &found);
	if (found.shortest == 0)
		found.length = 0;
	memcpy(literals, found.bytes, found.length);
	literals[found.length] = '\0';
}
