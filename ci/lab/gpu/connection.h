/*
 * The socket of one client: messages read piece by piece, so that a client which sends half of one
 * keeps nobody waiting, and answers sent with their files.
 */
#ifndef IGD_GPU_CONNECTION_H
#define IGD_GPU_CONNECTION_H

#include <stdint.h>

#include "ci/lab/gpu/transport.h"

#define CONNECTION_SEND_S 5 /* a client that takes no answer for so long is dropped */

struct connection {
	int fd; /* -1: nobody is connected */
	struct transport transport;
	struct vfu_header header;
	size_t got; /* bytes of the message so far, its header included */
	int fds[VFU_FDS_MAX];
	size_t fd_count;
	uint8_t *payload, *answer; /* VFU_PAYLOAD_MAX bytes each */
};

/* Returns 0 or -ENOMEM. */
int connection_init(struct connection *connection, struct gpu *gpu);

void connection_free(struct connection *connection);

/* Takes a client, whose descriptor is the connection's from here on. */
void connection_open(struct connection *connection, int fd);

/* Ends it, and has the device forget the client. */
void connection_close(struct connection *connection);

/*
 * Reads what there is, and carries out and answers a message that has become whole. Returns 0, or a
 * negative errno if the connection is to be closed: -ECONNRESET if the client has gone. A line in
 * the log then says why.
 */
int connection_serve(struct connection *connection);

#endif
