#include "harness/backend/libxl/xenstore_access.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

/* XENSTORE_ABS_PATH_MAX of io/xs_wire.h is 3072; every path here is short. */
#define PATH_MAX_HERE 256

const char *const xenstore_domain_folders[] = { "/local/domain", "/libxl",
	"/local/domain/0/device-model", "/local/domain/0/backend/vif", NULL };

__attribute__((format(printf, 2, 0))) static bool make_path(
	char path[static PATH_MAX_HERE], const char *fmt, va_list ap)
{
	int r = vsnprintf(path, PATH_MAX_HERE, fmt, ap);

	return r >= 0 && r < PATH_MAX_HERE;
}

int xenstore_read(struct xs_handle *store, char *value, size_t size, const char *fmt, ...)
{
	char path[PATH_MAX_HERE], *read = NULL;
	unsigned int length = 0;
	va_list ap;
	bool ok;
	int r = 0;

	value[0] = '\0';
	va_start(ap, fmt);
	ok = make_path(path, fmt, ap);
	va_end(ap);
	if (!ok)
		return -ENAMETOOLONG;
	read = xs_read(store, XBT_NULL, path, &length);
	if (!read)
		return -errno;
	if (length >= size) {
		r = -E2BIG;
		goto out;
	}
	memcpy(value, read, length);
	value[length] = '\0';
out:
	free(read);
	return r;
}

bool xenstore_exists(struct xs_handle *store, const char *fmt, ...)
{
	char path[PATH_MAX_HERE], *read = NULL;
	unsigned int length = 0;
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = make_path(path, fmt, ap);
	va_end(ap);
	if (!ok)
		return false;
	read = xs_read(store, XBT_NULL, path, &length);
	free(read);
	return read != NULL;
}

void xenstore_remove(struct xs_handle *store, const char *fmt, ...)
{
	char path[PATH_MAX_HERE];
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = make_path(path, fmt, ap);
	va_end(ap);
	if (ok)
		xs_rm(store, XBT_NULL, path);
}

struct xenstore_names xenstore_list(struct xs_handle *store, const char *fmt, ...)
{
	struct xenstore_names names = { NULL, 0 };
	char path[PATH_MAX_HERE];
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = make_path(path, fmt, ap);
	va_end(ap);
	if (ok)
		names.names = xs_directory(store, XBT_NULL, path, &names.count);
	if (!names.names)
		names.count = 0;
	else if (names.count > XENSTORE_ENTRIES_MAX)
		names.count = XENSTORE_ENTRIES_MAX;
	return names;
}

void xenstore_names_finish(struct xenstore_names *names)
{
	free(names->names);
	*names = (struct xenstore_names){ NULL, 0 };
}

json_t *xenstore_snapshot(struct xs_handle *store)
{
	json_t *snapshot = json_object();

	for (const char *const *folder = xenstore_domain_folders; *folder; folder++) {
		struct xenstore_names names = xenstore_list(store, "%s", *folder);
		json_t *set = json_object();

		for (unsigned int n = 0; n < names.count; n++)
			json_object_set_new(set, names.names[n], json_true());
		xenstore_names_finish(&names);
		json_object_set_new(snapshot, *folder, set);
	}
	return snapshot;
}
