#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "guests/agent/display.h"
#include "guests/agent/edid_json.h"
#include "src/bdf.h"
#include "src/tree.h"

#define CARDS_MAX      16
#define CONNECTORS_MAX 64
#define MODES_MAX      64

/* Vertical refresh in 1/1000 Hz, as the kernel's drm_mode_vrefresh() reckons it. */
static json_int_t refresh_mhz(const drmModeModeInfo *mode)
{
	uint64_t hz1000 = (uint64_t)mode->clock * 1000 * 1000;
	uint64_t total = (uint64_t)mode->htotal * mode->vtotal;

	if (mode->flags & DRM_MODE_FLAG_INTERLACE)
		hz1000 *= 2;
	if (mode->flags & DRM_MODE_FLAG_DBLSCAN)
		total *= 2;
	if (mode->vscan > 1)
		total *= mode->vscan;
	return total ? (json_int_t)((hz1000 + total / 2) / total) : 0;
}

json_t *display_mode_json(const drmModeModeInfo *mode)
{
	char name[DRM_DISPLAY_MODE_LEN + 1];

	snprintf(name, sizeof(name), "%.*s", DRM_DISPLAY_MODE_LEN, mode->name);
	tree_clean(name);
	return json_pack("{s:s, s:i, s:i, s:I, s:b}", "name", name, "width", mode->hdisplay,
		"height", mode->vdisplay, "refresh_mhz", refresh_mhz(mode), "preferred",
		(int)!!(mode->type & DRM_MODE_TYPE_PREFERRED));
}

static json_t *modes_json(const drmModeConnector *connector)
{
	json_t *list = json_array();

	for (int i = 0; list && i < connector->count_modes && i < MODES_MAX; i++) {
		if (json_array_append_new(list, display_mode_json(&connector->modes[i]))) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

/* The bytes of the connector's EDID property; JSON null if it has none. */
static json_t *connector_edid(int fd, const drmModeConnector *connector)
{
	drmModePropertyBlobPtr blob = NULL;
	json_t *edid;

	for (int i = 0; !blob && i < connector->count_props; i++) {
		drmModePropertyPtr property = drmModeGetProperty(fd, connector->props[i]);

		if (property && strcmp(property->name, "EDID") == 0 && connector->prop_values[i])
			blob = drmModeGetPropertyBlob(fd, (uint32_t)connector->prop_values[i]);
		drmModeFreeProperty(property);
	}
	edid = blob && blob->length ? edid_json(blob->data, blob->length) : json_null();
	drmModeFreePropertyBlob(blob);
	return edid;
}

static json_t *framebuffer_json(int fd, uint32_t id)
{
	drmModeFBPtr framebuffer = id ? drmModeGetFB(fd, id) : NULL;
	json_t *object = json_null();

	if (framebuffer)
		object = json_pack("{s:s, s:I, s:I}", "observer", "kms", "width",
			(json_int_t)framebuffer->width, "height", (json_int_t)framebuffer->height);
	drmModeFreeFB(framebuffer);
	return object;
}

/* Adds what the connector's CRTC shows now: null and null if none drives it. */
static int add_crtc(int fd, const drmModeConnector *connector, json_t *object)
{
	drmModeEncoderPtr encoder =
		connector->encoder_id ? drmModeGetEncoder(fd, connector->encoder_id) : NULL;
	drmModeCrtcPtr crtc =
		encoder && encoder->crtc_id ? drmModeGetCrtc(fd, encoder->crtc_id) : NULL;
	json_t *crtc_json = json_null();
	int r;

	if (crtc)
		crtc_json = json_pack("{s:s, s:I, s:o}", "observer", "kms", "id",
			(json_int_t)crtc->crtc_id, "mode",
			crtc->mode_valid ? display_mode_json(&crtc->mode) : json_null());
	r = json_object_set_new(object, "crtc", crtc_json);
	if (r == 0)
		r = json_object_set_new(
			object, "framebuffer", framebuffer_json(fd, crtc ? crtc->buffer_id : 0));
	drmModeFreeCrtc(crtc);
	drmModeFreeEncoder(encoder);
	return r;
}

static const char *status_name(drmModeConnection status)
{
	switch (status) {
	case DRM_MODE_CONNECTED:
		return "connected";
	case DRM_MODE_DISCONNECTED:
		return "disconnected";
	default:
		return "unknown";
	}
}

void display_connector_name(const drmModeConnector *connector, char *name, size_t size)
{
	const char *type = drmModeGetConnectorTypeName(connector->connector_type);

	snprintf(name, size, "%s-%u", type ? type : "Unknown", connector->connector_type_id);
}

static json_t *connector_json(int fd, const drmModeConnector *connector)
{
	char name[64];
	json_t *object;

	display_connector_name(connector, name, sizeof(name));
	object = json_pack("{s:s, s:s, s:s, s:o, s:o}", "name", name, "observer", "kms", "status",
		status_name(connector->connection), "edid", connector_edid(fd, connector), "modes",
		modes_json(connector));
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
static drmModeConnectorPtr get_connector(int fd, uint32_t id)
{
	drmModeConnectorPtr connector = drmModeGetConnectorCurrent(fd, id);

	if (!connector || connector->count_modes || connector->connection == DRM_MODE_DISCONNECTED)
		return connector;
	drmModeFreeConnector(connector);
	return drmModeGetConnector(fd, id);
}

static json_t *connectors_json(int fd)
{
	drmModeResPtr resources = drmModeGetResources(fd);
	json_t *list = json_array();
	int r = list ? 0 : -ENOMEM, count = resources ? resources->count_connectors : 0;

	for (int i = 0; r == 0 && i < count && i < CONNECTORS_MAX; i++) {
		drmModeConnectorPtr connector = get_connector(fd, resources->connectors[i]);

		if (connector)
			r = json_array_append_new(list, connector_json(fd, connector));
		drmModeFreeConnector(connector);
	}
	drmModeFreeResources(resources);
	if (r < 0) {
		json_decref(list);
		return NULL;
	}
	return list;
}

/* Adds "driver" and "connectors", or "error". */
static int add_device(const char *root, const char *name, json_t *card)
{
	int fd = tree_open(root, O_RDWR, "dev/dri/%s", name), r;
	drmVersionPtr version = NULL;
	char driver[64] = "";

	if (fd < 0)
		return json_object_set_new(card, "error", json_string(strerror(-fd)));
	version = drmGetVersion(fd);
	if (version)
		snprintf(driver, sizeof(driver), "%.*s", version->name_len, version->name);
	tree_clean(driver);
	r = json_object_set_new(card, "driver", json_string(driver));
	if (r == 0)
		r = json_object_set_new(card, "connectors", connectors_json(fd));
	drmFreeVersion(version);
	close(fd);
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
	return tree_list_json(root, "sys/class/drm", "card", CARDS_MAX, card_json);
}
