/* The two observers of the display, KMS and fbdev, as lists. */
#ifndef IGD_AGENT_DISPLAY_H
#define IGD_AGENT_DISPLAY_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* Every DRM card with its connectors, through libdrm. A new array, or NULL without memory. */
json_t *kms_cards(const char *root);

/* Every framebuffer device, through sysfs. A new array, or NULL without memory. */
json_t *fbdev_framebuffers(const char *root);

/*
 * What an EDID's bytes are and what src/edid.c reads from them: a new object, or NULL without
 * memory. At most EDID_MAX bytes are taken.
 */
json_t *edid_json(const uint8_t *bytes, size_t length);

#endif
