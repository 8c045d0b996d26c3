/* The "desktop" section, and waiting for what it is to show. */
#include "guests/agent/desktop.h"
#include "src/child_json.h"
#include "src/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include "guests/agent/collect.h"
#include "src/tree.h"

#define SEAT   "seat0"
#define BUS_US 20000000

/* Between two looks, and how many of them in a row must find the processors idle. */
#define PAUSE_S    5
#define CALM_LOOKS 4
#define IDLE_SHARE 0.75

/* What desktop_await() came to, for the report. */
static struct desktop_wait waited;

static json_t *unit_property(sd_bus *bus, const char *path, const char *name)
{
	char *text = NULL;
	json_t *value;

	if (sd_bus_get_property_string(bus, "org.freedesktop.systemd1", path,
		    "org.freedesktop.systemd1.Unit", name, NULL, &text) < 0)
		return json_null();
	tree_clean(text);
	value = json_string(text);
	free(text);
	return value;
}

/* The unit behind Debian's alias, by systemd; JSON null if there is none or nobody to ask. */
static json_t *manager_json(void)
{
	sd_bus_message *reply = NULL;
	json_t *manager = json_null();
	sd_bus *bus = NULL;
	const char *path;

	if (sd_bus_open_system(&bus) < 0)
		return manager;
	sd_bus_set_method_call_timeout(bus, BUS_US);
	if (sd_bus_call_method(bus, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
		    "org.freedesktop.systemd1.Manager", "GetUnit", NULL, &reply, "s",
		    "display-manager.service") >= 0 &&
		sd_bus_message_read(reply, "o", &path) >= 0)
		manager = json_pack("{s:s, s:o, s:o, s:o}", "observer", "systemd", "unit",
			unit_property(bus, path, "Id"), "state",
			unit_property(bus, path, "ActiveState"), "substate",
			unit_property(bus, path, "SubState"));
	sd_bus_message_unref(reply);
	sd_bus_flush_close_unref(bus);
	return manager;
}

/* Moves a text of sd-login's into an object: JSON null if there was none. */
static void take_text(json_t *object, const char *key, int r, char *text)
{
	if (r >= 0 && text) {
		tree_clean(text);
		json_object_set_new(object, key, json_string(text));
	} else {
		json_object_set_new(object, key, json_null());
	}
	free(text);
}

/* Whose session has the screen, by logind; JSON null if nobody's. */
static json_t *session_json(void)
{
	char *id = NULL, *text = NULL;
	json_t *session;
	unsigned int vt = 0;
	uid_t uid = 0;
	int r;

	if (sd_seat_get_active(SEAT, &id, &uid) < 0)
		return json_null();
	session = json_pack("{s:s, s:I}", "observer", "logind", "uid", (json_int_t)uid);
	r = sd_session_get_class(id, &text);
	take_text(session, "class", r, text);
	text = NULL;
	r = sd_session_get_type(id, &text);
	take_text(session, "type", r, text);
	if (sd_session_get_vt(id, &vt) >= 0)
		json_object_set_new(session, "vt", json_integer(vt));
	free(id);
	return session;
}

static json_t *server_json(void)
{
	json_t *server = desktop_wayland();

	/* Under Wayland an X server is a guest of the compositor, and knows only what it is told.
	 */
	if (json_array_size(json_object_get(server, "outputs")) == 0) {
		json_decref(server);
		server = desktop_x11();
	}
	return server ? server : json_null();
}

static json_t *make_look(void *data)
{
	(void)data;
	return json_pack("{s:o, s:o, s:o}", "manager", manager_json(), "session", session_json(),
		"server", server_json());
}

/* One look, in a process of its own. Returns 0 and a new object, or a negative errno. */
static int take_look(json_t **look_r, struct problem *why)
{
	int r = child_json(make_look, NULL, CHILD_JSON_MAX, DESKTOP_LOOK_MS, look_r);

	if (r == -ETIMEDOUT)
		problem_set(why, r, "no answer from systemd, logind or the server within %d s",
			DESKTOP_LOOK_MS / 1000);
	else if (r == -EPROTO)
		problem_set(why, r, "the process that reads the desktop exited without a result");
	return r;
}

bool desktop_shows(const json_t *server)
{
	const json_t *output = json_array_get(json_object_get(server, "outputs"), 0), *window;
	const json_t *windows = json_object_get(server, "windows");
	size_t i;

	if (!output)
		return false;
	if (!windows) /* Wayland tells nobody of others' windows */
		return true;
	json_array_foreach(windows, i, window)
	{
		if (json_equal(
			    json_object_get(window, "width"), json_object_get(output, "width")) &&
			json_equal(json_object_get(window, "height"),
				json_object_get(output, "height")))
			return true;
	}
	return false;
}

/* What the processors did since they were switched on, in ticks: /proc/stat of proc(5). */
static void read_ticks(unsigned long long *idle_r, unsigned long long *all_r)
{
	unsigned long long ticks[8] = { 0 };
	FILE *stream = tree_stream("", "proc/stat");
	int count = 0;

	*idle_r = *all_r = 0;
	if (!stream)
		return;
	if (fscanf(stream, "cpu") == 0) {
		while (count < 8 && fscanf(stream, " %19llu", &ticks[count]) == 1)
			*all_r += ticks[count++];
	}
	*idle_r = ticks[3]; /* waiting for the disk is not idle: it comes after */
	fclose(stream);
}

static bool is_ready(void)
{
	struct problem why = { "" };
	json_t *look = NULL;
	bool ready;

	if (take_look(&look, &why))
		return false;
	ready = json_is_object(json_object_get(look, "session")) &&
		desktop_shows(json_object_get(look, "server"));
	json_decref(look);
	return ready;
}

struct desktop_wait desktop_await(unsigned int limit_s)
{
	long long begin = clock_ms(CLOCK_MONOTONIC);
	unsigned long long idle, all, idle_before, all_before;
	int calm = 0;

	waited = (struct desktop_wait){ 0 };
	while (!waited.settled && clock_ms(CLOCK_MONOTONIC) - begin < (long long)limit_s * 1000) {
		waited.ready = is_ready();
		read_ticks(&idle_before, &all_before);
		sleep(PAUSE_S);
		read_ticks(&idle, &all);
		if (waited.ready && all > all_before &&
			(double)(idle - idle_before) >= IDLE_SHARE * (double)(all - all_before))
			calm++;
		else
			calm = 0;
		waited.settled = calm >= CALM_LOOKS;
	}
	waited.waited_ms = clock_ms(CLOCK_MONOTONIC) - begin;
	return waited;
}

int collect_desktop(const struct guest *guest, json_t **section_r, struct problem *why)
{
	json_t *section = NULL;
	int r;

	if (guest->root[0])
		return problem_set(why, -ENOTSUP, "a recorded tree has no desktop");
	r = take_look(&section, why);
	if (r < 0)
		return r;
	json_object_set_new(section, "waited_ms", json_integer(waited.waited_ms));
	json_object_set_new(section, "ready", json_boolean(waited.ready));
	json_object_set_new(section, "settled", json_boolean(waited.settled));
	*section_r = section;
	return 0;
}
