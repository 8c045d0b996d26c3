#include "harness/plan/capabilities.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/suggest.h"
#include "harness/plan/settings.h"

/* The first six are of Xen, the others of the device at 0000:00:02.0. */
const char *const capability_names[] = { "hvm", "hap", "shadow", "iommu", "iommu_hap_pt_share",
	"ovmf", "igd", "igd_vga", "igd_rom", "igd_opregion", NULL };

static bool is_model(const char *name)
{
	size_t prefix = strlen(CAPABILITY_MODEL), length;

	if (strncmp(name, CAPABILITY_MODEL, prefix) != 0)
		return false;
	length = strspn(name + prefix, SETTING_MODEL_CHARACTERS);
	return length > 0 && length <= SETTING_MODEL_MAX && !name[prefix + length];
}

static bool is_capability(const char *name)
{
	for (size_t i = 0; capability_names[i]; i++)
		if (strcmp(capability_names[i], name) == 0)
			return true;
	return is_model(name);
}

int capability_check(const char *name, struct problem *why)
{
	struct suggestion suggestion = suggest_for(name);
	char all[256] = "";

	if (is_capability(name))
		return 0;
	for (size_t i = 0; capability_names[i]; i++) {
		size_t used = strlen(all);

		suggest_candidate(&suggestion, capability_names[i]);
		snprintf(all + used, sizeof(all) - used, "%s, ", capability_names[i]);
	}
	return problem_set(why, -EINVAL,
		"no host has a capability \"%.40s\"%s%s: they are %sand " CAPABILITY_MODEL
		"NAME of `run --model`",
		name, suggestion.best ? ", did you mean " : "",
		suggestion.best ? suggestion.best : "", all);
}
