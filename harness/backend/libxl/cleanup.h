/* A guest's destruction, from destroy() to gone(). */
#ifndef IGD_BACKEND_LIBXL_CLEANUP_H
#define IGD_BACKEND_LIBXL_CLEANUP_H

struct backend_guest;

/* The back end's destroy(). */
void guest_destroy(struct backend_guest *guest);

/* Continues the destruction after the guest's creation or saving has completed. */
void cleanup_creation_over(struct backend_guest *guest);

#endif
