#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/abi/private.h"
#include "harness/base/build_version.h"
#include "src/document.h"
#include "src/tree.h"

/* What a file's audit is made from and put into. */
struct audit {
	const json_t *symbols, *imports;
	json_t *libraries, *unstable, *notes; /* parts of its entry */
};

/* A name of the command line is shown as it is if it is UTF-8, else what is not ASCII is "?". */
static json_t *file_name(const char *file)
{
	json_t *name = json_string(file);
	char *copy = name ? NULL : strdup(file);

	if (copy) {
		tree_clean(copy);
		name = json_string(copy);
	}
	free(copy);
	return name;
}

json_t *abi_new(const json_t *symbols, const char *xen, const char *from)
{
	json_t *audit = document_new(DOCUMENT_ABI, DOCUMENT_VERSION);
	const char *file = abi_file_name(document_text(symbols, "file"));
	json_t *compared =
		xen ? json_pack("{s:s, s:s}", "version", xen, "from", from) : json_null();

	/* Without its folder: the same audit anywhere gives the same bytes. */
	if (json_object_update_new(
		    audit, json_pack("{s:s, s:{s:o, s:s}, s:o, s:[], s:n}", "harness",
				   build_version(), "symbols", "file", file_name(file), "sha256",
				   document_text(symbols, "sha256"), "xen", compared, "files",
				   "baseline")) < 0) {
		json_decref(audit);
		audit = NULL;
	}
	return audit;
}

static const json_t *known_library(const json_t *symbols, const char *name)
{
	const json_t *library;
	size_t i;

	json_array_foreach(json_object_get(symbols, "libraries"), i, library)
	{
		if (strcmp(document_text(library, "name"), name) == 0)
			return library;
	}
	return NULL;
}

/* The entry of a Xen library; made if need be. NULL without memory. */
static json_t *library_entry(struct audit *audit, const char *file, bool needed)
{
	struct abi_library library;
	bool stable;
	json_t *entry;
	size_t i;

	json_array_foreach(audit->libraries, i, entry)
	{
		if (strcmp(document_text(entry, "name"), file) == 0)
			return entry;
	}
	if (!abi_library(file, &library))
		return NULL;
	stable = !library.xen[0];
	if (!library.numbered)
		stable = json_is_true(
			json_object_get(known_library(audit->symbols, library.name), "stable"));
	entry = json_pack("{s:s, s:b, s:b, s:s?, s:i}", "name", file, "needed", needed, "stable",
		stable, "xen", library.xen[0] ? library.xen : NULL, "symbols", 0);
	return json_array_append_new(audit->libraries, entry) < 0 ? NULL : entry;
}

/* How much of the symbol's name a prefix of the library is. */
static size_t prefix_length(const json_t *library, const char *name)
{
	const json_t *prefix;
	size_t best = 0, i;

	json_array_foreach(json_object_get(library, "prefixes"), i, prefix)
	{
		size_t length = json_string_length(prefix);

		if (length > best && strncmp(name, json_string_value(prefix), length) == 0)
			best = length;
	}
	return best;
}

/*
 * Whose a symbol without version record is: of the needed Xen libraries the one whose prefix fits
 * best; else, for a plugin that leaves linking to its program, of the one that the data file says.
 * Only whole names count then: libxc, which calculates molecules, has symbols with xc_ too.
 */
static const char *library_by_name(struct audit *audit, const char *name, const char **by_r)
{
	const json_t *entry;
	const char *found = NULL;
	size_t best = 0, i;

	json_array_foreach(audit->libraries, i, entry)
	{
		struct abi_library library;
		size_t length;

		if (!json_is_true(json_object_get(entry, "needed")) ||
			!abi_library(document_text(entry, "name"), &library))
			continue;
		length = prefix_length(known_library(audit->symbols, library.name), name);
		if (length > best) {
			best = length;
			found = document_text(entry, "name");
		}
	}
	*by_r = "prefix";
	if (found)
		return found;
	*by_r = "name";
	return document_text(
		json_object_get(json_object_get(audit->symbols, "symbols"), name), "library");
}

/* The symbol, what is known of it, and else what is known of its library. */
static int add_unstable(
	struct audit *audit, const json_t *import, const json_t *entry, const char *by)
{
	static const char *const keys[] = { "use", "class", "replacement", "hypercall", "only",
		"where", "source" };
	const char *name = document_text(import, "name");
	const json_t *about = json_object_get(json_object_get(audit->symbols, "symbols"), name);
	struct abi_library library;
	json_t *symbol = json_pack("{s:s, s:s, s:O, s:O, s:s}", "name", name, "library",
		document_text(entry, "name"), "version", json_object_get(import, "version"), "weak",
		json_object_get(import, "weak"), "by", by);

	if (!about && abi_library(document_text(entry, "name"), &library))
		about = known_library(audit->symbols, library.name);
	for (size_t i = 0; symbol && i < sizeof(keys) / sizeof(keys[0]); i++) {
		json_t *value = json_object_get(about, keys[i]);

		json_object_set(symbol, keys[i], value ? value : json_null());
	}
	return json_array_append_new(audit->unstable, symbol) < 0 ? -ENOMEM : 0;
}

/*
 * The libraries first: all that are needed, and those of version records. A node's release is the
 * second sign of an unstable library, should its file be named otherwise than Xen does.
 */
static int add_libraries(struct audit *audit)
{
	char release[ABI_RELEASE_MAX];
	struct abi_library library;
	const json_t *item;
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(audit->imports, "needed"), i, item)
	{
		if (abi_library(json_string_value(item), &library) &&
			!library_entry(audit, json_string_value(item), true))
			return -ENOMEM;
	}
	json_array_foreach(json_object_get(audit->imports, "imports"), i, item)
	{
		if (!abi_library(document_text(item, "library"), &library))
			continue;
		entry = library_entry(audit, document_text(item, "library"), false);
		if (!entry)
			return -ENOMEM;
		abi_node_release(document_text(item, "version"), release);
		if (release[0] && json_is_null(json_object_get(entry, "xen"))) {
			json_object_set_new(entry, "xen", json_string(release));
			json_object_set_new(entry, "stable", json_false());
		}
	}
	return 0;
}

static int add_import(struct audit *audit, const json_t *import)
{
	const char *file = json_string_value(json_object_get(import, "library")), *by = "version";
	struct abi_library library;
	char as_file[80];
	json_t *entry;

	if (!file) {
		file = library_by_name(audit, document_text(import, "name"), &by);
		if (!file[0])
			return 0;
		if (strcmp(by, "name") == 0) {
			snprintf(as_file, sizeof(as_file), "%s.so", file);
			file = as_file;
		}
	}
	if (!abi_library(file, &library))
		return 0;
	entry = library_entry(audit, file, false);
	if (!entry)
		return -ENOMEM;
	document_count(entry, "symbols");
	if (json_is_true(json_object_get(entry, "stable")))
		return 0;
	return add_unstable(audit, import, entry, by);
}

static size_t use_order(const json_t *symbol)
{
	const char *use = document_text(symbol, "use");
	size_t order = 0;

	while (abi_uses[order] && strcmp(abi_uses[order], use) != 0)
		order++;
	return order;
}

static int compare_symbols(const void *a, const void *b)
{
	const json_t *one = *(json_t *const *)a, *other = *(json_t *const *)b;
	int order = strcmp(document_text(one, "library"), document_text(other, "library"));

	if (!order)
		order = (int)use_order(one) - (int)use_order(other);
	return order ? order : strcmp(document_text(one, "name"), document_text(other, "name"));
}

static int sort(json_t *symbols)
{
	size_t count = json_array_size(symbols);
	json_t **list = calloc(count + 1, sizeof(json_t *));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		list[i] = json_incref(json_array_get(symbols, i));
	qsort(list, count, sizeof(*list), compare_symbols);
	for (size_t i = 0; i < count; i++)
		json_array_set_new(symbols, i, list[i]);
	free(list);
	return 0;
}

static size_t count_by(const json_t *symbols, const char *by)
{
	const json_t *symbol;
	size_t count = 0, i;

	json_array_foreach(symbols, i, symbol) count +=
		strcmp(document_text(symbol, "by"), by) == 0;
	return count;
}

static void add_notes(struct audit *audit)
{
	const json_t *entry;
	size_t i;

	if (json_array_size(json_object_get(audit->imports, "needed")) == 0)
		json_array_append_new(audit->notes,
			json_string(
				"the file needs no shared library; statically linked code cannot "
				"be audited"));
	json_array_foreach(audit->libraries, i, entry)
	{
		if (json_integer_value(json_object_get(entry, "symbols")) == 0)
			json_array_append_new(audit->notes,
				json_sprintf("the file needs %s but imports no symbol of it",
					document_text(entry, "name")));
	}
	if (count_by(audit->unstable, "prefix"))
		json_array_append_new(audit->notes,
			json_sprintf("%zu symbols of the file have no version record: they were "
				     "assigned by name to the libraries that it needs",
				count_by(audit->unstable, "prefix")));
	if (count_by(audit->unstable, "name"))
		json_array_append_new(audit->notes,
			json_sprintf(
				"%zu symbols of the file have no version record, and the file needs "
				"no Xen library that has them: they were assigned by name alone",
				count_by(audit->unstable, "name")));
	if (json_array_size(audit->unstable) &&
		!json_is_true(json_object_get(audit->imports, "bind_now")))
		json_array_append_new(audit->notes,
			json_string(
				"the file is not linked with BIND_NOW: a missing symbol fails when "
				"it is called, not when the program starts"));
}

/* Xen libraries that are opened at run time; one that is needed anyway is no news. */
static void add_opened(struct audit *audit, json_t *opened)
{
	struct abi_library library;
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(audit->imports, "opened"), i, name)
	{
		const char *file = json_string_value(name);
		bool known = false;
		const json_t *entry;
		size_t k;

		json_array_foreach(audit->libraries, k, entry) known |=
			strcmp(document_text(entry, "name"), file) == 0;
		if (!known && abi_library(file, &library))
			json_array_append_new(opened, json_string(file));
	}
}

int abi_add(json_t *audit, const json_t *symbols, const char *file, const char *sha256,
	const json_t *imports, const char *error)
{
	json_t *entry = json_pack("{s:o, s:s}", "file", file_name(file), "sha256", sha256);
	struct audit parts = { .symbols = symbols, .imports = imports };
	size_t i;
	int r = 0;

	if (json_array_append_new(json_object_get(audit, "files"), entry) < 0)
		return -ENOMEM;
	if (!imports)
		return json_object_set_new(entry, "error", json_string(error)) < 0 ? -ENOMEM : 0;
	if (json_object_update_new(
		    entry, json_pack("{s:O, s:i, s:[], s:[], s:[], s:[], s:[]}", "bind_now",
				   json_object_get(imports, "bind_now"), "needed",
				   (int)json_array_size(json_object_get(imports, "needed")),
				   "libraries", "unstable", "opened", "faults", "notes")) < 0)
		return -ENOMEM;
	parts.libraries = json_object_get(entry, "libraries");
	parts.unstable = json_object_get(entry, "unstable");
	parts.notes = json_object_get(entry, "notes");
	r = add_libraries(&parts);
	for (i = 0; r == 0 && i < json_array_size(json_object_get(imports, "imports")); i++)
		r = add_import(&parts, json_array_get(json_object_get(imports, "imports"), i));
	if (r == 0)
		r = sort(parts.unstable);
	add_opened(&parts, json_object_get(entry, "opened"));
	add_notes(&parts);
	return r < 0 ? r : abi_add_faults(audit, symbols, entry);
}
