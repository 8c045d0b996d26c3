/* Two reports of one guest, before it was saved and after it was restored. */
#include "harness/evidence/transition_compare.h"
#include "harness/plan/transition.h"

#include <string.h>
#include <unistd.h>

#include "harness/views/views.h"
#include "src/document.h"
#include "src/suite.h"

/* What a guest says: `more` of its machine, and how far it is. */
static json_t *report(const char *pci, int request, int steps, int realtime, const char *disk)
{
	json_t *all = json_pack("{s:{s:i}, s:{s:i, s:i, s:i, s:o}}", "agent", "request", request,
		"work", "monotonic_ms", 1000 + steps, "realtime_ms", realtime, "steps", steps,
		"disk", json_loads(disk, JSON_DECODE_ANY, NULL));

	CU_ASSERT_PTR_NOT_NULL_FATAL(all);
	json_object_set_new(all, "pci", json_loads(pci, 0, NULL));
	return all;
}

#define MACHINE                                                                                    \
	"{\"functions\": [{\"address\": \"0000:00:02.0\", \"device\": \"0x0001\"},"                \
	" {\"address\": \"0000:00:03.0\", \"device\": \"0x1111\"}]}"
#define NO_DISK "null"
#define DISK(written, wrong)                                                                       \
	"{\"written\": " written ", \"checked\": 3, \"wrong\": " wrong ", \"errors\": 0}"

/* {"asked_ms": [1000, 11000]}: ten seconds of the host between the two. */
static json_t *compare(json_t *before, json_t *after)
{
	json_t *end = json_pack("{s:{s:[i, i]}}", "transition", "asked_ms", 1000, 11000);
	json_t *result = transition_compare(before, after, end, NULL);

	json_decref(before);
	json_decref(after);
	json_decref(end);
	return result;
}

static bool is(const json_t *result, const char *key, const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
	bool equal = json_equal(json_object_get(result, key), value);

	json_decref(value);
	return equal;
}

/* Of one that was started again the agent, its work and its clocks are new. */
static void one_that_was_started_again(void)
{
	json_t *before = report(MACHINE, 1, 5, 100000, DISK("5", "0"));
	json_t *same = report(MACHINE, 1, 2, 106000, DISK("2", "0"));
	json_t *other = report("{\"functions\": []}", 1, 2, 106000, NO_DISK);
	json_t *end = json_pack(
		"{s:{s:b, s:[i, i]}}", "transition", "again", true, "asked_ms", 1000, 11000);
	json_t *result = transition_compare(before, same, end, NULL);

	CU_ASSERT(is(result, "changed", "null"));
	CU_ASSERT_PTR_NULL(json_object_get(result, "steps"));
	CU_ASSERT_PTR_NULL(json_object_get(result, "disk"));
	CU_ASSERT_PTR_NULL(json_object_get(result, "clock"));
	json_decref(result);
	result = transition_compare(before, other, end, NULL);
	CU_ASSERT_FALSE(is(result, "changed", "null"));
	json_decref(result);
	json_decref(before);
	json_decref(same);
	json_decref(other);
	json_decref(end);
}

static void one_that_went_on(void)
{
	json_t *result = compare(report(MACHINE, 1, 5, 100000, DISK("5", "0")),
		report(MACHINE, 2, 9, 106000, DISK("9", "0")));

	CU_ASSERT(is(result, "changed", "null"));
	CU_ASSERT(is(result, "steps", "true"));
	CU_ASSERT(is(result, "disk", "true"));
	CU_ASSERT(is(result, "clock", "true"));
	CU_ASSERT(is(result, "behind_ms", "4000"));
	json_decref(result);
}

static void another_machine(void)
{
	json_t *result = compare(report(MACHINE, 1, 5, 100000, NO_DISK),
		report("{\"functions\": [{\"address\": \"0000:00:02.0\", \"device\": \"0x0002\"}]}",
			2, 9, 106000, NO_DISK));

	CU_ASSERT(is(result, "changed",
		"\"pci.functions[0000:00:02.0].device, pci.functions[0000:00:03.0]\""));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(result, "changes")), 2);
	CU_ASSERT(is(result, "disk", "null"));
	json_decref(result);
}

/* Many changes are one line nevertheless. */
static void a_whole_other_machine(void)
{
	json_t *result = compare(
		report("{\"a\": 1, \"b\": 1, \"c\": 1, \"d\": 1, \"e\": 1}", 1, 5, 100000, NO_DISK),
		report("{\"a\": 2, \"b\": 2, \"c\": 2, \"d\": 2, \"e\": 2}", 2, 9, 106000,
			NO_DISK));

	CU_ASSERT(is(result, "changed", "\"pci.a, pci.b, pci.c, pci.d and 1 more\""));
	json_decref(result);
}

static void one_that_did_not_go_on(void)
{
	json_t *result;

	/* It was started again: its requests count from 1. */
	result = compare(
		report(MACHINE, 1, 5, 100000, NO_DISK), report(MACHINE, 1, 9, 106000, NO_DISK));
	CU_ASSERT(is(result, "steps", "false"));
	json_decref(result);
	/* It answers, and does nothing. */
	result = compare(report(MACHINE, 1, 5, 100000, DISK("5", "0")),
		report(MACHINE, 2, 5, 106000, DISK("5", "0")));
	CU_ASSERT(is(result, "steps", "false"));
	CU_ASSERT(is(result, "disk", "false"));
	json_decref(result);
	/* A block is not what it was. */
	result = compare(report(MACHINE, 1, 5, 100000, DISK("5", "0")),
		report(MACHINE, 2, 9, 106000, DISK("9", "1")));
	CU_ASSERT(is(result, "steps", "true"));
	CU_ASSERT(is(result, "disk", "false"));
	json_decref(result);
}

static void clocks(void)
{
	json_t *result;

	/* Back, and a minute ahead. */
	result = compare(
		report(MACHINE, 1, 5, 100000, NO_DISK), report(MACHINE, 2, 9, 99000, NO_DISK));
	CU_ASSERT(is(result, "clock", "false"));
	json_decref(result);
	result = compare(
		report(MACHINE, 1, 5, 100000, NO_DISK), report(MACHINE, 2, 9, 170000, NO_DISK));
	CU_ASSERT(is(result, "clock", "false"));
	json_decref(result);
}

/* An agent of before there was work. */
static void nothing_said(void)
{
	json_t *result = compare(json_object(), json_object());

	CU_ASSERT(is(result, "changed", "null"));
	CU_ASSERT_PTR_NULL(json_object_get(result, "steps"));
	CU_ASSERT_PTR_NULL(json_object_get(result, "disk"));
	CU_ASSERT_PTR_NULL(json_object_get(result, "clock"));
	json_decref(result);
}

/* "info qtree" of QEMU 7.2.22, cut: results/recorded/lab-bookworm-migration, of the restored guest.
 */
#define QTREE(vga, platform)                                                                       \
	"      dev: VGA, id \"\"\n"                                                                \
	"        rombar = 1 (0x1)\n"                                                               \
	"        class VGA controller, addr 00:03.0, pci id 1234:1111 (sub 1af4:1100)\n"           \
	"        bar 0: mem at " vga "\n"                                                          \
	"        bar 6: mem at 0xffffffffffffffff [0xfffe]\n"                                      \
	"      dev: xen-pci-passthrough, id \"pci-pt-00_02.0\"\n"                                  \
	"        class Class 0000, addr 00:04.0, pci id 8086:3e92 (sub 0000:0000)\n"               \
	"        bar 0: mem at 0xffffffffffffffff [0xfffffe]\n"                                    \
	"      dev: xen-platform, id \"\"\n"                                                       \
	"        class Class ff80, addr 00:02.0, pci id 5853:0001 (sub 5853:0001)\n"               \
	"        bar 0: i/o at " platform "\n"
#define BAR(index, kind, start)                                                                    \
	"{\"index\": " index ", \"kind\": \"" kind "\", \"start\": \"" start "\"}"
#define FUNCTION(at, bars) "{\"address\": \"0000:00:" at "\", \"bars\": [" bars "]}"

static void devices_are_where_the_guest_has_them(void)
{
	static const struct {
		const char *qtree, *changed;
	} cases[] = {
		{ QTREE("0xf1000000 [0xf1ffffff]", "0xc000 [0xc0ff]"), "null" },
		{ QTREE("0xffffffffffffffff [0xfffffe]", "0xc000 [0xc0ff]"),
			"\"qemu.functions[0000:00:03.0].bars[0]\"" },
		{ QTREE("0xf1000000 [0xf1ffffff]", "0xd000 [0xd0ff]"),
			"\"qemu.functions[0000:00:02.0].bars[0]\"" },
		{ "", "null" },
		{ "class VGA controller, addr 00:03\nbar 0: mem at 0x1\nclass x, addr 99:99.9, "
		  "pci id\n    bar 0",
			"null" },
	};
	static const char pci[] = "{\"functions\": [" /* a ROM, and a device of the host */
		FUNCTION("02.0", BAR("0", "io", "0x000000000000c000")) ", " FUNCTION(
			"03.0", BAR("0", "memory", "0x00000000f1000000") ", " BAR(
					"6", "rom", "0x00000000f2000000")) ", " FUNCTION("04.0",
			BAR("0", "memory", "0x00000000e0000000")) "]}";
	/* Of these QEMU is asked before the guest has placed the BARs: it says nothing of them. */
	static const char *const kinds[] = { "again", "hotplug" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *before = report(pci, 1, 5, 100000, NO_DISK);
		json_t *after = report(pci, 2, 9, 106000, NO_DISK);
		json_t *qemu = view_qtree_functions(cases[i].qtree, strlen(cases[i].qtree));
		json_t *result = transition_compare(before, after, NULL, qemu);

		CU_ASSERT(is(result, "changed", cases[i].changed));
		json_decref(result);
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			json_t *end = json_pack("{s:{s:b}}", "transition", kinds[k], true);

			result = transition_compare(before, after, end, qemu);
			CU_ASSERT(is(result, "changed", "null"));
			json_decref(result);
			json_decref(end);
		}
		json_decref(qemu);
		json_decref(before);
		json_decref(after);
	}
}

static void the_other_side(void)
{
	json_t *cell = json_pack("{s:s, s:{s:i}, s:{s:{s:i}}}", "name", "a", "settings", "x", 1,
		"to", "settings", "x", 2);
	json_t *other = transition_other_side(cell);

	CU_ASSERT(transition_is(cell));
	CU_ASSERT_STRING_EQUAL(document_text(other, "name"), "a");
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_object_get(other, "settings"), "x")), 2);
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_object_get(cell, "settings"), "x")), 1);
	json_decref(other);
	json_object_del(cell, "to");
	CU_ASSERT_FALSE(transition_is(cell));
	json_decref(cell);
}

static void a_disk_is_empty_and_as_large_as_asked(void)
{
	int fd = transition_disk(2);
	char byte = 1;

	CU_ASSERT_EQUAL(lseek(fd, 0, SEEK_END), 2 << 20);
	CU_ASSERT_EQUAL(pread(fd, &byte, 1, 12345), 1);
	CU_ASSERT_EQUAL(byte, 0);
	CU_ASSERT_FALSE(transition_is_full(fd));
	close(fd);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "one that was started again", one_that_was_started_again },
		{ "one that went on", one_that_went_on },
		{ "another machine", another_machine },
		{ "a whole other machine", a_whole_other_machine },
		{ "one that did not go on", one_that_did_not_go_on },
		{ "clocks", clocks },
		{ "nothing said", nothing_said },
		{ "devices are where the guest has them", devices_are_where_the_guest_has_them },
		{ "the other side", the_other_side },
		{ "a disk is empty and as large as asked", a_disk_is_empty_and_as_large_as_asked },
		CU_TEST_INFO_NULL,
	};

	return suite_main("transition", tests);
}
