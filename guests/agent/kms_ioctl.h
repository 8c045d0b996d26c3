/*
 * What the agent asks of KMS, by the kernel's own interface (<drm_mode.h>, which Debian has in
 * libdrm-dev) and without libdrm: the agent of guests/tiny is linked with musl, and Debian's
 * libdrm.a wants glibc.
 */
#ifndef IGD_AGENT_KMS_IOCTL_H
#define IGD_AGENT_KMS_IOCTL_H

#include <drm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A connector with its lists; `info` has their lengths. To be given to drm_connector_finish(). */
struct drm_connector {
	struct drm_mode_get_connector info;
	struct drm_mode_modeinfo *modes;
	uint32_t *properties;
	uint64_t *values; /* of the properties, in their order */
};

/* Writes the name of the driver behind `fd`, terminated; what does not fit is cut. Returns 0 or a
 * negative errno. */
int drm_driver_name(int fd, char *name, size_t size);

/* Lists the ids of connectors, at most `max`. Returns how many, or a negative errno. */
int drm_connectors(int fd, uint32_t *ids, uint32_t max);

/*
 * Reads a connector as the kernel knows it. `probe` makes the driver look for a monitor first,
 * which takes up to a second on real hardware. Returns 0 or a negative errno; -ENOMEM; -EAGAIN if
 * the connector changed at each of several attempts.
 */
int drm_connector_read(int fd, uint32_t id, bool probe, struct drm_connector *connector_r);

/* Frees what it holds; a zeroed one is fine. */
void drm_connector_finish(struct drm_connector *connector);

/*
 * Reads the blob of the connector's property of that name. Returns its bytes, which the caller
 * frees, with their number; NULL if there is no such property, no blob, or no memory.
 */
uint8_t *drm_connector_blob(
	int fd, const struct drm_connector *connector, const char *property, size_t *length_r);

/* Each reads one object, of which only the id is set. Returns 0 or a negative errno. */
int drm_encoder_read(int fd, struct drm_mode_get_encoder *encoder);
int drm_crtc_read(int fd, struct drm_mode_crtc *crtc);
int drm_framebuffer_read(int fd, struct drm_mode_fb_cmd *framebuffer);

/* "HDMI-A" for DRM_MODE_CONNECTOR_HDMIA: the name that the kernel has for the type in sysfs. */
const char *drm_connector_type(uint32_t type);

#endif
