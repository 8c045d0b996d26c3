/* Command lines and settings, as views. The machine values are those of libxl_dm.c, Xen 4.17. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/views/private.h"
#include "src/suite.h"

static void check(json_t *view, const char *row, const char *expected)
{
	const json_t *value = json_object_get(view, row);
	char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_SORT_KEYS) : NULL;

	CU_ASSERT_STRING_EQUAL(text ? text : "not said", expected);
	if (strcmp(text ? text : "not said", expected) != 0)
		printf("\n  %s is %s\n", row, text ? text : "not said");
	free(text);
}

static json_t *view_of(const char *text)
{
	json_t *view = view_of_arguments(text, strlen(text));

	CU_ASSERT_PTR_NOT_NULL_FATAL(view);
	return view;
}

static json_t *view_of_settings(const char *text)
{
	json_t *settings = json_loads(text, 0, NULL);
	json_t *view = view_of_config(settings);

	CU_ASSERT_PTR_NOT_NULL_FATAL(settings);
	CU_ASSERT_PTR_NOT_NULL_FATAL(view);
	json_decref(settings);
	return view;
}

static void libxls_machine_and_adapter_are_found(void)
{
	json_t *view = view_of("/usr/bin/qemu\n-nodefaults\n-device\nVGA,vgamem_mb=16\n-machine\n"
			       "xenfv,suppress-vmdesc=on,igd-passthru=on\n-m\n496\n");

	check(view, "host-bridge", "{\"kind\": \"igd\"}");
	check(view, "platform", "{}");
	check(view, "vga", "{\"model\": \"VGA\"}");
	check(view, "nic", "null");
	check(view, "edid", "not said");
	json_decref(view);
	view = view_of("qemu\n-machine\npc,accel=xen,suppress-vmdesc=on\n-m\n512");
	check(view, "host-bridge", "{\"kind\": \"plain\"}");
	check(view, "platform", "null");
	check(view, "vga", "null");
	json_decref(view);
}

static void slots_are_said_only_if_asked_for(void)
{
	json_t *view = view_of(
		"qemu\n-device\nxen-platform,addr=0x3\n-device\nlsi53c895a,addr=4\n"
		"-device\ncirrus-vga,vgamem_mb=8,addr=05.0\n"
		"-device\nrtl8139,id=nic0,netdev=net0,mac=00:16:3e:00:00:01\n"
		"-device\nahci,id=ahci0\n-device\ne1000,bus=other,addr=9\n-device\nehci,bus=pcie.0,addr=1d.7\n"
		"-machine\npc,accel=xen\n");

	check(view, "platform", "{\"address\": \"0000:00:03.0\", \"model\": \"xen-platform\"}");
	check(view, "function 0000:00:04.0",
		"{\"address\": \"0000:00:04.0\", \"type\": \"lsi53c895a\"}");
	check(view, "vga", "{\"address\": \"0000:00:05.0\", \"model\": \"cirrus-vga\"}");
	check(view, "nic", "{\"model\": \"rtl8139\"}");
	check(view, "function 0000:00:1d.7", "{\"address\": \"0000:00:1d.7\", \"type\": \"ehci\"}");
	CU_ASSERT_EQUAL(json_object_size(view), 6);
	json_decref(view);
}

/* qemu_opts_foreach() of "machine" merges: QEMU softmmu/vl.c, merge_lists. */
static void a_later_machine_replaces_the_type_alone(void)
{
	json_t *view = view_of("qemu\n-machine\nxenfv,igd-passthru=on\n-machine\npc,accel=xen\n");

	check(view, "host-bridge", "{\"kind\": \"igd\"}");
	check(view, "platform", "null");
	json_decref(view);
}

static void the_edid_may_be_asked_for(void)
{
	json_t *view = view_of("qemu\n-device\nVGA\n-global\nVGA.edid=on\n-machine\nxenfv\n");

	check(view, "edid", "{}");
	json_decref(view);
	view = view_of("qemu\n-device\nVGA\n-global\nVGA.edid=off\n-machine\npc\n");
	check(view, "edid", "null");
	json_decref(view);
	view = view_of("qemu\n-device\nVGA,edid=on\n-global\nVGA.edid=off\n-global\nVGA.xres=800\n"
		       "-global\nVGA.yres=600\n-machine\npc\n");
	check(view, "edid", "{\"preferred\": \"800x600\"}");
	json_decref(view);
	view = view_of("qemu\n-device\ncirrus-vga\n-global\nVGA.edid=off\n-machine\npc\n");
	check(view, "edid", "not said");
	json_decref(view);
}

static void a_value_is_no_option(void)
{
	json_t *view =
		view_of("qemu\n-append\n-device\n-name\n-machine\n-vnc\nnone\n-display\nnone\n"
			"-no-shutdown\n-machine\nxenfv\n-device");

	check(view, "platform", "{}");
	check(view, "vga", "null");
	json_decref(view);
}

static void odd_bytes_are_no_device(void)
{
	json_t *view = view_of("qemu\n-device\n\xff\xfe,addr=3\n-device\n,addr=4\n-device\n"
			       "a\033b,addr=5\n-machine\nxenfv\n-device\nok,addr=99\n");

	CU_ASSERT_EQUAL(json_object_size(view), 4);
	json_decref(view);
	view = view_of("");
	check(view, "vga", "null");
	json_decref(view);
}

static void the_configuration_has_libxls_defaults(void)
{
	json_t *view = view_of_settings("{}");

	check(view, "host-bridge", "{\"kind\": \"plain\"}");
	check(view, "platform", "{}");
	check(view, "vga", "{\"model\": \"cirrus-vga\"}");
	check(view, "nic", "null");
	check(view, "opregion", "not said");
	json_decref(view);
}

static void the_configuration_asks_for_devices(void)
{
	json_t *view = view_of_settings(
		"{\"xen_platform_pci\": false, \"gfx_passthru\": \"igd\", \"vga\": \"none\","
		" \"nic\": \"e1000\", \"pci\": [\"00:02.0@02\", \"0000:03:00.1\", \"nonsense\"]}");

	check(view, "host-bridge", "{\"kind\": \"igd\"}");
	check(view, "platform", "null");
	check(view, "vga", "null");
	check(view, "nic", "{\"model\": \"e1000\"}");
	check(view, VIEW_IGD, "{\"address\": \"0000:00:02.0\"}");
	check(view, VIEW_PASSED "0000:03:00.1", "{}");
	check(view, "opregion", "{}");
	CU_ASSERT_EQUAL(json_object_size(view), 7);
	json_decref(view);
}

/* What a cell has QEMU told is what it asks for, too. */
static void the_configuration_may_speak_to_qemu(void)
{
	json_t *view = view_of_settings(
		"{\"xen_platform_pci\": false, \"vga\": \"stdvga\", \"device_model_args_hvm\":"
		" [\"-device\", \"xen-platform\", \"-global\", \"VGA.edid=off\"]}");

	check(view, "platform", "{\"model\": \"xen-platform\"}");
	check(view, "vga", "{\"model\": \"VGA\"}");
	check(view, "edid", "null");
	json_decref(view);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "libxl's machine and adapter are found", libxls_machine_and_adapter_are_found },
		{ "slots are said only if asked for", slots_are_said_only_if_asked_for },
		{ "a later machine replaces the type alone",
			a_later_machine_replaces_the_type_alone },
		{ "the EDID may be asked for", the_edid_may_be_asked_for },
		{ "a value is no option", a_value_is_no_option },
		{ "odd bytes are no device", odd_bytes_are_no_device },
		{ "the configuration has libxl's defaults", the_configuration_has_libxls_defaults },
		{ "the configuration asks for devices", the_configuration_asks_for_devices },
		{ "the configuration may speak to QEMU", the_configuration_may_speak_to_qemu },
		CU_TEST_INFO_NULL,
	};

	return suite_main("views_arguments", tests);
}
