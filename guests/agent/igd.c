/* The "igd" section. */
#include "guests/agent/igd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "guests/agent/collect.h"
#include "src/tree.h"

#define VENDOR_INTEL 0x8086ul
#define CLASS_VGA    0x0300ul
#define CLASS_OTHER  0x0380ul

const char *const igd_told[] = { "device", "stolen", "registers", "vbt", "mode", "frames",
	"interrupts", "picture", "engine", NULL };

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

/* Nothing is bound: what needs no driver is looked at, and all else is not there. */
static int add_nothing(const char *root, struct bdf where, json_t *section)
{
	int r = 0;

	for (size_t i = 0; r == 0 && igd_told[i]; i++)
		r = json_object_set_new(section, igd_told[i],
			strcmp(igd_told[i], "vbt") == 0 ? igd_vbt_json(root, where, NULL, 0)
							: json_null());
	return r;
}

int collect_igd(const struct guest *guest, json_t **section_r, struct problem *why)
{
	char address[BDF_TEXT_MAX], driver[TREE_TEXT_MAX];
	const char *root = guest->root, *reason;
	struct bdf where;
	json_t *section;
	bool bound;
	int r;

	if (!igd_find(root, &where)) {
		*section_r = json_null();
		return 0;
	}
	bdf_format(where, address);
	bound = !tree_link(root, driver, "sys/bus/pci/devices/%s/driver", address);
	reason = bound ? NULL : igd_no_driver(root);
	section = json_pack("{s:s, s:s*, s:o}", "address", address, "no_driver", reason, "modules",
		igd_modules_json());
	r = section ? igd_add_log(root, where, section) : -ENOMEM;
	if (r == 0 && !reason)
		r = bound && !root[0] ? igd_add_proofs(root, where, section)
				      : add_nothing(root, where, section);
	if (r) {
		json_decref(section);
		return -ENOMEM;
	}
	*section_r = section;
	return 0;
}
