/* The DMAR of a host: from the firmware's tables in sysfs. */
#ifndef IGD_HOST_VTD_TABLE_H
#define IGD_HOST_VTD_TABLE_H

#include "harness/host/dmar.h"
#include "harness/host/view.h"

#define VTD_TABLES "/sys/firmware/acpi/tables"

/* Reads the table. Returns 0, the table and the name of its file (static); or a negative errno with
 * the sentence: -ENOENT if it is not there, -EINVAL if it is malformed. */
int vtd_table_read(const struct host_view *view, struct dmar *dmar_r, const char **name_r,
	struct problem *why);

/* Does the folder of the tables seem to be whole? Every firmware has an FADT, "FACP" (ACPI 6.5,
 * 5.2.9); in a record it may be left out with others. */
bool vtd_tables_are_whole(const struct host_view *view);

#endif
