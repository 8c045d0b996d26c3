#include "guests/agent/kms_ioctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

/* The kernel's lists are this long at most; Linux has connectors with some hundred modes. */
#define LIST_MAX 4096
/* How often a connector may change between the question for its lengths and that for its lists. */
#define ATTEMPTS 8

static int ask(int fd, unsigned long request, void *argument)
{
	int r;

	do
		r = ioctl(fd, request, argument);
	while (r < 0 && (errno == EINTR || errno == EAGAIN));
	return r < 0 ? -errno : 0;
}

int drm_driver_name(int fd, char *name, size_t size)
{
	struct drm_version version = { .name = name, .name_len = size - 1 };
	int r = ask(fd, DRM_IOCTL_VERSION, &version);

	/* The kernel says how long the name is, and copied no more than there is room for. */
	if (r < 0)
		version.name_len = 0;
	name[version.name_len < size ? version.name_len : size - 1] = '\0';
	return r;
}

int drm_connectors(int fd, uint32_t *ids, uint32_t max)
{
	struct drm_mode_card_res resources = { .connector_id_ptr = (uintptr_t)ids,
		.count_connectors = max };
	int r = ask(fd, DRM_IOCTL_MODE_GETRESOURCES, &resources);

	if (r < 0)
		return r;
	return (int)(resources.count_connectors < max ? resources.count_connectors : max);
}

void drm_connector_finish(struct drm_connector *connector)
{
	free(connector->modes);
	free(connector->properties);
	free(connector->values);
	*connector = (struct drm_connector){ 0 };
}

/* Asks for the lists, with room for what `lengths` says. Returns -EAGAIN if they are longer now. */
static int read_lists(
	int fd, const struct drm_mode_get_connector *lengths, struct drm_connector *connector)
{
	/* Room for no mode at all would mean to probe. */
	uint32_t modes = lengths->count_modes ? lengths->count_modes : 1;
	uint32_t properties = lengths->count_props;
	int r;

	if (modes > LIST_MAX || properties > LIST_MAX)
		return -E2BIG;
	connector->modes = calloc(modes, sizeof(*connector->modes));
	connector->properties = calloc(properties + 1, sizeof(*connector->properties));
	connector->values = calloc(properties + 1, sizeof(*connector->values));
	if (!connector->modes || !connector->properties || !connector->values)
		return -ENOMEM;
	connector->info = (struct drm_mode_get_connector){ .connector_id = lengths->connector_id,
		.count_modes = modes,
		.modes_ptr = (uintptr_t)connector->modes,
		.count_props = properties,
		.props_ptr = (uintptr_t)connector->properties,
		.prop_values_ptr = (uintptr_t)connector->values };
	r = ask(fd, DRM_IOCTL_MODE_GETCONNECTOR, &connector->info);
	if (r < 0)
		return r;
	return connector->info.count_modes > modes || connector->info.count_props > properties
		       ? -EAGAIN
		       : 0;
}

int drm_connector_read(int fd, uint32_t id, bool probe, struct drm_connector *connector_r)
{
	int r = -EAGAIN;

	*connector_r = (struct drm_connector){ 0 };
	for (int i = 0; r == -EAGAIN && i < ATTEMPTS; i++) {
		struct drm_mode_modeinfo mode;
		struct drm_mode_get_connector lengths = { .connector_id = id,
			.count_modes = !probe,
			.modes_ptr = probe ? 0 : (uintptr_t)&mode };

		drm_connector_finish(connector_r);
		r = ask(fd, DRM_IOCTL_MODE_GETCONNECTOR, &lengths);
		if (r == 0)
			r = read_lists(fd, &lengths, connector_r);
	}
	if (r < 0)
		drm_connector_finish(connector_r);
	return r;
}

static uint8_t *read_blob(int fd, uint32_t id, size_t *length_r)
{
	struct drm_mode_get_blob blob = { .blob_id = id };
	uint8_t *bytes;
	uint32_t room;

	if (ask(fd, DRM_IOCTL_MODE_GETPROPBLOB, &blob) < 0 || !blob.length)
		return NULL;
	room = blob.length;
	bytes = calloc(1, room);
	if (!bytes)
		return NULL;
	blob.data = (uintptr_t)bytes;
	/* A blob never changes; the kernel copies only into room of exactly its length. */
	if (ask(fd, DRM_IOCTL_MODE_GETPROPBLOB, &blob) < 0 || blob.length != room) {
		free(bytes);
		return NULL;
	}
	*length_r = room;
	return bytes;
}

uint8_t *drm_connector_blob(
	int fd, const struct drm_connector *connector, const char *property, size_t *length_r)
{
	for (uint32_t i = 0; i < connector->info.count_props; i++) {
		struct drm_mode_get_property question = { .prop_id = connector->properties[i] };

		if (connector->values[i] && ask(fd, DRM_IOCTL_MODE_GETPROPERTY, &question) == 0 &&
			strncmp(question.name, property, sizeof(question.name)) == 0)
			return read_blob(fd, (uint32_t)connector->values[i], length_r);
	}
	return NULL;
}

int drm_encoder_read(int fd, struct drm_mode_get_encoder *encoder)
{
	return ask(fd, DRM_IOCTL_MODE_GETENCODER, encoder);
}

int drm_crtc_read(int fd, struct drm_mode_crtc *crtc)
{
	return ask(fd, DRM_IOCTL_MODE_GETCRTC, crtc);
}

int drm_framebuffer_read(int fd, struct drm_mode_fb_cmd *framebuffer)
{
	return ask(fd, DRM_IOCTL_MODE_GETFB, framebuffer);
}

const char *drm_connector_type(uint32_t type)
{
	/* By the numbers of <drm_mode.h>; the words are those of Linux' names in sysfs
	 * (drm_connector_enum_list in drivers/gpu/drm/drm_connector.c). */
	static const char *const names[] = {
		[DRM_MODE_CONNECTOR_VGA] = "VGA",
		[DRM_MODE_CONNECTOR_DVII] = "DVI-I",
		[DRM_MODE_CONNECTOR_DVID] = "DVI-D",
		[DRM_MODE_CONNECTOR_DVIA] = "DVI-A",
		[DRM_MODE_CONNECTOR_Composite] = "Composite",
		[DRM_MODE_CONNECTOR_SVIDEO] = "SVIDEO",
		[DRM_MODE_CONNECTOR_LVDS] = "LVDS",
		[DRM_MODE_CONNECTOR_Component] = "Component",
		[DRM_MODE_CONNECTOR_9PinDIN] = "DIN",
		[DRM_MODE_CONNECTOR_DisplayPort] = "DP",
		[DRM_MODE_CONNECTOR_HDMIA] = "HDMI-A",
		[DRM_MODE_CONNECTOR_HDMIB] = "HDMI-B",
		[DRM_MODE_CONNECTOR_TV] = "TV",
		[DRM_MODE_CONNECTOR_eDP] = "eDP",
		[DRM_MODE_CONNECTOR_VIRTUAL] = "Virtual",
		[DRM_MODE_CONNECTOR_DSI] = "DSI",
		[DRM_MODE_CONNECTOR_DPI] = "DPI",
		[DRM_MODE_CONNECTOR_WRITEBACK] = "Writeback",
		[DRM_MODE_CONNECTOR_SPI] = "SPI",
		[DRM_MODE_CONNECTOR_USB] = "USB",
	};

	return type < sizeof(names) / sizeof(names[0]) && names[type] ? names[type] : "Unknown";
}
