#include "src/drm_state.h"

#include <string.h>

#define LINE_SIZE 512
/* Far more than a card with all its planes has. */
#define LINES_MAX 20000

/* Where the lines that follow belong to; NULL: to an object that is not looked at. */
struct reading {
	struct drm_state *state;
	struct drm_state_crtc *crtc;
	struct drm_state_connector *connector;
};

/* "crtc[51]: pipe A", "connector[95]: HDMI-A-1", "plane[31]: plane 1A". */
static void begin_object(struct reading *reading, const char *line)
{
	struct drm_state *state = reading->state;
	char kind[16], name[DRM_STATE_NAME_MAX];
	unsigned int id;

	reading->crtc = NULL;
	reading->connector = NULL;
	if (sscanf(line, "%15[a-z][%10u]: %31[^\n]", kind, &id, name) != 3)
		return;
	if (strcmp(kind, "crtc") == 0 && state->crtc_count < DRM_STATE_CRTCS_MAX) {
		reading->crtc = &state->crtcs[state->crtc_count++];
		reading->crtc->id = id;
		strcpy(reading->crtc->name, name);
	} else if (strcmp(kind, "connector") == 0 &&
		   state->connector_count < DRM_STATE_CONNECTORS_MAX) {
		reading->connector = &state->connectors[state->connector_count++];
		reading->connector->id = id;
		strcpy(reading->connector->name, name);
	}
}

/*
 * DRM_MODE_FMT: name, refresh, clock, hdisplay, hsync_start, hsync_end, htotal, vdisplay,
 * vsync_start, vsync_end, vtotal, type, flags (Linux' include/drm/drm_modes.h); sizes have 16 bits.
 * A name may be empty, which no scanset of scanf() takes.
 */
static void read_mode(const char *text, struct mode *mode)
{
	const char *end = text[0] == '"' ? strchr(text + 1, '"') : NULL;
	size_t length = end ? (size_t)(end - text - 1) : 0;

	if (!end || length >= sizeof(mode->name))
		return;
	if (sscanf(end, "\": %*9u %9u %9u %*9u %*9u %9u %9u %*9u %*9u %9u %8x %8x",
		    &mode->clock_khz, &mode->width, &mode->htotal, &mode->height, &mode->vtotal,
		    &mode->type, &mode->flags) != 7 ||
		mode->width > UINT16_MAX || mode->height > UINT16_MAX) {
		*mode = (struct mode){ 0 };
		return;
	}
	memcpy(mode->name, text + 1, length);
}

static void read_member(struct reading *reading, const char *line)
{
	static const char mode[] = "\tmode: ";

	if (reading->connector && sscanf(line, "\tcrtc=%31[^\n]", reading->connector->crtc) == 1) {
		if (strcmp(reading->connector->crtc, "(null)") == 0)
			reading->connector->crtc[0] = '\0';
	} else if (reading->crtc && strcmp(line, "\tenable=1\n") == 0) {
		reading->crtc->enabled = true;
	} else if (reading->crtc && strncmp(line, mode, strlen(mode)) == 0) {
		read_mode(line + strlen(mode), &reading->crtc->mode);
	}
}

void drm_state_read(FILE *stream, struct drm_state *state_r)
{
	struct reading reading = { .state = state_r };
	char line[LINE_SIZE];

	*state_r = (struct drm_state){ 0 };
	for (int i = 0; i < LINES_MAX && fgets(line, sizeof(line), stream); i++) {
		if (line[0] == '\t')
			read_member(&reading, line);
		else
			begin_object(&reading, line);
	}
}

const struct drm_state_connector *drm_state_connector(
	const struct drm_state *state, const char *name)
{
	for (size_t i = 0; i < state->connector_count; i++)
		if (strcmp(state->connectors[i].name, name) == 0)
			return &state->connectors[i];
	return NULL;
}

const struct drm_state_crtc *drm_state_crtc_of(
	const struct drm_state *state, const struct drm_state_connector *connector)
{
	for (size_t i = 0; connector->crtc[0] && i < state->crtc_count; i++)
		if (strcmp(state->crtcs[i].name, connector->crtc) == 0)
			return &state->crtcs[i];
	return NULL;
}
