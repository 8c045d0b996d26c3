#include "guests/agent/igd_picture.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/base16.h>
#include <nettle/sha2.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "src/tree.h"

#define BARS 8

/* Debugfs' folder of a CRTC's CRCs (Documentation/gpu/drm-kms-helpers.rst in Linux). */
#define CRC "sys/kernel/debug/dri/%u/crtc-%u/crc/"

/* The pipe computes one for each frame; the first may be of what was shown before. */
#define CRC_FRAMES 3
#define CRC_MS     1000
#define CRC_LINE   128

uint32_t picture_pixel(uint32_t width, uint32_t height, bool reversed, uint32_t x, uint32_t y)
{
	/* The order of EBU colour bars: a bit each for green, red and blue, downwards. */
	static const uint32_t bars[BARS] = { 0xffffff, 0xffff00, 0x00ffff, 0x00ff00, 0xff00ff,
		0xff0000, 0x0000ff, 0x000000 };
	uint32_t bar, level;

	if (y >= height / 2) {
		level = x * 255 / (width > 1 ? width - 1 : 1);
		return level << 16 | level << 8 | level;
	}
	bar = (uint32_t)((uint64_t)x * BARS / width);
	return bars[reversed ? BARS - 1 - bar : bar];
}

/* Paints it, and digests what it has painted. */
static void paint(uint8_t *map, uint32_t pitch, bool reversed, struct picture *picture)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha256;

	sha256_init(&sha256);
	for (uint32_t y = 0; y < picture->height; y++) {
		uint32_t *row = (uint32_t *)(void *)(map + (size_t)y * pitch);

		/* Above the middle, and below it, all rows are alike. */
		if (y == 0 || y == picture->height / 2) {
			for (uint32_t x = 0; x < picture->width; x++)
				row[x] = picture_pixel(
					picture->width, picture->height, reversed, x, y);
		} else {
			memcpy(row, map + (size_t)(y - 1) * pitch, (size_t)picture->width * 4);
		}
		sha256_update(&sha256, (size_t)picture->width * 4, (const uint8_t *)row);
	}
	sha256_digest(&sha256, sizeof(digest), digest);
	base16_encode_update(picture->sha256, sizeof(digest), digest);
	picture->sha256[64] = '\0';
}

int picture_make(int fd, uint32_t width, uint32_t height, bool reversed, struct picture *picture_r)
{
	struct drm_mode_create_dumb create = { .width = width, .height = height, .bpp = 32 };
	struct drm_mode_map_dumb where = { 0 };
	uint8_t *map;

	*picture_r = (struct picture){ .width = width, .height = height };
	if (drmIoctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &create))
		return -errno;
	where.handle = create.handle;
	if (drmModeAddFB(fd, width, height, 24, 32, create.pitch, create.handle,
		    &picture_r->framebuffer) ||
		drmIoctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &where))
		return -errno;
	map = mmap(NULL, create.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)where.offset);
	if (map == MAP_FAILED)
		return -errno;
	paint(map, create.pitch, reversed, picture_r);
	munmap(map, create.size);
	return 0;
}

/* "0x00000123 0x89abcdef ...": a frame's number and its CRCs. Keeps the first of them. */
static bool take_crc(char *line, char crc[static CRC_LINE])
{
	char *state = NULL, *word;

	line[strcspn(line, "\n")] = '\0';
	if (!strtok_r(line, " ", &state))
		return false;
	word = strtok_r(NULL, " ", &state);
	if (!word)
		return false;
	snprintf(crc, CRC_LINE, "%s", word);
	tree_clean(crc);
	return true;
}

/* Returns how many frames had a CRC, or a negative errno; the last one is in `crc`. */
static int read_crcs(unsigned int minor, unsigned int pipe, char crc[static CRC_LINE])
{
	int control = tree_open("", O_WRONLY, CRC "control", minor, pipe);
	int frames = 0, r = 0, fd;

	if (control < 0)
		return control;
	if (write(control, "auto", 4) < 0)
		r = -errno;
	close(control);
	if (r < 0)
		return r;
	fd = tree_open("", O_RDONLY | O_NONBLOCK, CRC "data", minor, pipe);
	if (fd < 0)
		return fd;
	while (r == 0 && frames < CRC_FRAMES) {
		struct pollfd poller = { .fd = fd, .events = POLLIN };
		char line[CRC_LINE];
		ssize_t got;

		if (poll(&poller, 1, CRC_MS) <= 0)
			break;
		/* A read returns one line. */
		got = read(fd, line, sizeof(line) - 1);
		if (got <= 0)
			break;
		line[got] = '\0';
		if (take_crc(line, crc))
			frames++;
	}
	close(fd);
	return frames ? frames : -ETIME;
}

json_t *picture_json(const struct picture *picture, unsigned int minor, unsigned int pipe)
{
	char crc[CRC_LINE] = "";
	int frames = read_crcs(minor, pipe, crc);

	return json_pack("{s:s, s:I, s:I, s:s, s:s?, s:s*}", "observer", "debugfs", "width",
		(json_int_t)picture->width, "height", (json_int_t)picture->height, "sha256",
		picture->sha256, "crc", frames > 0 ? crc : NULL, "error",
		frames > 0 ? NULL : strerror(-frames));
}
