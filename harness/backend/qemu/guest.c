/* A guest of the qemu back end, as all of its files use it. */
#include "harness/backend/qemu/private.h"

void qemu_tell_ended(struct backend_guest *guest, enum ending how, const char *detail)
{
	if (guest->ending_told || guest->destroyed)
		return;
	guest->ending_told = true;
	guest->handler->ended(guest->data, how, detail);
}
