/* bars/...: the BARs of all functions, and whether they are where they may be. */
#include <stdlib.h>
#include <string.h>

#include "src/document.h"
#include "src/field_private.h"

/*
 * Is it a port range that Linux makes up for an IDE controller in compatibility mode, whose BARs 0
 * to 3 are not used? Bits 0 and 2 of the programming interface are the native mode of each channel:
 * PCI IDE Controller Specification 1.0; pci_setup_device() in drivers/pci/probe.c.
 */
static bool is_legacy_ide(const json_t *function, json_int_t index)
{
	uint64_t class = field_number(function, "class");

	return class >> 8 == 0x0101 && index < 4 && !(class & (index < 2 ? 1 : 4));
}

/* Is it a BAR with an address? The ROM is none: whether and where a kernel shows it depends on its
 * quirks. */
static bool is_bar(const json_t *function, const json_t *bar)
{
	return strcmp(document_text(bar, "kind"), "rom") != 0 && field_number(bar, "start") != 0 &&
	       !is_legacy_ide(function, json_integer_value(json_object_get(bar, "index")));
}

/* "0:memory+prefetchable:0x1000000 4:io:0x40"; null if there is none. */
int field_give_bars(const json_t *function, json_t **value_r)
{
	const json_t *bars = json_object_get(function, "bars"), *bar;
	char text[256] = "";
	size_t i;

	if (!json_is_array(bars))
		return -ENODATA;
	json_array_foreach(bars, i, bar)
	{
		const json_t *prefetchable = json_object_get(bar, "prefetchable");
		size_t used = strlen(text);

		if (!is_bar(function, bar))
			continue;
		if (!json_is_integer(json_object_get(bar, "index")) ||
			!json_is_boolean(prefetchable))
			return -ENODATA;
		snprintf(text + used, sizeof(text) - used, "%s%d:%.8s%s:0x%llx", used ? " " : "",
			(int)json_integer_value(json_object_get(bar, "index")),
			document_text(bar, "kind"),
			json_is_true(prefetchable) ? "+prefetchable" : "",
			(unsigned long long)field_number(bar, "size"));
	}
	return field_give_new(text[0] ? json_string(text) : json_null(), value_r);
}

int field_give_rom(const json_t *function, json_t **value_r)
{
	const json_t *bars = json_object_get(function, "bars"), *bar;
	size_t i;

	if (!json_is_array(bars))
		return -ENODATA;
	json_array_foreach(bars, i, bar)
	{
		if (strcmp(document_text(bar, "kind"), "rom") == 0)
			return field_give_new(
				json_sprintf(
					"0x%llx", (unsigned long long)field_number(bar, "size")),
				value_r);
	}
	return field_give_new(json_null(), value_r);
}

/* Of a kind, io or memory, in bytes; the last one is in it. */
struct range {
	const char *kind;
	uint64_t first, last;
};

static bool overlap(const struct range *a, const struct range *b)
{
	return strcmp(a->kind, b->kind) == 0 && a->first <= b->last && b->first <= a->last;
}

/* The BAR as a range; false if it is none, or has no size. */
static bool range_of(const json_t *function, const json_t *bar, struct range *range_r)
{
	uint64_t size = field_number(bar, "size");

	if (!is_bar(function, bar) || size == 0)
		return false;
	range_r->kind = document_text(bar, "kind");
	range_r->first = field_number(bar, "start");
	range_r->last = range_r->first + size - 1;
	return true;
}

/* Does a BAR before this one, in the order of the report, have a part of its range? */
static bool is_taken(const json_t *list, const json_t *bar, const struct range *range)
{
	const json_t *function, *other;
	struct range taken;
	size_t i, j;

	json_array_foreach(list, i, function)
	{
		json_array_foreach(json_object_get(function, "bars"), j, other)
		{
			if (other == bar)
				return false;
			if (range_of(function, other, &taken) && overlap(range, &taken))
				return true;
		}
	}
	return false;
}

/* Is a part of it in a range that the memory map reserves? */
static bool is_reserved(const json_t *iomem, const struct range *range)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(iomem, i, entry)
	{
		struct range reserved = { "memory", field_number(entry, "start"),
			field_number(entry, "end") };

		if (overlap(range, &reserved))
			return true;
	}
	return false;
}

/*
 * What is wrong with a BAR, or NULL: a BAR is aligned to its size, a power of two (PCI Local Bus
 * Specification 3.0, 6.2.5.1), no two BARs share an address, and none is where the memory map has
 * something else.
 */
static const char *conflict_of(const json_t *report, const json_t *bar, const struct range *range)
{
	uint64_t size = range->last - range->first + 1;

	if (size & (size - 1) || range->first & (size - 1))
		return "not aligned";
	if (is_taken(field_functions(report), bar, range))
		return "taken twice";
	if (is_reserved(json_object_get(report, "iomem"), range))
		return "reserved";
	return NULL;
}

static int read_conflict(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *list = field_functions(report), *function, *bar;
	size_t i, j;

	if (!list || !json_is_array(json_object_get(report, "iomem")))
		return -ENODATA;
	json_array_foreach(list, i, function)
	{
		json_array_foreach(json_object_get(function, "bars"), j, bar)
		{
			struct range range;
			const char *conflict = range_of(function, bar, &range)
						       ? conflict_of(report, bar, &range)
						       : NULL;

			if (conflict)
				return field_give_new(
					json_sprintf("%s %d: %s",
						document_text(function, "address"),
						(int)json_integer_value(
							json_object_get(bar, "index")),
						conflict),
					value_r);
		}
	}
	return field_give_new(json_null(), value_r);
}

const struct field field_bars_table[] = {
	{ "bars/conflict", "bars/conflict",
		"\"0000:00:02.0 2: reserved\": the first BAR that is not aligned, is taken twice or is where the memory map has something else; null if there is none",
		NULL, read_conflict },
	{ NULL, NULL, NULL, NULL, NULL },
};
