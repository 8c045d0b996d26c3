#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guests/agent/display.h"
#include "src/bdf.h"
#include "src/child_json.h"
#include "src/clock.h"
#include "src/edid_json.h"
#include "src/mode.h"
#include "src/tree.h"

#define CARDS_MAX 16

/* For all cards together, and the least for one. What the kernel knows is read in milliseconds; a
 * driver whose device does not answer holds its locks for as long as it tries. */
#define CARDS_MS 15000
#define CARD_MS  500

/* Bytes of a card as JSON: one of CONNECTORS_MAX connectors of MODES_MAX modes each has less. */
#define CARD_TEXT_MAX (1024 * 1024)

#define CONNECTORS_MAX 64
#define MODES_MAX      64

/* enum drm_connector_status in Linux' include/drm/drm_connector.h: no header for programs has it.
 */
enum { CONNECTED = 1, DISCONNECTED = 2 };

json_t *display_mode_json(const struct drm_mode_modeinfo *info)
{
	struct mode mode = { .width = info->hdisplay,
		.height = info->vdisplay,
		.clock_khz = info->clock,
		.htotal = info->htotal,
		.vtotal = info->vtotal,
		.vscan = info->vscan,
		.flags = info->flags,
		.type = info->type };

	_Static_assert(sizeof(mode.name) == sizeof(info->name), "DRM_DISPLAY_MODE_LEN");
	memcpy(mode.name, info->name, sizeof(mode.name));
	return mode_json(&mode);
}

static json_t *modes_json(const struct drm_connector *connector)
{
	json_t *list = json_array();

	for (uint32_t i = 0; list && i < connector->info.count_modes && i < MODES_MAX; i++) {
		if (json_array_append_new(list, display_mode_json(&connector->modes[i]))) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

/* The bytes of the connector's EDID property; JSON null if it has none. */
static json_t *connector_edid(int fd, const struct drm_connector *connector)
{
	size_t length = 0;
	uint8_t *bytes = drm_connector_blob(fd, connector, "EDID", &length);
	json_t *edid = bytes ? edid_json(bytes, length) : json_null();

	free(bytes);
	return edid;
}

static json_t *framebuffer_json(int fd, uint32_t id)
{
	struct drm_mode_fb_cmd framebuffer = { .fb_id = id };

	if (!id || drm_framebuffer_read(fd, &framebuffer) < 0)
		return json_null();
	return json_pack("{s:s, s:I, s:I}", "observer", "kms", "width",
		(json_int_t)framebuffer.width, "height", (json_int_t)framebuffer.height);
}

/* Adds what the connector's CRTC shows now: null and null if none drives it. */
static int add_crtc(int fd, const struct drm_connector *connector, json_t *object)
{
	struct drm_mode_get_encoder encoder = { .encoder_id = connector->info.encoder_id };
	struct drm_mode_crtc crtc = { 0 };
	json_t *crtc_json = json_null();
	int r;

	if (encoder.encoder_id && drm_encoder_read(fd, &encoder) == 0)
		crtc.crtc_id = encoder.crtc_id;
	if (crtc.crtc_id && drm_crtc_read(fd, &crtc) == 0)
		crtc_json = json_pack("{s:s, s:I, s:o}", "observer", "kms", "id",
			(json_int_t)crtc.crtc_id, "mode",
			crtc.mode_valid ? display_mode_json(&crtc.mode) : json_null());
	r = json_object_set_new(object, "crtc", crtc_json);
	if (r == 0)
		r = json_object_set_new(object, "framebuffer", framebuffer_json(fd, crtc.fb_id));
	return r;
}

static const char *status_name(uint32_t status)
{
	switch (status) {
	case CONNECTED:
		return "connected";
	case DISCONNECTED:
		return "disconnected";
	default:
		return "unknown";
	}
}

void display_connector_name(uint32_t type, uint32_t number, char *name, size_t size)
{
	snprintf(name, size, "%s-%u", drm_connector_type(type), number);
}

static json_t *connector_json(int fd, const struct drm_connector *connector)
{
	char name[64];
	json_t *object;

	display_connector_name(connector->info.connector_type, connector->info.connector_type_id,
		name, sizeof(name));
	object = json_pack("{s:s, s:s, s:s, s:o, s:o}", "name", name, "observer", "kms", "status",
		status_name(connector->info.connection), "edid", connector_edid(fd, connector),
		"modes", modes_json(connector));
	if (object && add_crtc(fd, connector, object) < 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/*
 * The kernel's knowledge as it is: asking for a probe can take a second for each connector of real
 * hardware, and the guest's fbdev emulation has probed already. One nobody has probed is probed.
 */
static int get_connector(int fd, uint32_t id, struct drm_connector *connector_r)
{
	int r = drm_connector_read(fd, id, false, connector_r);

	if (r < 0 || connector_r->info.count_modes || connector_r->info.connection == DISCONNECTED)
		return r;
	drm_connector_finish(connector_r);
	return drm_connector_read(fd, id, true, connector_r);
}

static json_t *connectors_json(int fd)
{
	uint32_t ids[CONNECTORS_MAX] = { 0 };
	json_t *list = json_array();
	int r = list ? 0 : -ENOMEM, count = drm_connectors(fd, ids, CONNECTORS_MAX);

	for (int i = 0; r == 0 && i < count; i++) {
		struct drm_connector connector;

		if (get_connector(fd, ids[i], &connector) < 0)
			continue;
		r = json_array_append_new(list, connector_json(fd, &connector));
		drm_connector_finish(&connector);
	}
	if (r < 0) {
		json_decref(list);
		return NULL;
	}
	return list;
}

/* When the cards are to have answered, in ms of CLOCK_MONOTONIC. */
static long long answered_by;

/* A card to be asked. */
struct asked {
	const char *root, *name;
};

/* "driver" and "connectors", or "error". */
static json_t *device_json(void *data)
{
	const struct asked *asked = data;
	int fd = tree_open(asked->root, O_RDWR, "dev/dri/%s", asked->name);
	char driver[64] = "";
	json_t *device;

	if (fd < 0)
		return json_pack("{s:s}", "error", strerror(-fd));
	drm_driver_name(fd, driver, sizeof(driver));
	tree_clean(driver);
	device = json_pack("{s:s, s:o}", "driver", driver, "connectors", connectors_json(fd));
	close(fd);
	return device;
}

/* Adds what the card's driver answers; or that it does not, which the agent observes and not KMS.
 */
static int add_device(const char *root, const char *name, json_t *card)
{
	long long left = answered_by - clock_ms(CLOCK_MONOTONIC);
	struct asked asked = { root, name };
	char late[64];
	json_t *device = NULL;
	int r = child_json(
		device_json, &asked, CARD_TEXT_MAX, left > CARD_MS ? (int)left : CARD_MS, &device);

	if (r < 0) {
		snprintf(late, sizeof(late), "no answer within %d s", CARDS_MS / 1000);
		device = json_pack("{s:s, s:s}", "observer", "agent", "error",
			r == -ETIMEDOUT ? late : "the process that asks the driver ended");
	}
	r = json_object_update(card, device);
	json_decref(device);
	return r;
}

static json_t *card_json(const char *root, const char *name)
{
	char device[TREE_TEXT_MAX];
	struct bdf where;
	bool is_pci = !tree_link(root, device, "sys/class/drm/%s/device", name) &&
		      !bdf_parse(device, &where);
	json_t *card = json_pack(
		"{s:s, s:s, s:s?}", "name", name, "observer", "kms", "pci", is_pci ? device : NULL);

	if (card && add_device(root, name, card)) {
		json_decref(card);
		return NULL;
	}
	return card;
}

json_t *kms_cards(const char *root)
{
	answered_by = clock_ms(CLOCK_MONOTONIC) + CARDS_MS;
	return tree_list_json(root, "sys/class/drm", "card", CARDS_MAX, card_json);
}
