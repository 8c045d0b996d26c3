/*
 * What guests/agent/igd.c asks for, in a guest that drives no Intel GPU: its kernel has neither
 * i915 nor xe, and no modules.
 */
#include "guests/agent/igd.h"

void igd_load(void)
{
}

json_t *igd_modules_json(void)
{
	return json_null();
}

const char *igd_no_driver(const char *root)
{
	return "the kernel of the guest `tiny' has no driver of an Intel GPU";
}

/* Never asked: nothing is bound here. */
int igd_add_proofs(const char *root, struct bdf where, json_t *section)
{
	return 0;
}
