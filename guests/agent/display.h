/* The two observers of the display, KMS and fbdev, as lists. */
#ifndef IGD_AGENT_DISPLAY_H
#define IGD_AGENT_DISPLAY_H

#include <jansson.h>

/* Every DRM card with its connectors, through libdrm. A new array, or NULL without memory. */
json_t *kms_cards(const char *root);

/* Every framebuffer device, through sysfs. A new array, or NULL without memory. */
json_t *fbdev_framebuffers(const char *root);

#endif
