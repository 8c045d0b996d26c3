/* How to reach a QEMU that is left running. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness/backend/qemu/private.h"

struct kept_socket {
	char folder[32];
	struct sockaddr_un address;
	int fd;
};

struct kept_socket *kept_socket_new(struct problem *why)
{
	struct kept_socket *kept = malloc(sizeof(*kept));

	if (!kept)
		return NULL;
	*kept = (struct kept_socket){
		.folder = "/tmp/igd-kept-XXXXXX", .address.sun_family = AF_UNIX, .fd = -1
	};
	if (!mkdtemp(kept->folder)) {
		problem_set(why, -errno, "cannot make a folder in /tmp: %s", strerror(errno));
		free(kept);
		return NULL;
	}
	snprintf(kept->address.sun_path, sizeof(kept->address.sun_path), "%s/qmp", kept->folder);
	kept->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (kept->fd < 0 ||
		bind(kept->fd, (struct sockaddr *)&kept->address, sizeof(kept->address)) < 0 ||
		listen(kept->fd, 1) < 0) {
		problem_set(why, -errno, "cannot make a socket for QMP: %s", strerror(errno));
		kept_socket_free(kept);
		return NULL;
	}
	return kept;
}

int kept_socket_fd(const struct kept_socket *kept)
{
	return kept ? kept->fd : -1;
}

void kept_socket_free(struct kept_socket *kept)
{
	if (!kept)
		return;
	if (kept->fd >= 0)
		close(kept->fd);
	unlink(kept->address.sun_path);
	rmdir(kept->folder);
	free(kept);
}

void qemu_reach(const struct backend_guest *guest, FILE *stream)
{
	fprintf(stream, "  QEMU: `pgrep -P %d`, the only child of that process\n",
		(int)guest->keeper.pid);
	if (guest->kept)
		fprintf(stream, "  QMP: socat - UNIX-CONNECT:%s\n", guest->kept->address.sun_path);
}
