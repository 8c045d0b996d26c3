/* The data file of Xen's libraries and symbols: docs/topics/abi.md. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/abi/abi.h"
#include "harness/base/digest.h"
#include "harness/base/fileio.h"
#include "harness/base/install_paths.h"
#include "harness/yaml/yaml.h"

#define NAME_CHARACTERS   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define NUMBER_CHARACTERS "0123456789abcdefx."
#define NAME_MAX_BYTES    64
#define WORDS_MAX         600 /* bytes of a sentence */

const char *const abi_uses[] = { "basics", "mappings", "interrupts", "toolstack", NULL };

const struct abi_class abi_classes[] = {
	{ "exists", "a stable call does the same" },
	{ "fallback-only", "only for a Xen that is too old to matter" },
	{ "stopgap", "a stable hypercall without a wrapper: libxencall can make it" },
	{ "toolstack", "the toolstack should do it instead" },
	{ "toolstack-partly", "the toolstack can do a part of it" },
	{ "proposed", "a stable call was proposed and is not merged" },
	{ "none", "nothing replaces it" },
	{ "handle", "can be removed when the other symbols are replaced" },
	{ "rebuild", "stable as source, not as a binary: rebuild it for each Xen" },
	{ NULL, NULL },
};

enum { FORMAT, VERSION, LIBRARIES, SYMBOLS, INTERFACES, HEAD_KEYS };

static const struct yaml_key head_keys[HEAD_KEYS + 1] = {
	[FORMAT] = { "format", YAML_A_SCALAR, true },
	[VERSION] = { "version", YAML_A_SCALAR, true },
	[LIBRARIES] = { "libraries", YAML_A_LIST, true },
	[SYMBOLS] = { "symbols", YAML_A_LIST, true },
	[INTERFACES] = { "interfaces", YAML_A_LIST, true },
};

/* The first of them are also those of a library. */
enum { NAME, USE, CLASS, REPLACEMENT, LIBRARY, HYPERCALL, ONLY, WHERE, SOURCE, SYMBOL_KEYS };

static const struct yaml_key symbol_keys[SYMBOL_KEYS + 1] = {
	[NAME] = { "name", YAML_A_SCALAR, true },
	[USE] = { "use", YAML_A_SCALAR, true },
	[CLASS] = { "class", YAML_A_SCALAR, true },
	[REPLACEMENT] = { "replacement", YAML_A_SCALAR, true },
	[LIBRARY] = { "library", YAML_A_SCALAR, true },
	[HYPERCALL] = { "hypercall", YAML_A_SCALAR },
	[ONLY] = { "only", YAML_A_SCALAR },
	[WHERE] = { "where", YAML_A_SCALAR },
	[SOURCE] = { "source", YAML_A_SCALAR, true },
};

enum { ABI = REPLACEMENT + 1, PREFIXES, LIBRARY_KEYS };

static const struct yaml_key library_keys[LIBRARY_KEYS + 1] = {
	[NAME] = { "name", YAML_A_SCALAR, true },
	[USE] = { "use", YAML_A_SCALAR },
	[CLASS] = { "class", YAML_A_SCALAR },
	[REPLACEMENT] = { "replacement", YAML_A_SCALAR },
	[ABI] = { "abi", YAML_A_SCALAR, true },
	[PREFIXES] = { "prefixes", YAML_ITEMS, true },
};

enum { XEN, DOMCTL, SYSCTL, INTERFACE_KEYS };

static const struct yaml_key interface_keys[INTERFACE_KEYS + 1] = {
	[XEN] = { "xen", YAML_A_SCALAR, true },
	[DOMCTL] = { "domctl", YAML_A_SCALAR, true },
	[SYSCTL] = { "sysctl", YAML_A_SCALAR, true },
};

/* Checks that the scalar is one of the uses or classes. */
static int check_word(const struct yaml_source *source, const struct yaml_node *node, bool use)
{
	struct yaml_word words[16] = { { NULL, NULL } };
	const char *said;

	for (size_t i = 0; use && abi_uses[i]; i++)
		words[i] = (struct yaml_word){ abi_uses[i], abi_uses[i] };
	for (size_t i = 0; !use && abi_classes[i].name; i++)
		words[i] = (struct yaml_word){ abi_classes[i].name, abi_classes[i].name };
	return yaml_word(source, node, words, &said);
}

/* Checks what a library and a symbol have in common; what is not there is fine. */
static int check_common(const struct yaml_source *source, const struct yaml_node **found)
{
	int r = yaml_check_name(source, found[NAME]->place, "a name", found[NAME]->text,
		NAME_CHARACTERS, NAME_MAX_BYTES);

	if (r == 0 && found[USE])
		r = check_word(source, found[USE], true);
	if (r == 0 && found[CLASS])
		r = check_word(source, found[CLASS], false);
	if (r == 0 && found[REPLACEMENT])
		r = yaml_check_words(source, found[REPLACEMENT], WORDS_MAX);
	return r;
}

static const char *text_of(const struct yaml_node *node)
{
	return node ? node->text : NULL;
}

static const json_t *find_library(const json_t *symbols, const char *name)
{
	const json_t *library;
	size_t i;

	json_array_foreach(json_object_get(symbols, "libraries"), i, library)
	{
		if (strcmp(json_string_value(json_object_get(library, "name")), name) == 0)
			return library;
	}
	return NULL;
}

static int read_library(
	json_t *symbols, const struct yaml_source *source, const struct yaml_node *entry)
{
	static const struct yaml_word abis[] = { { "stable", "stable" }, { "unstable", "unstable" },
		{ NULL, NULL } };
	const struct yaml_node *found[LIBRARY_KEYS] = { NULL };
	json_t *prefixes = NULL;
	const char *said;
	int r = yaml_keys(source, entry, "a library", library_keys, found);

	if (r == 0)
		r = check_common(source, found);
	if (r == 0)
		r = yaml_word(source, found[ABI], abis, &said);
	if (r == 0 && find_library(symbols, found[NAME]->text))
		r = yaml_wrong(source, found[NAME]->place, "%s is given twice", found[NAME]->text);
	for (const struct yaml_node *item = r == 0 ? yaml_first_item(found[PREFIXES]) : NULL;
		item && r == 0; item = yaml_next_item(found[PREFIXES], item))
		r = yaml_check_name(source, item->place, "a prefix", item->text, NAME_CHARACTERS,
			NAME_MAX_BYTES);
	if (r < 0)
		return r;
	prefixes = json_array();
	for (const struct yaml_node *item = yaml_first_item(found[PREFIXES]); item;
		item = yaml_next_item(found[PREFIXES], item))
		json_array_append_new(prefixes, json_string(item->text));
	if (json_array_append_new(json_object_get(symbols, "libraries"),
		    json_pack("{s:s, s:b, s:o, s:s?, s:s?, s:s?}", "name", found[NAME]->text,
			    "stable", strcmp(said, "stable") == 0, "prefixes", prefixes, "use",
			    text_of(found[USE]), "class", text_of(found[CLASS]), "replacement",
			    text_of(found[REPLACEMENT]))) < 0)
		return yaml_no_memory(source);
	return 0;
}

static int read_symbol(
	json_t *symbols, const struct yaml_source *source, const struct yaml_node *entry)
{
	const struct yaml_node *found[SYMBOL_KEYS] = { NULL };
	json_t *list = json_object_get(symbols, "symbols");
	int r = yaml_keys(source, entry, "a symbol", symbol_keys, found);

	if (r == 0)
		r = check_common(source, found);
	for (int key = HYPERCALL; key < SYMBOL_KEYS && r == 0; key++) {
		if (found[key])
			r = yaml_check_words(source, found[key], WORDS_MAX);
	}
	if (r < 0)
		return r;
	if (!find_library(symbols, found[LIBRARY]->text))
		return yaml_wrong(source, found[LIBRARY]->place,
			"there is no library %.60s: use a name from `libraries`, or add "
			"the library there",
			found[LIBRARY]->text);
	if (json_object_get(list, found[NAME]->text))
		return yaml_wrong(
			source, found[NAME]->place, "%s is given twice", found[NAME]->text);
	if (json_object_set_new(list, found[NAME]->text,
		    json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s}", "library",
			    found[LIBRARY]->text, "use", found[USE]->text, "class",
			    found[CLASS]->text, "replacement", found[REPLACEMENT]->text,
			    "hypercall", text_of(found[HYPERCALL]), "only", text_of(found[ONLY]),
			    "where", text_of(found[WHERE]), "source", found[SOURCE]->text)) < 0)
		return yaml_no_memory(source);
	return 0;
}

static int read_interface(
	json_t *symbols, const struct yaml_source *source, const struct yaml_node *entry)
{
	const struct yaml_node *found[INTERFACE_KEYS] = { NULL };
	char xen[24];
	int r = yaml_keys(source, entry, "an interface", interface_keys, found);

	for (int key = DOMCTL; key < INTERFACE_KEYS && r == 0; key++)
		r = yaml_check_name(source, found[key]->place, "an interface version",
			found[key]->text, NUMBER_CHARACTERS, 10);
	if (r < 0)
		return r;
	if (abi_release(found[XEN]->text, xen) < 0 || strcmp(xen, found[XEN]->text) != 0)
		return yaml_wrong(source, found[XEN]->place,
			"\"%.60s\" is not a release of Xen: write two numbers in quotes, "
			"\"4.17\"",
			found[XEN]->text);
	if (json_object_set_new(json_object_get(symbols, "interfaces"), xen,
		    json_pack("{s:s, s:s}", "domctl", found[DOMCTL]->text, "sysctl",
			    found[SYSCTL]->text)) < 0)
		return yaml_no_memory(source);
	return 0;
}

static int read_all(json_t *symbols, const struct yaml_source *source, const struct yaml_node *root)
{
	static int (*const readers[HEAD_KEYS])(
		json_t *, const struct yaml_source *, const struct yaml_node *) = {
		[LIBRARIES] = read_library,
		[SYMBOLS] = read_symbol,
		[INTERFACES] = read_interface,
	};
	const struct yaml_node *found[HEAD_KEYS] = { NULL };
	int r = yaml_keys(source, root, "a file of symbols", head_keys, found);

	if (r == 0)
		r = yaml_check_head(source, found[FORMAT], found[VERSION],
			&(struct yaml_head){ ABI_SYMBOLS_FORMAT, "symbols", ABI_SYMBOLS_VERSION });
	for (int list = LIBRARIES; list < HEAD_KEYS && r == 0; list++) {
		if (found[list]->count > ABI_SYMBOLS_MAX)
			r = yaml_wrong(source, found[list]->key_place, "there are more than %d",
				ABI_SYMBOLS_MAX);
		for (const struct yaml_node *entry = found[list]->first; entry && r == 0;
			entry = entry->next)
			r = readers[list](symbols, source, entry);
	}
	return r;
}

int abi_symbols_parse(
	const char *file, const char *text, size_t length, json_t **symbols_r, struct problem *why)
{
	struct yaml_source source = { .file = file, .manual = "docs/topics/abi.md", .why = why };
	char sha256[DIGEST_TEXT_MAX];
	struct yaml_node *root = NULL;
	json_t *symbols = NULL;
	int r = yaml_parse(&source, text, length, &root);

	if (r == 0) {
		digest_bytes(text, length, sha256);
		symbols = json_pack("{s:s, s:s, s:[], s:{}, s:{}}", "file", file, "sha256", sha256,
			"libraries", "symbols", "interfaces");
		r = symbols ? read_all(symbols, &source, root) : yaml_no_memory(&source);
	}
	if (r == 0)
		*symbols_r = json_incref(symbols);
	json_decref(symbols);
	yaml_free(root);
	return r;
}

int abi_symbols_load(const char *file, json_t **symbols_r, struct problem *why)
{
	char *text = NULL;
	size_t length = 0;
	bool more = false;
	int r = fileio_read_head(AT_FDCWD, file, ABI_SYMBOLS_FILE_MAX, &text, &length, &more, why);

	if (r < 0)
		return problem_set(why, r, "cannot read the symbols %s: %s", file, strerror(-r));
	if (more)
		r = problem_set(why, -EINVAL, "%s:1:1: the file has more than %u bytes", file,
			ABI_SYMBOLS_FILE_MAX);
	else
		r = abi_symbols_parse(file, text, length, symbols_r, why);
	free(text);
	return r;
}

int abi_symbols_choose(const char *named, json_t **symbols_r, struct problem *why)
{
	char *installed;
	int r;

	if (!named)
		named = getenv("IGD_SYMBOLS");
	if (named)
		return abi_symbols_load(named, symbols_r, why);
	installed = install_path(ABI_SYMBOLS_FILE);
	r = installed ? abi_symbols_load(installed, symbols_r, why) : -ENOMEM;
	free(installed);
	return r;
}
