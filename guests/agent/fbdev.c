#include <string.h>

#include "guests/agent/display.h"
#include "src/tree.h"

#define FRAMEBUFFERS_MAX 32 /* Linux' FB_MAX */

/*
 * Reads a number of at most nine digits and moves on; scanf() and strtoul() would take a sign and
 * wrap. Returns JSON null if there is none.
 */
static json_t *take_number(const char **text)
{
	size_t digits = strspn(*text, "0123456789");
	json_int_t value = 0;

	if (digits == 0 || digits > 9)
		return json_null();
	for (; digits > 0; digits--)
		value = value * 10 + *(*text)++ - '0';
	return json_integer(value);
}

static json_t *framebuffer_json(const char *root, const char *name)
{
	char size[TREE_TEXT_MAX], depth[TREE_TEXT_MAX];
	const char *at = size, *depth_at = depth;
	json_t *width, *height;

	/* A file that cannot be read is an empty text, and that is no number. */
	tree_text(root, size, "sys/class/graphics/%s/virtual_size", name);
	tree_text(root, depth, "sys/class/graphics/%s/bits_per_pixel", name);
	width = take_number(&at);
	at += *at == ',';
	height = take_number(&at);
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "name", name, "observer", "fbdev",
		"driver", tree_json(root, "sys/class/graphics/%s/name", name), "width", width,
		"height", height, "bits_per_pixel", take_number(&depth_at));
}

json_t *fbdev_framebuffers(const char *root)
{
	return tree_list_json(root, "sys/class/graphics", "fb", FRAMEBUFFERS_MAX, framebuffer_json);
}
