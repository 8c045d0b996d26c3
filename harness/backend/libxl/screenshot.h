/* A screenshot of the guest, written by QEMU's monitor. */
#ifndef IGD_BACKEND_LIBXL_SCREENSHOT_H
#define IGD_BACKEND_LIBXL_SCREENSHOT_H

#include <stdbool.h>

#include "harness/backend/libxl/session.h"

struct backend_guest;

struct screenshot {
	struct operation ask;
	char *answer;      /* libxl writes it */
	unsigned int form; /* index in screen_forms[] of harness/backend/screenshot.h */
	bool done;
};

/* The back end's picture(). */
bool guest_screenshot(struct backend_guest *guest);

#endif
