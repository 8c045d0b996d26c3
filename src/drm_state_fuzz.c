/* drm_state_read(), fed with anything. */
#include <stdlib.h>
#include <string.h>

#include "src/drm_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *stream = size > 0 ? fmemopen((void *)data, size, "r") : NULL;
	struct drm_state state;

	if (!stream)
		return 0;
	drm_state_read(stream, &state);
	fclose(stream);
	/* What the header promises: texts that end, and a mode within 16 bits. */
	for (size_t i = 0; i < state.connector_count; i++) {
		if (strnlen(state.connectors[i].crtc, DRM_STATE_NAME_MAX) == DRM_STATE_NAME_MAX ||
			!drm_state_connector(&state, state.connectors[i].name))
			abort();
		drm_state_crtc_of(&state, &state.connectors[i]);
	}
	for (size_t i = 0; i < state.crtc_count; i++) {
		if (strnlen(state.crtcs[i].name, DRM_STATE_NAME_MAX) == DRM_STATE_NAME_MAX ||
			state.crtcs[i].mode.width > UINT16_MAX ||
			state.crtcs[i].mode.height > UINT16_MAX)
			abort();
	}
	return 0;
}
