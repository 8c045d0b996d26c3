/* How to reach a guest of libxl's that is left running. */
#include <stdio.h>

#include "harness/backend/libxl/guest.h"

void guest_reach(const struct backend_guest *guest, FILE *stream)
{
	fprintf(stream, "  domain: %s, %u in `xl list`\n", guest->name, guest->domid.id);
	if (guest->model.pid > 0)
		fprintf(stream, "  device model: process %d\n", (int)guest->model.pid);
	/* The path is libxl's: libxl__create_qemu_qmp_socket() and libxl__qmp_initialize() in
	 * tools/libs/light. It takes one client at a time. */
	fprintf(stream, "  QMP: socat - UNIX-CONNECT:/var/run/xen/qmp-libxl-%u\n", guest->domid.id);
}
