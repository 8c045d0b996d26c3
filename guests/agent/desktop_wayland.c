/* What a Wayland compositor says of its outputs: the modes it has set, by the core protocol's
 * wl_output. */
#include <stdio.h>
#include <string.h>
#include <wayland-client.h>

#include "guests/agent/desktop.h"
#include "src/tree.h"

#define OUTPUT_VERSION 4 /* since then an output has the connector's name */

struct output {
	struct wl_output *proxy;
	char name[64], make[64], model[64];
	json_int_t width, height, refresh_mhz; /* of the current mode; 0: none yet */
};

struct outputs {
	struct output list[DESKTOP_LIST_MAX];
	size_t count;
};

static void keep(char text[static 64], const char *said)
{
	snprintf(text, 64, "%s", said ? said : "");
	tree_clean(text);
}

static void on_geometry(void *data, struct wl_output *proxy, int32_t x, int32_t y, int32_t mm_wide,
	int32_t mm_high, int32_t subpixel, const char *make, const char *model, int32_t transform)
{
	struct output *output = data;

	keep(output->make, make);
	keep(output->model, model);
}

static void on_mode(void *data, struct wl_output *proxy, uint32_t flags, int32_t width,
	int32_t height, int32_t refresh)
{
	struct output *output = data;

	if (!(flags & WL_OUTPUT_MODE_CURRENT))
		return;
	output->width = width;
	output->height = height;
	output->refresh_mhz = refresh;
}

static void on_name(void *data, struct wl_output *proxy, const char *name)
{
	struct output *output = data;

	keep(output->name, name);
}

static void on_scale(void *data, struct wl_output *proxy, int32_t scale)
{
}

static void on_text(void *data, struct wl_output *proxy, const char *text)
{
}

static void on_done(void *data, struct wl_output *proxy)
{
}

static const struct wl_output_listener output_listener = {
	.geometry = on_geometry,
	.mode = on_mode,
	.done = on_done,
	.scale = on_scale,
	.name = on_name,
	.description = on_text,
};

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	struct outputs *outputs = data;
	struct output *output;

	if (strcmp(interface, wl_output_interface.name) != 0 || outputs->count == DESKTOP_LIST_MAX)
		return;
	output = &outputs->list[outputs->count++];
	output->proxy = wl_registry_bind(registry, name, &wl_output_interface,
		version < OUTPUT_VERSION ? version : OUTPUT_VERSION);
	wl_output_add_listener(output->proxy, &output_listener, output);
}

static void on_removed(void *data, struct wl_registry *registry, uint32_t name)
{
}

static const struct wl_registry_listener registry_listener = {
	.global = on_global,
	.global_remove = on_removed,
};

/* Sockets are where their user's other things are; the first compositor that has one. */
static struct wl_display *connect_any(char name[static 64])
{
	struct dirent **users = NULL;
	int count = tree_list("", "run/user", "", &users);
	struct wl_display *display = NULL;

	for (int i = 0; !display && i < count; i++) {
		struct dirent **sockets = NULL;
		char folder[48];
		int found;

		snprintf(folder, sizeof(folder), "run/user/%.16s", users[i]->d_name);
		found = tree_list("", folder, "wayland-", &sockets);
		for (int j = 0; !display && j < found; j++) {
			snprintf(name, 64, "/%s/%.12s", folder, sockets[j]->d_name);
			display = wl_display_connect(name);
		}
		if (found > 0)
			tree_list_free(sockets, found);
	}
	if (count > 0)
		tree_list_free(users, count);
	return display;
}

static json_t *outputs_json(const struct outputs *outputs)
{
	json_t *list = json_array();

	for (size_t i = 0; i < outputs->count; i++) {
		const struct output *output = &outputs->list[i];

		if (output->width > 0 && output->height > 0)
			json_array_append_new(list,
				json_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "name", output->name,
					"make", output->make, "model", output->model, "width",
					output->width, "height", output->height, "refresh_mhz",
					output->refresh_mhz > 0 ? output->refresh_mhz : 0));
	}
	return list;
}

json_t *desktop_wayland(void)
{
	struct outputs outputs = { 0 };
	struct wl_registry *registry;
	struct wl_display *display;
	json_t *server = NULL;
	char name[64];

	display = connect_any(name);
	if (!display)
		return NULL;
	registry = wl_display_get_registry(display);
	wl_registry_add_listener(registry, &registry_listener, &outputs);
	/* Once for what there is, once for what that says of itself. */
	if (wl_display_roundtrip(display) >= 0 && wl_display_roundtrip(display) >= 0)
		server = json_pack("{s:s, s:s, s:o}", "observer", "wayland", "name", name,
			"outputs", outputs_json(&outputs));
	for (size_t i = 0; i < outputs.count; i++)
		wl_output_destroy(outputs.list[i].proxy);
	wl_registry_destroy(registry);
	wl_display_disconnect(display);
	return server;
}
