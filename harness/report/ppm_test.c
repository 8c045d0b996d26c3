#include "harness/report/ppm.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

/* Two pixels, red over blue; read back by libpng. */
static void what_goes_in_comes_out(void)
{
	static const char ppm[] = "P6\n1 2\n255\n\xff\0\0\0\0\xff";
	unsigned char pixels[6] = { 0 };
	png_image image = { .version = PNG_IMAGE_VERSION };
	char *png = NULL;
	size_t length = 0;

	CU_ASSERT_EQUAL_FATAL(ppm_to_png(ppm, sizeof(ppm) - 1, &png, &length), 0);
	CU_ASSERT(png_image_begin_read_from_memory(&image, png, length));
	CU_ASSERT_EQUAL(image.width, 1);
	CU_ASSERT_EQUAL(image.height, 2);
	image.format = PNG_FORMAT_RGB;
	CU_ASSERT(png_image_finish_read(&image, NULL, pixels, 0, NULL));
	CU_ASSERT_EQUAL(memcmp(pixels, "\xff\0\0\0\0\xff", 6), 0);
	free(png);
}

#define WRONG(text) text, sizeof(text) - 1

static void anything_else_is_refused(void)
{
	static const struct {
		const char *text;
		size_t length;
	} wrong[] = { { WRONG("") }, { WRONG("P6\n") }, { WRONG("P5\n1 1\n255\nxxx") },
		{ WRONG("P6\n1 1\n255\nxx") }, { WRONG("P6\n1 1\n255\nxxxx") },
		{ WRONG("P6\n0 1\n255\n") }, { WRONG("P6\n-1 1\n255\nxxx") },
		{ WRONG("P6\n99999 1\n255\nxxx") }, { WRONG("P6\n1 1\n65535\nxxxxxx") },
		{ WRONG("P6\n1  1\n255\nxxx") }, { WRONG("P6\n1 1\n255") },
		{ WRONG("P6\n# c\n1 1\n255\nxxx") } };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *png = NULL;
		size_t length = 0;

		CU_ASSERT_EQUAL(ppm_to_png(wrong[i].text, wrong[i].length, &png, &length), -EINVAL);
		CU_ASSERT_PTR_NULL(png);
	}
}

static CU_TestInfo tests[] = {
	{ "what goes in comes out", what_goes_in_comes_out },
	{ "anything else is refused", anything_else_is_refused },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("ppm", tests);
}
