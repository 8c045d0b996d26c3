#include "harness/report/coverage.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/igd_ids.h"
#include "src/document.h"
#include "src/field.h"

/* Did its guest have an Intel display function? By its views, else by what was looked at. */
static bool had_igd(const json_t *cell)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(cell, "views"), "devices"), i, entry)
	{
		if (strcmp(document_text(entry, "device"), "igd") == 0 &&
			json_is_object(json_object_get(entry, "guest")))
			return true;
	}
	json_array_foreach(json_object_get(cell, "findings"), i, entry)
	{
		if (strncmp(document_text(entry, "field"), "igd/", 4) == 0 &&
			json_is_string(json_object_get(entry, "seen")))
			return true;
	}
	return false;
}

/* The Intel display function at 00:02.0 in what the host said of itself, or NULL. */
static const json_t *host_igd(const json_t *host)
{
	const json_t *function;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(host, "pci"), "functions"), i, function)
	{
		if (strcmp(document_text(function, "address"), "0000:00:02.0") == 0 &&
			field_is_igd(function))
			return function;
	}
	return NULL;
}

/* What kind of display function a host has; without cells yet. */
static json_t *kind_of(const json_t *identities)
{
	const json_t *host = json_object_get(identities, "host");
	const json_t *phantom = json_object_get(host, "phantom");
	const json_t *igd = phantom ? phantom : host_igd(host);
	const char *device = document_text(igd, "device"), *class = document_text(igd, "class");
	const struct igd_platform *platform =
		device[0] ? igd_ids_find(igd_ids_builtin(), (uint16_t)strtoul(device, NULL, 16))
			  : NULL;

	return json_pack("{s:s?, s:s?, s:s?, s:o, s:b, s:b}", "generation",
		platform ? platform->title : NULL, "graphics", platform ? platform->graphics : NULL,
		"device", device[0] ? device : NULL, "class",
		class[0] ? json_stringn(class, strlen(class) < 6 ? strlen(class) : 6) : json_null(),
		"phantom", phantom != NULL, "virtual_gpu",
		json_object_get(host, "virtual_gpu") != NULL);
}

/* The entry of a kind, which is made if it is the first of it; `kind` is stolen. */
static json_t *entry_of(json_t *coverage, json_t *kind)
{
	json_t *entry;
	size_t i;

	json_array_foreach(coverage, i, entry)
	{
		if (json_equal(json_object_get(entry, "kind"), kind)) {
			json_decref(kind);
			return entry;
		}
	}
	entry = json_pack("{s:o, s:[], s:{}, s:i}", "kind", kind, "shards", "counts", "cells", 0);
	json_array_append_new(coverage, entry);
	return entry;
}

/* Is the cell from one of the shards? One that names none is of the only host. */
static bool is_from(const json_t *cell, const json_t *shards)
{
	return json_array_size(shards) == 0 || document_has(shards, json_object_get(cell, "shard"));
}

const struct igd_platform *coverage_next(size_t *number)
{
	const struct igd_ids *ids = igd_ids_builtin();
	const struct igd_platform *platform = igd_ids_platform(ids, *number), *next = platform;

	while (next && strcmp(next->title, platform->title) == 0)
		next = igd_ids_platform(ids, ++*number);
	return platform;
}

json_t *coverage_begin(const json_t *identities)
{
	const json_t *shards = json_object_get(identities, "shards"), *shard;
	json_t *coverage = json_array(), *entry;
	size_t i;

	if (!shards)
		entry_of(coverage, kind_of(identities));
	json_array_foreach(shards, i, shard)
	{
		entry = entry_of(coverage, kind_of(shard));
		json_array_append(
			json_object_get(entry, "shards"), json_object_get(shard, "shard"));
	}
	return coverage;
}

void coverage_cell(json_t *coverage, const json_t *cell)
{
	json_t *entry;
	size_t i;

	if (!had_igd(cell))
		return;
	json_array_foreach(coverage, i, entry)
	{
		if (!is_from(cell, json_object_get(entry, "shards")))
			continue;
		document_count(entry, "cells");
		document_count(json_object_get(entry, "counts"), document_text(cell, "verdict"));
	}
}

void coverage_end(json_t *coverage)
{
	json_t *entry;
	size_t i;

	json_array_foreach(coverage, i, entry)
	{
		json_object_update(entry, json_object_get(entry, "kind"));
		json_object_del(entry, "kind");
		json_object_del(entry, "shards");
	}
}

json_t *coverage_of(const json_t *findings)
{
	json_t *coverage = coverage_begin(json_object_get(findings, "identities"));
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(findings, "cells"), i, cell)
		coverage_cell(coverage, cell);
	coverage_end(coverage);
	return coverage;
}

size_t coverage_cells(const json_t *coverage)
{
	const json_t *entry;
	size_t i, cells = 0;

	json_array_foreach(coverage, i, entry) cells +=
		(size_t)json_integer_value(json_object_get(entry, "cells"));
	return cells;
}
