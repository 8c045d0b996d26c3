/* The "igd" section. */
#include "guests/agent/igd.h"

#include <errno.h>
#include <string.h>

#include "guests/agent/collect.h"
#include "src/tree.h"

const char *const igd_told[] = { "device", "stolen", "registers", "vbt", "mode", "frames",
	"interrupts", "picture", "engine", NULL };

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
