/* Whose fault a wrong value is, from views made by hand: each is one thing that can go wrong. */
#include <stdio.h>
#include <string.h>

#include "harness/views/views.h"
#include "src/suite.h"

#define ALL "\"layers\": [\"config\", \"libxl\", \"qemu\", \"guest\"], "

static json_t *json_of(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

/* `expected` is JSON, `report` as well or NULL; `layer` is NULL if it cannot be said. */
static void check(const char *views_text, const char *field, const char *expected_text,
	const char *report_text, const char *layer)
{
	json_t *views = json_of(views_text), *expected = json_of(expected_text);
	json_t *report = report_text ? json_of(report_text) : NULL;
	const char *named = views_blame(views, field, expected, report);

	CU_ASSERT_STRING_EQUAL(named ? named : "nobody", layer ? layer : "nobody");
	if (strcmp(named ? named : "nobody", layer ? layer : "nobody") != 0)
		printf("\n  %s: %s\n", field, named ? named : "nobody");
	json_decref(views);
	json_decref(expected);
	json_decref(report);
}

#define AT(slot, ids) "{\"address\": \"0000:00:" slot ".0\", \"ids\": \"" ids "\"}"

/* The IGD lands at 03 behind the platform device, QEMU before 4f67543bb8; nobody asked for 02. */
#define BEHIND                                                                                                   \
	"{" ALL "\"devices\": [{\"device\": \"platform\", \"config\": {}, \"libxl\": {},"                        \
	" \"qemu\": " AT("02", "5853:0001") ", \"guest\": " AT("02",                                             \
		"5853:0001") "},"                                                                                \
			     " {\"device\": \"igd\", \"config\": {}, \"libxl\": {\"address\": \"0000:00:03.0\"," \
			     " \"learned\": true}, \"qemu\": " AT("03",                                          \
				     "8086:3e92") ", \"guest\": " AT("03", "8086:3e92") "}]}"

static void who_chose_the_slot_is_named(void)
{
	check(BEHIND, "igd/address", "\"0000:00:02.0\"", NULL, "qemu");
	check(BEHIND, "slot/02", "\"8086:3e92\"", NULL, "qemu");
	check(BEHIND, "slot/02", "null", NULL, "qemu");
	check(BEHIND, "slot/04", "\"8086:3e92\"", NULL, "qemu");
	/* what it looks like is right up to the guest */
	check(BEHIND, "slot/02/driver", "\"xen-platform-pci\"", NULL, "guest");
	check(BEHIND, "igd/driver", "null", NULL, "guest");
	/* Null: there is no error, no EDID. The device is there. */
	check(BEHIND, "igd/errors", "null", NULL, "guest");
	check(BEHIND, "igd/display/mode", "null", NULL, "guest");
	check(BEHIND, "display@igd/mode", "null", NULL, "guest");
	check(BEHIND, "igd/device", "\"0x9bc5\"", NULL, "guest");
	check(BEHIND, "igd/device", "null", NULL, "config");
	/* What QEMU hands through, what the firmware places, and what the driver makes of it. */
	check(BEHIND, "igd/0x5c", "\"0x7c000001\"", NULL, "qemu");
	check(BEHIND, "igd/capability/0x05", "true", NULL, "qemu");
	check(BEHIND, "igd/bars", "\"0:memory:0x1000000\"", NULL, "firmware");
	check(BEHIND, "iomem/opregion", "\"Reserved\"", NULL, "firmware");
	check(BEHIND, "igd/frames", "true", NULL, "guest");
	check(BEHIND, "display@igd/mode", "\"1920x1080\"", NULL, "guest");
	check(BEHIND, "function/01.1/config", "\"x\"", NULL, "qemu");
	check(BEHIND, "device/vga/driver", "\"bochs-drm\"", NULL, "guest");
	check(BEHIND, "passed/00:1f.3/subsystem", "\"1028:085b\"", NULL, "qemu");
	check(BEHIND, "passed/00:1f.3/driver", "\"snd_hda_intel\"", NULL, "guest");
	check(BEHIND, "passed/00:1f.3", "\"8086:a348\"", NULL, NULL);
	check(BEHIND, "passed/00:1f.3/address", "\"0000:00:05.0\"", NULL, NULL);
}

#define OPREGION_OF(vbt)                                                                           \
	"{\"pci\": {\"slot2\": \"0000:00:03.0\", \"functions\": [{\"address\": \"0000:00:03.0\","  \
	" \"vendor\": \"0x8086\", \"device\": \"0x3e92\", \"class\": \"0x030000\", \"opregion\":"  \
	" {\"signature\": \"IntelGraphicsMem\", \"vbt\": " vbt "}}]}}"

/* i915 takes it from the OpRegion, intel_opregion_setup() in Linux 6.1. */
static void a_vbt_that_the_opregion_has_not_is_the_firmwares(void)
{
	check(BEHIND, "igd/vbt/source", "\"opregion\"", OPREGION_OF("\"$VBT COFFEELAKE\""),
		"guest");
	check(BEHIND, "igd/vbt/source", "\"opregion\"", OPREGION_OF("null"), "firmware");
	/* as recorded in gpu-fault-no-vbt */
	check(BEHIND, "igd/vbt/source", "\"opregion\"", OPREGION_OF("\"\""), "firmware");
	check(BEHIND, "igd/vbt/source", "\"opregion\"", NULL, "guest");
}

static void who_asked_for_a_slot_is_named(void)
{
	static const char views[] =
		"{" ALL "\"devices\": [{\"device\": \"vga\", \"config\": {\"model\": \"VGA\"},"
		" \"libxl\": {\"model\": \"VGA\", \"address\": \"0000:00:04.0\"}, \"qemu\": " AT(
			"04", "1234:1111") ", \"guest\": " AT("04",
			"1234:1111") "},"
				     " {\"device\": \"igd\", \"config\": {\"address\": \"0000:00:03.0\"}, \"qemu\": " AT(
					     "03", "8086:3e92") ", \"guest\": " AT("05",
					     "8086:3e92") "}]}";

	check(views, "slot/04", "\"5853:0001\"", NULL, "libxl");
	check(views, "igd/address", "\"0000:00:02.0\"", NULL, "config");
	check(views, "slot/03", "\"5853:0001\"", NULL, "config");
	check(views, "igd/address", "\"0000:00:03.0\"", NULL, "guest");
	check(views, "slot/03", "\"8086:3e92\"", NULL, "guest");
}

static void who_lost_the_device_is_named(void)
{
	static const char views[] =
		"{" ALL "\"devices\": [{\"device\": \"igd\", \"config\": {}, \"libxl\": {},"
		" \"qemu\": null, \"guest\": null}]}";

	check(views, "igd/address", "\"0000:00:02.0\"", NULL, "qemu");
	check(views, "igd/class", "\"0x030000\"", NULL, "qemu");
	check(views, "igd/opregion/signature", "\"IntelGraphicsMem\"", NULL, "qemu");
	check("{\"layers\": [\"config\", \"guest\"], \"devices\": [{\"device\": \"igd\","
	      " \"config\": {}, \"guest\": null}]}",
		"igd/address", "\"0000:00:02.0\"", NULL, NULL);
}

#define BRIDGE(qemu)                                                                               \
	"{" ALL "\"devices\": [{\"device\": \"host-bridge\", \"config\": {\"kind\": \"igd\"},"     \
	" \"libxl\": {\"kind\": \"igd\"}, \"qemu\": {\"kind\": \"" qemu "\"}, \"guest\": {}}]}"

static void a_plain_host_bridge_is_qemus(void)
{
	check(BRIDGE("plain"), "host_bridge/0x50", "\"0x000001c1\"", NULL, "qemu");
	check(BRIDGE("plain"), "host_bridge/0x50", "\"0x00000000\"", NULL, NULL);
	/* the value then is the host's */
	check(BRIDGE("igd"), "host_bridge/0x50", "\"0x000001c1\"", NULL, NULL);
}

#define OPREGION(firmware)                                                                         \
	"{" ALL "\"devices\": [{\"device\": \"opregion\", \"config\": {}, \"firmware\": " firmware \
	", \"guest\": null}]}"

static void what_only_the_firmware_writes_is_its(void)
{
	check(OPREGION("null"), "igd/opregion/signature", "\"IntelGraphicsMem\"", NULL, "firmware");
	check(OPREGION("null"), "igd/0xfc", "\"0xfdffc018\"", NULL, "firmware");
	check(OPREGION("{}"), "igd/0xfc", "\"0x00000000\"", NULL, "firmware");
	/* what stands where it points is the host's */
	check(OPREGION("{}"), "igd/opregion/version", "\"2.1\"", NULL, NULL);
}

#define VGA                                                                                        \
	"{\"device\": \"vga\", \"qemu\": " AT("03", "1234:1111") ", \"guest\": " AT(               \
		"03", "1234:1111") "}"
#define DISPLAY(edid) "{" ALL "\"devices\": [" VGA ", {\"device\": \"edid\", " edid "}]}"
#define REPORT(mode)                                                                               \
	"{\"display\": {\"cards\": [{\"pci\": \"0000:00:03.0\", \"connectors\": [{\"status\":"     \
	" \"connected\", \"crtc\": {\"mode\": " mode "}}]}]}}"
#define SMALL     REPORT("{\"width\": 1024, \"height\": 768}")
#define WIDE      REPORT("{\"width\": 1280, \"height\": 800}")
#define PREFERRED "{\"preferred\": \"1280x800\"}"

static void a_mode_is_of_who_left_the_edid_out(void)
{
	/* xenfv: hw_compat_4_0, QEMU 0a71966253 */
	check(DISPLAY("\"qemu\": null, \"guest\": null"), "display/mode", "\"1280x800\"", SMALL,
		"qemu");
	check(DISPLAY("\"config\": null, \"libxl\": null, \"qemu\": null, \"guest\": null"),
		"display/mode", "\"1280x800\"", SMALL, "config");
	check(DISPLAY("\"qemu\": " PREFERRED ", \"guest\": null"), "display/mode", "\"1280x800\"",
		SMALL, "guest");
	check(DISPLAY("\"guest\": null"), "display/mode", "\"1280x800\"", SMALL, NULL);
}

static void a_mode_is_of_who_prefers_it_or_of_the_guest(void)
{
	check(DISPLAY("\"qemu\": " PREFERRED ", \"guest\": " PREFERRED), "display/mode",
		"\"1024x768\"", WIDE, "qemu");
	check(DISPLAY("\"qemu\": " PREFERRED ", \"guest\": " PREFERRED), "display/mode",
		"\"1280x800\"", SMALL, "guest");
	check(DISPLAY("\"qemu\": {}, \"guest\": " PREFERRED), "display/mode", "\"1024x768\"", WIDE,
		"qemu");
	/* another card speaks for the display: its EDID is no business of QEMU's */
	check("{" ALL "\"devices\": [" VGA "]}", "display/mode", "\"1280x800\"",
		"{\"display\": {\"cards\": [{\"pci\": \"0000:00:02.0\", \"connectors\":"
		" [{\"status\": \"connected\"}]}]}}",
		NULL);
}

static void an_edid_is_of_who_switched_it(void)
{
	check(DISPLAY("\"qemu\": null, \"guest\": null"), "display/edid_bytes", "256", SMALL,
		"qemu");
	check(DISPLAY("\"libxl\": null, \"qemu\": null, \"guest\": null"), "display/edid_vendor",
		"\"RHT\"", SMALL, "libxl");
	check(DISPLAY("\"qemu\": {}, \"guest\": null"), "display/edid_bytes", "256", SMALL,
		"guest");
	check(DISPLAY("\"qemu\": {}, \"guest\": {}"), "display/edid_bytes", "0", WIDE, "qemu");
	check(DISPLAY("\"qemu\": {}, \"guest\": {}"), "display/edid_bytes", "128", WIDE, NULL);
	check(DISPLAY("\"qemu\": " PREFERRED ", \"guest\": " PREFERRED), "display/preferred",
		"\"1024x768\"", WIDE, "qemu");
}

/* Beside an IGD that speaks for the display: what the emulated adapter shows is QEMU's and its
 * driver's all the same. */
static void a_card_beside_the_igd_is_of_who_made_it(void)
{
	static const char beside[] =
		"{\"pci\": {\"slot2\": \"0000:00:02.0\", \"functions\": [{\"address\":"
		" \"0000:00:02.0\", \"vendor\": \"0x8086\", \"device\": \"0x3e92\", \"class\":"
		" \"0x030000\"}]}, \"display\": {\"cards\": [{\"pci\": \"0000:00:02.0\","
		" \"connectors\": [{\"status\": \"connected\"}]}, {\"pci\": \"0000:00:03.0\","
		" \"connectors\": [{\"status\": \"connected\", \"crtc\": {\"mode\":"
		" {\"width\": 1024, \"height\": 768}}}]}]}}";
	static const char none[] = "{" ALL "\"devices\": [{\"device\": \"vga\", \"config\":"
				   " {}, \"libxl\": {}, \"qemu\": null, \"guest\": null}]}";

	/* xenfv: hw_compat_4_0, QEMU 0a71966253 */
	check(DISPLAY("\"qemu\": null, \"guest\": null"), "display@vga/mode", "\"1280x800\"",
		beside, "qemu");
	check(DISPLAY("\"qemu\": " PREFERRED ", \"guest\": " PREFERRED), "display@vga/mode",
		"\"1280x800\"", beside, "guest");
	check(DISPLAY("\"qemu\": null, \"guest\": null"), "display@vga/edid_bytes", "256", beside,
		"qemu");
	check(DISPLAY("\"qemu\": " PREFERRED ", \"guest\": " PREFERRED), "display@vga/preferred",
		"\"1024x768\"", beside, "qemu");
	check(DISPLAY("\"qemu\": null"), "display@vga/cards", "\"cirrus\"", beside, "guest");
	check(DISPLAY("\"qemu\": null"), "display@vga/fbdev", "null", beside, "guest");
	/* An adapter that should not be there, and one that should. */
	check(DISPLAY("\"qemu\": null"), "display@vga/cards", "null", beside, "qemu");
	check(none, "display@vga/cards", "\"bochs-drm\"", beside, "qemu");
	check(none, "display@vga/framebuffer", "\"1024x768\"", beside, "qemu");
}

static void the_rest_is_the_guests_or_nobodys(void)
{
	check(DISPLAY("\"qemu\": null"), "display/driver", "\"cirrus\"", SMALL, "guest");
	check(DISPLAY("\"qemu\": null"), "kernel/release", "\"6.1\"", SMALL, NULL);
	check(DISPLAY("\"qemu\": null"), "hypervisor/type", "\"xen\"", SMALL, NULL);
	check("{\"layers\": [], \"parts_at\": null, \"devices\": []}", "slot/02", "\"5853:0001\"",
		SMALL, NULL);
	check("null", "igd/address", "\"0000:00:02.0\"", NULL, NULL);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "who chose the slot is named", who_chose_the_slot_is_named },
		{ "a VBT that the OpRegion has not is the firmware's",
			a_vbt_that_the_opregion_has_not_is_the_firmwares },
		{ "who asked for a slot is named", who_asked_for_a_slot_is_named },
		{ "who lost the device is named", who_lost_the_device_is_named },
		{ "a plain host bridge is QEMU's", a_plain_host_bridge_is_qemus },
		{ "what only the firmware writes is its", what_only_the_firmware_writes_is_its },
		{ "a mode is of who left the EDID out", a_mode_is_of_who_left_the_edid_out },
		{ "a mode is of who prefers it, or of the guest",
			a_mode_is_of_who_prefers_it_or_of_the_guest },
		{ "an EDID is of who switched it", an_edid_is_of_who_switched_it },
		{ "a card beside the IGD is of who made it",
			a_card_beside_the_igd_is_of_who_made_it },
		{ "the rest is the guest's or nobody's", the_rest_is_the_guests_or_nobodys },
		CU_TEST_INFO_NULL,
	};

	return suite_main("views_blame", tests);
}
