#include "harness/config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"

#define MANUAL     "docs/use/config.md"
#define SYSTEM     "/etc/igd-harness/config.yaml"
#define NAME_MAX_  64 /* bytes of a host's name, as of a description's */
#define HOST_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

static const struct yaml_head head = { "igd-harness config", "the configuration file", 1 };

enum { FORMAT, VERSION, HOSTS, OPTIONS, KEYS };

static const struct yaml_key keys[] = {
	[FORMAT] = { "format", YAML_A_SCALAR, true },
	[VERSION] = { "version", YAML_A_SCALAR, true },
	[HOSTS] = { "hosts", YAML_A_MAP, false },
	[OPTIONS] = { "options", YAML_A_MAP, false },
	[KEYS] = { NULL },
};

/* NULL is the command of a host. */
static bool is_same(const char *one, const char *other)
{
	return one && other ? strcmp(one, other) == 0 : one == other;
}

/* Adds an entry, in the place of one of an earlier file. */
static int add(struct config *config, const struct config_entry *entry)
{
	struct config_entry *entries;

	for (size_t i = 0; i < config->count; i++) {
		struct config_entry *old = &config->entries[i];

		if (is_same(old->command, entry->command) && is_same(old->name, entry->name)) {
			*old = *entry;
			return 0;
		}
	}
	entries = realloc(config->entries, (config->count + 1) * sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	config->entries = entries;
	entries[config->count++] = *entry;
	return 0;
}

static int check_word(
	const struct yaml_source *source, const struct yaml_node *node, const char *host)
{
	if (node->text[0] == '/' || strncmp(node->text, "ssh:", 4) == 0 ||
		strncmp(node->text, "lab:", 4) == 0)
		return 0;
	return yaml_wrong(source, node->place,
		"the host %s is %.100s, which is neither ssh:USER@HOST, lab:NAME nor the "
		"whole path of a description",
		host, node->text);
}

static int read_known_good(
	const struct yaml_source *source, const struct yaml_node *map, struct config_entry *entry)
{
	static const struct yaml_key known_good_keys[] = { { "matrix", YAML_A_SCALAR, true },
		{ "cell", YAML_A_SCALAR, true }, { NULL, YAML_A_SCALAR, false } };
	const struct yaml_node *found[2] = { NULL };
	int r = yaml_keys(source, map, "`known_good`", known_good_keys, found);

	for (size_t i = 0; i < 2 && r == 0; i++) {
		/* They are to be arguments, and no options. */
		if (!found[i]->text[0] || found[i]->text[0] == '-')
			r = yaml_wrong(source, found[i]->place,
				"`%s` is empty or begins with a dash, like an option",
				found[i]->key);
	}
	if (r < 0)
		return r;
	entry->known_good_matrix = found[0]->text;
	entry->known_good_cell = found[1]->text;
	return 0;
}

/* A host with more than its word. */
static int read_host_map(
	const struct yaml_source *source, const struct yaml_node *map, struct config_entry *entry)
{
	enum { DUT, LABELS, KNOWN_GOOD, HOST_KEYS };
	static const struct yaml_key host_keys[HOST_KEYS + 1] = {
		[DUT] = { "dut", YAML_A_SCALAR, true },
		[LABELS] = { "labels", YAML_ITEMS, false },
		[KNOWN_GOOD] = { "known_good", YAML_A_MAP, false },
	};
	const struct yaml_node *found[HOST_KEYS] = { NULL };
	int r = yaml_keys(source, map, "a host", host_keys, found);

	if (r < 0)
		return r;
	entry->value = found[DUT];
	entry->labels = found[LABELS];
	for (const struct yaml_node *item = config_first_label(entry); item && r == 0;
		item = yaml_next_item(found[LABELS], item))
		r = yaml_check_name(
			source, item->place, "a label", item->text, HOST_CHARS, NAME_MAX_);
	return r == 0 && found[KNOWN_GOOD] ? read_known_good(source, found[KNOWN_GOOD], entry) : r;
}

static int read_hosts(
	struct config *config, const struct yaml_source *source, const struct yaml_node *hosts)
{
	for (const struct yaml_node *node = hosts ? hosts->first : NULL; node; node = node->next) {
		struct config_entry entry = { .name = node->key,
			.value = node,
			.file = source->file,
			.command_place = hosts->key_place,
			.place = node->key_place };
		int r = yaml_check_name(
			source, node->key_place, "a host", node->key, HOST_CHARS, NAME_MAX_);

		if (r == 0 && node->kind == YAML_MAP)
			r = read_host_map(source, node, &entry);
		else if (r == 0)
			r = yaml_check_shape(source, node, node->key, YAML_A_SCALAR);
		if (r == 0)
			r = check_word(source, entry.value, node->key);
		if (r == 0)
			r = add(config, &entry);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_options(
	struct config *config, const struct yaml_source *source, const struct yaml_node *options)
{
	for (const struct yaml_node *of = options ? options->first : NULL; of; of = of->next) {
		int r = yaml_check_shape(source, of, of->key, YAML_A_MAP);

		for (const struct yaml_node *node = r == 0 ? of->first : NULL; node && r == 0;
			node = node->next) {
			struct config_entry entry = { .command = of->key,
				.name = node->key,
				.value = node,
				.file = source->file,
				.command_place = of->key_place,
				.place = node->key_place };

			r = yaml_check_shape(source, node, node->key, YAML_ITEMS);
			if (r == 0)
				r = add(config, &entry);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_file(struct config *config, struct config_file *file, struct problem *why)
{
	const struct yaml_source source = { file->path, MANUAL, why };
	const struct yaml_node *found[KEYS] = { NULL };
	char *text = NULL;
	size_t length = 0;
	bool more = false;
	int r = fileio_read_head(AT_FDCWD, file->path, CONFIG_FILE_MAX, &text, &length, &more, why);

	/* ENOTDIR: ~/.config is a file, and none of ours. */
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r == 0 && more)
		r = problem_set(why, -EFBIG, "%s:1:1: the file has more than %u bytes", file->path,
			CONFIG_FILE_MAX);
	if (r == 0)
		r = yaml_parse(&source, text, length, &file->root);
	free(text);
	if (r < 0)
		return r;
	file->read = true;
	r = yaml_keys(&source, file->root, head.what, keys, found);
	if (r == 0)
		r = yaml_check_head(&source, found[FORMAT], found[VERSION], &head);
	if (r == 0)
		r = read_hosts(config, &source, found[HOSTS]);
	if (r == 0)
		r = read_options(config, &source, found[OPTIONS]);
	return r;
}

/* The paths of the files. By the XDG base directory specification a relative folder is ignored. */
static int find_files(struct config *config)
{
	const char *named = getenv("IGD_CONFIG"), *xdg = getenv("XDG_CONFIG_HOME"),
		   *home = getenv("HOME");
	char **user = &config->files[1].path;
	int r = 0;

	if (named) {
		config->files[0].path = named[0] ? strdup(named) : NULL;
		return named[0] && !config->files[0].path ? -ENOMEM : 0;
	}
	config->files[0].path = strdup(SYSTEM);
	if (xdg && xdg[0] == '/')
		r = asprintf(user, "%s/igd-harness/config.yaml", xdg);
	else if (home && home[0] == '/')
		r = asprintf(user, "%s/.config/igd-harness/config.yaml", home);
	if (r < 0)
		*user = NULL;
	return r < 0 || !config->files[0].path ? -ENOMEM : 0;
}

int config_load(struct config *config_r, struct problem *why)
{
	int r;

	*config_r = (struct config){ 0 };
	r = find_files(config_r);
	for (size_t i = 0; i < CONFIG_FILES && r == 0; i++)
		if (config_r->files[i].path)
			r = read_file(config_r, &config_r->files[i], why);
	if (r == 0 && config_r->files[0].path && getenv("IGD_CONFIG") && !config_r->files[0].read)
		r = problem_set(why, -EINVAL, "IGD_CONFIG names %s, which does not exist",
			config_r->files[0].path);
	return r;
}

const char *config_host(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->count; i++) {
		const struct config_entry *entry = &config->entries[i];

		if (!entry->command && strcmp(entry->name, name) == 0)
			return entry->value->text;
	}
	return NULL;
}

const struct yaml_node *config_first_label(const struct config_entry *entry)
{
	return entry->labels ? yaml_first_item(entry->labels) : NULL;
}

void config_free(struct config *config)
{
	for (size_t i = 0; i < CONFIG_FILES; i++) {
		yaml_free(config->files[i].root);
		free(config->files[i].path);
	}
	free(config->entries);
	*config = (struct config){ 0 };
}
