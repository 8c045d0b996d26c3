#include <dlfcn.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend.h"
#include "harness/qemu.h"
#include "harness/replay.h"

const struct backend_entry backend_entries[] = {
	{ "libxl", "Xen HVM guests through libxl: the real thing; needs a dom0", "igd-xen.so",
		NULL },
	{ "qemu", "plain QEMU without Xen: the display half, on any machine", NULL, &backend_qemu },
	{ "replay", "a recorded run, played again: no guest, no new result", NULL,
		&backend_replay },
	{ NULL, NULL, NULL, NULL },
};

/* Where a module lies, from the program's folder: a build tree, an installation, or side by side.
 */
static const char *const places[] = { "xen", "../lib/igd-harness", ".", NULL };

static void *open_at(const char *folder, const char *place, const char *file, struct problem *error)
{
	char path[PATH_MAX];
	void *handle;

	snprintf(path, sizeof(path), "%s/%s/%s", folder, place, file);
	if (access(path, R_OK) < 0)
		return NULL;
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		problem_set(error, -ENOEXEC, "%s", dlerror());
	return handle;
}

/* IGD_MODULES names another folder. */
static void *open_module(const char *file, struct problem *error)
{
	const char *folder = getenv("IGD_MODULES");
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	void *handle = NULL;

	if (folder) {
		handle = open_at(folder, ".", file, error);
	} else {
		self[n > 0 ? n : 0] = 0;
		folder = dirname(self);
		for (int i = 0; places[i] && !handle && !error->text[0]; i++)
			handle = open_at(folder, places[i], file, error);
	}
	if (!handle)
		problem_set(error, -ENOENT, "there is no %s beside the program", file);
	return handle;
}

static const struct backend *load(const struct backend_entry *entry, struct problem *why)
{
	const struct backend_module *module;
	struct problem error = { 0 };
	void *handle = open_module(entry->module, &error);

	if (!handle) {
		problem_set(why, -ENOENT,
			"the %s back end cannot be loaded: %s; install the Xen libraries that %s "
			"was built for, or rebuild it against this host's (docs/architecture.md)",
			entry->name, error.text, entry->module);
		return NULL;
	}
	module = dlsym(handle, BACKEND_MODULE_SYMBOL);
	if (!module || module->abi != BACKEND_ABI) {
		problem_set(why, -EPROTO,
			"%s belongs to another version of igd-harness: rebuild and install both",
			entry->module);
		dlclose(handle);
		return NULL;
	}
	/* Never closed: the back end lives as long as the program. */
	return module->backend;
}

const char *backend_name(size_t i)
{
	return i < sizeof(backend_entries) / sizeof(backend_entries[0]) ? backend_entries[i].name
									: NULL;
}

const struct backend *backend_find(const char *name, struct problem *why)
{
	for (const struct backend_entry *entry = backend_entries; entry->name; entry++) {
		if (strcmp(entry->name, name) == 0)
			return entry->module ? load(entry, why) : entry->built_in;
	}
	problem_set(why, -EINVAL, "no back end \"%s\": there are libxl, qemu and replay", name);
	return NULL;
}
