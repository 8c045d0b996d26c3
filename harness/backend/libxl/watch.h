/* How a guest ends: the events of its domain and the exit of its QEMU. */
#ifndef IGD_BACKEND_LIBXL_WATCH_H
#define IGD_BACKEND_LIBXL_WATCH_H

#include "harness/backend/libxl/libxl_compat.h"
#include "harness/store/ending.h"

struct backend_guest;

/* Begins to watch the domain and the QEMU of a created guest. Returns 0 or a negative errno. */
int watch_begin(struct backend_guest *guest);

/* Stops watching; may be called twice. */
void watch_stop(struct backend_guest *guest);

/* The session's on_event(); `user` is the guest. */
void watch_event(void *user, const libxl_event *event);

/*
 * Calls the handler's ended() once, with the formatted sentence, and not if the guest is being
 * destroyed.
 */
void watch_end(struct backend_guest *guest, enum ending how, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Ends a guest whose creation failed with libxl's code `rc` in the step `what`. */
void watch_creation_failed(struct backend_guest *guest, const char *what, int rc);

/*
 * Returns the ending for a libxl_shutdown_reason, and in *words_r a constant clause for the
 * sentence.
 */
enum ending watch_reason(int reason, const char **words_r);

#endif
