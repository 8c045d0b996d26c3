#include "harness/backend/dm/arguments.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
	struct text *next;
	char bytes[];
};

/* libxl's options before -machine that have no value; all others have one. */
static const char *const flags[] = { "-S", "-no-acpi", "-no-shutdown", "-no-user-config",
	"-nodefaults", "-nographic", "-sdl", "-usb", "-xen-attach", "-xen-domid-restrict", NULL };

/* libxl's block before the first -device. */
static const char *const block[] = { "-display", "-sdl", "-k", "-kernel", "-initrd", "-append",
	NULL };

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (strcmp(text, *words) == 0)
			return true;
	}
	return false;
}

int arguments_take(const char *const argv[], struct arguments *arguments_r)
{
	struct arguments arguments = { 0 };

	while (argv[arguments.count])
		arguments.count++;
	arguments.items = calloc(arguments.count + 1, sizeof(*arguments.items));
	if (!arguments.items)
		return -ENOMEM;
	memcpy(arguments.items, argv, arguments.count * sizeof(*argv));
	*arguments_r = arguments;
	return 0;
}

void arguments_finish(struct arguments *arguments)
{
	struct text *text = arguments->made, *next;

	for (; text; text = next) {
		next = text->next;
		free(text);
	}
	free(arguments->items);
	*arguments = (struct arguments){ 0 };
}

const char *arguments_text(struct arguments *arguments, const char *fmt, ...)
{
	struct text *text;
	va_list ap;
	int length;

	va_start(ap, fmt);
	length = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	text = length < 0 ? NULL : malloc(sizeof(*text) + (size_t)length + 1);
	if (!text)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(text->bytes, (size_t)length + 1, fmt, ap);
	va_end(ap);
	text->next = arguments->made;
	arguments->made = text;
	return text->bytes;
}

int arguments_insert(
	struct arguments *arguments, size_t index, const char *option, const char *value)
{
	const char **items = reallocarray(arguments->items, arguments->count + 3, sizeof(*items));

	if (!items)
		return -ENOMEM;
	memmove(items + index + 2, items + index, (arguments->count + 1 - index) * sizeof(*items));
	items[index] = option;
	items[index + 1] = value;
	arguments->items = items;
	arguments->count += 2;
	return 0;
}

static size_t find_rest(const struct arguments *arguments, size_t from)
{
	for (size_t i = arguments->count; i > from; i--) {
		if (strcmp(arguments->items[i - 1], "-m") == 0)
			return i - 1;
	}
	return arguments->count;
}

int layout_find(const struct arguments *arguments, struct layout *layout_r, struct problem *why)
{
	struct layout layout = { 0 };
	size_t i = 1, next;

	for (; i < arguments->count; i = next) {
		const char *option = arguments->items[i];

		if (option[0] != '-')
			return problem_set(why, -EINVAL,
				"argument %zu, \"%.80s\", is not an option, but libxl has an "
				"option at this place",
				i, option);
		next = i + (is_one_of(option, flags) ? 1 : 2);
		if (next > arguments->count)
			return problem_set(
				why, -EINVAL, "the last argument, %.80s, has no value", option);
		if (strcmp(option, "-machine") == 0) {
			layout.machine = i + 1;
			layout.rest = find_rest(arguments, next);
			*layout_r = layout;
			return 0;
		}
		if (!is_one_of(option, block))
			continue;
		if (layout.devices ? layout.devices != i : strcmp(option, "-display") != 0)
			return problem_set(why, -EINVAL,
				"argument %zu, %s, does not follow -display, as libxl has it", i,
				option);
		layout.devices = next;
	}
	return problem_set(why, -EINVAL, "libxl's arguments have no -machine");
}

bool value_is_of(const char *value, const char *name)
{
	size_t length = strlen(name);

	return strncmp(value, name, length) == 0 && (value[length] == ',' || !value[length]);
}

bool value_has(const char *value, const char *part)
{
	const char *comma = strchr(value, ',');

	for (; comma; comma = strchr(comma + 1, ',')) {
		if (value_is_of(comma + 1, part))
			return true;
	}
	return false;
}
