#include "harness/run/service.h"

#include <systemd/sd-daemon.h>

int service_began(sd_event *loop)
{
	int r = sd_event_set_watchdog(loop, 1);

	sd_notify(0, "READY=1");
	return r < 0 ? r : 0;
}

void service_cell(size_t index, size_t total, const char *cell, const char *state)
{
	sd_notifyf(0, "STATUS=cell %zu of %zu, %s: %s", index + 1, total, cell, state);
}

void service_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}
