#include "src/json_read.h"

#include <stdbool.h>
#include <string.h>

/* What is deeper, or longer, is jansson's. */
#define DEPTH_MAX  32
#define KEY_MAX    64 /* bytes of a key, with a 0 */
#define DIGITS_MAX 18 /* of a whole number, which fits into json_int_t: 2^63 has 19 */

struct text {
	const char *at, *end;
};

static json_t *read_value(struct text *text, unsigned int depth);

/* jansson's blanks. */
static void skip_blanks(struct text *text)
{
	while (text->at < text->end &&
		(*text->at == ' ' || *text->at == '\n' || *text->at == '\t' || *text->at == '\r'))
		text->at++;
}

/* Goes behind the sign if it is next. */
static bool take(struct text *text, char sign)
{
	if (text->at == text->end || *text->at != sign)
		return false;
	text->at++;
	return true;
}

/* Goes behind a text of printable ASCII without an escape. Returns where its bytes begin and their
 * number, or NULL. */
static const char *take_plain(struct text *text, size_t *length_r)
{
	const char *begin = text->at + 1, *at = begin;

	while (at < text->end && *at >= ' ' && *at <= '~' && *at != '"' && *at != '\\')
		at++;
	if (at >= text->end || *at != '"')
		return NULL;
	*length_r = (size_t)(at - begin);
	text->at = at + 1;
	return begin;
}

/* A text or number that jansson reads, of at most that many bytes. */
static json_t *ask_jansson(struct text *text, size_t length)
{
	json_error_t error;
	json_t *value = json_loadb(text->at, length,
		JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &error);

	if (value)
		text->at += error.position; /* the bytes of it */
	return value;
}

static json_t *read_text(struct text *text)
{
	size_t length;
	const char *begin = take_plain(text, &length);

	return begin ? json_stringn_nocheck(begin, length)
		     : ask_jansson(text, (size_t)(text->end - text->at));
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whole ones here, others by jansson. */
static json_t *read_number(struct text *text)
{
	const char *at = text->at;
	bool negative = *at == '-';
	const char *digits = at += negative;
	json_int_t number = 0;

	for (; at < text->end && is_digit(*at) && at - digits < DIGITS_MAX; at++)
		number = number * 10 + (*at - '0');
	if (at == digits || at == text->end || (*digits == '0' && at - digits > 1))
		return NULL;
	if (is_digit(*at) || *at == '.' || *at == 'e' || *at == 'E') {
		while (at < text->end && (is_digit(*at) || strchr("+-.eE", *at)) && *at)
			at++;
		return ask_jansson(text, (size_t)(at - text->at));
	}
	text->at = at;
	return json_integer(negative ? -number : number);
}

static json_t *read_word(struct text *text, const char *word, json_t *value)
{
	size_t length = strlen(word);

	if ((size_t)(text->end - text->at) < length || memcmp(text->at, word, length) != 0)
		return NULL;
	text->at += length;
	return value;
}

/* A key, its ":" and its value into the object, which does not have that key yet. */
static bool read_member(struct text *text, json_t *object, unsigned int depth)
{
	char key[KEY_MAX];
	const char *begin;
	size_t length, before = json_object_size(object);
	json_t *value;

	if (text->at == text->end || *text->at != '"' || !(begin = take_plain(text, &length)) ||
		length >= KEY_MAX)
		return false;
	memcpy(key, begin, length);
	key[length] = '\0';
	skip_blanks(text);
	if (!take(text, ':'))
		return false;
	value = read_value(text, depth);
	return value && json_object_set_new_nocheck(object, key, value) == 0 &&
	       json_object_size(object) > before;
}

static bool read_entry(struct text *text, json_t *list, unsigned int depth)
{
	json_t *value = read_value(text, depth);

	return value && json_array_append_new(list, value) == 0;
}

/* What is between the brackets, and the closing one. Takes the list or object. */
static json_t *read_all(struct text *text, json_t *all, char close, unsigned int depth,
	bool (*read_one)(struct text *text, json_t *all, unsigned int depth))
{
	bool more;

	text->at++;
	skip_blanks(text);
	if (all && take(text, close))
		return all;
	do {
		skip_blanks(text);
		more = all && depth < DEPTH_MAX && read_one(text, all, depth + 1);
		skip_blanks(text);
	} while (more && take(text, ','));
	if (more && take(text, close))
		return all;
	json_decref(all);
	return NULL;
}

static json_t *read_value(struct text *text, unsigned int depth)
{
	skip_blanks(text);
	if (text->at == text->end)
		return NULL;
	switch (*text->at) {
	case '{':
		return read_all(text, json_object(), '}', depth, read_member);
	case '[':
		return read_all(text, json_array(), ']', depth, read_entry);
	case '"':
		return read_text(text);
	case 't':
		return read_word(text, "true", json_true());
	case 'f':
		return read_word(text, "false", json_false());
	case 'n':
		return read_word(text, "null", json_null());
	default:
		return *text->at == '-' || is_digit(*text->at) ? read_number(text) : NULL;
	}
}

json_t *json_read_value(const char *text, size_t length, size_t *used_r)
{
	struct text rest = { text, text + length };
	json_t *value = NULL;

	if (length > 0 && (*text == '{' || *text == '[' || *text == '"'))
		value = read_value(&rest, 0);
	*used_r = (size_t)(rest.at - text);
	return value;
}

json_t *json_read(const char *text, size_t length, size_t flags, json_error_t *error_r)
{
	struct text rest = { text, text + length };
	json_t *value = NULL;

	skip_blanks(&rest);
	if (rest.at < rest.end && (*rest.at == '{' || *rest.at == '['))
		value = read_value(&rest, 0);
	skip_blanks(&rest);
	if (value && rest.at == rest.end)
		return value;
	json_decref(value);
	return json_loadb(text, length, flags, error_r);
}
