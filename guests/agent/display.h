/* The two observers of the display, KMS and fbdev, as lists. */
#ifndef IGD_AGENT_DISPLAY_H
#define IGD_AGENT_DISPLAY_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "guests/agent/kms_ioctl.h"

/* Every DRM card with its connectors. A new array, or NULL without memory. */
json_t *kms_cards(const char *root);

/* Every framebuffer device, through sysfs. A new array, or NULL without memory. */
json_t *fbdev_framebuffers(const char *root);

/* A mode as an object of the report. NULL without memory. */
json_t *display_mode_json(const struct drm_mode_modeinfo *info);

/* "HDMI-A-1": the name of the connector with that type and number, as the kernel has it in sysfs
 * and its messages. */
void display_connector_name(uint32_t type, uint32_t number, char *name, size_t size);

#endif
