#include "harness/host/vtd_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/tree.h"

/* The name of the table: Xen writes another over it, so that dom0 does not use it
 * (acpi_dmar_zap(), xen/drivers/passthrough/vtd/dmar.c; XMAR before). */
static const char *const table_names[] = { "DMAR", "RMAD", "XMAR" };

/* Returns the bytes of the first that is there and its name, or a negative errno. */
static ssize_t read_bytes(const struct host_view *view, uint8_t *bytes, const char **name_r)
{
	ssize_t length = -ENOENT;

	for (size_t i = 0; i < sizeof(table_names) / sizeof(table_names[0]); i++) {
		*name_r = table_names[i];
		length = tree_bytes(view->sources->root, bytes, DMAR_MAX,
			"sys/firmware/acpi/tables/%s", *name_r);
		if (length != -ENOENT)
			return length;
	}
	return length;
}

int vtd_table_read(
	const struct host_view *view, struct dmar *dmar_r, const char **name_r, struct problem *why)
{
	uint8_t *bytes = malloc(DMAR_MAX);
	ssize_t length = bytes ? read_bytes(view, bytes, name_r) : -ENOMEM;
	bool absent = (length == -ENOENT || length == -ENOTDIR) && view->sources->root[0];
	int r = absent       ? problem_set(why, -ENOENT, "it was not recorded")
		: length < 0 ? problem_set(why, (int)length, "%s", strerror((int)-length))
			     : dmar_parse(bytes, (size_t)length, dmar_r, why);

	free(bytes);
	return r;
}

bool vtd_tables_are_whole(const struct host_view *view)
{
	char text[TREE_TEXT_MAX];
	uint8_t byte;

	/* Reading a folder is -EISDIR. */
	if (tree_text(view->sources->root, text, "sys/firmware/acpi/tables") != -EISDIR)
		return false;
	return !view->sources->root[0] || tree_bytes(view->sources->root, &byte, sizeof(byte),
						  "sys/firmware/acpi/tables/FACP") > 0;
}
