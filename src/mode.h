/* A mode of a display as an object of the report (docs/use/guest-report.md). */
#ifndef IGD_MODE_H
#define IGD_MODE_H

#include <jansson.h>
#include <stdint.h>

/* As the kernel counts it: struct drm_mode_modeinfo, and MODE_FLAG and MODE_TYPE of the same header
 * (Linux' include/uapi/drm/drm_mode.h). */
#define MODE_FLAG_INTERLACE 0x10
#define MODE_FLAG_DBLSCAN   0x20
#define MODE_TYPE_PREFERRED 0x08

struct mode {
	char name[32]; /* DRM_DISPLAY_MODE_LEN; any byte, and perhaps no zero at its end */
	uint32_t width, height, clock_khz, htotal, vtotal, vscan, flags, type;
};

/* {"name", "width", "height", "refresh_mhz", "preferred"}; a new object, NULL without memory. */
json_t *mode_json(const struct mode *mode);

#endif
