/* Fields of what a driver makes of the guest's Intel GPU, and of whose display it is. */
#include "src/field_fixture.h"

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

#define LATE               "{\"observer\": \"agent\", \"error\": \"no answer within 25 s\"}"
#define IDLE(idle, stolen) "{\"idle_percent\": " #idle ", \"stolen_percent\": " #stolen "}"

/* A GPU whose engine did not answer, while the processors were idle. */
#define ENGINE(frames)                                                                             \
	"{\"igd\": {\"frames\": " frames ", \"engine\": " LATE ", \"late\": " IDLE(97, 0) "}}"

/* One changed at a time: each must be seen. */
static void what_the_driver_lacks_is_seen(void)
{
	static const char one_short[] = DRIVEN(
		"{\"wanted\": 30, \"flips\": 29, \"vblanks\": 30, \"error\": \"Timer expired\"}",
		GOOD_VBT);
	static const char stopped[] =
		DRIVEN("{\"wanted\": 30, \"flips\": 30, \"vblanks\": 0}", GOOD_VBT);
	static const char hung[] = DRIVEN(LATE, "null, \"late\": " IDLE(97, 0));
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

static void check_unknown(const char *json)
{
	json_t *report = json_loads(json, 0, NULL);

	CU_ASSERT_STRING_EQUAL(ask(json, "igd/frames"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(json, "igd/frames/flips"), "-ENODATA");
	/* Interrupts that arrived did arrive. */
	CU_ASSERT_STRING_EQUAL(ask(json, "igd/interrupts"), "true");
	CU_ASSERT_STRING_EQUAL(field_why_unanswered(report, "igd/frames"), "no answer within 25 s");
	CU_ASSERT_PTR_NULL(field_why_unanswered(report, "igd/engine"));
	CU_ASSERT_PTR_NULL(field_why_unanswered(report, "igd/driver"));
	json_decref(report);
}

static void no_answer_of_a_slow_guest_is_not_known(void)
{
	static const char silent[] = DRIVEN(LATE, LATE ", \"late\": " IDLE(97, 0));

	check_unknown(DRIVEN(LATE, "null"));
	check_unknown(DRIVEN(LATE, "null, \"late\": null"));
	check_unknown(DRIVEN(LATE, "null, \"late\": " IDLE(49, 0)));
	check_unknown(DRIVEN(LATE, "null, \"late\": " IDLE(80, 11)));
	CU_ASSERT_STRING_EQUAL(ask(DRIVEN(GOOD_FRAMES, LATE), "igd/vbt/ports"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(DRIVEN(GOOD_FRAMES, LATE), "igd/vbt/bytes"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(DRIVEN(GOOD_FRAMES, LATE), "igd/frames"), "true");
	/* Idle processors: the driver waits for its device, and it did not tell the rest. */
	CU_ASSERT_STRING_EQUAL(ask(silent, "igd/frames"), "false");
	CU_ASSERT_STRING_EQUAL(ask(silent, "igd/vbt/bytes"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(silent, "igd/vbt/ports"), "-ENODATA");
	/* The engine is asked after the frames. */
	CU_ASSERT_STRING_EQUAL(ask(ENGINE(LATE), "igd/engine"), "-ENODATA");
	CU_ASSERT_STRING_EQUAL(ask(ENGINE("{\"flips\": 30}"), "igd/engine"), "null");
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
	CU_ASSERT_STRING_EQUAL(ask(driven, "igd/rom"), "\"0x20000\"");
	CU_ASSERT_STRING_EQUAL(ask(xenfv, "igd/rom"), "null");
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

#define CARD(name, pci, rest) "{\"name\": \"" name "\", \"pci\": \"" pci "\", " rest "}"
#define CARDS(first, second)                                                                            \
	"{\"pci\": {\"functions\": [" FUNCTION("0000:00:02.0", "0x8086", "0x3e92",                      \
		"0x030000") "}]}, \"igd\": {\"address\": \"0000:00:02.0\"}, \"display\": {\"cards\": [" \
			    "" first ", " second "]}}"
#define LATE_CARD "\"observer\": \"agent\", \"error\": \"no answer within 15 s\""
#define LIVE_CARD                                                                                  \
	"\"observer\": \"kms\", \"driver\": \"i915\", \"connectors\": [{\"name\": \"DP-1\","       \
	" \"status\": \"connected\", \"crtc\": {\"mode\": {\"width\": 640, \"height\": 480}}}]"

static const char *unanswered(const char *json, const char *name)
{
	static char text[64];
	json_t *report = json_loads(json, 0, NULL);
	const char *why = field_why_unanswered(report, name);

	snprintf(text, sizeof(text), "%s", why ? why : "");
	json_decref(report);
	return text;
}

/* What a card shows is not known if its driver did not answer, and no other card shows it. */
static void a_card_that_did_not_answer_is_not_known(void)
{
	static const char late[] = CARDS(
		CARD("card0", "0000:00:03.0", LIVE_CARD), CARD("card1", "0000:00:02.0", LATE_CARD));
	static const char other_late[] = CARDS(
		CARD("card0", "0000:00:03.0", LATE_CARD), CARD("card1", "0000:00:02.0", LIVE_CARD));
	static const char closed[] = CARDS(CARD("card0", "0000:00:03.0", LIVE_CARD),
		CARD("card1", "0000:00:02.0",
			"\"observer\": \"kms\", \"error\": \"Operation not permitted\""));
	static const char *const of_igd[] = { "display@igd/mode", "display@igd/driver",
		"igd/display/mode", "igd/display/connectors", "display/mode" };
	static const char *const of_vga[] = { "display@vga/mode", "display@vga/cards",
		"display@vga/connectors", "display/mode" };

	for (size_t i = 0; i < sizeof(of_igd) / sizeof(of_igd[0]); i++) {
		CU_ASSERT_STRING_EQUAL(ask(late, of_igd[i]), "-ENODATA");
		CU_ASSERT_STRING_EQUAL(unanswered(late, of_igd[i]), "no answer within 15 s");
	}
	for (size_t i = 0; i < sizeof(of_vga) / sizeof(of_vga[0]); i++) {
		CU_ASSERT_STRING_EQUAL(ask(other_late, of_vga[i]), "-ENODATA");
		CU_ASSERT_STRING_EQUAL(unanswered(other_late, of_vga[i]), "no answer within 15 s");
	}
	CU_ASSERT_STRING_EQUAL(ask(late, "display@vga/mode"), "\"640x480\"");
	CU_ASSERT_STRING_EQUAL(unanswered(late, "display@vga/mode"), "");
	CU_ASSERT_STRING_EQUAL(ask(other_late, "display@igd/mode"), "\"640x480\"");
	CU_ASSERT_STRING_EQUAL(unanswered(other_late, "igd/display/mode"), "");
	/* A framebuffer device is read without the card. */
	CU_ASSERT_STRING_EQUAL(unanswered(late, "display/framebuffer"), "");
	CU_ASSERT_STRING_EQUAL(unanswered(other_late, "display@vga/fbdev"), "");
	/* A card that cannot be opened did answer. */
	CU_ASSERT_STRING_EQUAL(ask(closed, "display@igd/mode"), "null");
	CU_ASSERT_STRING_EQUAL(unanswered(closed, "display@igd/mode"), "");
}

static CU_TestInfo tests[] = {
	{ "the GPU's driver is asked", the_gpus_driver_is_asked },
	{ "what the driver lacks is seen", what_the_driver_lacks_is_seen },
	{ "no answer of a slow guest is not known", no_answer_of_a_slow_guest_is_not_known },
	{ "a card that did not answer is not known", a_card_that_did_not_answer_is_not_known },
	{ "a guest that drives no GPU was not asked", a_guest_that_drives_no_gpu_was_not_asked },
	{ "a display says whose it is", a_display_says_whose_it_is },
	{ "memory and functions are named", memory_and_functions_are_named },
	{ "a card of the GPU is read from any report", a_card_of_the_gpu_is_read_from_any_report },
	{ "what the section does not tell is not known",
		what_the_section_does_not_tell_is_not_known },
	{ "an old agent did not look at the driver", an_old_agent_did_not_look_at_the_driver },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("field_igd", tests);
}
