/* What each line has that an expression matches: looked for first, it spares most lines regexec().
 */
#include <string.h>

#include "harness/logs/private.h"

struct run {
	char text[EXPRESSION_MAX + 1];
	size_t length;
	char *longest;
};

static void end_run(struct run *run)
{
	run->text[run->length] = '\0';
	if (run->length > strlen(run->longest))
		memcpy(run->longest, run->text, run->length + 1);
	run->length = 0;
}

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
	case '(':
		*end_r = behind_group(c);
		return 0;
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

void expression_literal(const char *text, char literal[static EXPRESSION_MAX + 1])
{
	struct run run = { .longest = literal };

	literal[0] = '\0';
	for (const char *c = text; *c;) {
		char atom;

		if (*c == '|') {
			literal[0] = '\0';
			return;
		}
		atom = read_atom(c, &c);
		/* A repeat of none is none; of one or more, what follows need not adjoin the first.
		 */
		if (atom && *c != '*' && *c != '?' && *c != '{' && run.length < EXPRESSION_MAX)
			run.text[run.length++] = atom;
		if (!atom || (*c && strchr("*?+{", *c)))
			end_run(&run);
	}
	end_run(&run);
}
