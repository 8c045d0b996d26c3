#include "ci/lab/gpu/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "ci/lab/gpu/say.h"

int connection_init(struct connection *connection, struct gpu *gpu)
{
	memset(connection, 0, sizeof(*connection));
	connection->fd = -1;
	connection->transport.gpu = gpu;
	connection->payload = malloc(VFU_PAYLOAD_MAX);
	connection->answer = malloc(VFU_PAYLOAD_MAX);
	if (connection->payload && connection->answer)
		return 0;
	connection_free(connection);
	return -ENOMEM;
}

static void close_files(struct connection *connection)
{
	for (size_t i = 0; i < connection->fd_count; i++) {
		if (connection->fds[i] >= 0)
			close(connection->fds[i]);
	}
	connection->fd_count = 0;
}

void connection_free(struct connection *connection)
{
	if (connection->fd >= 0)
		connection_close(connection);
	free(connection->payload);
	free(connection->answer);
	memset(connection, 0, sizeof(*connection));
	connection->fd = -1;
}

void connection_open(struct connection *connection, int fd)
{
	const struct timeval limit = { .tv_sec = CONNECTION_SEND_S };

	/* Without it a client that reads nothing would stop the server. */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)))
		say("the time for answers has no limit: %s", strerror(errno));
	connection->fd = fd;
	connection->got = 0;
	connection->transport.agreed = false;
	say_begin_client();
	say("a client has connected");
}

void connection_close(struct connection *connection)
{
	close(connection->fd);
	connection->fd = -1;
	close_files(connection);
	gpu_release(connection->transport.gpu);
}

/* Keeps the files that came with a piece of a message; those beyond VFU_FDS_MAX are closed. */
static void keep_files(struct connection *connection, struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
			if (connection->fd_count < VFU_FDS_MAX)
				connection->fds[connection->fd_count++] = fd;
			else
				close(fd);
		}
	}
}

/* Reads at most `size` bytes. Returns how many, 0 if there are none now, or a negative errno. */
static ssize_t read_piece(struct connection *connection, void *bytes, size_t size)
{
	union {
		char bytes[CMSG_SPACE(VFU_FDS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec piece = { .iov_base = bytes, .iov_len = size };
	struct msghdr message = { .msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	ssize_t n = recvmsg(connection->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	keep_files(connection, &message);
	return n > 0 ? n : -ECONNRESET;
}

static int send_answer(struct connection *connection, const struct vfu_reply *reply)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec pieces[] = { { (void *)(uintptr_t)&reply->header, sizeof(reply->header) },
		{ reply->payload, reply->length } };
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 2 };
	size_t left = sizeof(reply->header) + reply->length;

	if (reply->fd >= 0) {
		struct cmsghdr *c;

		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(reply->fd));
		memcpy(CMSG_DATA(c), &reply->fd, sizeof(reply->fd));
	}
	while (left > 0) {
		ssize_t n = sendmsg(connection->fd, &message, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		left -= (size_t)n;
		/* The files have gone with the first piece. */
		message.msg_control = NULL;
		message.msg_controllen = 0;
		for (size_t i = 0; i < 2; i++) {
			size_t part = (size_t)n < pieces[i].iov_len ? (size_t)n : pieces[i].iov_len;

			pieces[i].iov_base = (uint8_t *)pieces[i].iov_base + part;
			pieces[i].iov_len -= part;
			n -= (ssize_t)part;
		}
	}
	return 0;
}

static int answer_message(struct connection *connection)
{
	struct vfu_reply reply = { .payload = connection->answer };
	int r = 0;

	if (transport_handle(&connection->transport, &connection->header, connection->payload,
		    connection->fds, connection->fd_count, &reply))
		r = send_answer(connection, &reply);
	close_files(connection);
	connection->got = 0;
	return r;
}

/* Reads on, but never into the next message: the files of that one come with its first byte. */
static int read_on(struct connection *connection)
{
	size_t head = sizeof(connection->header);
	bool in_head = connection->got < head;
	uint8_t *to = in_head ? (uint8_t *)&connection->header + connection->got
			      : connection->payload + (connection->got - head);
	ssize_t n = read_piece(connection, to,
		in_head ? head - connection->got : connection->header.size - connection->got);

	if (n > 0)
		connection->got += (size_t)n;
	return (int)n;
}

int connection_serve(struct connection *connection)
{
	const char *wrong = NULL;
	int r = read_on(connection);

	if (r < 0 && connection->got > 0)
		say("the client has gone in the middle of a message");
	else if (r == -ECONNRESET)
		say("the client has gone");
	if (r <= 0)
		return r;
	if (connection->got < sizeof(connection->header))
		return 0;
	if (!transport_header_is_sound(&connection->header, &wrong)) {
		say("the client is dropped: a message of it %s", wrong);
		return -EPROTO;
	}
	if (connection->got < connection->header.size)
		return 0;
	r = answer_message(connection);
	if (r < 0)
		say("the client is dropped: it takes no answer: %s", strerror(-r));
	return r;
}
