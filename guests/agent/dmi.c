/* The "dmi" section: what the firmware's SMBIOS tables say, as the kernel shows them. */
#include <errno.h>

#include "guests/agent/collect.h"
#include "src/tree.h"

int collect_dmi(const struct guest *guest, json_t **section_r, struct problem *why)
{
	static const char *const attributes[] = { "sys_vendor", "product_name", "product_version",
		"bios_vendor", "bios_version", "bios_date" };
	json_t *section = json_object();
	int r = section ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < sizeof(attributes) / sizeof(attributes[0]); i++)
		r = json_object_set_new(section, attributes[i],
			tree_json(guest->root, "sys/class/dmi/id/%s", attributes[i]));
	if (r < 0) {
		json_decref(section);
		return -ENOMEM;
	}
	*section_r = section;
	return 0;
}
