#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/backend/backend.h"
#include "harness/backend/qemu/qemu.h"
#include "harness/backend/replay/replay.h"
#include "harness/base/module.h"

const struct backend_entry backend_entries[] = {
	{ "libxl", "Xen HVM guests through libxl; needs a dom0", "igd-xen.so", NULL },
	{ "qemu", "plain QEMU without Xen, on any machine; above all for the display", NULL,
		&backend_qemu },
	{ "replay", "a recorded run, replayed without guests: no new result", NULL,
		&backend_replay },
	{ NULL, NULL, NULL, NULL },
};

static int load(
	const struct backend_entry *entry, const struct backend **backend_r, struct problem *why)
{
	const struct backend_module *module;
	struct problem error = { 0 };

	module = module_load(entry->module, BACKEND_MODULE_SYMBOL, &error);
	if (!module) {
		return problem_set(why, -ENOSYS,
			"the %s back end cannot be loaded: %s; install igd-harness-xen or the Xen "
			"libraries that %s was built for, or rebuild it against this host's "
			"(docs/inside/architecture.md)",
			entry->name, error.text, entry->module);
	}
	if (module->abi != BACKEND_ABI) {
		return problem_set(why, -ENOSYS,
			"%s belongs to a different version of igd-harness: rebuild and install both",
			entry->module);
	}
	*backend_r = module->backend;
	return 0;
}

const char *backend_name(size_t i)
{
	return i < sizeof(backend_entries) / sizeof(backend_entries[0]) ? backend_entries[i].name
									: NULL;
}

static void append(struct problem *why, const char *separator, const char *name)
{
	size_t used = strlen(why->text);

	snprintf(why->text + used, sizeof(why->text) - used, "%s%s", separator, name);
}

static int no_backend(const char *name, struct problem *why)
{
	problem_set(why, -EINVAL, "no back end \"%.60s\": there are ", name);
	for (const struct backend_entry *entry = backend_entries; entry->name; entry++)
		append(why,
			entry == backend_entries ? ""
			: entry[1].name          ? ", "
						 : " and ",
			entry->name);
	return -EINVAL;
}

int backend_find(const char *name, const struct backend **backend_r, struct problem *why)
{
	for (const struct backend_entry *entry = backend_entries; entry->name; entry++) {
		if (strcmp(entry->name, name) != 0)
			continue;
		if (entry->module)
			return load(entry, backend_r, why);
		*backend_r = entry->built_in;
		return 0;
	}
	return no_backend(name, why);
}
