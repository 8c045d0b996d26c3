#include "src/mode.h"

#include <stdio.h>

#include "src/tree.h"

/* Vertical refresh in 1/1000 Hz, as the kernel's drm_mode_vrefresh() reckons it. */
static json_int_t refresh_mhz(const struct mode *mode)
{
	uint64_t hz1000 = (uint64_t)mode->clock_khz * 1000 * 1000;
	uint64_t total = (uint64_t)mode->htotal * mode->vtotal;

	if (mode->flags & MODE_FLAG_INTERLACE)
		hz1000 *= 2;
	if (mode->flags & MODE_FLAG_DBLSCAN)
		total *= 2;
	if (mode->vscan > 1)
		total *= mode->vscan;
	return total ? (json_int_t)((hz1000 + total / 2) / total) : 0;
}

json_t *mode_json(const struct mode *mode)
{
	char name[sizeof(mode->name) + 1];

	snprintf(name, sizeof(name), "%.*s", (int)sizeof(mode->name), mode->name);
	tree_clean(name);
	return json_pack("{s:s, s:I, s:I, s:I, s:b}", "name", name, "width",
		(json_int_t)mode->width, "height", (json_int_t)mode->height, "refresh_mhz",
		refresh_mhz(mode), "preferred", (int)!!(mode->type & MODE_TYPE_PREFERRED));
}
