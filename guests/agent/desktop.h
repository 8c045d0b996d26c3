/*
 * The desktop of a guest: which display manager runs, whose session is on the screen, and what the
 * display server itself says of the resolution. Only in the agent of guests/desktop.
 */
#ifndef IGD_AGENT_DESKTOP_H
#define IGD_AGENT_DESKTOP_H

#include <jansson.h>
#include <stdbool.h>

#include "src/report.h"

/* Entries of each list; a greeter has one of each. */
#define DESKTOP_LIST_MAX REPORT_DESKTOP_MAX

/* How long one look may take: a server that hangs must not take the agent with it. */
#define DESKTOP_LOOK_MS 60000

struct desktop_wait {
	long long waited_ms;
	bool ready;   /* the server showed something */
	bool settled; /* and the machine had little left to do */
};

/*
 * Waits until a session is on the screen and has drawn itself, at most `limit_s` seconds. A guest
 * without a display manager waits as long: only the limit tells it from a slow one.
 */
struct desktop_wait desktop_await(unsigned int limit_s);

/*
 * The server's own word, each {"observer", "name", "outputs", ...} as in docs/use/guest-report.md: a new
 * object, or NULL if there is none or it does not answer. Neither returns while the server hangs:
 * call them in a process of their own.
 */
json_t *desktop_wayland(void);
json_t *desktop_x11(void);

/* Does what a server said show that something was drawn? */
bool desktop_shows(const json_t *server);

#endif
