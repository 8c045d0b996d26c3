/*
 * Bounded access to xenstore. Paths are formatted and have at most 255 characters. The unit is not
 * called xenstore, which is the name of the library's header.
 */
#ifndef IGD_BACKEND_LIBXL_XENSTORE_ACCESS_H
#define IGD_BACKEND_LIBXL_XENSTORE_ACCESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <xenstore.h>

/* The entries of one folder that are looked at. */
#define XENSTORE_ENTRIES_MAX 4096

/* The folders in which libxl has an entry for each domain, by its number; NULL ends the list. */
extern const char *const xenstore_domain_folders[];

/*
 * Reads a value of at most `size` - 1 bytes into `value`. Returns 0; or a negative errno, then with
 * "" in `value`: -ENOENT if there is no such path, -E2BIG if the value is longer, -ENAMETOOLONG if
 * the path is.
 */
int xenstore_read(struct xs_handle *store, char *value, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Returns whether the path exists; false also if it cannot be read. */
bool xenstore_exists(struct xs_handle *store, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Removes the path and what is below it. Errors are ignored. */
void xenstore_remove(struct xs_handle *store, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The entries of a folder, at most XENSTORE_ENTRIES_MAX; none if it cannot be read. */
struct xenstore_names {
	char **names;
	unsigned int count;
};

struct xenstore_names xenstore_list(struct xs_handle *store, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void xenstore_names_finish(struct xenstore_names *names);

/*
 * Returns xenstore_domain_folders with the names of their entries:
 * {"/local/domain": {"0": true, ...}, "/libxl": ...}. A new reference; NULL without memory.
 */
json_t *xenstore_snapshot(struct xs_handle *store);

#endif
