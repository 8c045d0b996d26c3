/* Texts in the QEMU that libxl starts, by which it is known what it can do. */
#ifndef IGD_HOST_QEMU_TEXTS_H
#define IGD_HOST_QEMU_TEXTS_H

#include "harness/host/view.h"

/* The path of that QEMU, "" if it is not known. */
const char *qemu_path(const struct host_view *view);

/* Which of the texts, none longer than 64 bytes, are in the file; bit n: texts[n]. The list ends
 * with NULL. Returns 0, -ENODATA if the QEMU is not known, or a different negative errno. */
int qemu_texts_find(const struct host_view *view, const char *const *texts, unsigned int *found_r);

#endif
