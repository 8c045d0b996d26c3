#include "harness/backend/qemu/qmp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct qmp {
	int fd;
	sd_event_source *source;
	void (*answered)(void *data, const json_t *answer);
	void *data;
	bool ready; /* it left the negotiation in which it begins */
	char line[QMP_LINE_MAX];
	size_t used;
};

/* QEMU reads at any time, and a question is shorter than any socket's buffer. */
static int send_json(struct qmp *qmp, const json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT), *line = NULL;
	ssize_t n = text ? asprintf(&line, "%s\n", text) : -1;

	if (n >= 0)
		n = write(qmp->fd, line, (size_t)n);
	free(line);
	free(text);
	return n < 0 ? -EPIPE : 0;
}

static int ask(struct qmp *qmp, const char *command, json_t *arguments)
{
	json_t *message = json_pack("{s:s, s:o*}", "execute", command, "arguments", arguments);
	int r = message ? send_json(qmp, message) : -ENOMEM;

	json_decref(message);
	return r;
}

static void take_line(struct qmp *qmp)
{
	json_t *message = json_loadb(qmp->line, qmp->used, 0, NULL);

	/* Its greeting and its events answer nothing. */
	if (!json_object_get(message, "return") && !json_object_get(message, "error")) {
		json_decref(message);
		return;
	}
	if (qmp->ready)
		qmp->answered(qmp->data, message);
	qmp->ready = true;
	json_decref(message);
}

static int on_readable(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct qmp *qmp = data;
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
		return 0;
	}
	/* `qmp` lives until the loop comes round: nobody closes it from within an answer. */
	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			take_line(qmp);
			qmp->used = 0;
		} else if (qmp->used < sizeof(qmp->line)) {
			qmp->line[qmp->used++] = bytes[i];
		}
	}
	return 0;
}

int qmp_open(sd_event *loop, int fd, void (*answered)(void *data, const json_t *answer), void *data,
	struct qmp **qmp_r)
{
	struct qmp *qmp = calloc(1, sizeof(*qmp));
	int r;

	if (!qmp) {
		close(fd);
		return -ENOMEM;
	}
	qmp->fd = fd;
	qmp->answered = answered;
	qmp->data = data;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	r = sd_event_add_io(loop, &qmp->source, fd, EPOLLIN, on_readable, qmp);
	if (r == 0 || r > 0)
		r = ask(qmp, "qmp_capabilities", NULL);
	if (r < 0) {
		qmp_close(qmp);
		return r;
	}
	*qmp_r = qmp;
	return 0;
}

int qmp_ask(struct qmp *qmp, const char *command, json_t *arguments)
{
	return ask(qmp, command, arguments);
}

void qmp_close(struct qmp *qmp)
{
	if (!qmp)
		return;
	sd_event_source_disable_unref(qmp->source);
	close(qmp->fd);
	free(qmp);
}
