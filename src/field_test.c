#include <errno.h>
#include <string.h>

#include "src/field.h"
#include "src/suite.h"

/*
 * Two guests, cut down to what fields speak of. Ids, slots, modes and EDID sizes are those of
 * bookworm's xenfv and pc guests as measured with other programs (lspci and a shell script).
 */
#define FUNCTION(address, vendor, device, class)                                                   \
	"{\"address\": \"" address "\", \"vendor\": \"" vendor "\", \"device\": \"" device         \
	"\", \"class\": \"" class                                                                  \
		"\", \"revision\": \"0x01\", \"header_type\": \"0x00\","                           \
		" \"subsystem_vendor\": \"0x5853\", \"subsystem\": \"0x0001\", \"driver\": null"

static const char xenfv[] =
	"{\"format\": \"igd-harness report\", \"version\": 1,"
	" \"agent\": {\"version\": \"0\", \"request\": 1, \"uptime_ms\": 1, \"collect_ms\": 1},"
	" \"kernel\": {\"release\": \"6.1.0\", \"version\": \"#1\", \"cmdline\": \"\"},"
	" \"hypervisor\": {\"type\": \"xen\"},"
	" \"pci\": {\"slot2\": \"0000:00:02.0\", \"lpc\": null, \"functions\": [" FUNCTION(
		"0000:00:00.0", "0x8086", "0x1237",
		"0x060000") ", \"registers\": {\"0x50\": \"0x00000000\"}}," FUNCTION("0000:00:02.0",
		"0x5853", "0x0001",
		"0xff8000") "}]},"
			    " \"display\": {\"cards\": [{\"name\": \"card0\", \"observer\": \"kms\","
			    "  \"driver\": \"bochs-drm\", \"pci\": \"0000:00:03.0\", \"connectors\": ["
			    "  {\"name\": \"Virtual-1\", \"observer\": \"kms\", \"status\": \"connected\","
			    "   \"edid\": null, \"modes\": [], \"framebuffer\": null,"
			    "   \"crtc\": {\"observer\": \"kms\", \"id\": 1, \"mode\": {\"name\": \"1024x768\","
			    "    \"width\": 1024, \"height\": 768, \"refresh_mhz\": 60000}}}]}],"
			    "  \"framebuffers\": [{\"name\": \"fb0\", \"observer\": \"fbdev\", \"driver\": \"x\","
			    "   \"width\": 1024, \"height\": 768, \"bits_per_pixel\": 32}]}}";

/* The field as compact JSON in `text`, or "-NAME" of the error. */
static const char *ask(const char *json, const char *name)
{
	static char text[256];
	json_error_t error;
	json_t *report = json_loads(json, 0, &error), *value = NULL;
	char *dumped;
	int r;

	CU_ASSERT_PTR_NOT_NULL_FATAL(report);
	r = field_get(report, name, &value, NULL);
	strcpy(text, r == -ENODATA ? "-ENODATA" : r == -EINVAL ? "-EINVAL" : "-?");
	if (r == 0) {
		dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		strncpy(text, dumped, sizeof(text) - 1);
		free(dumped);
	}
	json_decref(value);
	json_decref(report);
	return text;
}

static void slots_say_who_sits_there(void)
{
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "slot/02"), "\"5853:0001\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "slot/02/class"), "\"0xff8000\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "slot/02/subsystem"), "\"5853:0001\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "slot/02/driver"), "null");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "slot/05"), "null");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "slot/05/class"), "null");
}

static void registers_are_read_where_the_agent_read_them(void)
{
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "host_bridge/0x50"), "\"0x00000000\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "host_bridge/0xa4"), "-ENODATA");
}

static void the_igd_is_found_wherever_it_sits(void)
{
	/* As the lab's Coffee Lake phantom was seen by a guest under xenfv (a run of that day). */
	static const char igd[] = "{\"pci\": {\"functions\": [" FUNCTION("0000:00:02.0", "0x5853",
		"0x0001", "0xff8000") "}," FUNCTION("0000:00:03.0", "0x8086", "0x3e92",
		"0x030000") ", \"registers\": {\"0x50\": \"0x000001c1\", \"0xfc\": \"0xfdffc018\"},"
			    " \"opregion\": {\"signature\": \"IntelGraphicsMem\", \"version\": \"2.1\"}}]}}";

	CU_ASSERT_STRING_EQUAL(ask(igd, "igd/address"), "\"0000:00:03.0\"");
	CU_ASSERT_STRING_EQUAL(ask(igd, "igd/device"), "\"0x3e92\"");
	CU_ASSERT_STRING_EQUAL(ask(igd, "igd/0x50"), "\"0x000001c1\"");
	CU_ASSERT_STRING_EQUAL(ask(igd, "igd/0xc0"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(igd, "igd/opregion/signature"), "\"IntelGraphicsMem\"");
	CU_ASSERT_STRING_EQUAL(ask(igd, "igd/opregion/version"), "\"2.1\"");
	/* An Intel host bridge is no IGD. */
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "igd/address"), "null");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "igd/opregion/signature"), "null");
	CU_ASSERT_STRING_EQUAL(ask("{\"display\": {}}", "igd/address"), "-ENODATA");
	CU_ASSERT_EQUAL(field_check("igd/opregion", NULL), -EINVAL);
}

static void the_display_is_the_first_connected_connector(void)
{
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "display/mode"), "\"1024x768\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "display/driver"), "\"bochs-drm\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "display/connector"), "\"Virtual-1\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "display/edid_bytes"), "0");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "display/edid_vendor"), "null");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "display/preferred"), "null");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "display/framebuffer"), "\"1024x768\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "kernel/release"), "\"6.1.0\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "hypervisor/type"), "\"xen\"");
}

static void the_desktop_is_what_the_server_says(void)
{
	/* Sizes as the RFC's author saw them of a display manager; all else is made. */
	static const char lightdm[] =
		"{\"desktop\": {\"manager\": {\"unit\": \"lightdm.service\", \"state\": \"active\"},"
		" \"session\": {\"uid\": 100, \"class\": \"greeter\", \"type\": \"x11\"},"
		" \"server\": {\"observer\": \"x11\", \"outputs\": [{\"width\": 1024, \"height\": 768}]},"
		" \"settled\": true}}";
	static const char nothing[] =
		"{\"desktop\": {\"manager\": null, \"session\": null, \"server\": null, \"settled\": false}}";
	static const char dark[] =
		"{\"desktop\": {\"server\": {\"observer\": \"wayland\", \"outputs\": []}}}";

	CU_ASSERT_STRING_EQUAL(ask(lightdm, "desktop/manager"), "\"lightdm.service\"");
	CU_ASSERT_STRING_EQUAL(ask(lightdm, "desktop/state"), "\"active\"");
	CU_ASSERT_STRING_EQUAL(ask(lightdm, "desktop/session"), "\"greeter\"");
	CU_ASSERT_STRING_EQUAL(ask(lightdm, "desktop/server"), "\"x11\"");
	CU_ASSERT_STRING_EQUAL(ask(lightdm, "desktop/mode"), "\"1024x768\"");
	CU_ASSERT_STRING_EQUAL(ask(lightdm, "desktop/settled"), "true");
	CU_ASSERT_STRING_EQUAL(ask(nothing, "desktop/manager"), "null");
	CU_ASSERT_STRING_EQUAL(ask(nothing, "desktop/session"), "null");
	CU_ASSERT_STRING_EQUAL(ask(nothing, "desktop/server"), "null");
	CU_ASSERT_STRING_EQUAL(ask(nothing, "desktop/mode"), "null");
	CU_ASSERT_STRING_EQUAL(ask(nothing, "desktop/settled"), "false");
	CU_ASSERT_STRING_EQUAL(ask(dark, "desktop/server"), "\"wayland\"");
	CU_ASSERT_STRING_EQUAL(ask(dark, "desktop/mode"), "null");
	CU_ASSERT_STRING_EQUAL(ask(dark, "desktop/manager"), "-ENODATA");
	/* The other guests' agents do not look. */
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "desktop/mode"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "desktop/manager"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "desktop/settled"), "-ENODATA");
}

static void not_looked_for_is_not_nothing(void)
{
	static const char bare[] = "{\"format\": \"igd-harness report\", \"version\": 1}";
	static const char none[] = "{\"display\": {\"cards\": [], \"framebuffers\": []}}";

	CU_ASSERT_STRING_EQUAL(ask(bare, "slot/02"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(bare, "display/mode"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(bare, "display/framebuffer"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(none, "display/mode"), "null");
	CU_ASSERT_STRING_EQUAL(ask(none, "display/framebuffer"), "null");
}

static void unknown_names_are_refused(void)
{
	static const char *const wrong[] = { "", "slot", "slot/", "slot/2", "slot/20", "slot/zz",
		"slot/02/", "slot/02/colour", "slot/02x", "slot/-1", "slot/+1", "slot/ 1",
		"host_bridge/0x51", "display", "display/mode2", "Display/mode", NULL };
	struct problem why = { 0 };

	for (int i = 0; wrong[i]; i++) {
		CU_ASSERT_EQUAL(field_check(wrong[i], NULL), -EINVAL);
		CU_ASSERT_STRING_EQUAL(ask(xenfv, wrong[i]), "-EINVAL");
	}
	CU_ASSERT_EQUAL(field_check("slot/1f/driver", &why), 0);
	CU_ASSERT_EQUAL(field_check("colour", &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "plan --fields"));
}

static CU_TestInfo tests[] = {
	{ "slots say who sits there", slots_say_who_sits_there },
	{ "registers are read where the agent read them",
		registers_are_read_where_the_agent_read_them },
	{ "the igd is found wherever it sits", the_igd_is_found_wherever_it_sits },
	{ "the display is the first connected connector",
		the_display_is_the_first_connected_connector },
	{ "the desktop is what the server says", the_desktop_is_what_the_server_says },
	{ "not looked for is not nothing", not_looked_for_is_not_nothing },
	{ "unknown names are refused", unknown_names_are_refused },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("field", tests);
}
