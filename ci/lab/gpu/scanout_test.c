#include "ci/lab/gpu/scanout.h"

#include <errno.h>
#include <png.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "ci/lab/gpu/fixture.h"

#define WIDTH   320u
#define HEIGHT  200u
#define PITCH   1536u /* bytes: three X tiles, 24 units of 64 */
#define SURFACE 0x40000u
#define PAGES   (PITCH * HEIGHT / 4096 + 8)
#define RAM     0x7f0000000ull /* where the device sees the client's memory */

static struct gpu gpu;
static int ram;

/* A plane that shows: the picture's page n is page n ^ 1 of memory, so that the GGTT must be used.
 */
static void begin(uint32_t control, uint32_t stride)
{
	fixture_make(&gpu, PORT_HDMI, NULL);
	ram = memfd_create("ram", MFD_CLOEXEC);
	CU_ASSERT_FATAL(ram >= 0 && !ftruncate(ram, PAGES * 4096));
	CU_ASSERT_EQUAL_FATAL(dma_add(&gpu.dma, RAM, PAGES * 4096, ram, 0), 0);
	for (uint64_t i = 0; i < PAGES; i++) {
		uint64_t entry = (RAM + (i ^ 1) * 4096) | 1;

		memcpy(gpu.mmio + GPU_GGTT_FROM + (SURFACE / 4096 + i) * 8, &entry, 8);
	}
	fixture_write(&gpu, 0x70008, 1u << 31);
	fixture_write(&gpu, 0x70188, stride);
	fixture_write(&gpu, 0x70190, (HEIGHT - 1) << 16 | (WIDTH - 1));
	fixture_write(&gpu, 0x70180, 1u << 31 | 4u << 24 | control);
	fixture_write(&gpu, 0x7019c, SURFACE);
}

static void end(void)
{
	close(ram);
	gpu_free(&gpu);
}

static uint32_t colour(uint32_t x, uint32_t y)
{
	return 0xff000000 | (x & 0xff) << 16 | (y & 0xff) << 8 | ((x ^ y) & 0x7f);
}

static void put(uint32_t offset, uint32_t pixel)
{
	uint32_t page = offset / 4096 ^ 1;

	CU_ASSERT_EQUAL(pwrite(ram, &pixel, 4, page * 4096 + offset % 4096), 4);
}

static void expect_picture(const char *source)
{
	struct problem why = { 0 };
	struct picture picture;
	uint32_t wrong = 0;

	CU_ASSERT_EQUAL_FATAL(picture_read(&gpu, 0, &picture, &why), 0);
	CU_ASSERT_EQUAL(picture.width, WIDTH);
	CU_ASSERT_EQUAL(picture.height, HEIGHT);
	CU_ASSERT_STRING_EQUAL(picture.source, source);
	CU_ASSERT_EQUAL(picture.unmapped, 0);
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			const uint8_t *rgb = picture.rgb + 3 * (y * WIDTH + x);

			wrong += (colour(x, y) & 0xffffff) !=
				 ((uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2]);
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(picture.crc, crc32(0, picture.rgb, WIDTH * HEIGHT * 3));
	picture_free(&picture);
}

static void test_a_linear_surface_is_read_through_the_ggtt(void)
{
	begin(0, PITCH / 64);
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++)
			put(y * PITCH + x * 4, colour(x, y));
	}
	expect_picture("memory");
	end();
}

static void test_an_x_tiled_surface_too(void)
{
	begin(1u << 10, PITCH / 512);
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			/* A tile is 4 KiB, 512 bytes wide; tiles go from left to right. */
			uint32_t tile = y / 8 * (PITCH / 512) + x / 128;

			put(tile * 4096 + y % 8 * 512 + x % 128 * 4, colour(x, y));
		}
	}
	expect_picture("memory");
	end();
}

static void test_what_was_drawn_through_the_aperture_is_found(void)
{
	begin(0, PITCH / 64);
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			uint32_t pixel = colour(x, y);

			memcpy(gpu.aperture + SURFACE + y * PITCH + x * 4, &pixel, 4);
		}
	}
	expect_picture("aperture");
	/* Until there is something in memory. */
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++)
			put(y * PITCH + x * 4, colour(x, y));
	}
	expect_picture("memory");
	end();
}

static void test_pixels_without_memory_are_counted(void)
{
	struct picture picture;

	begin(0, PITCH / 64);
	CU_ASSERT_EQUAL(dma_remove(&gpu.dma, 0, UINT64_MAX), 0);
	CU_ASSERT_EQUAL_FATAL(picture_read(&gpu, 0, &picture, NULL), 0);
	CU_ASSERT_EQUAL(picture.unmapped, WIDTH * HEIGHT);
	CU_ASSERT_STRING_EQUAL(picture.source, "memory");
	picture_free(&picture);
	/* Neither an entry that is not valid, nor a surface at the end of the GGTT. */
	CU_ASSERT_EQUAL(dma_add(&gpu.dma, RAM, PAGES * 4096, ram, 0), 0);
	gpu.mmio[GPU_GGTT_FROM + SURFACE / 4096 * 8] &= (uint8_t)~1;
	CU_ASSERT_EQUAL_FATAL(picture_read(&gpu, 0, &picture, NULL), 0);
	/* Two lines of 384 pixels and a part of the third are in the page. */
	CU_ASSERT_EQUAL(picture.unmapped, 2 * WIDTH + (4096 - 2 * PITCH) / 4);
	picture_free(&picture);
	fixture_write(&gpu, 0x7019c, 0xfffff000);
	CU_ASSERT_EQUAL_FATAL(picture_read(&gpu, 0, &picture, NULL), 0);
	CU_ASSERT_EQUAL(picture.unmapped, WIDTH * HEIGHT);
	picture_free(&picture);
	end();
}

static void test_what_is_not_shown_or_not_known_is_refused(void)
{
	struct problem why = { 0 };
	struct picture picture;

	begin(0, PITCH / 64);
	CU_ASSERT_EQUAL(picture_read(&gpu, 1, &picture, NULL), -ENODATA);
	CU_ASSERT_EQUAL(picture_read(&gpu, 7, &picture, NULL), -ENODATA);
	fixture_write(&gpu, 0x70180, 4u << 24);
	CU_ASSERT_EQUAL(picture_read(&gpu, 0, &picture, NULL), -ENODATA);
	fixture_write(&gpu, 0x70180, 1u << 31 | 6u << 24);
	CU_ASSERT_EQUAL(picture_read(&gpu, 0, &picture, &why), -ENOTSUP);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "pixel format"));
	fixture_write(&gpu, 0x70180, 1u << 31 | 4u << 24 | 4u << 10);
	CU_ASSERT_EQUAL(picture_read(&gpu, 0, &picture, NULL), -ENOTSUP);
	fixture_write(&gpu, 0x70180, 1u << 31 | 4u << 24);
	fixture_write(&gpu, 0x70190, 0xffffffff);
	CU_ASSERT_EQUAL(picture_read(&gpu, 0, &picture, NULL), -ERANGE);
	fixture_write(&gpu, 0x70190, WIDTH - 1);
	fixture_write(&gpu, 0x70188, 1);
	CU_ASSERT_EQUAL(picture_read(&gpu, 0, &picture, NULL), -ERANGE);
	end();
}

static void test_a_picture_becomes_a_png(void)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	char folder[] = "/tmp/igd-gpu-XXXXXX", path[64];
	struct problem why = { 0 };
	struct picture picture;
	uint8_t *rgb;

	begin(0, PITCH / 64);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/p.png", folder);
	put(0, 0x123456);
	CU_ASSERT_EQUAL_FATAL(picture_read(&gpu, 0, &picture, NULL), 0);
	CU_ASSERT_EQUAL(picture_write(&picture, path, &why), 0);
	CU_ASSERT_TRUE_FATAL(png_image_begin_read_from_file(&image, path));
	image.format = PNG_FORMAT_RGB;
	rgb = malloc(PNG_IMAGE_SIZE(image));
	CU_ASSERT_TRUE(png_image_finish_read(&image, NULL, rgb, 0, NULL));
	CU_ASSERT_EQUAL(image.width, WIDTH);
	CU_ASSERT_EQUAL(memcmp(rgb, picture.rgb, WIDTH * HEIGHT * 3), 0);
	CU_ASSERT_EQUAL(memcmp(rgb, "\x12\x34\x56", 3), 0);
	CU_ASSERT_EQUAL(picture_write(&picture, "/nowhere/p.png", &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "/nowhere/p.png"));
	free(rgb);
	picture_free(&picture);
	CU_ASSERT_EQUAL(suite_remove(folder, 0), 0);
	end();
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a linear surface is read through the GGTT",
			test_a_linear_surface_is_read_through_the_ggtt },
		{ "an X-tiled surface too", test_an_x_tiled_surface_too },
		{ "what was drawn through the aperture is found",
			test_what_was_drawn_through_the_aperture_is_found },
		{ "pixels without memory are counted", test_pixels_without_memory_are_counted },
		{ "what is not shown, or not known, is refused",
			test_what_is_not_shown_or_not_known_is_refused },
		{ "a picture becomes a PNG", test_a_picture_becomes_a_png },
		CU_TEST_INFO_NULL,
	};

	return suite_main("scanout", tests);
}
