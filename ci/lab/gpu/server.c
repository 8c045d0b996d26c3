#include "ci/lab/gpu/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ci/lab/gpu/connection.h"
#include "ci/lab/gpu/control.h"
#include "ci/lab/gpu/listen.h"
#include "ci/lab/gpu/say.h"
#include "harness/base/clock.h"

#define ASKER_LIMIT_US 5000000u /* for a command to arrive on the control socket */

/* Who asks on the control socket: one at a time. */
struct asker {
	int fd; /* -1: nobody */
	uint64_t until;
	char line[CONTROL_LINE_MAX];
	size_t got;
};

struct server {
	struct gpu *gpu;
	const struct server_options *options;
	int clients, controls, signals; /* descriptors, or -1 */
	struct connection connection;
	struct asker asker;
	bool served;
};

static void drop_asker(struct asker *asker)
{
	if (asker->fd >= 0)
		close(asker->fd);
	asker->fd = -1;
}

static void send_answer(struct server *server)
{
	json_t *answer = control_answer(server->gpu, server->asker.line);
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;

	/* An answer fits into a socket's buffer; an asker who does not take it loses it. */
	if (text && (send(server->asker.fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ||
			    send(server->asker.fd, "\n", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0))
		say("an answer on the control socket was not taken: %s", strerror(errno));
	free(text);
	json_decref(answer);
	drop_asker(&server->asker);
}

static void hear_asker(struct server *server)
{
	struct asker *asker = &server->asker;
	ssize_t n = recv(asker->fd, asker->line + asker->got, sizeof(asker->line) - 1 - asker->got,
		MSG_DONTWAIT);
	char *end;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop_asker(asker);
		return;
	}
	asker->got += (size_t)n;
	asker->line[asker->got] = '\0';
	end = strchr(asker->line, '\n');
	if (end) {
		*end = '\0';
		send_answer(server);
	} else if (asker->got == sizeof(asker->line) - 1 || memchr(asker->line, '\0', asker->got)) {
		drop_asker(asker);
	}
}

static void accept_asker(struct server *server)
{
	struct asker *asker = &server->asker;

	asker->fd = accept4(server->controls, NULL, NULL, SOCK_CLOEXEC);
	asker->got = 0;
	asker->until = clock_us() + ASKER_LIMIT_US;
}

static void accept_client(struct server *server)
{
	int fd = accept4(server->clients, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0) {
		say("a client could not be accepted: %s", strerror(errno));
	} else if (server->connection.fd >= 0) {
		say("a second client is refused while the first one is connected");
		close(fd);
	} else {
		connection_open(&server->connection, fd);
	}
}

static void serve_client(struct server *server)
{
	if (!connection_serve(&server->connection))
		return;
	connection_close(&server->connection);
	server->served = true;
}

/* The next time at which something is due without anybody asking; -1 is never. */
static int64_t wait_us(const struct server *server)
{
	int64_t frame = pipe_wait_us(server->gpu), asker = -1;
	uint64_t now = clock_us();

	if (server->asker.fd >= 0)
		asker = server->asker.until > now ? (int64_t)(server->asker.until - now) : 0;
	return frame < 0 || (asker >= 0 && asker < frame) ? asker : frame;
}

enum { CLIENTS, CLIENT, CONTROLS, ASKER, SIGNALS, SOURCES };

/* Returns false when the server is to end. */
static bool turn(struct server *server)
{
	struct pollfd fds[SOURCES] = {
		[CLIENTS] = { .fd = server->clients, .events = POLLIN },
		[CLIENT] = { .fd = server->connection.fd, .events = POLLIN },
		/* The next asker waits. */
		[CONTROLS] = { .fd = server->asker.fd < 0 ? server->controls : -1,
			.events = POLLIN },
		[ASKER] = { .fd = server->asker.fd, .events = POLLIN },
		[SIGNALS] = { .fd = server->signals, .events = POLLIN },
	};
	int64_t us = wait_us(server);
	struct timespec limit = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	if (ppoll(fds, SOURCES, us < 0 ? NULL : &limit, NULL) < 0 && errno != EINTR)
		return false;
	pipe_tick(server->gpu);
	if (fds[CLIENT].revents)
		serve_client(server);
	if (fds[CLIENTS].revents)
		accept_client(server);
	if (fds[ASKER].revents)
		hear_asker(server);
	else if (server->asker.fd >= 0 && clock_us() >= server->asker.until)
		drop_asker(&server->asker);
	if (fds[CONTROLS].revents)
		accept_asker(server);
	return !fds[SIGNALS].revents && !(server->served && server->options->once);
}

static int open_signals(struct problem *why)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? problem_set(why, -errno, "no signalfd: %s", strerror(errno)) : fd;
}

static int begin(struct server *server, struct problem *why)
{
	server->signals = open_signals(why);
	if (server->signals < 0)
		return server->signals;
	server->clients = listen_at(server->options->socket, why);
	if (server->clients < 0)
		return server->clients;
	if (server->options->control) {
		server->controls = listen_at(server->options->control, why);
		if (server->controls < 0)
			return server->controls;
	}
	return connection_init(&server->connection, server->gpu);
}

int server_run(struct gpu *gpu, const struct server_options *options, struct problem *why)
{
	struct server server = { .gpu = gpu,
		.options = options,
		.clients = -1,
		.controls = -1,
		.signals = -1,
		.connection = { .fd = -1 },
		.asker = { .fd = -1 } };
	int r = begin(&server, why);

	if (r == 0) {
		say("%s listens on %s", gpu->generation->name, options->socket);
		while (turn(&server))
			continue;
	}
	drop_asker(&server.asker);
	connection_free(&server.connection);
	if (server.clients >= 0) {
		close(server.clients);
		unlink(options->socket);
	}
	if (server.controls >= 0) {
		close(server.controls);
		unlink(options->control);
	}
	if (server.signals >= 0)
		close(server.signals);
	return r;
}
