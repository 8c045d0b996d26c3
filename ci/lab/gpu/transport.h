/*
 * One vfio-user message at a time: checked, carried out on the device, answered. No socket is here:
 * connection.c reads and sends, and a fuzz target can call this as well.
 */
#ifndef IGD_GPU_TRANSPORT_H
#define IGD_GPU_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ci/lab/gpu/gpu.h"
#include "ci/lab/gpu/vfio_user.h"

struct transport {
	struct gpu *gpu;
	bool agreed; /* on a version, without which no other command is carried out */
};

/* What goes back. `fd` stays the device's; -1 for none. */
struct vfu_reply {
	struct vfu_header header;
	uint8_t *payload; /* VFU_PAYLOAD_MAX bytes, of the caller's */
	size_t length;
	int fd;
};

/*
 * Is this a header of a message that can be read at all? If not, the connection is of no use any
 * more: nobody knows where the next message begins. Sets `why` to a part of a sentence.
 */
bool transport_header_is_sound(const struct vfu_header *header, const char **why);

/*
 * Carries out a command. `fds` are the files that came with it; one that the device keeps is
 * replaced by -1, the others are the caller's to close. Returns true if `reply` is to be sent: its
 * header says whether it is an error.
 */
bool transport_handle(struct transport *transport, const struct vfu_header *header,
	const uint8_t *payload, int *fds, size_t fd_count, struct vfu_reply *reply);

#endif
