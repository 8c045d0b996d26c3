/* A card's connectors without opening the card: sysfs, and the atomic state in debugfs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/drm_state.h"
#include "src/edid.h"
#include "src/edid_json.h"
#include "src/igd.h"
#include "src/tree.h"

#define CLASS "sys/class/drm"

/* A connector as sysfs names it: "card0-HDMI-A-1" is HDMI-A-1 of card 0. */
struct connector {
	char name[DRM_STATE_NAME_MAX];
	uint32_t id; /* of KMS; UINT32_MAX: not known */
};

static int compare(const void *a, const void *b)
{
	const struct connector *left = a, *right = b;

	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	return strcmp(left->name, right->name);
}

/* Fills the list in the order of KMS, or by name without debugfs. Returns how many there are. */
static size_t list_connectors(const char *root, unsigned int minor, const struct drm_state *state,
	struct connector list[static DRM_STATE_CONNECTORS_MAX])
{
	int fd = tree_open(root, O_RDONLY | O_DIRECTORY, CLASS);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	char prefix[32];
	size_t count = 0;

	snprintf(prefix, sizeof(prefix), "card%u-", minor);
	while (directory && count < DRM_STATE_CONNECTORS_MAX && (entry = readdir(directory))) {
		const char *name = entry->d_name + strlen(prefix);
		const struct drm_state_connector *known;

		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 ||
			strlen(name) >= sizeof(list[0].name))
			continue;
		strcpy(list[count].name, name);
		known = drm_state_connector(state, name);
		list[count++].id = known ? known->id : UINT32_MAX;
	}
	if (directory)
		closedir(directory);
	qsort(list, count, sizeof(list[0]), compare);
	return count;
}

static json_t *read_edid(const char *root, unsigned int minor, const char *name)
{
	uint8_t bytes[EDID_MAX];
	ssize_t length =
		tree_bytes(root, bytes, sizeof(bytes), CLASS "/card%u-%s/edid", minor, name);

	return length > 0 ? edid_json(bytes, (size_t)length) : json_null();
}

static json_t *crtc_json(const struct drm_state *state, const char *name)
{
	const struct drm_state_connector *connector = drm_state_connector(state, name);
	const struct drm_state_crtc *crtc = connector ? drm_state_crtc_of(state, connector) : NULL;

	if (!crtc)
		return json_null();
	return json_pack("{s:s, s:I, s:o}", "observer", "debugfs", "id", (json_int_t)crtc->id,
		"mode", crtc->enabled ? mode_json(&crtc->mode) : json_null());
}

/* `state` is NULL if it is not known: then nothing is said of the CRTC. */
static json_t *connector_json(
	const char *root, unsigned int minor, const char *name, const struct drm_state *state)
{
	static const char *const known[] = { "connected", "disconnected" };
	char status[TREE_TEXT_MAX], shown[DRM_STATE_NAME_MAX];
	const char *is = "unknown";
	json_t *object;

	if (tree_text(root, status, CLASS "/card%u-%s/status", minor, name) == 0)
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			is = strcmp(status, known[i]) == 0 ? known[i] : is;
	strcpy(shown, name);
	tree_clean(shown);
	object = json_pack("{s:s, s:s, s:s, s:o}", "name", shown, "observer", "sysfs", "status", is,
		"edid", read_edid(root, minor, name));
	if (object && state && json_object_set_new(object, "crtc", crtc_json(state, name)) < 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *connectors_json(const char *root, unsigned int minor)
{
	struct connector list[DRM_STATE_CONNECTORS_MAX];
	FILE *stream = tree_stream(root, "sys/kernel/debug/dri/%u/state", minor);
	json_t *connectors = json_array();
	struct drm_state state = { 0 };
	int r = connectors ? 0 : -ENOMEM;
	size_t count;

	if (stream) {
		drm_state_read(stream, &state);
		fclose(stream);
	}
	count = list_connectors(root, minor, &state, list);
	for (size_t i = 0; i < count && r == 0; i++)
		r = json_array_append_new(connectors,
			connector_json(root, minor, list[i].name, stream ? &state : NULL));
	if (r < 0) {
		json_decref(connectors);
		return NULL;
	}
	return connectors;
}

json_t *igd_card_json(const char *root, struct bdf where, unsigned int minor)
{
	char address[BDF_TEXT_MAX], name[32], driver[TREE_TEXT_MAX];
	bool bound;

	bdf_format(where, address);
	snprintf(name, sizeof(name), "card%u", minor);
	bound = !tree_link(root, driver, "sys/bus/pci/devices/%s/driver", address);
	return json_pack("{s:s, s:s, s:s?, s:s, s:o}", "name", name, "observer", "sysfs", "driver",
		bound ? driver : NULL, "pci", address, "connectors", connectors_json(root, minor));
}
