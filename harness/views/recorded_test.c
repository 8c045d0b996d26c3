/*
 * The recorded cells (results/recorded). Those of lab-bookworm-seed-display and -policy are from
 * before there was a view of QEMU: then nobody knows whether it or the guest is to blame. What must
 * come out is in docs/topics/policies.md and in the sources named here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "harness/store/run_dir.h"
#include "harness/views/views.h"
#include "src/document.h"
#include "src/report.h"
#include "src/suite.h"

static json_t *report_of(int cell_fd)
{
	char *text = NULL;
	size_t length = 0;
	json_t *report = NULL;

	CU_ASSERT_EQUAL_FATAL(fileio_read(cell_fd, "report.json", &text, &length, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(report_parse(text, length, &report, NULL), 0);
	free(text);
	return report;
}

/* The views of a recorded cell; *report_r is to be freed as well. */
static json_t *views_of(const char *run, const char *name, json_t **report_r)
{
	struct store store = STORE_NONE;
	json_t *about = NULL, *plan = NULL, *views = NULL;
	const char *root = getenv("SOURCE_ROOT");
	const json_t *cell;
	char *dir = NULL;
	size_t i;

	CU_ASSERT_FATAL(asprintf(&dir, "%s/results/recorded/%s", root ? root : ".", run) > 0);
	CU_ASSERT_EQUAL_FATAL(store_open(dir, false, &store, &about, &plan, NULL), 0);
	json_array_foreach(json_object_get(plan, "cells"), i, cell)
	{
		int fd;

		if (strcmp(document_text(cell, "name"), name) != 0)
			continue;
		fd = store_cell(&store, i, name, false, NULL);
		CU_ASSERT_FATAL(fd >= 0);
		*report_r = report_of(fd);
		views = views_of_cell(cell, "libxl", fd, *report_r);
		close(fd);
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(views);
	json_decref(about);
	json_decref(plan);
	store_close(&store);
	free(dir);
	return views;
}

static const json_t *device(const json_t *views, const char *name)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(views, "devices"), i, entry)
	{
		if (strcmp(document_text(entry, "device"), name) == 0)
			return entry;
	}
	return NULL;
}

static void check(const json_t *views, const char *name, const char *layer, const char *expected)
{
	const json_t *value = json_object_get(device(views, name), layer);
	char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_SORT_KEYS) : NULL;

	CU_ASSERT_STRING_EQUAL(text ? text : "not said", expected);
	if (strcmp(text ? text : "not said", expected) != 0)
		printf("\n  %s in %s is %s\n", name, layer, text ? text : "not said");
	free(text);
}

/* The layers, joined by spaces, and where it parts; "" for nowhere. */
static void check_all(const json_t *views, const char *layers, const char *first_difference)
{
	char text[128] = "";
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(views, "layers"), i, name)
	{
		strcat(text, i > 0 ? " " : "");
		strcat(text, json_string_value(name));
	}
	CU_ASSERT_STRING_EQUAL(text, layers);
	CU_ASSERT_STRING_EQUAL(document_text(views, "parts_at"), first_difference);
	if (strcmp(document_text(views, "parts_at"), first_difference) != 0)
		puts(json_dumps(views, JSON_INDENT(1)));
}

#define PLATFORM(slot)                                                                             \
	"{\"address\": \"0000:00:" slot ".0\", \"class\": \"0xff80\", \"ids\": \"5853:0001\","     \
	" \"model\": \"xen-platform\"}"
#define VGA(slot)                                                                                  \
	"{\"address\": \"0000:00:" slot ".0\", \"class\": \"0x0300\", \"ids\": \"1234:1111\","     \
	" \"model\": \"VGA\"}"
#define IGD(slot)                                                                                  \
	"{\"address\": \"0000:00:" slot ".0\", \"class\": \"0x0300\", \"ids\": \"8086:3e92\"}"

static void the_machines_own_device_and_the_adapter_agree(void)
{
	json_t *report = NULL;
	json_t *views = views_of("lab-bookworm-seed-display", "xenfv-own-std-linux", &report);

	check_all(views, "config libxl guest", "");
	check(views, "platform", "libxl", "{}");
	check(views, "platform", "guest", PLATFORM("02"));
	check(views, "vga", "config", "{\"model\": \"VGA\"}");
	check(views, "vga", "guest", VGA("03"));
	check(views, "edid", "guest", "not said"); /* nobody offers one, so there is no such row */
	check(views, "mode", "guest", "{\"mode\": \"1024x768\"}");
	CU_ASSERT_PTR_NULL(device(views, "nic"));
	json_decref(views);
	json_decref(report);
}

static void a_late_platform_was_asked_for(void)
{
	json_t *report = NULL;
	json_t *views = views_of("lab-bookworm-seed-display", "pc-late-std-linux", &report);

	check_all(views, "config libxl guest", "");
	check(views, "platform", "config", "{\"model\": \"xen-platform\"}");
	check(views, "platform", "libxl", "{\"model\": \"xen-platform\"}");
	check(views, "platform", "guest", PLATFORM("03"));
	check(views, "edid", "guest", "{\"bytes\": 256, \"preferred\": \"1280x800\"}");
	json_decref(views);
	json_decref(report);
}

static void no_platform_is_no_platform_in_all(void)
{
	json_t *report = NULL;
	json_t *views = views_of("lab-bookworm-seed-display", "pc-none-std-linux", &report);

	check_all(views, "config libxl guest", "");
	CU_ASSERT_PTR_NULL(device(views, "platform"));
	check(views, "vga", "guest", VGA("02"));
	json_decref(views);
	json_decref(report);
}

static void a_policy_is_a_layer_only_if_it_changed_something(void)
{
	json_t *report = NULL;
	json_t *views = views_of("lab-bookworm-policy", "xenfv-libxl-std", &report);

	check_all(views, "config libxl guest", "");
	json_decref(views);
	json_decref(report);
	/* The RFC: the platform device comes from elsewhere, and is there. */
	views = views_of("lab-bookworm-policy", "xenfv-rfc-std", &report);
	check_all(views, "config libxl policy guest", "");
	check(views, "platform", "libxl", "{}");
	check(views, "platform", "policy", "{\"model\": \"xen-platform\"}");
	check(views, "platform", "guest", PLATFORM("02"));
	json_decref(views);
	json_decref(report);
}

/* The phantom's 0x01c1 at 0x50 of the host bridge came through, QEMU 998250e976. */
static void the_igd_agrees_under_xenfv(void)
{
	json_t *report = NULL;
	json_t *views = views_of("lab-bookworm-seed-igd", "xenfv-libxl-on-none-0nic", &report);

	check_all(views, "config libxl qemu guest", "");
	check(views, "host-bridge", "libxl", "{\"kind\": \"igd\"}");
	check(views, "host-bridge", "guest",
		"{\"address\": \"0000:00:00.0\", \"class\": \"0x0600\", \"ids\": \"8086:1237\","
		" \"kind\": \"igd\"}");
	check(views, "igd", "config", "{}");
	check(views, "igd", "guest", IGD("02"));
	check(views, "platform", "guest", PLATFORM("03"));
	check(views, "opregion", "config", "{}");
	check(views, "opregion", "firmware", "{\"asls\": \"0xfdffc018\"}");
	check(views, "opregion", "guest", "{\"signature\": \"IntelGraphicsMem\"}");
	json_decref(views);
	json_decref(report);
}

/* igd-only: a slot for every device of libxl's, and the IGD asked for at slot 2. */
static void slots_that_were_asked_for_are_given(void)
{
	json_t *report = NULL;
	json_t *views = views_of("lab-bookworm-seed-igd", "xenfv-igdonly-on@02-none-0nic", &report);

	check_all(views, "config libxl policy qemu guest", "qemu");
	/* What parts is the host bridge: pc_i440fx_init(), QEMU at ece408818d. */
	CU_ASSERT_STRING_EQUAL(document_text(device(views, "host-bridge"), "parts_at"), "qemu");
	CU_ASSERT_STRING_EQUAL(document_text(device(views, "platform"), "parts_at"), "");
	CU_ASSERT_STRING_EQUAL(document_text(device(views, "igd"), "parts_at"), "");
	check(views, "platform", "policy",
		"{\"address\": \"0000:00:03.0\", \"model\": \"xen-platform\"}");
	check(views, "platform", "guest", PLATFORM("03"));
	check(views, "igd", "config", "{\"address\": \"0000:00:02.0\"}");
	check(views, "igd", "guest", IGD("02"));
	json_decref(views);
	json_decref(report);
}

/* igd-only-bare has no platform device; and a VGA before the IGD, so hvmloader leaves 0xfc. */
static void the_bare_machine_parts_at_the_policy_and_the_firmware(void)
{
	json_t *report = NULL;
	json_t *views = views_of("lab-bookworm-seed-igd", "xenfv-bare-on-std-0nic", &report);

	check_all(views, "config libxl policy qemu guest", "policy");
	check(views, "platform", "libxl", "{}");
	check(views, "platform", "policy", "null");
	check(views, "platform", "guest", "null");
	CU_ASSERT_STRING_EQUAL(document_text(device(views, "platform"), "parts_at"), "policy");
	CU_ASSERT_STRING_EQUAL(document_text(device(views, "platform"), "why"),
		"libxl has it, the policy has not");
	check(views, "vga", "guest", VGA("02"));
	check(views, "igd", "guest", IGD("03"));
	check(views, "opregion", "firmware", "null");
	check(views, "opregion", "guest", "null");
	CU_ASSERT_STRING_EQUAL(document_text(device(views, "opregion"), "parts_at"), "firmware");
	CU_ASSERT_PTR_NOT_NULL(
		strstr(document_text(device(views, "opregion"), "why"), "hvmloader"));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(views, "devices")), 10);
	json_decref(views);
	json_decref(report);
}

/* The other recorded cells. The RFC's host bridge is plain: pc_i440fx_init(), QEMU at ece408818d.
 */
static void the_rfc_parts_at_qemu_and_an_empty_slot_nowhere(void)
{
	json_t *report = NULL;
	json_t *views = views_of("lab-bookworm-seed-igd", "xenfv-libxl-empty-none-0nic", &report);

	check_all(views, "config libxl qemu guest", "");
	CU_ASSERT_PTR_NULL(device(views, "igd"));
	check(views, "platform", "guest", PLATFORM("03"));
	json_decref(views);
	json_decref(report);
	views = views_of("lab-bookworm-seed-igd", "xenfv-rfc-on-none-0nic", &report);
	check_all(views, "config libxl policy qemu guest", "qemu");
	check(views, "host-bridge", "policy", "{\"kind\": \"igd\"}");
	check(views, "igd", "guest", IGD("03"));
	json_decref(views);
	json_decref(report);
}

static const char *blame(const json_t *views, const char *field, json_t *expected, json_t *report)
{
	const char *layer = views_blame(views, field, expected, report);

	json_decref(expected);
	return layer ? layer : "nobody";
}

static void blame_goes_as_far_as_the_evidence(void)
{
	json_t *report = NULL;
	json_t *views = views_of("lab-bookworm-seed-igd", "xenfv-bare-on-std-0nic", &report);

	CU_ASSERT_STRING_EQUAL(
		blame(views, "igd/opregion/signature", json_string("IntelGraphicsMem"), report),
		"firmware");
	CU_ASSERT_STRING_EQUAL(
		blame(views, "igd/0xfc", json_string("0xfdffc018"), report), "firmware");
	CU_ASSERT_STRING_EQUAL(
		blame(views, "igd/address", json_string("0000:00:02.0"), report), "qemu");
	CU_ASSERT_STRING_EQUAL(blame(views, "slot/02", json_string("8086:3e92"), report), "qemu");
	CU_ASSERT_STRING_EQUAL(
		blame(views, "kernel/release", json_string("6.1"), report), "nobody");
	json_decref(views);
	json_decref(report);
	views = views_of("lab-bookworm-seed-display", "xenfv-own-std-linux", &report);
	CU_ASSERT_STRING_EQUAL(
		blame(views, "display/mode", json_string("1280x800"), report), "nobody");
	json_decref(views);
	json_decref(report);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "the machine's own device and the adapter agree",
			the_machines_own_device_and_the_adapter_agree },
		{ "a late platform was asked for", a_late_platform_was_asked_for },
		{ "no platform is no platform in all", no_platform_is_no_platform_in_all },
		{ "a policy is a layer only if it changed something",
			a_policy_is_a_layer_only_if_it_changed_something },
		{ "the IGD agrees under xenfv", the_igd_agrees_under_xenfv },
		{ "slots that were asked for are given", slots_that_were_asked_for_are_given },
		{ "the bare machine parts at the policy and the firmware",
			the_bare_machine_parts_at_the_policy_and_the_firmware },
		{ "the RFC parts at QEMU, and an empty slot nowhere",
			the_rfc_parts_at_qemu_and_an_empty_slot_nowhere },
		{ "blame goes as far as the evidence", blame_goes_as_far_as_the_evidence },
		CU_TEST_INFO_NULL,
	};

	return suite_main("views_recorded", tests);
}
