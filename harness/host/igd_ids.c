#include "harness/host/igd_ids.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"
#include "harness/host/igd_ids_text.h"
#include "harness/yaml/yaml.h"

#define FILE_MAX         (256u << 10) /* bytes; ours has 8 KiB */
#define DEVICES_MAX      4096
#define PLATFORMS_MAX    256
#define NAME_CHARACTERS  "abcdefghijklmnopqrstuvwxyz0123456789-."
#define TITLE_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789- "

struct device {
	uint16_t id;
	int platform;    /* -1: none, it is there for its bridge */
	uint16_t bridge; /* 0: none */
};

struct igd_ids {
	struct igd_platform *platforms;
	struct device *devices;
	size_t platform_count, device_count;
};

enum { FORMAT, VERSION, PLATFORMS, BRIDGES, HEAD_KEYS };
static const struct yaml_key head_keys[HEAD_KEYS + 1] = {
	[FORMAT] = { "format", YAML_A_SCALAR, true },
	[VERSION] = { "version", YAML_A_SCALAR, true },
	[PLATFORMS] = { "platforms", YAML_A_LIST, true },
	[BRIDGES] = { "isa_bridges", YAML_A_LIST, true },
};

enum { NAME, TITLE, GRAPHICS, GMCH, BDSM, MACRO, IDS, PLATFORM_KEYS };
static const struct yaml_key platform_keys[PLATFORM_KEYS + 1] = {
	[NAME] = { "name", YAML_A_SCALAR, true },
	[TITLE] = { "title", YAML_A_SCALAR, true },
	[GRAPHICS] = { "graphics", YAML_A_SCALAR, true },
	[GMCH] = { "gmch", YAML_A_SCALAR, true },
	[BDSM] = { "bdsm", YAML_A_SCALAR, true },
	[MACRO] = { "macro", YAML_A_SCALAR, true },
	[IDS] = { "ids", YAML_ITEMS, true },
};

enum { DEVICE, BRIDGE_IDS, BRIDGE_KEYS };
static const struct yaml_key bridge_keys[BRIDGE_KEYS + 1] = {
	[DEVICE] = { "device", YAML_A_SCALAR, true },
	[BRIDGE_IDS] = { "ids", YAML_ITEMS, true },
};

/* The words of the file, in the order of the enums. */
static const char *const gmch_words[] = { "none", "gen6", "gen8", "chv", "gen9", NULL };
static const char *const bdsm_words[] = { "none", "0x5c", "0xc0", NULL };

static int read_word(const struct yaml_source *source, const struct yaml_node *node,
	const char *const *words, int *word_r)
{
	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], node->text) == 0) {
			*word_r = i;
			return 0;
		}
	}
	return yaml_wrong(source, node->place,
		"`%s` cannot be \"%.40s\": the head of the file lists the values", node->key,
		node->text);
}

static int read_id(const struct yaml_source *source, const struct yaml_node *node, uint16_t *id_r)
{
	if (strlen(node->text) != 6 || strncmp(node->text, "0x", 2) != 0 ||
		strspn(node->text + 2, "0123456789abcdef") != 4)
		return yaml_wrong(source, node->place,
			"\"%.40s\" is not a device id: write 0x and four digits of 0-9a-f",
			node->text);
	*id_r = (uint16_t)strtoul(node->text, NULL, 16);
	return 0;
}

static struct device *find(const struct igd_ids *ids, uint16_t id)
{
	for (size_t i = 0; ids && i < ids->device_count; i++) {
		if (ids->devices[i].id == id)
			return &ids->devices[i];
	}
	return NULL;
}

/* The device of that id, made if it is new; NULL if there are too many. */
static struct device *find_or_add(struct igd_ids *ids, uint16_t id)
{
	struct device *device = find(ids, id);

	if (device || ids->device_count == DEVICES_MAX)
		return device;
	device = &ids->devices[ids->device_count++];
	*device = (struct device){ .id = id, .platform = -1 };
	return device;
}

static int read_devices(const struct yaml_source *source, const struct yaml_node *items,
	struct igd_ids *ids, int platform, uint16_t bridge)
{
	for (const struct yaml_node *item = yaml_first_item(items); item;
		item = yaml_next_item(items, item)) {
		struct device *device;
		uint16_t id;
		int r = read_id(source, item, &id);

		if (r < 0)
			return r;
		device = find_or_add(ids, id);
		if (!device)
			return yaml_wrong(
				source, item->place, "there are more than %d ids", DEVICES_MAX);
		if (platform >= 0 ? device->platform >= 0 : device->bridge != 0)
			return yaml_wrong(
				source, item->place, "the id %s is given twice", item->text);
		if (platform >= 0)
			device->platform = platform;
		else
			device->bridge = bridge;
	}
	return 0;
}

static int read_platform(
	const struct yaml_source *source, const struct yaml_node *entry, struct igd_ids *ids)
{
	struct igd_platform *platform = &ids->platforms[ids->platform_count];
	const struct yaml_node *found[PLATFORM_KEYS] = { NULL };
	int gmch = 0, bdsm = 0;
	int r = yaml_keys(source, entry, "a platform", platform_keys, found);

	if (r == 0)
		r = yaml_check_name(source, found[NAME]->place, "a platform", found[NAME]->text,
			NAME_CHARACTERS, IGD_IDS_NAME_MAX - 1);
	if (r == 0)
		r = yaml_check_name(source, found[TITLE]->place, "a title", found[TITLE]->text,
			TITLE_CHARACTERS, IGD_IDS_NAME_MAX - 1);
	if (r == 0)
		r = yaml_check_name(source, found[GRAPHICS]->place, "a version of graphics",
			found[GRAPHICS]->text, "0123456789.", IGD_IDS_NAME_MAX - 1);
	if (r == 0)
		r = read_word(source, found[GMCH], gmch_words, &gmch);
	if (r == 0)
		r = read_word(source, found[BDSM], bdsm_words, &bdsm);
	if (r < 0)
		return r;
	snprintf(platform->name, sizeof(platform->name), "%s", found[NAME]->text);
	snprintf(platform->title, sizeof(platform->title), "%s", found[TITLE]->text);
	snprintf(platform->graphics, sizeof(platform->graphics), "%s", found[GRAPHICS]->text);
	platform->gmch = (enum igd_gmch)gmch;
	platform->bdsm = (enum igd_bdsm)bdsm;
	return read_devices(source, found[IDS], ids, (int)ids->platform_count++, 0);
}

static int read_bridge(
	const struct yaml_source *source, const struct yaml_node *entry, struct igd_ids *ids)
{
	const struct yaml_node *found[BRIDGE_KEYS] = { NULL };
	uint16_t bridge = 0;
	int r = yaml_keys(source, entry, "an ISA bridge", bridge_keys, found);

	if (r == 0)
		r = read_id(source, found[DEVICE], &bridge);
	return r == 0 ? read_devices(source, found[BRIDGE_IDS], ids, -1, bridge) : r;
}

static int read_all(
	const struct yaml_source *source, const struct yaml_node *root, struct igd_ids *ids)
{
	const struct yaml_node *found[HEAD_KEYS] = { NULL }, *entry;
	int r = yaml_keys(source, root, "a file of ids", head_keys, found);

	if (r == 0)
		r = yaml_check_head(source, found[FORMAT], found[VERSION],
			&(struct yaml_head){ "igd-harness igd ids", "ids", 1 });
	if (r == 0 && found[PLATFORMS]->count > PLATFORMS_MAX)
		r = yaml_wrong(source, found[PLATFORMS]->place, "there are more than %d platforms",
			PLATFORMS_MAX);
	for (entry = r == 0 ? found[PLATFORMS]->first : NULL; entry && r == 0; entry = entry->next)
		r = read_platform(source, entry, ids);
	for (entry = r == 0 ? found[BRIDGES]->first : NULL; entry && r == 0; entry = entry->next)
		r = read_bridge(source, entry, ids);
	return r;
}

static int parse(const char *file, const char *text, size_t length, struct igd_ids **ids_r,
	struct problem *why)
{
	struct yaml_source source = {
		.file = file, .manual = "docs/labs/preflight.md", .why = why
	};
	struct igd_ids *ids = calloc(1, sizeof(*ids));
	struct yaml_node *root = NULL;
	int r = -ENOMEM;

	if (!ids)
		goto out;
	ids->platforms = calloc(PLATFORMS_MAX, sizeof(*ids->platforms));
	ids->devices = calloc(DEVICES_MAX, sizeof(*ids->devices));
	if (!ids->platforms || !ids->devices)
		goto out;
	r = yaml_parse(&source, text, length, &root);
	if (r == 0)
		r = read_all(&source, root, ids);
	if (r == 0) {
		*ids_r = ids;
		ids = NULL;
	}
out:
	yaml_free(root);
	igd_ids_free(ids);
	return r < 0 ? problem_set(why, r, "%s: %s", file, strerror(-r)) : 0;
}

int igd_ids_load(const char *file, struct igd_ids **ids_r, struct problem *why)
{
	char *text = NULL;
	size_t length = 0;
	bool more = false;
	int r;

	if (!file)
		file = getenv("IGD_IDS");
	if (!file)
		return parse(IGD_IDS_FILE, igd_ids_text.bytes, igd_ids_text.length, ids_r, why);
	r = fileio_read_head(AT_FDCWD, file, FILE_MAX, &text, &length, &more, why);
	if (r < 0)
		problem_set(why, r, "cannot read the ids %s: %s", file, strerror(-r));
	else if (more)
		r = problem_set(
			why, -EINVAL, "%s:1:1: the file has more than %u bytes", file, FILE_MAX);
	else
		r = parse(file, text, length, ids_r, why);
	free(text);
	return r;
}

const struct igd_ids *igd_ids_builtin(void)
{
	static struct igd_ids *builtin;
	struct problem why;

	if (!builtin)
		parse(IGD_IDS_FILE, igd_ids_text.bytes, igd_ids_text.length, &builtin, &why);
	return builtin;
}

void igd_ids_free(struct igd_ids *ids)
{
	if (!ids)
		return;
	free(ids->platforms);
	free(ids->devices);
	free(ids);
}

const struct igd_platform *igd_ids_find(const struct igd_ids *ids, uint16_t device)
{
	const struct device *found = find(ids, device);

	return found && found->platform >= 0 ? &ids->platforms[found->platform] : NULL;
}

const struct igd_platform *igd_ids_platform(const struct igd_ids *ids, size_t number)
{
	return ids && number < ids->platform_count ? &ids->platforms[number] : NULL;
}

uint16_t igd_ids_device(
	const struct igd_ids *ids, size_t number, const struct igd_platform **platform_r)
{
	const struct device *device;

	if (!ids || number >= ids->device_count)
		return 0;
	device = &ids->devices[number];
	*platform_r = device->platform >= 0 ? &ids->platforms[device->platform] : NULL;
	return device->id;
}

uint16_t igd_ids_isa_bridge(const struct igd_ids *ids, uint16_t device)
{
	const struct device *found = find(ids, device);

	return found ? found->bridge : 0;
}
