/*
 * QMP: a question at a time to a QEMU, over a socket, from the event loop.
 */
#ifndef IGD_BACKEND_QEMU_QMP_H
#define IGD_BACKEND_QEMU_QMP_H

#include <jansson.h>
#include <systemd/sd-event.h>

/* Bytes of a line of QEMU's that are kept; the answers asked for here are far shorter. */
#define QMP_LINE_MAX 65536

struct qmp;

/*
 * Begins to talk over `fd`, which it takes over; QEMU need not run yet. `answered` is called once
 * for each question, with {"return": ...} or {"error": {"desc": ...}}. Returns 0 or a negative
 * errno.
 */
int qmp_open(sd_event *loop, int fd, void (*answered)(void *data, const json_t *answer), void *data,
	struct qmp **qmp_r);

/* Asks; `arguments` may be NULL, and is stolen. Only when the question before was answered. Returns
 * 0, or a negative errno: QEMU is gone, which its exit will tell too. */
int qmp_ask(struct qmp *qmp, const char *command, json_t *arguments);

/* NULL is fine. No answer comes any more. */
void qmp_close(struct qmp *qmp);

#endif
