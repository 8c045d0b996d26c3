/* What the X server says: its screen, its outputs (RandR) and which windows are on it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/randr.h>
#include <xcb/xcb.h>

#include "guests/agent/desktop.h"
#include "src/tree.h"

#define SOCKETS     "tmp/.X11-unix"
#define ARGS_MAX    4096
#define CLASS_WORDS 32 /* of 4 bytes, of a window's class */

/* The file behind -auth on the command line of process `pid`, if it is an X server. */
static bool auth_of(const char *pid, char path[static TREE_TEXT_MAX])
{
	char name[TREE_TEXT_MAX];
	uint8_t args[ARGS_MAX + 1];
	ssize_t length;

	if (tree_text("", name, "proc/%s/comm", pid) || strcmp(name, "Xorg") != 0)
		return false;
	length = tree_bytes("", args, ARGS_MAX, "proc/%s/cmdline", pid);
	if (length <= 0)
		return false;
	args[length] = '\0';
	for (const char *arg = (const char *)args, *end = arg + length; arg < end;
		arg += strlen(arg) + 1) {
		const char *next = arg + strlen(arg) + 1;

		if (strcmp(arg, "-auth") != 0 || next >= end)
			continue;
		snprintf(path, TREE_TEXT_MAX, "%s", next);
		return true;
	}
	return false;
}

static bool find_auth(char path[static TREE_TEXT_MAX])
{
	struct dirent **names = NULL;
	int count = tree_list("", "proc", "", &names);
	bool found = false;

	for (int i = 0; !found && i < count; i++)
		found = auth_of(names[i]->d_name, path);
	if (count > 0)
		tree_list_free(names, count);
	return found;
}

/* ":0" of /tmp/.X11-unix/X0, the first. */
static bool find_display(char name[static 16])
{
	struct dirent **names = NULL;
	int count = tree_list("", SOCKETS, "X", &names);

	if (count > 0) {
		snprintf(name, 16, ":%.10s", names[0]->d_name + 1);
		tree_list_free(names, count);
	}
	return count > 0;
}

static json_int_t refresh_mhz(const xcb_randr_mode_info_t *mode)
{
	uint64_t total = (uint64_t)mode->htotal * mode->vtotal;

	return total ? (json_int_t)(((uint64_t)mode->dot_clock * 1000 + total / 2) / total) : 0;
}

static json_int_t refresh_of(const xcb_randr_get_screen_resources_current_reply_t *resources,
	const xcb_randr_get_crtc_info_reply_t *crtc)
{
	const xcb_randr_mode_info_t *modes =
		xcb_randr_get_screen_resources_current_modes(resources);
	int count = xcb_randr_get_screen_resources_current_modes_length(resources);

	for (int i = 0; i < count; i++) {
		if (modes[i].id == crtc->mode)
			return refresh_mhz(&modes[i]);
	}
	return 0;
}

static void add_output(xcb_connection_t *x, json_t *list, xcb_randr_output_t output,
	const xcb_randr_get_screen_resources_current_reply_t *resources)
{
	xcb_randr_get_output_info_reply_t *info = xcb_randr_get_output_info_reply(
		x, xcb_randr_get_output_info(x, output, resources->config_timestamp), NULL);
	xcb_randr_get_crtc_info_reply_t *crtc = NULL;
	char name[64];

	if (info && info->crtc)
		crtc = xcb_randr_get_crtc_info_reply(x,
			xcb_randr_get_crtc_info(x, info->crtc, resources->config_timestamp), NULL);
	if (crtc && crtc->mode) {
		snprintf(name, sizeof(name), "%.*s", xcb_randr_get_output_info_name_length(info),
			(const char *)xcb_randr_get_output_info_name(info));
		tree_clean(name);
		json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:I}", "name", name, "width",
						    crtc->width, "height", crtc->height,
						    "refresh_mhz", refresh_of(resources, crtc)));
	}
	free(crtc);
	free(info);
}

static json_t *outputs_json(xcb_connection_t *x, xcb_window_t root)
{
	xcb_randr_get_screen_resources_current_reply_t *resources =
		xcb_randr_get_screen_resources_current_reply(
			x, xcb_randr_get_screen_resources_current(x, root), NULL);
	json_t *list = json_array();

	if (resources) {
		const xcb_randr_output_t *outputs =
			xcb_randr_get_screen_resources_current_outputs(resources);
		int count = xcb_randr_get_screen_resources_current_outputs_length(resources);

		for (int i = 0; i < count && i < DESKTOP_LIST_MAX; i++)
			add_output(x, list, outputs[i], resources);
	}
	free(resources);
	return list;
}

/* The second part of WM_CLASS: what the program calls itself. */
static void class_of(xcb_connection_t *x, xcb_window_t window, char class[static 64])
{
	xcb_get_property_reply_t *reply = xcb_get_property_reply(x,
		xcb_get_property(x, 0, window, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, 0, CLASS_WORDS),
		NULL);

	class[0] = '\0';
	if (reply) {
		const char *text = xcb_get_property_value(reply);
		size_t length = (size_t)xcb_get_property_value_length(reply);
		size_t first = length ? strnlen(text, length) + 1 : 0;

		if (first < length)
			snprintf(class, 64, "%.*s", (int)strnlen(text + first, length - first),
				text + first);
	}
	free(reply);
	tree_clean(class);
}

static void add_window(xcb_connection_t *x, json_t *list, xcb_window_t window)
{
	xcb_get_window_attributes_reply_t *attributes =
		xcb_get_window_attributes_reply(x, xcb_get_window_attributes(x, window), NULL);
	xcb_get_geometry_reply_t *geometry =
		xcb_get_geometry_reply(x, xcb_get_geometry(x, window), NULL);
	char class[64];

	if (attributes && geometry && attributes->map_state == XCB_MAP_STATE_VIEWABLE &&
		attributes->_class == XCB_WINDOW_CLASS_INPUT_OUTPUT) {
		class_of(x, window, class);
		json_array_append_new(list, json_pack("{s:s, s:i, s:i}", "class", class, "width",
						    geometry->width, "height", geometry->height));
	}
	free(geometry);
	free(attributes);
}

/* Those on top first; a window without pixels on the screen is none. */
static json_t *windows_json(xcb_connection_t *x, xcb_window_t root)
{
	xcb_query_tree_reply_t *tree = xcb_query_tree_reply(x, xcb_query_tree(x, root), NULL);
	json_t *list = json_array();

	if (tree) {
		const xcb_window_t *windows = xcb_query_tree_children(tree);

		for (int i = xcb_query_tree_children_length(tree);
			i > 0 && json_array_size(list) < DESKTOP_LIST_MAX; i--)
			add_window(x, list, windows[i - 1]);
	}
	free(tree);
	return list;
}

json_t *desktop_x11(void)
{
	char name[16], auth[TREE_TEXT_MAX];
	xcb_connection_t *x;
	xcb_screen_iterator_t screens;
	xcb_get_geometry_reply_t *root = NULL;
	json_t *server = NULL;
	int first = 0;

	if (!find_display(name))
		return NULL;
	if (find_auth(auth))
		setenv("XAUTHORITY", auth, 1);
	x = xcb_connect(name, &first);
	if (!xcb_connection_has_error(x)) {
		screens = xcb_setup_roots_iterator(xcb_get_setup(x));
		/* Asked, not taken from the greeting: that is as old as the connection. */
		if (screens.rem)
			root = xcb_get_geometry_reply(
				x, xcb_get_geometry(x, screens.data->root), NULL);
	}
	if (root)
		server = json_pack("{s:s, s:s, s:o, s:{s:i, s:i}, s:o}", "observer", "x11", "name",
			name, "outputs", outputs_json(x, screens.data->root), "screen", "width",
			root->width, "height", root->height, "windows",
			windows_json(x, screens.data->root));
	free(root);
	xcb_disconnect(x);
	return server;
}
