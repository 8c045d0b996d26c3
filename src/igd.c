/* Where the GPU is, and what its driver says of itself in debugfs. */
#include "src/igd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/tree.h"

#define VENDOR_INTEL 0x8086ul
#define CLASS_VGA    0x0300ul
#define CLASS_OTHER  0x0380ul

#define DRI "sys/kernel/debug/dri/%u"

/* More than the largest VBT, which has 16 bits for its size. */
#define VBT_FILE_MAX 65536

#define LINE_SIZE 256

static unsigned long read_id(const char *root, const char *device, const char *name)
{
	char text[TREE_TEXT_MAX];

	if (tree_text(root, text, "sys/bus/pci/devices/%s/%s", device, name))
		return 0;
	return strtoul(text, NULL, 16);
}

static bool is_igd(const char *root, const char *device)
{
	unsigned long class = read_id(root, device, "class") >> 8;

	return read_id(root, device, "vendor") == VENDOR_INTEL &&
	       (class == CLASS_VGA || class == CLASS_OTHER);
}

bool igd_find(const char *root, struct bdf *where_r)
{
	int fd = tree_open(root, O_RDONLY | O_DIRECTORY, "sys/bus/pci/devices");
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	char first[BDF_TEXT_MAX] = "", address[BDF_TEXT_MAX];

	while (directory && (entry = readdir(directory))) {
		struct bdf where;

		if (bdf_parse(entry->d_name, &where) || !is_igd(root, entry->d_name))
			continue;
		bdf_format(where, address);
		if (!first[0] || strcmp(address, first) < 0) {
			strcpy(first, address);
			*where_r = where;
		}
	}
	if (directory)
		closedir(directory);
	return first[0] != '\0';
}

int igd_card_find(const char *root, struct bdf where, unsigned int *minor_r)
{
	struct dirent **names = NULL;
	int count = tree_list(root, "sys/class/drm", "card", &names), r = -ENODEV;

	for (int i = 0; i < count && r < 0; i++) {
		char device[TREE_TEXT_MAX];
		struct bdf here;

		if (tree_link(root, device, "sys/class/drm/%s/device", names[i]->d_name) ||
			bdf_parse(device, &here) || !bdf_equal(here, where))
			continue;
		*minor_r = (unsigned int)strtoul(names[i]->d_name + strlen("card"), NULL, 10);
		r = 0;
	}
	tree_list_free(names, count);
	return r;
}

bool igd_debugfs_is_there(const char *root, unsigned int minor)
{
	int fd = tree_open(root, O_RDONLY | O_DIRECTORY, DRI, minor);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Lines "key: value" that are kept, and as what: the display has a file of its own since
 * Linux 6.12, for both drivers, which Linux 6.16 calls intel_display_caps; the PCH is there. */
static const char *const info_files[] = { "i915_capabilities", "i915_display_capabilities",
	"intel_display_caps" };
static const struct {
	const char *line, *key;
	bool split_lpt; /* numbers of PCHs as since PCH_LPT_LP, see pch_number() */
} info[] = { { "platform", "platform", false }, { "graphics version", "graphics_version", false },
	{ "display version", "display_version", false }, { "pch", "pch", false },
	{ "PCH type", "pch", true } };

/*
 * "drm/i915/pch: Make LPT LP a dedicated PCH type" (2025-02-07, after Linux 6.12) put PCH_LPT_LP,
 * 4, behind PCH_LPT, and each later PCH has one more since then: Cannon Lake's is 6 with Linux 7.3
 * and 5 with 6.12. Told as before, so that two kernels agree on one machine.
 */
static json_t *pch_number(const char *value)
{
	char *end;
	long number = strtol(value, &end, 10);

	return end == value || *end || number < 4 ? json_string(value)
						  : json_sprintf("%ld", number - 1);
}

static void take_info(json_t *device, char *line)
{
	char *value = strchr(line, ':');

	if (!value)
		return;
	*value++ = '\0';
	value += strspn(value, " \t");
	tree_clean(value);
	for (size_t i = 0; i < sizeof(info) / sizeof(info[0]); i++)
		if (strcmp(line, info[i].line) == 0)
			json_object_set_new(device, info[i].key,
				info[i].split_lpt ? pch_number(value) : json_string(value));
}

/* "platform 12", "graphics_verx100 3000": xe has no colons, and numbers of its own for platforms
 * (info() in drivers/gpu/drm/xe/xe_debugfs.c, Linux 6.8 to 6.19). */
static void take_xe(json_t *device, char *line)
{
	static const char platform[] = "platform ", graphics[] = "graphics_verx100 ";
	unsigned long version;

	tree_clean(line);
	if (strncmp(line, platform, strlen(platform)) == 0)
		json_object_set_new(device, "platform", json_string(line + strlen(platform)));
	if (strncmp(line, graphics, strlen(graphics)) != 0)
		return;
	version = strtoul(line + strlen(graphics), NULL, 10);
	json_object_set_new(device, "graphics_version",
		json_sprintf("%lu.%02lu", version / 100, version % 100));
}

/* Takes each line of a file; the object is made with the first file that is there. */
static void take_file(const char *root, unsigned int minor, const char *file,
	void (*take)(json_t *device, char *line), json_t **device_r)
{
	FILE *stream = tree_stream(root, DRI "/%s", minor, file);
	char line[LINE_SIZE];

	if (!stream)
		return;
	if (!*device_r)
		*device_r = json_pack("{s:s, s:n, s:n, s:n, s:n}", "observer", "debugfs",
			"platform", "graphics_version", "display_version", "pch");
	while (*device_r && fgets(line, sizeof(line), stream))
		take(*device_r, line);
	fclose(stream);
}

json_t *igd_device_json(const char *root, unsigned int minor)
{
	json_t *device = NULL;

	take_file(root, minor, "info", take_xe, &device);
	for (size_t i = 0; i < sizeof(info_files) / sizeof(info_files[0]); i++)
		take_file(root, minor, info_files[i], take_info, &device);
	return device ? device : json_null();
}

/* "stolen-system: total:0x0000000002000000 bytes, ...", as i915 writes it (Linux 6.1 to 6.12);
 * "  size: 66060288", as ttm_resource_manager_debug() for xe's (Linux 6.8 to 6.19). */
static const struct {
	const char *file, *begin;
	int base;
} stolen_files[] = { { "i915_gem_objects", "stolen-system: total:", 16 },
	{ "stolen_mm", "  size: ", 10 } };

json_t *igd_stolen_json(const char *root, unsigned int minor)
{
	json_t *stolen = NULL;
	char line[LINE_SIZE];

	for (size_t i = 0; !stolen && i < sizeof(stolen_files) / sizeof(stolen_files[0]); i++) {
		FILE *stream = tree_stream(root, DRI "/%s", minor, stolen_files[i].file);
		size_t length = strlen(stolen_files[i].begin);

		while (stream && !stolen && fgets(line, sizeof(line), stream))
			if (strncmp(line, stolen_files[i].begin, length) == 0)
				stolen = json_pack("{s:s, s:I}", "observer", "debugfs", "bytes",
					(json_int_t)strtoull(
						line + length, NULL, stolen_files[i].base));
		if (stream)
			fclose(stream);
	}
	return stolen ? stolen : json_null();
}

json_t *igd_driver_vbt_json(const char *root, struct bdf where, unsigned int minor)
{
	uint8_t *bytes = malloc(VBT_FILE_MAX);
	ssize_t length;
	json_t *vbt;

	if (!bytes)
		return NULL;
	length = tree_bytes(root, bytes, VBT_FILE_MAX, DRI "/i915_vbt", minor);
	vbt = igd_vbt_json(root, where, length > 0 ? bytes : NULL, length > 0 ? (size_t)length : 0);
	free(bytes);
	return vbt;
}
