/*
 * The atomic state of a card, as debugfs' dri/N/state has it (Linux' drm_state_info(), 4.10 and
 * later): which CRTC each connector is on, and its mode. Reading it asks nothing of the device.
 */
#ifndef IGD_DRM_STATE_H
#define IGD_DRM_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "src/mode.h"

#define DRM_STATE_CRTCS_MAX      16
#define DRM_STATE_CONNECTORS_MAX 64
#define DRM_STATE_NAME_MAX       32

struct drm_state_crtc {
	char name[DRM_STATE_NAME_MAX]; /* "pipe A" */
	uint32_t id;
	bool enabled;
	struct mode mode; /* if it is enabled */
};

struct drm_state_connector {
	char name[DRM_STATE_NAME_MAX]; /* "HDMI-A-1" */
	uint32_t id;
	char crtc[DRM_STATE_NAME_MAX]; /* "" if it is on none */
};

/* Names may hold any byte but zero; entries beyond the limits are left out. */
struct drm_state {
	struct drm_state_crtc crtcs[DRM_STATE_CRTCS_MAX];
	struct drm_state_connector connectors[DRM_STATE_CONNECTORS_MAX];
	size_t crtc_count, connector_count;
};

/* Reads the text to its end. What is no such text gives an empty state. */
void drm_state_read(FILE *stream, struct drm_state *state_r);

/* The connector of that name, or NULL. */
const struct drm_state_connector *drm_state_connector(
	const struct drm_state *state, const char *name);

/* The CRTC that the connector is on, or NULL. */
const struct drm_state_crtc *drm_state_crtc_of(
	const struct drm_state *state, const struct drm_state_connector *connector);

#endif
