#include "harness/report/ppm.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#define CHANNELS 3

/* A whole number of at most PPM_SIDE_MAX, then one blank. Returns what follows, or NULL. */
static const char *read_number(
	const char *text, const char *end, char blank, unsigned int *number_r)
{
	*number_r = 0;
	while (text < end && *text >= '0' && *text <= '9') {
		*number_r = *number_r * 10 + (unsigned int)(*text++ - '0');
		if (*number_r > PPM_SIDE_MAX)
			return NULL;
	}
	if (text == end || *text != blank || *number_r == 0)
		return NULL;
	return text + 1;
}

int ppm_to_png(const char *ppm, size_t length, char **png_r, size_t *length_r)
{
	static const char magic[] = "P6\n";
	const char *end = ppm + length, *pixels;
	png_image image = { .version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGB };
	unsigned int greatest = 0;
	png_alloc_size_t size = 0;
	char *png;

	if (length > PPM_BYTES_MAX || length < sizeof(magic) ||
		memcmp(ppm, magic, sizeof(magic) - 1) != 0)
		return -EINVAL;
	pixels = read_number(ppm + sizeof(magic) - 1, end, ' ', &image.width);
	if (pixels)
		pixels = read_number(pixels, end, '\n', &image.height);
	if (pixels)
		pixels = read_number(pixels, end, '\n', &greatest);
	if (!pixels || greatest != 255 ||
		(size_t)(end - pixels) != (size_t)image.width * image.height * CHANNELS)
		return -EINVAL;
	/* Asked first for the size, then for the bytes. */
	if (!png_image_write_to_memory(&image, NULL, &size, 0, pixels, 0, NULL))
		return -ENOMEM;
	png = malloc(size);
	if (!png || !png_image_write_to_memory(&image, png, &size, 0, pixels, 0, NULL)) {
		free(png);
		return -ENOMEM;
	}
	*png_r = png;
	*length_r = size;
	return 0;
}
