#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ci/lab/phantom/phantom.h"
#include "src/problem.h"

#define GPU           "0000:00:02.0"
#define BRIDGE        "0000:00:00.0"
#define AT_BRIDGE_GGC 0x50
#define EMULATED_VGA  0x11111234u /* device and vendor, as they stand in configuration space */

const char *state_path(const struct command *command, const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/run/igd-phantom/%s", command->root, name);
	return path;
}

static int write_file(const char *path, const void *bytes, size_t size, struct problem *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ssize_t wrote = fd < 0 ? -1 : write(fd, bytes, size);

	if (wrote < 0 || (size_t)wrote != size)
		problem_set(why, -EIO, "cannot write '%s': %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return wrote < 0 || (size_t)wrote != size ? -EIO : 0;
}

json_t *marker_read(const struct command *command, struct problem *why)
{
	char path[PATH_MAX];
	json_error_t error;
	json_t *marker;

	if (access(state_path(command, "active", path), F_OK))
		return NULL;
	marker = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_array(json_object_get(marker, "covers"))) {
		problem_set(why, -EINVAL, "'%s' is no marker of igd-phantom", path);
		json_decref(marker);
		return NULL;
	}
	return marker;
}

/* In one step: a killed command leaves the old marker or the new one. */
static int write_marker(const struct command *command, const json_t *marker, struct problem *why)
{
	char path[PATH_MAX], draft[PATH_MAX];

	state_path(command, "active", path);
	state_path(command, "active.new", draft);
	if (json_dump_file(marker, draft, JSON_INDENT(1)) || rename(draft, path))
		return problem_set(why, -EIO, "cannot write '%s': %s", path, strerror(errno));
	return 0;
}

int turn_off(const struct command *command, const json_t *marker, struct problem *why)
{
	static const char *const files[] = { "vendor", "device", "class", "config", "rom", "bridge",
		"absent", "active.new", "active" };
	static const uint8_t nothing[PHANTOM_OPREGION_SIZE];
	const json_t *covers = json_object_get(marker, "covers");
	const char *memory = json_string_value(json_object_get(marker, "memory"));
	char path[PATH_MAX];
	int r = 0;

	for (size_t i = json_array_size(covers); r == 0 && i > 0; i--)
		r = cover_off(json_string_value(json_array_get(covers, i - 1)), why);
	if (r == 0 && memory)
		r = memory_write(command->root, memory, nothing, why);
	for (size_t i = 0; r == 0 && i < sizeof(files) / sizeof(files[0]); i++) {
		if (unlink(state_path(command, files[i], path)) && errno != ENOENT)
			r = problem_set(
				why, -errno, "cannot remove '%s': %s", path, strerror(errno));
	}
	return r;
}

/*
 * The plan: what is to be covered with what, undone from the end. A running QEMU holds config open:
 * it comes last, so that `off` then fails before it has undone anything.
 */
static const struct {
	const char *device;
	const char *attribute;
	const char *file;
} parts[] = {
	{ GPU, "vendor", "vendor" },
	{ GPU, "device", "device" },
	{ GPU, "class", "class" },
	{ GPU, "rom", "rom" },
	{ BRIDGE, "config", "bridge" },
	{ GPU, "config", "config" },
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static bool wanted(const struct command *command, size_t part)
{
	return strcmp(parts[part].file, "bridge") != 0 || command->bridge >= 0;
}

/* The file that covers a part. */
static int cover_of(
	const struct command *command, size_t part, char path[PATH_MAX], struct problem *why)
{
	bool rom = strcmp(parts[part].file, "rom") == 0;

	/* The kernel maps BAR 2, and refuses to read it with EIO, as it does for a ROM that is off.
	 */
	if (rom && strcmp(command->rom, "unreadable") == 0)
		return sysfs_attribute(command->root, GPU, "resource2", path, why);
	state_path(command, rom && strcmp(command->rom, "none") == 0 ? "absent" : parts[part].file,
		path);
	return 0;
}

static int write_text(const struct command *command, const char *name, unsigned int digits,
	uint32_t value, struct problem *why)
{
	char path[PATH_MAX], text[16];
	int length = snprintf(text, sizeof(text), "0x%0*" PRIx32 "\n", (int)digits, value);

	return write_file(state_path(command, name, path), text, (size_t)length, why);
}

static int write_rom(
	const struct command *command, const struct phantom *phantom, struct problem *why)
{
	uint8_t *rom = calloc(PHANTOM_ROM_SIZE, 1);
	char path[PATH_MAX];
	int r = rom ? 0 : problem_set(why, -ENOMEM, "out of memory");

	if (r == 0) {
		phantom_fill_rom(phantom, rom);
		r = write_file(state_path(command, "rom", path), rom, PHANTOM_ROM_SIZE, why);
	}
	free(rom);
	if (r == 0 && symlink("nowhere", state_path(command, "absent", path)))
		r = problem_set(why, -errno, "cannot make '%s': %s", path, strerror(errno));
	return r;
}

static int write_parts(const struct command *command, const struct phantom *phantom, uint32_t asls,
	struct problem *why)
{
	uint8_t config[PHANTOM_CONFIG_MAX];
	char path[PATH_MAX];
	int r = write_text(command, "vendor", 4, phantom->vendor, why), size;

	if (r == 0)
		r = write_text(command, "device", 4, phantom->device, why);
	if (r == 0)
		r = write_text(command, "class", 6, phantom->class, why);
	if (r == 0)
		r = write_rom(command, phantom, why);
	size = r == 0 ? sysfs_config(command->root, GPU, config, why) : r;
	if (size < 0)
		return size;
	phantom_fill_config(phantom, asls, config);
	r = write_file(state_path(command, "config", path), config, (size_t)size, why);
	if (r < 0 || command->bridge < 0)
		return r;
	size = sysfs_config(command->root, BRIDGE, config, why);
	if (size < 0)
		return size;
	config[AT_BRIDGE_GGC] = (uint8_t)command->bridge;
	config[AT_BRIDGE_GGC + 1] = (uint8_t)(command->bridge >> 8);
	return write_file(state_path(command, "bridge", path), config, (size_t)size, why);
}

/* Covers, in the order of the plan, what the marker already tells of. */
static int cover_parts(const struct command *command, const json_t *marker, struct problem *why)
{
	const json_t *covers = json_object_get(marker, "covers");
	char from[PATH_MAX];
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < PARTS; i++) {
		if (!wanted(command, i))
			continue;
		r = cover_of(command, i, from, why);
		if (r == 0)
			r = cover(from, json_string_value(json_array_get(covers, n++)), why);
	}
	return r;
}

/* Returns the marker of what is about to be made, or NULL. */
static json_t *make_marker(const struct command *command, const struct phantom *phantom,
	uint32_t asls, const char *memory, struct problem *why)
{
	json_t *covers = json_array(), *marker;
	char path[PATH_MAX];

	for (size_t i = 0; i < PARTS; i++) {
		if (!wanted(command, i))
			continue;
		if (sysfs_attribute(command->root, parts[i].device, parts[i].attribute, path, why) <
			0) {
			json_decref(covers);
			return NULL;
		}
		json_array_append_new(covers, json_string(path));
	}
	marker = json_pack("{s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:s?, s:b, s:o}", "name",
		phantom->name, "vendor", json_sprintf("0x%04x", (unsigned int)phantom->vendor),
		"device", json_sprintf("0x%04x", (unsigned int)phantom->device), "class",
		json_sprintf("0x%06x", (unsigned int)phantom->class), "rom", command->rom,
		"opregion", memory ? json_sprintf("0x%08x", asls) : json_null(), "bridge",
		command->bridge >= 0 ? json_sprintf("0x%04x", (unsigned int)command->bridge)
				     : json_null(),
		"memory", memory, "complete", 0, "covers", covers);
	if (!marker)
		problem_set(why, -ENOMEM, "out of memory");
	return marker;
}

static int find_phantom(const char *name, struct phantom *phantom_r, struct problem *why)
{
	char path[PATH_MAX], *slash;
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof("phantoms"));
	FILE *list;
	int r;

	path[length > 0 ? length : 0] = '\0';
	slash = strrchr(path, '/');
	strcpy(slash ? slash + 1 : path, "phantoms");
	list = fopen(path, "re");
	if (!list)
		return problem_set(why, -errno, "cannot open '%s': %s", path, strerror(errno));
	r = phantom_find(list, name, phantom_r, why);
	fclose(list);
	return r;
}

int turn_on(const struct command *command, struct problem *why)
{
	uint8_t config[PHANTOM_CONFIG_MAX] = { 0 }, *opregion = NULL;
	char memory[16] = "";
	struct phantom phantom;
	uint32_t asls = 0;
	json_t *marker = NULL;
	int r = find_phantom(command->name, &phantom, why);

	if (r == 0)
		r = sysfs_config(command->root, GPU, config, why);
	/* A real GPU must never be covered: nobody would know any more what a result is from. */
	if (r >= 0 && sysfs_u32(config) != EMULATED_VGA)
		r = problem_set(why, -ENODEV, "%s is not the lab's emulated VGA 1234:1111", GPU);
	if (r >= 0 && command->opregion)
		r = memory_find(command->root, memory, &asls, why);
	if (r < 0)
		return r;
	opregion = calloc(PHANTOM_OPREGION_SIZE, 1);
	marker = make_marker(command, &phantom, asls, command->opregion ? memory : NULL, why);
	r = marker && opregion ? write_marker(command, marker, why) : -ENOMEM;
	if (r == 0 && command->opregion) {
		phantom_fill_opregion(&phantom, opregion);
		r = memory_write(command->root, memory, opregion, why);
	}
	if (r == 0)
		r = write_parts(command, &phantom, asls, why);
	if (r == 0)
		r = cover_parts(command, marker, why);
	if (r == 0) {
		json_object_set_new(marker, "complete", json_true());
		r = write_marker(command, marker, why);
	}
	/* Half a phantom is no good to anybody. */
	if (r < 0 && marker) {
		struct problem silent = { 0 };

		turn_off(command, marker, &silent);
	}
	free(opregion);
	json_decref(marker);
	return r;
}

bool marker_is_whole(const json_t *marker)
{
	const json_t *path;
	size_t i;

	json_array_foreach(json_object_get(marker, "covers"), i, path)
	{
		if (!json_is_string(path) || !cover_is_on(json_string_value(path)))
			return false;
	}
	return json_is_true(json_object_get(marker, "complete"));
}
