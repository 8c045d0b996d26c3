/* A description of a host under test, from YAML. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/dut/dut.h"
#include "harness/dut/private.h"
#include "harness/yaml/yaml.h"

/* What is kept in a list is freed by dut_free_words() and dut_free(); gcc 12's analyzer loses sight
 * of it there. */
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

#define NAME_MAX_BYTES  64
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@-"
/* Of a folder on the host: such that no shell ever needs to have it in quotes. */
#define PATH_CHARACTERS NAME_CHARACTERS "/"
#define PATH_BYTES      200
#define LIMIT_SECONDS   86400

enum {
	FORMAT,
	VERSION,
	NAME,
	ABOUT,
	LABELS,
	SSH,
	REACH,
	CONSOLE,
	POWER,
	LABGRID,
	PREPARE,
	TREE,
	WORK,
	LIMITS,
	KEYS
};

static const struct yaml_key keys[KEYS + 1] = {
	[FORMAT] = { "format", YAML_A_SCALAR, true },
	[VERSION] = { "version", YAML_A_SCALAR, true },
	[NAME] = { "name", YAML_A_SCALAR, true },
	[ABOUT] = { "about", YAML_A_SCALAR, false },
	[LABELS] = { "labels", YAML_ITEMS, false },
	[SSH] = { "ssh", YAML_A_MAP, false },
	[REACH] = { "reach", YAML_ITEMS, false },
	[CONSOLE] = { "console", YAML_A_SCALAR, false },
	[POWER] = { "power", YAML_A_MAP, false },
	[LABGRID] = { "labgrid", YAML_A_MAP, false },
	[PREPARE] = { "prepare", YAML_A_SCALAR, false },
	[TREE] = { "tree", YAML_A_SCALAR, false },
	[WORK] = { "work", YAML_A_SCALAR, false },
	[LIMITS] = { "limits", YAML_A_MAP, false },
};

static const struct yaml_key limit_keys[DUT_LIMITS + 1] = {
	[DUT_ANSWER] = { "answer", YAML_A_SCALAR, false },
	[DUT_BOOT] = { "boot", YAML_A_SCALAR, false },
	[DUT_POWER] = { "power", YAML_A_SCALAR, false },
	[DUT_COPY] = { "copy", YAML_A_SCALAR, false },
	[DUT_SILENCE] = { "silence", YAML_A_SCALAR, false },
	[DUT_PLACE] = { "place", YAML_A_SCALAR, false },
};

static int take_text(const struct yaml_source *source, const struct yaml_node *node, char **text_r)
{
	char *text;

	if (!node)
		return 0;
	if (!node->text[0])
		return yaml_wrong(source, node->place, "`%.60s` is empty: %s", node->key,
			"write a value, or remove the line");
	text = strdup(node->text);
	if (!text)
		return yaml_no_memory(source);
	free(*text_r);
	*text_r = text;
	return 0;
}

static int take_folder(
	const struct yaml_source *source, const struct yaml_node *node, char **folder_r)
{
	int r;

	if (!node)
		return 0;
	r = yaml_check_name(source, node->place, "a folder of the host", node->text,
		PATH_CHARACTERS, PATH_BYTES);
	if (r < 0)
		return r;
	/* It is removed and made again: never a folder of the system's own. */
	if (node->text[0] != '/' || !strchr(node->text + 1, '/') || strstr(node->text, "//") ||
		strstr(node->text, "/.") || node->text[strlen(node->text) - 1] == '/')
		return yaml_wrong(source, node->place,
			"the controller empties the folder `%s`: write the absolute path "
			"of a separate folder, such as %s",
			node->key, strcmp(node->key, "tree") == 0 ? DUT_TREE : DUT_WORK);
	return take_text(source, node, folder_r);
}

static int take_words(
	const struct yaml_source *source, const struct yaml_node *items, char ***words_r)
{
	size_t count = items->kind == YAML_LIST ? items->count : 1, used = 0;
	char **words = calloc(count + 1, sizeof(*words));

	if (!words)
		return yaml_no_memory(source);
	for (const struct yaml_node *item = yaml_first_item(items); item;
		item = yaml_next_item(items, item)) {
		words[used] = strdup(item->text);
		if (!words[used++]) {
			dut_free_words(words, used);
			return yaml_no_memory(source);
		}
	}
	*words_r = words;
	return 0;
}

static int read_ssh(const struct yaml_source *source, const struct yaml_node *map, struct dut *dut)
{
	static const struct yaml_key ssh_keys[] = { { "address", YAML_A_SCALAR, true },
		{ "options", YAML_ITEMS, false }, { NULL, YAML_A_SCALAR, false } };
	const struct yaml_node *found[2] = { NULL };
	char **options = NULL;
	size_t count = 0;
	int r = yaml_keys(source, map, "`ssh`", ssh_keys, found);

	if (r < 0)
		return r;
	if (!found[0]->text[0] || found[0]->text[0] == '-')
		return yaml_wrong(source, found[0]->place,
			"this is not an address: write a destination for ssh, such as "
			"root@rack-3");
	r = found[1] ? take_words(source, found[1], &options) : 0;
	if (r < 0)
		return r;
	while (options && options[count])
		count++;
	dut->reach = dut_ssh((const char *const *)options, count, found[0]->text);
	dut_free_words(options, count);
	return dut->reach ? 0 : yaml_no_memory(source);
}

static int read_power(
	const struct yaml_source *source, const struct yaml_node *map, struct dut *dut)
{
	static const struct yaml_key power_keys[] = { { "on", YAML_A_SCALAR, true },
		{ "off", YAML_A_SCALAR, true }, { "status", YAML_A_SCALAR, false },
		{ NULL, YAML_A_SCALAR, false } };
	const struct yaml_node *found[3] = { NULL };
	int r = yaml_keys(source, map, "`power`", power_keys, found);

	if (r == 0)
		r = take_text(source, found[0], &dut->power_on);
	if (r == 0)
		r = take_text(source, found[1], &dut->power_off);
	return r == 0 ? take_text(source, found[2], &dut->power_status) : r;
}

/* A part of a host, what the description says of it by itself, and its word in `use`. */
static const struct part {
	const char *word, *key;
	int said;
	unsigned int bit;
} parts[] = {
	{ "power", "power", POWER, DUT_BY_POWER },
	{ "console", "console", CONSOLE, DUT_BY_CONSOLE },
	{ "ssh", "ssh", SSH, DUT_BY_SSH },
	{ "ssh", "reach", REACH, DUT_BY_SSH },
};

#define PARTS (sizeof(parts) / sizeof(parts[0]))

static int read_use(const struct yaml_source *source, const struct yaml_node *items,
	const struct yaml_node **said, unsigned int *use_r)
{
	static const struct yaml_word words[] = { { "power", "power" }, { "console", "console" },
		{ "ssh", "ssh" }, { NULL, NULL } };

	*use_r = 0;
	for (const struct yaml_node *item = yaml_first_item(items); item;
		item = yaml_next_item(items, item)) {
		const char *word = NULL;
		int r = yaml_word(source, item, words, &word);

		if (r < 0)
			return r;
		for (size_t i = 0; i < PARTS; i++) {
			if (strcmp(parts[i].word, word) != 0)
				continue;
			if (said[parts[i].said])
				return yaml_wrong(source, item->place,
					"`%s` is given too: remove one of the two", parts[i].key);
			*use_r |= parts[i].bit;
		}
	}
	return 0;
}

static int check_argument(const struct yaml_source *source, const struct yaml_node *node)
{
	return node && node->text[0] == '-'
		       ? yaml_wrong(source, node->place, "`%s` begins with a dash, like an option",
				 node->key)
		       : 0;
}

static int read_labgrid(const struct yaml_source *source, const struct yaml_node *map,
	const struct yaml_node **said, struct dut *dut)
{
	enum { IN_PLACE, IN_COORDINATOR, IN_CONFIG, IN_USE, IN_KEYS };
	static const struct yaml_key labgrid_keys[IN_KEYS + 1] = {
		[IN_PLACE] = { "place", YAML_A_SCALAR, true },
		[IN_COORDINATOR] = { "coordinator", YAML_A_SCALAR, false },
		[IN_CONFIG] = { "config", YAML_A_SCALAR, false },
		[IN_USE] = { "use", YAML_ITEMS, false },
	};
	const struct yaml_node *found[IN_KEYS] = { NULL };
	unsigned int use = DUT_BY_POWER | DUT_BY_CONSOLE | DUT_BY_SSH;
	int r = yaml_keys(source, map, "`labgrid`", labgrid_keys, found);

	if (r == 0)
		r = yaml_check_name(source, found[IN_PLACE]->place, "a place",
			found[IN_PLACE]->text, NAME_CHARACTERS, NAME_MAX_BYTES);
	for (size_t i = 0; i < IN_USE && r == 0; i++)
		r = check_argument(source, found[i]);
	if (r == 0)
		r = take_text(source, found[IN_PLACE], &dut->labgrid.place);
	if (r == 0)
		r = take_text(source, found[IN_COORDINATOR], &dut->labgrid.coordinator);
	if (r == 0)
		r = take_text(source, found[IN_CONFIG], &dut->labgrid.config);
	for (size_t i = 0; i < PARTS && r == 0; i++) {
		if (said[parts[i].said])
			use &= ~parts[i].bit;
	}
	if (r == 0 && found[IN_USE])
		r = read_use(source, found[IN_USE], said, &use);
	if (r == 0 && dut_labgrid_fill(dut, use) < 0)
		r = yaml_no_memory(source);
	return r;
}

static int read_limits(
	const struct yaml_source *source, const struct yaml_node *map, struct dut *dut)
{
	const struct yaml_node *found[DUT_LIMITS] = { NULL };
	int r = yaml_keys(source, map, "`limits`", limit_keys, found);

	for (size_t i = 0; i < DUT_LIMITS && r == 0; i++) {
		json_int_t seconds = 0;

		if (!found[i])
			continue;
		r = yaml_whole(source, found[i], 1, LIMIT_SECONDS, &seconds);
		if (r == 0)
			dut->limits[i] = (unsigned int)seconds;
	}
	return r;
}

static int read_labels(
	const struct yaml_source *source, const struct yaml_node *items, struct dut *dut)
{
	for (const struct yaml_node *item = yaml_first_item(items); item;
		item = yaml_next_item(items, item)) {
		int r = yaml_check_name(source, item->place, "a label", item->text, NAME_CHARACTERS,
			NAME_MAX_BYTES);

		if (r < 0)
			return r;
		if (json_array_append_new(dut->labels, json_string(item->text)) < 0)
			return yaml_no_memory(source);
	}
	return 0;
}

static int read_reach(const struct yaml_source *source, const struct yaml_node *root,
	const struct yaml_node **found, struct dut *dut)
{
	int r = 0;

	if (found[SSH] && found[REACH])
		return yaml_wrong(source, root->place,
			"a host is reached by one of `ssh` and `reach`: give one, not both");
	if (found[SSH])
		r = read_ssh(source, found[SSH], dut);
	else if (found[REACH])
		r = take_words(source, found[REACH], &dut->reach);
	if (r == 0 && found[LABGRID])
		r = read_labgrid(source, found[LABGRID], found, dut);
	if (r == 0 && !dut->reach)
		r = yaml_wrong(source, root->place,
			"a host is reached by one of `ssh`, `reach` and labgrid's `ssh`: give one "
			"of them");
	return r;
}

static int read_all(const struct yaml_source *source, const struct yaml_node *root, struct dut *dut)
{
	const struct yaml_node *found[KEYS] = { NULL };
	int r = yaml_keys(source, root, "a description of a host", keys, found);

	if (r == 0)
		r = yaml_check_head(source, found[FORMAT], found[VERSION],
			&(struct yaml_head){ DUT_FORMAT, "descriptions of hosts", DUT_VERSION });
	if (r == 0)
		r = yaml_check_name(source, found[NAME]->place, "the name of a host",
			found[NAME]->text, NAME_CHARACTERS, NAME_MAX_BYTES);
	if (r == 0)
		r = take_text(source, found[NAME], &dut->name);
	if (r == 0 && found[LABELS])
		r = read_labels(source, found[LABELS], dut);
	if (r == 0)
		r = take_text(source, found[CONSOLE], &dut->console);
	if (r == 0 && found[POWER])
		r = read_power(source, found[POWER], dut);
	if (r == 0)
		r = read_reach(source, root, found, dut);
	if (r == 0)
		r = take_text(source, found[PREPARE], &dut->prepare);
	if (r == 0)
		r = take_folder(source, found[TREE], &dut->tree);
	if (r == 0)
		r = take_folder(source, found[WORK], &dut->work);
	if (r == 0 && found[LIMITS])
		r = read_limits(source, found[LIMITS], dut);
	return r;
}

int dut_parse(
	const char *file, const char *text, size_t length, struct dut **dut_r, struct problem *why)
{
	struct yaml_source source = {
		.file = file, .manual = "docs/labs/hosts-under-test.md", .why = why
	};
	struct dut *dut = dut_new();
	struct yaml_node *root = NULL;
	int r = dut && dut->tree && dut->work ? yaml_parse(&source, text, length, &root)
					      : yaml_no_memory(&source);

	if (r == 0)
		r = read_all(&source, root, dut);
	if (r == 0) {
		*dut_r = dut;
		dut = NULL;
	}
	yaml_free(root);
	dut_free(dut);
	return r;
}
