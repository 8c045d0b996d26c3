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

/*
 * A guest of plain QEMU with a virtual GPU as it was reported, cut down: Linux 6.1, and bochs for
 * an emulated VGA beside it. The device's own description has a monitor of 1920x1080 on HDMI, a VBT
 * that names HDMI-B, a GTTMMADR of 16 MiB and MSI; all else is what i915 said in its log.
 */
#define DRIVEN(frames, vbt)                                                                                                                                        \
	"{\"iomem\": [{\"start\": \"0x000000002ffde000\", \"end\": \"0x000000002fffffff\", \"name\": \"Reserved\"}],"                                              \
	" \"pci\": {\"functions\": [" FUNCTION("0000:00:02.0", "0x8086", "0x3e92",                                                                                 \
		"0x030000") ", \"bars\": ["                                                                                                                        \
			    " {\"index\": 0, \"kind\": \"memory\", \"start\": \"0x00000000fd000000\", \"size\": \"0x0000000001000000\", \"prefetchable\": false}," \
			    " {\"index\": 2, \"kind\": \"memory\", \"start\": \"0x0000000000000000\", \"size\": \"0x0000000010000000\"},"                          \
			    " {\"index\": 4, \"kind\": \"io\", \"start\": \"0x000000000000c000\", \"size\": \"0x0000000000000040\", \"prefetchable\": false},"     \
			    " {\"index\": 6, \"kind\": \"rom\", \"start\": \"0x00000000000c0000\", \"size\": \"0x0000000000020000\"}],"                            \
			    " \"opregion\": {\"address\": \"0x2ffde000\"}}]},"                                                                                     \
			    " \"igd\": {\"address\": \"0000:00:02.0\", \"errors\": [], \"errors_dropped\": 0, \"firmware\": ["                                     \
			    "  {\"file\": \"i915/kbl_dmc_ver1_04.bin\", \"state\": \"missing\"}],"                                                                 \
			    " \"device\": {\"platform\": \"COFFEELAKE\", \"display_version\": \"9\", \"pch\": null},"                                              \
			    " \"stolen\": {\"bytes\": 0}, \"vbt\": " vbt ", \"frames\": " frames                                                                   \
			    ","                                                                                                                                    \
			    " \"interrupts\": {\"kind\": \"msi\", \"before\": 8, \"after\": 38},"                                                                  \
			    " \"mode\": {\"set_by\": \"kernel\"}, \"engine\": {\"result\": \"wedged\"},"                                                           \
			    " \"picture\": {\"crc\": null, \"error\": \"Timer expired\"}},"                                                                        \
			    " \"display\": {\"cards\": ["                                                                                                          \
			    "  {\"name\": \"card0\", \"driver\": \"bochs-drm\", \"pci\": \"0000:00:03.0\","                                                        \
			    "   \"connectors\": [{\"name\": \"Virtual-1\", \"status\": \"connected\", \"edid\": null, \"crtc\": null}]},"                          \
			    "  {\"name\": \"card1\", \"driver\": \"i915\", \"pci\": \"0000:00:02.0\","                                                             \
			    "   \"connectors\": [{\"name\": \"DP-1\", \"status\": \"disconnected\"},"                                                              \
			    "    {\"name\": \"HDMI-A-1\", \"status\": \"connected\", \"edid\": {\"bytes\": 256, \"sha256\": \"ab\"},"                              \
			    "     \"crtc\": {\"mode\": {\"width\": 1920, \"height\": 1080}},"                                                                      \
			    "     \"framebuffer\": {\"width\": 1920, \"height\": 1080}}]}]}}"

#define GOOD_FRAMES "{\"wanted\": 30, \"flips\": 30, \"took_ms\": 630, \"vblanks\": 30}"
#define GOOD_VBT                                                                                   \
	"{\"source\": \"opregion\", \"bytes\": 126, \"children\": [{\"port\": \"HDMI-B\"}]}"

static const char driven[] = DRIVEN(GOOD_FRAMES, GOOD_VBT);

static void the_gpus_driver_is_asked(void)
{
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/platform"), "\"COFFEELAKE\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/pch"), "null");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/stolen"), "0");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/vbt/source"), "\"opregion\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/vbt/ports"), "\"HDMI-B\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/frames"), "true");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/frames/flips"), "30");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/interrupts"), "true");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/interrupts/kind"), "\"msi\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/engine"), "\"wedged\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/display_version"), "\"9\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/graphics_version"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/picture/crc"), "null");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/errors"), "null");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/firmware/missing"), "\"i915/kbl_dmc_ver1_04.bin\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/firmware/loaded"), "null");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/0x108080"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "igd/frames"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask("{\"igd\": null}", "igd/frames"), "null");
	CU_ASSERT_STRING_EQUAL(ask("{\"igd\": null}", "igd/errors"), "null");
	CU_ASSERT_STRING_EQUAL(
		ask("{\"igd\": {\"errors\": [{\"text\": \"Atomic update failure on pipe A\"}],"
		    " \"errors_dropped\": 0}}",
			"igd/errors"),
		"null");
	CU_ASSERT_STRING_EQUAL(
		ask("{\"igd\": {\"errors\": [{\"text\": \"Device initialization failed (-19)\"}]}}",
			"igd/errors"),
		"\"Device initialization failed (-19)\"");
}

/* One changed at a time: each must be seen. */
static void what_the_driver_lacks_is_seen(void)
{
	static const char one_short[] = DRIVEN(
		"{\"wanted\": 30, \"flips\": 29, \"vblanks\": 30, \"error\": \"Timer expired\"}",
		GOOD_VBT);
	static const char stopped[] =
		DRIVEN("{\"wanted\": 30, \"flips\": 30, \"vblanks\": 0}", GOOD_VBT);
	static const char hung[] =
		DRIVEN("{\"observer\": \"agent\", \"error\": \"no answer within 25 s\"}", "null");
	static const char no_screen[] = DRIVEN("null", "{\"bytes\": 0, \"children\": []}");

	CU_ASSERT_STRING_EQUAL(ask(one_short, "igd/frames"), "false");
	CU_ASSERT_STRING_EQUAL(ask(stopped, "igd/frames"), "false");
	CU_ASSERT_STRING_EQUAL(ask(hung, "igd/frames"), "false");
	CU_ASSERT_STRING_EQUAL(ask(hung, "igd/frames/flips"), "null");
	CU_ASSERT_STRING_EQUAL(ask(hung, "igd/vbt/bytes"), "null");
	CU_ASSERT_STRING_EQUAL(ask(hung, "igd/vbt/ports"), "null");
	CU_ASSERT_STRING_EQUAL(ask(no_screen, "igd/frames"), "null");
	CU_ASSERT_STRING_EQUAL(ask(no_screen, "igd/interrupts"), "null");
	CU_ASSERT_STRING_EQUAL(ask(no_screen, "igd/vbt/bytes"), "0");
	CU_ASSERT_STRING_EQUAL(ask(no_screen, "igd/vbt/ports"), "null");
}

static void a_guest_that_drives_no_gpu_was_not_asked(void)
{
	static const char undriven[] = "{\"pci\": {\"functions\": [" FUNCTION("0000:00:02.0",
		"0x8086", "0x3e92",
		"0x030000") "}]}, \"display\": {\"cards\": []},"
			    " \"igd\": {\"address\": \"0000:00:02.0\", \"no_driver\": \"tiny\"}}";
	static const char *const names[] = { "igd/driver", "igd/frames", "igd/engine",
		"igd/vbt/ports", "igd/errors", "igd/firmware/missing", "igd/interrupts",
		"igd/display/mode", "igd/display/set_by", "igd/display/connectors",
		"display@igd/mode", NULL };

	for (int i = 0; names[i]; i++)
		CU_ASSERT_STRING_EQUAL(ask(undriven, names[i]), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(undriven, "igd/device"), "\"0x3e92\"");
	CU_ASSERT_STRING_EQUAL(ask(undriven, "display@vga/mode"), "null");
}

/* What a section does not tell is not known: no error, no interrupt, no firmware that failed. */
static void what_the_section_does_not_tell_is_not_known(void)
{
#define WITH(igd)                                                                                  \
	"{\"pci\": {\"functions\": [" FUNCTION("0000:00:02.0", "0x8086", "0x3e92",                 \
		"0x030000") "}]}, \"igd\": {\"address\": " igd "}}"
	CU_ASSERT_STRING_EQUAL(
		ask(WITH("\"0000:00:02.0\", \"errors\": [], \"errors_dropped\": 3"), "igd/errors"),
		"-ENODATA");
	CU_ASSERT_STRING_EQUAL(
		ask(WITH("\"0000:00:02.0\", \"errors\": []"), "igd/errors"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(WITH("\"0000:00:02.0\", \"frames\": {\"flips\": 1},"
					" \"interrupts\": {\"after\": 3}"),
				       "igd/interrupts"),
		"-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(WITH("\"0000:00:02.0\", \"firmware\": [{\"state\": \"odd\"}]"),
				       "igd/firmware/failed"),
		"-ENODATA");
	/* It is about a different function. */
	CU_ASSERT_STRING_EQUAL(
		ask(WITH("\"0000:00:03.0\", \"errors\": [], \"errors_dropped\": 0"), "igd/errors"),
		"-ENODATA");
}

/* A card has a driver, whatever else the agent did not look at. */
static void a_card_of_the_gpu_is_read_from_any_report(void)
{
	static const char old[] =
		"{\"agent\": {\"version\": \"0.1.0\"}, \"pci\": {\"functions\": [" FUNCTION(
			"0000:00:02.0", "0x8086", "0x3e92",
			"0x030000") "}]}, \"display\": {\"cards\": [{\"pci\": \"0000:00:02.0\","
				    " \"driver\": \"i915\", \"connectors\": []}]}}";

	CU_ASSERT_STRING_EQUAL(ask(old, "igd/display/mode"), "null");
	CU_ASSERT_STRING_EQUAL(ask(old, "igd/display/connectors"), "null");
	CU_ASSERT_STRING_EQUAL(ask(old, "igd/display/set_by"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(old, "igd/frames"), "-ENODATA");
}

/* 0.1.0 was released without the section, and its guests without i915. */
static void an_old_agent_did_not_look_at_the_driver(void)
{
	static const char old[] =
		"{\"agent\": {\"version\": \"0.1.0\"}, \"pci\": {\"functions\": [" FUNCTION(
			"0000:00:02.0", "0x8086", "0x3e92",
			"0x030000") ", \"capabilities\": [\"0x05\"]}]}, \"display\": {\"cards\": []}}";

	CU_ASSERT_STRING_EQUAL(ask(old, "igd/driver"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(old, "igd/display/mode"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(old, "igd/device"), "\"0x3e92\"");
	CU_ASSERT_STRING_EQUAL(ask(old, "igd/subsystem"), "\"5853:0001\"");
	CU_ASSERT_STRING_EQUAL(ask(old, "igd/capability/0x05"), "true");
	CU_ASSERT_STRING_EQUAL(ask(old, "igd/capability/0x01"), "false");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "igd/capability/0x01"), "null");
	CU_ASSERT(field_of_driver("igd/driver"));
	CU_ASSERT(field_of_driver("igd/frames"));
	CU_ASSERT(field_of_driver("display@igd/mode"));
	CU_ASSERT_FALSE(field_of_driver("igd/device"));
	CU_ASSERT_FALSE(field_of_driver("igd/opregion/vbt"));
	CU_ASSERT_FALSE(field_of_driver("igd/capability/0x05"));
	CU_ASSERT_FALSE(field_of_driver("display/mode"));
}

static void a_display_says_whose_it_is(void)
{
	CU_ASSERT_STRING_EQUAL(ask(driven, "display/card"), "\"0000:00:03.0\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "display/driver"), "\"bochs-drm\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "display@vga/connector"), "\"Virtual-1\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "display@vga/mode"), "null");
	CU_ASSERT_STRING_EQUAL(ask(driven, "display@igd/card"), "\"0000:00:02.0\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "display@igd/driver"), "\"i915\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "display@igd/connector"), "\"HDMI-A-1\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/display/mode"), "\"1920x1080\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/display/edid_bytes"), "256");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/display/edid_sha256"), "\"ab\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/display/framebuffer"), "\"1920x1080\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/display/connectors"), "\"DP-1 HDMI-A-1\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/display/set_by"), "\"kernel\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "display@vga/cards"), "\"bochs-drm\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "display@vga/connectors"), "\"Virtual-1\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "display@vga/fbdev"), "\"x 1024x768 32\"");
	/* Reports of agents that made no section have cards all the same. */
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "display@vga/mode"), "\"1024x768\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "display@igd/mode"), "null");
	CU_ASSERT_EQUAL(field_check("display@qxl/mode", NULL), -EINVAL);
	CU_ASSERT_EQUAL(field_check("display@igd/connectors", NULL), -EINVAL);
}

static void memory_and_functions_are_named(void)
{
	static const char stolen[] =
		"{\"iomem\": [{\"start\": \"0x000000007c000000\", \"end\": \"0x000000007dffffff\","
		" \"name\": \"Graphics Stolen Memory\"}], \"pci\": {\"functions\": []}}";
	/* Before i915 has claimed it; the low 20 bits of BDSM are no address. */
	static const char early[] =
		"{\"iomem\": [{\"start\": \"0x000000007c000000\", \"end\": \"0x000000007dffffff\","
		" \"name\": \"Reserved\"}], \"pci\": {\"functions\": [" FUNCTION("0000:00:02.0",
			"0x8086", "0x3e92",
			"0x030000") ", \"registers\": {\"0x5c\": \"0x7c000001\"}}]}}";

	/* The one without an address, and the ROM, are not among them. */
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/bars"), "\"0:memory:0x1000000 4:io:0x40\"");
	CU_ASSERT_STRING_EQUAL(
		ask(driven, "function/02.0/bars"), "\"0:memory:0x1000000 4:io:0x40\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "function/02.0"), "\"8086:3e92\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "function/02.1/driver"), "null");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "igd/bars"), "null");
	CU_ASSERT_EQUAL(field_check("function/02.8", NULL), -EINVAL);
	CU_ASSERT_EQUAL(field_check("function/02", NULL), -EINVAL);
	CU_ASSERT_STRING_EQUAL(ask(driven, "iomem/opregion"), "\"Reserved\"");
	CU_ASSERT_STRING_EQUAL(ask(driven, "iomem/stolen"), "null");
	CU_ASSERT_STRING_EQUAL(ask(stolen, "iomem/stolen"), "\"0x7c000000-0x7dffffff\"");
	CU_ASSERT_STRING_EQUAL(ask(early, "iomem/stolen"), "\"0x7c000000-0x7dffffff\"");
	CU_ASSERT_STRING_EQUAL(ask(stolen, "iomem/opregion"), "null");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "iomem/stolen"), "-ENODATA");
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
	{ "the igd is found wherever it sits", the_igd_is_found_wherever_it_sits },
	{ "the display is the first connected connector",
		the_display_is_the_first_connected_connector },
	{ "the GPU's driver is asked", the_gpus_driver_is_asked },
	{ "what the driver lacks is seen", what_the_driver_lacks_is_seen },
	{ "a guest that drives no GPU was not asked", a_guest_that_drives_no_gpu_was_not_asked },
	{ "a display says whose it is", a_display_says_whose_it_is },
	{ "memory and functions are named", memory_and_functions_are_named },
	{ "a function is one text", a_function_is_one_text },
	{ "BARs in conflict are named", bars_in_conflict_are_named },
	{ "a card of the GPU is read from any report", a_card_of_the_gpu_is_read_from_any_report },
	{ "what the section does not tell is not known",
		what_the_section_does_not_tell_is_not_known },
	{ "an old agent did not look at the driver", an_old_agent_did_not_look_at_the_driver },
	{ "the desktop is what the server says", the_desktop_is_what_the_server_says },
	{ "not looked for is not nothing", not_looked_for_is_not_nothing },
	{ "unknown names are refused", unknown_names_are_refused },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("field", tests);
}
