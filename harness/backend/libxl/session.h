/*
 * A libxl context with its log and loop, and libxl's asynchronous operations.
 *
 * Each guest has its own context, for two reasons. A logger does not know which operation a message
 * belongs to, so a context of its own tells whose message it is. And an operation that never
 * completes then blocks one context and not the run.
 */
#ifndef IGD_BACKEND_LIBXL_SESSION_H
#define IGD_BACKEND_LIBXL_SESSION_H

#include <stdbool.h>
#include <stdio.h>
#include <systemd/sd-event.h>

#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/log.h"
#include "harness/backend/libxl/loop.h"
#include "src/problem.h"

struct session {
	struct xen_log log;
	struct xen_loop loop;
	libxl_ctx *ctx;
	unsigned int operations;                                /* begun and not completed */
	void (*on_event)(void *user, const libxl_event *event); /* NULL: events are dropped */
	void *user;
};

/*
 * Opens a context whose events are dispatched by `event`. Takes ownership of `log_file` (may be
 * NULL), also on failure. Returns 0 and the session, which the caller closes with session_close();
 * or a negative errno with the sentence: -ENODEV outside of a dom0, -EACCES without root, -ENOMEM,
 * else -EIO.
 */
int session_open(sd_event *event, FILE *log_file, struct session **session_r, struct problem *why);

/*
 * Closes the session and frees it; NULL is allowed. Must not be called from a callback of libxl.
 *
 * If an operation has not completed, the context is abandoned and not freed: libxl_ctx_free()
 * asserts that there is none (libxl.c, aos_inprogress). An abandoned context does not run again,
 * since its fds and timeouts are removed from the loop. Configurations and operations that were
 * passed to it may therefore be freed.
 */
void session_close(struct session *session);

/* An asynchronous operation of libxl. The struct must stay valid until done() is called. */
struct operation {
	libxl_asyncop_how how;
	struct session *session; /* NULL: none in progress */
	void (*done)(void *user, int rc);
	void *user;
};

/*
 * Prepares `operation->how` for one call of libxl. libxl reports the result by done(user, rc),
 * perhaps before that call returns.
 */
void operation_begin(struct operation *operation, struct session *session,
	void (*done)(void *user, int rc), void *user);

/* Ends an operation whose call failed: done() will not be called. */
void operation_cancel(struct operation *operation);

/* Returns whether the operation is in progress. */
static inline bool operation_busy(const struct operation *operation)
{
	return operation->session != NULL;
}

/* Returns the name of a libxl code, such as "ERROR_FAIL"; a constant string, never NULL. */
const char *rc_text(int rc);

#endif
