/* Saving a guest for a transition, and restoring it. */
#ifndef IGD_BACKEND_LIBXL_SAVE_H
#define IGD_BACKEND_LIBXL_SAVE_H

struct backend_guest;

/*
 * The files qemu-save.DOMID and qemu-resume.DOMID, for GLOB_BRACE: libxl_internal.h's
 * LIBXL_DEVICE_MODEL_SAVE_FILE and LIBXL_DEVICE_MODEL_RESTORE_FILE.
 */
#define MODEL_STATE_FILES "/var/lib/xen/qemu-{save,resume}"

/* The back end's save(). */
void guest_save(struct backend_guest *guest);

/* Begins to restore a saved guest, as the operation guest->create. Returns libxl's code. */
int save_restore(struct backend_guest *guest);

#endif
