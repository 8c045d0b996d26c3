#include "harness/backend/screenshot.h"

#include <stddef.h>
#include <sys/stat.h>

#include "harness/base/below/below.h"

/* A screen of 8K is 133 MB as PPM, and no emulated adapter here has a tenth of that. */
#define PICTURE_MAX (16 * 1024 * 1024)

/* It writes PNG since 7.1 (9a0a119a38), if built with libpng. */
const struct screenshot_format screen_forms[] = {
	{ "screen.png", "png" },
	{ "screen.ppm", NULL },
	{ NULL, NULL },
};

bool screenshot_taken(int evidence_fd, const char *file)
{
	struct stat st;

	if (below_look(evidence_fd, file, &st) < 0)
		return false;
	if (S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= PICTURE_MAX)
		return true;
	below_remove(evidence_fd, file, false);
	return false;
}
