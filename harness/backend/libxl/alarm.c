/* The one-shot timers of a guest. */
#include "harness/backend/libxl/alarm.h"

#include <stdint.h>
#include <systemd/sd-event.h>

#include "harness/backend/libxl/guest.h"

static int alarm_rang(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct backend_guest *guest = userdata;
	struct alarm *alarm = source == guest->step.source ? &guest->step : &guest->limit;

	alarm->ring(guest);
	return 0;
}

int alarm_init(struct alarm *alarm, struct backend_guest *guest)
{
	int r = sd_event_add_time(
		guest->host->event, &alarm->source, CLOCK_MONOTONIC, 0, 1000, alarm_rang, guest);

	return r < 0 ? r : sd_event_source_set_enabled(alarm->source, SD_EVENT_OFF);
}

void alarm_set(struct alarm *alarm, unsigned int ms, void (*ring)(struct backend_guest *guest))
{
	alarm->ring = ring;
	sd_event_source_set_time_relative(alarm->source, ms * 1000ull);
	sd_event_source_set_enabled(alarm->source, SD_EVENT_ONESHOT);
}

void alarm_stop(struct alarm *alarm)
{
	sd_event_source_set_enabled(alarm->source, SD_EVENT_OFF);
}

void alarm_finish(struct alarm *alarm)
{
	alarm->source = sd_event_source_disable_unref(alarm->source);
}
