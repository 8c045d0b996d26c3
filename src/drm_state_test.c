/*
 * The atomic state, as Linux 6.1.192 and 6.12.117 wrote it for the virtual GPU with a monitor of
 * 1920x1080 at HDMI (src/corpus/drm_state): the numbers are those of the text.
 */
#include "src/drm_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

static struct drm_state state;

static void read_file(const char *name)
{
	const char *root = getenv("SOURCE_ROOT");
	char path[512];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/src/corpus/drm_state/%s", root ? root : ".", name);
	stream = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	drm_state_read(stream, &state);
	fclose(stream);
}

static void read_text(const char *text)
{
	FILE *stream = fmemopen((void *)text, strlen(text), "r");

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	drm_state_read(stream, &state);
	fclose(stream);
}

static void test_recorded(void)
{
	static const struct {
		const char *file;
		unsigned int connector, crtc;
	} files[] = { { "linux-6.1", 95, 51 }, { "linux-6.12", 99, 53 } };

	for (size_t i = 0; i < 2; i++) {
		const struct drm_state_connector *connector;
		const struct drm_state_crtc *crtc;

		read_file(files[i].file);
		CU_ASSERT_EQUAL(state.crtc_count, 3);
		CU_ASSERT_EQUAL(state.connector_count, 1);
		connector = drm_state_connector(&state, "HDMI-A-1");
		CU_ASSERT_PTR_NOT_NULL_FATAL(connector);
		CU_ASSERT_EQUAL(connector->id, files[i].connector);
		CU_ASSERT_STRING_EQUAL(connector->crtc, "pipe A");
		crtc = drm_state_crtc_of(&state, connector);
		CU_ASSERT_PTR_NOT_NULL_FATAL(crtc);
		CU_ASSERT_EQUAL(crtc->id, files[i].crtc);
		CU_ASSERT(crtc->enabled);
		CU_ASSERT_STRING_EQUAL(crtc->mode.name, "1920x1080");
		CU_ASSERT_EQUAL(crtc->mode.width, 1920);
		CU_ASSERT_EQUAL(crtc->mode.height, 1080);
		CU_ASSERT_EQUAL(crtc->mode.clock_khz, 138500);
		CU_ASSERT_EQUAL(crtc->mode.htotal, 2080);
		CU_ASSERT_EQUAL(crtc->mode.vtotal, 1111);
		CU_ASSERT(crtc->mode.type & MODE_TYPE_PREFERRED);
		CU_ASSERT_FALSE(state.crtcs[1].enabled);
		CU_ASSERT_EQUAL(state.crtcs[1].mode.width, 0);
		CU_ASSERT_PTR_NULL(drm_state_connector(&state, "DP-1"));
	}
}

static void test_off(void)
{
	read_text("crtc[5]: (null)\n\tenable=1\nconnector[7]: DP-1\n\tcrtc=(null)\n");
	CU_ASSERT_EQUAL_FATAL(state.connector_count, 1);
	/* A CRTC of that name is none that the connector is on. */
	CU_ASSERT_PTR_NULL(drm_state_crtc_of(&state, &state.connectors[0]));
}

static void test_hostile(void)
{
	static char many[200 * 32];

	read_text("\tcrtc=pipe A\n\tenable=1\n\tmode: \"x\": 1 1 1 1 1 1 1 1 1 1 0x0 0x0\n"
		  "connector[99999999999999]: A\nconnector[x]: B\nconnector[1]:\n]]\n");
	CU_ASSERT_EQUAL(state.crtc_count, 0);
	CU_ASSERT(state.connector_count <= 1);
	/* A mode wider than the kernel's 16 bits, one with too few numbers, one without its end. */
	read_text("crtc[1]: a\n\tmode: \"w\": 60 1 65536 1 1 1 1 1 1 1 0x0 0x0\n"
		  "crtc[2]: b\n\tmode: \"w\": 60 1 640 1 1\ncrtc[3]: c\n\tmode: \"w\n");
	CU_ASSERT_EQUAL_FATAL(state.crtc_count, 3);
	for (size_t i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(state.crtcs[i].mode.width, 0);
		CU_ASSERT_STRING_EQUAL(state.crtcs[i].mode.name, "");
	}
	for (size_t i = 0; i < 200; i++)
		strcat(many, i % 2 ? "connector[1]: C\n" : "crtc[1]: D\n");
	read_text(many);
	CU_ASSERT_EQUAL(state.crtc_count, DRM_STATE_CRTCS_MAX);
	CU_ASSERT_EQUAL(state.connector_count, DRM_STATE_CONNECTORS_MAX);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "what Linux 6.1 and 6.12 write", test_recorded },
		{ "a connector without a CRTC", test_off },
		{ "what no kernel writes", test_hostile },
		CU_TEST_INFO_NULL,
	};

	return suite_main("drm_state", tests);
}
