/* The GPU's own screen: a mode, a picture, page flips, and what of them arrives where. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "guests/agent/display.h"
#include "guests/agent/igd.h"
#include "guests/agent/igd_interrupts.h"
#include "guests/agent/igd_picture.h"
#include "src/clock.h"

#define FLIPS   30
#define FLIP_MS 2000 /* for one; a slow screen has a frame in 50 ms */

/* For a counter of frames to go on where no flip does: six frames of a slow screen. */
#define PAUSE_US 300000

struct screen {
	const struct igd_card *card;
	uint32_t connector, crtc;
	unsigned int pipe; /* index of the CRTC, as in debugfs' crtc-N */
	char name[64];     /* of the connector */
	drmModeModeInfo mode;
	const char *set_by; /* "kernel", "agent"; NULL: nobody */
	struct picture shown, other;
};

/* A CRTC that can drive the connector: the one that does, or the first that could. */
static bool find_crtc(int fd, const drmModeRes *resources, const drmModeConnector *connector,
	struct screen *screen)
{
	for (int i = -1; i < connector->count_encoders; i++) {
		uint32_t id = i < 0 ? connector->encoder_id : connector->encoders[i];
		drmModeEncoderPtr encoder = id ? drmModeGetEncoder(fd, id) : NULL;

		for (int pipe = 0; encoder && !screen->crtc && pipe < resources->count_crtcs;
			pipe++) {
			bool drives = encoder->crtc_id == resources->crtcs[pipe];

			if (i < 0 ? drives : (encoder->possible_crtcs >> pipe & 1)) {
				screen->crtc = resources->crtcs[pipe];
				screen->pipe = (unsigned int)pipe;
			}
		}
		drmModeFreeEncoder(encoder);
	}
	return screen->crtc != 0;
}

/* The mode that is set, or else the preferred one, or the first. */
static bool find_mode(int fd, const drmModeConnector *connector, struct screen *screen)
{
	drmModeCrtcPtr crtc = drmModeGetCrtc(fd, screen->crtc);
	const drmModeModeInfo *wanted = NULL;

	if (connector->encoder_id && crtc && crtc->mode_valid) {
		screen->mode = crtc->mode;
		screen->set_by = "kernel";
	}
	drmModeFreeCrtc(crtc);
	if (screen->set_by)
		return true;
	for (int i = 0; i < connector->count_modes; i++) {
		if (!wanted || (connector->modes[i].type & DRM_MODE_TYPE_PREFERRED &&
				       !(wanted->type & DRM_MODE_TYPE_PREFERRED)))
			wanted = &connector->modes[i];
	}
	if (wanted)
		screen->mode = *wanted;
	return wanted != NULL;
}

/* The first connected connector. Returns NULL, or why there is nothing to show a picture on. */
static const char *find_screen(struct screen *screen)
{
	int fd = screen->card->fd;
	drmModeResPtr resources = drmModeGetResources(fd);
	const char *trouble = "no connector is connected";

	if (!resources)
		return "the driver has no mode setting";
	for (int i = 0; i < resources->count_connectors && !screen->connector; i++) {
		drmModeConnectorPtr connector = drmModeGetConnector(fd, resources->connectors[i]);

		if (connector && connector->connection == DRM_MODE_CONNECTED) {
			screen->connector = connector->connector_id;
			display_connector_name(connector->connector_type,
				connector->connector_type_id, screen->name, sizeof(screen->name));
			trouble = !find_crtc(fd, resources, connector, screen)
					  ? "no CRTC can drive the connector"
				  : !find_mode(fd, connector, screen) ? "the connector has no mode"
								      : NULL;
		}
		drmModeFreeConnector(connector);
	}
	drmModeFreeResources(resources);
	return trouble;
}

/* Shows the picture, with the mode. Returns NULL, or what failed. */
static const char *light(struct screen *screen)
{
	int fd = screen->card->fd;

	if (drmSetMaster(fd) && errno != EINVAL)
		return "a different process is DRM master of the card";
	if (picture_make(fd, screen->mode.hdisplay, screen->mode.vdisplay, false, &screen->shown) ||
		picture_make(
			fd, screen->mode.hdisplay, screen->mode.vdisplay, true, &screen->other))
		return "no memory for a picture";
	if (drmModeSetCrtc(fd, screen->crtc, screen->shown.framebuffer, 0, 0, &screen->connector, 1,
		    &screen->mode))
		return "the mode cannot be set";
	if (!screen->set_by)
		screen->set_by = "agent";
	return NULL;
}

static void on_flip(int fd, unsigned int sequence, unsigned int sec, unsigned int usec, void *data)
{
	(void)fd, (void)sequence, (void)sec, (void)usec;
	*(bool *)data = true;
}

/* Flips once and waits for it. Returns 0 or a negative errno. */
static int flip_once(int fd, uint32_t crtc, uint32_t framebuffer)
{
	drmEventContext events = { .version = 2, .page_flip_handler = on_flip };
	bool flipped = false;
	long long until = clock_ms(CLOCK_MONOTONIC) + FLIP_MS;

	if (drmModePageFlip(fd, crtc, framebuffer, DRM_MODE_PAGE_FLIP_EVENT, &flipped))
		return -errno;
	while (!flipped) {
		struct pollfd poller = { .fd = fd, .events = POLLIN };
		long long left = until - clock_ms(CLOCK_MONOTONIC);

		if (left <= 0)
			return -ETIME;
		if (poll(&poller, 1, (int)left) > 0)
			drmHandleEvent(fd, &events);
	}
	return 0;
}

/* The CRTC's counter of frames. 0 or a negative errno. */
static int count_frames(const struct screen *screen, uint64_t *count_r)
{
	return drmCrtcGetSequence(screen->card->fd, screen->crtc, count_r, NULL) ? -errno : 0;
}

/* An even number of flips, so that the picture to be shown is the last. */
static json_t *flip(const struct screen *screen)
{
	uint64_t before = 0, after = 0;
	long long begin, took;
	int done = 0, counted, r = 0;
	json_t *frames;

	counted = count_frames(screen, &before);
	begin = clock_ms(CLOCK_MONOTONIC);
	while (r == 0 && done < FLIPS) {
		r = flip_once(screen->card->fd, screen->crtc,
			done % 2 ? screen->shown.framebuffer : screen->other.framebuffer);
		done += r == 0;
	}
	took = clock_ms(CLOCK_MONOTONIC) - begin;
	if (r < 0)
		usleep(PAUSE_US);
	if (counted == 0)
		counted = count_frames(screen, &after);
	frames = json_pack("{s:s, s:i, s:i, s:I}", "observer", "kms", "wanted", FLIPS, "flips",
		done, "took_ms", (json_int_t)took);
	if (!frames)
		return NULL;
	json_object_set_new(frames, "vblanks",
		counted < 0 ? json_null() : json_integer((json_int_t)(after - before)));
	if (r < 0 || counted < 0)
		json_object_set_new(frames, "error", json_string(strerror(r < 0 ? -r : -counted)));
	return frames;
}

static json_t *mode_json(const drmModeModeInfo *mode)
{
	struct drm_mode_modeinfo copy = { .clock = mode->clock,
		.hdisplay = mode->hdisplay,
		.vdisplay = mode->vdisplay,
		.htotal = mode->htotal,
		.vtotal = mode->vtotal,
		.vscan = mode->vscan,
		.flags = mode->flags,
		.type = mode->type };

	memcpy(copy.name, mode->name, sizeof(copy.name));
	return display_mode_json(&copy);
}

static json_t *mode_part(const struct screen *screen, const char *trouble)
{
	json_t *part = json_pack("{s:s, s:s?, s:s?}", "observer", "kms", "set_by", screen->set_by,
		"connector", screen->connector ? screen->name : NULL);

	if (part)
		json_object_set_new(
			part, "mode", screen->set_by ? mode_json(&screen->mode) : json_null());
	if (part && trouble)
		json_object_set_new(part, "error", json_string(trouble));
	return part;
}

void igd_tell_screen(const struct igd_card *card)
{
	struct screen screen = { .card = card };
	const char *trouble = find_screen(&screen);
	struct interrupts before, after;
	json_t *frames;

	if (!trouble)
		trouble = light(&screen);
	igd_tell("mode", mode_part(&screen, trouble));
	if (trouble) {
		igd_tell("frames", json_null());
		interrupts_read("", card->where, &before);
		igd_tell("interrupts", interrupts_json(&before, &before));
		igd_tell("picture", json_null());
		return;
	}
	interrupts_read("", card->where, &before);
	frames = flip(&screen);
	interrupts_read("", card->where, &after);
	igd_tell("frames", frames);
	igd_tell("interrupts", interrupts_json(&before, &after));
	igd_tell("picture", picture_json(&screen.shown, card->minor, screen.pipe));
}
