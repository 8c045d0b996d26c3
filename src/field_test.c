#include "src/field_fixture.h"

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
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "host_bridge/ggc"), "\"0x00000000\"");
}

/* GGC of a Coffee Lake is 0x01c1; IVD is bit 1, SNB_GMCH_GFX_VGA_DISABLE in Linux. */
static void i915_may_set_ivd(void)
{
#define BRIDGE(ggc)                                                                                \
	"{\"pci\": {\"functions\": [" FUNCTION("0000:00:00.0", "0x8086", "0x1237",                 \
		"0x060000") ", \"registers\": {\"0x50\": \"" ggc "\"}}]}}"
	CU_ASSERT_STRING_EQUAL(ask(BRIDGE("0x000001c1"), "host_bridge/ggc"), "\"0x000001c1\"");
	CU_ASSERT_STRING_EQUAL(ask(BRIDGE("0x000001c3"), "host_bridge/ggc"), "\"0x000001c1\"");
	CU_ASSERT_STRING_EQUAL(ask(BRIDGE("0x000001c3"), "host_bridge/0x50"), "\"0x000001c3\"");
	CU_ASSERT_STRING_EQUAL(ask(BRIDGE("0x00000002"), "host_bridge/ggc"), "\"0x00000000\"");
	CU_ASSERT_STRING_EQUAL(ask("{\"pci\": {\"functions\": []}}", "host_bridge/ggc"), "null");
	CU_ASSERT_STRING_EQUAL(ask("{}", "host_bridge/ggc"), "-ENODATA");
}

/* Without an EDID the kernel still has modes, drm_add_modes_noedid(), and takes one of them. */
static void a_monitor_without_edid_has_a_mode_to_prefer(void)
{
#define SMALL            "{\"width\": 800, \"height\": 600, \"preferred\": false}"
#define LARGE(preferred) "{\"width\": 1024, \"height\": 768, \"preferred\": " preferred "}"
#define MONITOR(edid, modes)                                                                       \
	"{\"display\": {\"cards\": [{\"connectors\": [{\"status\": \"connected\","                 \
	" \"edid\": " edid ", \"modes\": [" modes "]}]}]}}"
	CU_ASSERT_STRING_EQUAL(
		ask(MONITOR("null", SMALL "," LARGE("true")), "display/preferred"), "\"1024x768\"");
	CU_ASSERT_STRING_EQUAL(
		ask(MONITOR("null", SMALL "," LARGE("false")), "display/preferred"), "\"800x600\"");
	CU_ASSERT_STRING_EQUAL(ask(MONITOR("null", ""), "display/preferred"), "null");
	CU_ASSERT_STRING_EQUAL(
		ask(MONITOR("{\"preferred\": null}", SMALL), "display/preferred"), "null");
	CU_ASSERT_STRING_EQUAL(
		ask(MONITOR("{\"preferred\": {\"width\": 640, \"height\": 480}}", LARGE("true")),
			"display/preferred"),
		"\"640x480\"");
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

/* PIIX3's IDE, by hw/ide/piix.c of QEMU, with the ports that Linux makes up for it; a VGA. */
#define BAR(index, kind, start, size, prefetchable)                                                \
	"{\"index\": " index ", \"kind\": \"" kind "\", \"start\": \"" start                       \
	"\", \"size\": \"" size "\", \"prefetchable\": " prefetchable "}"
#define MACHINE(ide, vga, iomem)                                                                   \
	"{\"pci\": {\"functions\": [" FUNCTION("0000:00:01.1", "0x8086", "0x7010",                 \
		"0x010180") ", \"capabilities\": [], \"bars\": [" BAR("0", "io",                   \
		"0x00000000000001f0", "0x0000000000000008",                                        \
		"false") "," ide "]}," FUNCTION("0000:00:03.0", "0x1234", "0x1111",                \
		"0x030000") ", \"capabilities\": [\"0x05\", \"0x01\"], \"bars\": [" vga            \
			    "]}]}, \"iomem\": [" iomem "]}"
#define IDE BAR("4", "io", "0x000000000000c000", "0x0000000000000010", "false")
#define VGA                                                                                        \
	BAR("0", "memory", "0x00000000f0000000", "0x0000000001000000", "true")                     \
	"," BAR("6", "rom", "0x00000000000c0000", "0x0000000000020000", "false")
#define RESERVED                                                                                   \
	"{\"start\": \"0x00000000fc000000\", \"end\": \"0x00000000ffffffff\","                     \
	" \"name\": \"Reserved\"}"

static void a_function_is_one_text(void)
{
	static const char machine[] = MACHINE(IDE, VGA, RESERVED);

	CU_ASSERT_STRING_EQUAL(ask(machine, "function/01.1/config"),
		"\"8086:7010 subsystem 5853:0001 class 0x010180 revision 0x01 header 0x00"
		" bars 4:io:0x10 capabilities none\"");
	CU_ASSERT_STRING_EQUAL(ask(machine, "device/vga/config"),
		"\"1234:1111 subsystem 5853:0001 class 0x030000 revision 0x01 header 0x00"
		" bars 0:memory+prefetchable:0x1000000 capabilities 0x05 0x01\"");
	CU_ASSERT_STRING_EQUAL(ask(machine, "device/vga/address"), "\"0000:00:03.0\"");
	CU_ASSERT_STRING_EQUAL(ask(machine, "device/vga/header_type"), "\"0x00\"");
	CU_ASSERT_STRING_EQUAL(ask(machine, "device/nic"), "null");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "device/xen-platform"), "\"5853:0001\"");
	CU_ASSERT_STRING_EQUAL(ask(machine, "functions"), "\"00:01.1 00:03.0\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "functions"), "\"00:00.0 00:02.0\"");
	/* Nobody looked at its BARs and capabilities. */
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "slot/02/config"), "-ENODATA");
	CU_ASSERT_EQUAL(field_check("device/gpu", NULL), -EINVAL);
	CU_ASSERT_EQUAL(field_check("device/vga/colour", NULL), -EINVAL);
	CU_ASSERT_EQUAL(field_check("functions/1", NULL), -EINVAL);
}

static void bars_in_conflict_are_named(void)
{
	static const char good[] = MACHINE(IDE, VGA, RESERVED);
	static const char odd[] = MACHINE(
		BAR("4", "io", "0x000000000000c008", "0x0000000000000010", "false"), VGA, RESERVED);
	static const char twice[] = MACHINE(IDE,
		VGA "," BAR("2", "memory", "0x00000000f0001000", "0x0000000000001000", "false"),
		RESERVED);
	static const char reserved[] = MACHINE(IDE,
		BAR("0", "memory", "0x00000000fc000000", "0x0000000001000000", "true"), RESERVED);

	CU_ASSERT_STRING_EQUAL(ask(good, "bars/conflict"), "null");
	CU_ASSERT_STRING_EQUAL(ask(odd, "bars/conflict"), "\"0000:00:01.1 4: not aligned\"");
	CU_ASSERT_STRING_EQUAL(ask(twice, "bars/conflict"), "\"0000:00:03.0 2: taken twice\"");
	CU_ASSERT_STRING_EQUAL(ask(reserved, "bars/conflict"), "\"0000:00:03.0 0: reserved\"");
	/* Without a memory map nobody knows. */
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "bars/conflict"), "-ENODATA");
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
	{ "i915 may set IVD", i915_may_set_ivd },
	{ "a monitor without EDID has a mode to prefer",
		a_monitor_without_edid_has_a_mode_to_prefer },
	{ "the igd is found wherever it sits", the_igd_is_found_wherever_it_sits },
	{ "the display is the first connected connector",
		the_display_is_the_first_connected_connector },
	{ "a function is one text", a_function_is_one_text },
	{ "BARs in conflict are named", bars_in_conflict_are_named },
	{ "the desktop is what the server says", the_desktop_is_what_the_server_says },
	{ "not looked for is not nothing", not_looked_for_is_not_nothing },
	{ "unknown names are refused", unknown_names_are_refused },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("field", tests);
}
