/* The "display" section: what KMS and fbdev each say, side by side, and never mixed. */
#include "guests/agent/display.h"

#include <errno.h>

#include "guests/agent/collect.h"

int collect_display(const struct guest *guest, json_t **section_r, struct problem *why)
{
	json_t *section = json_pack("{s:o, s:o}", "cards", kms_cards(guest->root), "framebuffers",
		fbdev_framebuffers(guest->root));

	if (!section)
		return -ENOMEM;
	*section_r = section;
	return 0;
}
