/*
 * The guest of ci/gpu/try: the only process of a Debian kernel that has the virtual GPU. It loads
 * the driver, sets the mode of the first connected connector, paints, flips, and says what it did,
 * a line each: "KMS key: value". Then it stays, so that what it shows can be looked at from
 * outside.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>
#include <zlib.h>

#include "guests/agent/init.h"

#define CARDS_MAX       8
#define WIDTH_MAX       8192
#define CONNECTORS_TEXT 512
#define WAIT_CARD_S     30
#define FLIPS           30
#define FLIP_LIMIT_MS   5000
#define STAY_S          600
#define KMSG_RECORD     8192
#define LEVEL_WARNING   4

struct buffer {
	uint32_t id, pitch;
	uint64_t size;
	uint32_t *pixels;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What the kernel complained of, so that a fault can be told by the driver's own words. */
static void say_complaints(void)
{
	static char record[KMSG_RECORD];
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n;

	while (fd >= 0 && ((n = read(fd, record, sizeof(record) - 1)) > 0 || errno == EPIPE)) {
		char *text;

		if (n <= 0)
			continue;
		record[n] = '\0';
		text = strchr(record, ';');
		if (!text || (strtoul(record, NULL, 10) & 7) > LEVEL_WARNING)
			continue;
		text[1 + strcspn(text + 1, "\n")] = '\0';
		if (strstr(text, "i915") || strstr(text, "drm"))
			printf("KMS complaint: %s\n", text + 1);
	}
	if (fd >= 0)
		close(fd);
}

static int open_card(void)
{
	for (int tries = 0; tries < WAIT_CARD_S * 10; tries++) {
		for (int i = 0; i < CARDS_MAX; i++) {
			char path[32];
			int fd;

			snprintf(path, sizeof(path), "/dev/dri/card%d", i);
			fd = open(path, O_RDWR | O_CLOEXEC);
			if (fd >= 0)
				return fd;
		}
		usleep(100000);
	}
	return -ENODEV;
}

static void say_driver(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);

	if (version)
		printf("KMS driver: %.*s\n", version->name_len, version->name);
	drmFreeVersion(version);
}

static uint32_t edid_size(int fd, const drmModeConnector *connector)
{
	uint32_t size = 0;

	for (int i = 0; i < connector->count_props; i++) {
		drmModePropertyPtr property = drmModeGetProperty(fd, connector->props[i]);

		if (property && strcmp(property->name, "EDID") == 0) {
			drmModePropertyBlobPtr blob =
				drmModeGetPropertyBlob(fd, (uint32_t)connector->prop_values[i]);

			size = blob ? blob->length : 0;
			drmModeFreePropertyBlob(blob);
		}
		drmModeFreeProperty(property);
	}
	return size;
}

static const drmModeModeInfo *preferred(const drmModeConnector *connector)
{
	for (int i = 0; i < connector->count_modes; i++) {
		if (connector->modes[i].type & DRM_MODE_TYPE_PREFERRED)
			return &connector->modes[i];
	}
	return connector->count_modes > 0 ? &connector->modes[0] : NULL;
}

/* Says all connectors. Returns the first that has a monitor and a mode, or NULL. */
static drmModeConnector *find_connector(int fd, const drmModeRes *resources)
{
	drmModeConnector *found = NULL;

	for (int i = 0; i < resources->count_connectors; i++) {
		drmModeConnector *connector = drmModeGetConnector(fd, resources->connectors[i]);
		const drmModeModeInfo *mode;

		if (!connector)
			continue;
		mode = preferred(connector);
		printf("KMS connector: %s-%u %s, EDID %u bytes, %s\n",
			drmModeGetConnectorTypeName(connector->connector_type),
			connector->connector_type_id,
			connector->connection == DRM_MODE_CONNECTED ? "connected" : "disconnected",
			edid_size(fd, connector), mode ? mode->name : "no mode");
		if (!found && connector->connection == DRM_MODE_CONNECTED && mode)
			found = connector;
		else
			drmModeFreeConnector(connector);
	}
	return found;
}

static uint32_t find_crtc(int fd, const drmModeRes *resources, const drmModeConnector *connector)
{
	for (int i = 0; i < connector->count_encoders; i++) {
		drmModeEncoder *encoder = drmModeGetEncoder(fd, connector->encoders[i]);
		uint32_t possible = encoder ? encoder->possible_crtcs : 0;

		drmModeFreeEncoder(encoder);
		for (int k = 0; k < resources->count_crtcs; k++) {
			if (possible & 1u << k)
				return resources->crtcs[k];
		}
	}
	return 0;
}

static int make_buffer(int fd, uint32_t width, uint32_t height, struct buffer *buffer)
{
	uint32_t handle;
	uint64_t offset;
	void *map;

	if (width > WIDTH_MAX)
		return -ERANGE;
	if (drmModeCreateDumbBuffer(
		    fd, width, height, 32, 0, &handle, &buffer->pitch, &buffer->size) ||
		drmModeAddFB(fd, width, height, 24, 32, buffer->pitch, handle, &buffer->id) ||
		drmModeMapDumbBuffer(fd, handle, &offset))
		return -errno;
	map = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
	if (map == MAP_FAILED)
		return -errno;
	buffer->pixels = map;
	return 0;
}

/* Two pictures that differ in every pixel, and whose lines and columns all differ. */
static uint32_t colour(uint32_t x, uint32_t y, uint32_t width, uint32_t height, bool second)
{
	uint32_t red = x * 255 / width, green = y * 255 / height;
	uint32_t blue = (x / 64 + y / 64) % 2 ? 255 : 16;

	return (red << 16 | green << 8 | blue) ^ (second ? 0xffffff : 0);
}

/* Returns the CRC-32 of what was painted, as bytes of red, green and blue. */
static uint32_t paint(const struct buffer *buffer, uint32_t width, uint32_t height, bool second)
{
	static uint8_t rgb[WIDTH_MAX * 3];
	uLong crc = crc32(0, NULL, 0);

	for (uint32_t y = 0; y < height; y++) {
		uint32_t *line = buffer->pixels + (size_t)y * buffer->pitch / 4;

		for (uint32_t x = 0; x < width; x++) {
			uint32_t pixel = colour(x, y, width, height, second);

			line[x] = pixel;
			rgb[3 * x] = (uint8_t)(pixel >> 16);
			rgb[3 * x + 1] = (uint8_t)(pixel >> 8);
			rgb[3 * x + 2] = (uint8_t)pixel;
		}
		crc = crc32(crc, rgb, width * 3);
	}
	return (uint32_t)crc;
}

static void flipped(int fd, unsigned int frame, unsigned int sec, unsigned int usec, void *data)
{
	(*(int *)data)++;
}

/* Flips between the two, and ends with the first. Returns how many were done. */
static int flip(int fd, uint32_t crtc, const struct buffer buffers[2])
{
	drmEventContext events = { .version = 2, .page_flip_handler = flipped };
	int done = 0;

	for (int i = 0; i < FLIPS; i++) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };

		if (drmModePageFlip(
			    fd, crtc, buffers[(i + 1) % 2].id, DRM_MODE_PAGE_FLIP_EVENT, &done)) {
			printf("KMS trouble: a flip: %s\n", strerror(errno));
			break;
		}
		if (poll(&wait, 1, FLIP_LIMIT_MS) <= 0) {
			printf("KMS trouble: no event of a flip in %d ms\n", FLIP_LIMIT_MS);
			break;
		}
		drmHandleEvent(fd, &events);
	}
	return done;
}

static void light(int fd, const drmModeRes *resources, drmModeConnector *connector)
{
	drmModeModeInfo mode = *preferred(connector);
	uint32_t crtc = find_crtc(fd, resources, connector), crc[2];
	struct buffer buffers[2];
	double began;
	int done;

	for (int i = 0; i < 2; i++) {
		int r = make_buffer(fd, mode.hdisplay, mode.vdisplay, &buffers[i]);

		if (r < 0) {
			printf("KMS trouble: a buffer: %s\n", strerror(-r));
			return;
		}
		crc[i] = paint(&buffers[i], mode.hdisplay, mode.vdisplay, i);
	}
	began = now();
	if (drmModeSetCrtc(fd, crtc, buffers[0].id, 0, 0, &connector->connector_id, 1, &mode)) {
		printf("KMS trouble: the mode %s: %s\n", mode.name, strerror(errno));
		return;
	}
	printf("KMS mode: %ux%u, set in %.2f s\n", mode.hdisplay, mode.vdisplay, now() - began);
	began = now();
	done = flip(fd, crtc, buffers);
	printf("KMS flips: %d of %d in %.2f s\n", done, FLIPS, now() - began);
	/* FLIPS is even: the first picture is on the screen again, if all went well. */
	printf("KMS painted: 0x%08x\n", crc[done % 2]);
}

static void look(int fd)
{
	drmModeRes *resources = drmModeGetResources(fd);
	drmModeConnector *connector;

	if (!resources) {
		printf("KMS trouble: the card has no display: %s\n", strerror(errno));
		return;
	}
	connector = find_connector(fd, resources);
	if (connector)
		light(fd, resources, connector);
	else
		puts("KMS trouble: nothing is connected");
}

/* Says what the driver knows of its connectors, whenever that changes: without a probe, by hotplug
 * alone. */
static void watch_connectors(void)
{
	static char last[CONNECTORS_TEXT];
	char now_known[CONNECTORS_TEXT] = "";
	glob_t found;
	size_t used = 0;

	if (glob("/sys/class/drm/card*-*/status", 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc && used < sizeof(now_known) - 1; i++) {
		const char *name = strchr(found.gl_pathv[i], '-') + 1;
		char status[32] = "";
		int fd = open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? -1 : read(fd, status, sizeof(status) - 1);

		if (n > 0)
			used += (size_t)snprintf(now_known + used, sizeof(now_known) - used,
				"%s%.*s %.*s", used ? ", " : "", (int)strcspn(name, "/"), name,
				(int)strcspn(status, "\n"), status);
		if (fd >= 0)
			close(fd);
	}
	globfree(&found);
	if (strcmp(last, now_known) != 0)
		printf("KMS now: %s\n", now_known);
	memcpy(last, now_known, sizeof(last));
}

int main(void)
{
	double began = now();
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (init_is_init()) {
		init_mount();
		json_decref(init_load_modules());
		json_decref(init_load_list("lib/modules/igd-order"));
	}
	printf("KMS loaded: %.2f s\n", now() - began);
	fd = open_card();
	if (fd < 0)
		printf("KMS trouble: no card in %d s\n", WAIT_CARD_S);
	else
		say_driver(fd);
	if (fd >= 0)
		look(fd);
	say_complaints();
	watch_connectors();
	puts("KMS end");
	for (int i = 0; i < STAY_S; i++) {
		sleep(1);
		watch_connectors();
	}
	if (init_is_init())
		init_power_off();
	return 0;
}
