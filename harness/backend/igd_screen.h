/*
 * The picture of a passed-through GPU's own screen, in its cell's folder. No host can take it of
 * hardware; the lab can of its virtual GPU (ci/lab/lib/gpu.sh), and says in /run/igd-gpu/active, at
 * "picture", at which TCP address. A connection to it is the picture, as PNG.
 */
#ifndef IGD_BACKEND_IGD_SCREEN_H
#define IGD_BACKEND_IGD_SCREEN_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "src/problem.h"

#define IGD_SCREEN_FILE "igd-screen.png"

struct igd_screen;

/*
 * Begins to take it into the folder, on a host whose files are below `root`. Returns 0, and then
 * calls done() once, from the loop: without a sentence if the picture is there. Or returns -ENOENT
 * if no such address is known, or a negative errno, with the sentence; done() is then not called.
 * `*screen_r` goes with igd_screen_end().
 */
int igd_screen_begin(sd_event *loop, const char *root, int dir_fd,
	void (*done)(void *data, const char *sentence), void *data, struct igd_screen **screen_r,
	struct problem *why);

/* Also before it is done. NULL is fine. */
void igd_screen_end(struct igd_screen *screen);

#endif
