/* The "pci" section: every function the guest has. */
#include "guests/agent/collect.h"
#include "src/functions.h"

int collect_pci(const struct guest *guest, json_t **section_r, struct problem *why)
{
	const struct functions_scope scope = { .root = guest->root };

	return functions_json(&scope, section_r, why);
}
