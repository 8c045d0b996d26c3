/* The two observers of the display, KMS and fbdev, as lists. */
#ifndef IGD_AGENT_DISPLAY_H
#define IGD_AGENT_DISPLAY_H

#include <jansson.h>
#include <stddef.h>
#include <xf86drmMode.h>

/* Every DRM card with its connectors, through libdrm. A new array, or NULL without memory. */
json_t *kms_cards(const char *root);

/* Every framebuffer device, through sysfs. A new array, or NULL without memory. */
json_t *fbdev_framebuffers(const char *root);

/* A mode as an object of the report. NULL without memory. */
json_t *display_mode_json(const drmModeModeInfo *mode);

/* "HDMI-A-1": the connector's name, as the kernel has it in sysfs and its messages. */
void display_connector_name(const drmModeConnector *connector, char *name, size_t size);

#endif
