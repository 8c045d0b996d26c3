/*
 * Every way a matrix can be wrong: the place, what is wrong, and what to do. The places are counted
 * by hand, as an editor shows them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/matrix/private.h"
#include "src/suite.h"

/* Lines 1 to 4, 5 to 7, 8 to 9. Expectations begin at line 10. */
#define HEAD  "format: igd-harness matrix\nversion: 1\nname: t\nabout: t\n"
#define AXES  "axes:\n  m: {a: {about: x}, b: {about: x}}\n  g: {l: {about: x, guest: linux}}\n"
#define CELLS "cells:\n  - {m: a, g: l}\n"
#define WHOLE HEAD AXES CELLS
#define LAST  "    source: s\n"

struct wrong {
	const char *text, *place, *what, *todo;
};

/* Writes the case and the sentence to $MATRIX_WRONG_DIR, for docs/schema/schemas_test.py. */
static void leave(const char *kind, const char *text, const struct problem *why)
{
	static int number;
	const char *folder = getenv("MATRIX_WRONG_DIR");
	const char *const texts[] = { text, why->text }, *const endings[] = { "yaml", "why" };

	number++;
	for (size_t i = 0; folder && i < 2; i++) {
		char path[256];
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s-%03d.%s", folder, kind, number, endings[i]);
		file = fopen(path, "w");
		CU_ASSERT(file && fputs(texts[i], file) >= 0);
		CU_ASSERT(file && fclose(file) == 0);
	}
}

static void check(const struct wrong *wrong, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct problem why = { "" };
		json_t *plan = NULL;
		char place[64];

		/* A place without a column ends with a colon. */
		snprintf(place, sizeof(place), "dir/t.yaml:%s%s", wrong[i].place,
			wrong[i].place[strlen(wrong[i].place) - 1] == ':' ? "" : ": ");
		CU_ASSERT_EQUAL(matrix_plan_text(&(struct matrix_file){ "dir/t.yaml", wrong[i].text,
							 strlen(wrong[i].text) },
					NULL, &plan, &why),
			-EINVAL);
		leave("matrix", wrong[i].text, &why);
		CU_ASSERT_PTR_NULL(plan);
		CU_ASSERT_EQUAL(strncmp(why.text, place, strlen(place)), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, wrong[i].what));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, wrong[i].todo));
		if (strncmp(why.text, place, strlen(place)) != 0 ||
			!strstr(why.text, wrong[i].what) || !strstr(why.text, wrong[i].todo))
			printf("\n  case %zu, wanted %s%s ... %s\n  but got %s\n", i, place,
				wrong[i].what, wrong[i].todo, why.text);
		json_decref(plan);
	}
}

/* Of a file of known deviations beside such a matrix. */
#define KNOWN_HEAD  "format: igd-harness known\nversion: 1\nmatrix: t\n"
#define KNOWN(more) KNOWN_HEAD "known:\n  - {id: k, expect: i, value: 1, " more "}\n"
#define KNOWN_REST  "why: w, link: l, until: {date: 2027-06-30}"

static void known_deviations(void)
{
	static const char matrix[] =
		WHOLE "expect:\n  - id: i\n    field: slot/02\n    value: 2\n" LAST;
	static const struct wrong table[] = {
		{ "format: igd-harness matrix\nversion: 1\nmatrix: t\nknown: []\n", "1:9",
			"is not the format of known deviations", "write \"igd-harness known\"" },
		{ "format: igd-harness known\nversion: 2\nmatrix: t\nknown: []\n", "2:10",
			"of version 2", "use a newer igd-harness" },
		{ "format: igd-harness known\nversion: 1\nmatrix: u\nknown: []\n", "3:9",
			"of the matrix u", "not of t" },
		{ KNOWN("why: w, link: l"), "5:5", "a known deviation needs `until`", "add it" },
		{ KNOWN("why: w, until: {date: 2027-06-30}"), "5:5", "needs `link`", "add it" },
		{ KNOWN("why: ' ', link: l, until: {date: 2027-06-30}"), "5:39",
			"`why` of a known deviation is empty", "XFAIL" },
		{ KNOWN("why: w, link: l, until: {date: 30.6.2027}"), "5:65",
			"\"30.6.2027\" is not a date", "write a date as 2027-06-30" },
		{ KNOWN("why: w, link: l, until: {linux: \">=7\"}"), "5:59",
			"`until` has no key \"linux\"", "use date" },
		{ KNOWN("why: w, link: l, until: {qemu: 7}"), "5:65", "is not a version range",
			"write comparators" },
		{ KNOWN("why: w, link: l, until: {qemu: \">=7\", date: 2027-01-01}"), "5:58",
			"`until` has one key", "{date: 2027-06-30}" },
		{ KNOWN("when: {mm: a}, " KNOWN_REST), "5:41", "there is no axis `mm`",
			"did you mean `m`?" },
		{ KNOWN_HEAD "known:\n  - {id: k, expect: ii, value: 1, " KNOWN_REST "}\n", "5:21",
			"an expectation ii", "did you mean i" },
		{ KNOWN_HEAD "known:\n  - {id: k, expect: i, value: 2, " KNOWN_REST "}\n", "5:31",
			"is the expected value", "remove one" },
		{ KNOWN(KNOWN_REST) "  - {id: k, expect: i, value: 3, " KNOWN_REST "}\n", "6:10",
			"the id k is given twice", "change one" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct problem why = { "" };
		json_t *plan = NULL;
		char place[64];

		snprintf(place, sizeof(place), "k.yaml:%s: ", table[i].place);
		CU_ASSERT_EQUAL(
			matrix_plan_text(&(struct matrix_file){ "t", matrix, strlen(matrix) },
				&(struct matrix_file){
					"k.yaml", table[i].text, strlen(table[i].text) },
				&plan, &why),
			-EINVAL);
		leave("known", table[i].text, &why);
		CU_ASSERT_PTR_NULL(plan);
		CU_ASSERT_EQUAL(strncmp(why.text, place, strlen(place)), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, table[i].what));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, table[i].todo));
		if (strncmp(why.text, place, strlen(place)) != 0 ||
			!strstr(why.text, table[i].what) || !strstr(why.text, table[i].todo))
			printf("\n  case %zu, wanted %s%s ... %s\n  but got %s\n", i, place,
				table[i].what, table[i].todo, why.text);
	}
}

#define CHECK(table) check(table, sizeof(table) / sizeof((table)[0]))

static void yaml(void)
{
	static const struct wrong table[] = {
		{ "", "1:1", "empty", "docs/use/matrix.md" },
		{ "# nothing\n", "2:1", "empty", "docs/use/matrix.md" },
		{ "a: b: c\n", "1:5", "not YAML: invalid nested block mapping", "correct this" },
		{ "a: [1, 2\n", "2:1", "not YAML: flow sequence", "correct this" },
		{ "\ta: 1\n", "1:1", "not YAML: invalid tab", "correct this" },
		{ "a: \"\\q\"\n", "1:5", "not YAML: invalid escape", "correct this" },
		{ "a: 1\nbb: 2\n\"a\": 3\n", "3:1", "\"a\" is given twice, here and at line 1",
			"remove one" },
		{ "a: {b: 1,\n    c: 2, b: 3}\n", "2:11", "given twice, here and at line 1",
			"remove one" },
		{ "a: &x 1\n", "1:7", "anchors and aliases", "write the value itself" },
		{ "a: &x\n  b: 1\n", "2:3", "anchors and aliases", "write the value itself" },
		{ "a: 1\nb: *a\n", "2:5", "anchors and aliases", "write the value itself" },
		{ "a: !!str 1\n", "1:10", "tags", "remove the !" },
		{ "a: 1\n---\nb: 1\n", "2:1", "second document", "remove the ---" },
		{ "? [a]\n: 1\n", "1:3", "this key is a list or a mapping",
			"write a word as the key" },
		{ "a: \xc3(\n", "1:4", "byte 0xc3 is not UTF-8", "save the file as UTF-8" },
		{ "a: 1\nb: \xc3\xa9\xff\n", "2:5", "byte 0xff is not UTF-8", "remove it" },
		{ "a: \xed\xa0\x80\n", "1:4", "byte 0xed is not UTF-8", "remove it" },
		{ "a: \xf0\x9f", "1:4", "byte 0xf0 is not UTF-8", "remove it" },
		{ "a: \x1b[2J\n", "1:4", "byte 0x1b", "remove it" },
		{ "a: \"x\\0y\"\n", "1:4", "0 byte", "remove the \\0" },
		{ "[[[[[[[[[[[[[[[[[[[[", "1:17", "nested deeper than 16", "more than 5" },
	};

	CHECK(table);
}

static void head(void)
{
	static const struct wrong table[] = {
		{ "[]\n", "1:1", "a matrix has the wrong shape", "write a mapping" },
		{ "format: x\nversion: 1\nname: t\nabout: t\n" AXES CELLS, "1:9",
			"\"x\" is not the format of a matrix", "write \"igd-harness matrix\"" },
		{ "format: igd-harness matrix\nversion: 2\nname: t\nabout: t\n" AXES CELLS, "2:10",
			"version 2", "use a newer igd-harness" },
		{ "format: igd-harness matrix\nversion: '1'\nname: t\nabout: t\n" AXES CELLS,
			"2:10", "a whole number from 1", "without quotes" },
		{ "format: igd-harness matrix\nversion: 1\nname: T/../x\nabout: t\n" AXES CELLS,
			"3:7", "\"T/../x\" cannot be the name of a matrix", "use 1 to 64" },
		{ HEAD AXES, "1:1", "a matrix needs `cells`", "add it" },
		{ HEAD CELLS, "1:1", "a matrix needs `axes`", "add it" },
		{ WHOLE "expects: []\n", "10:1", "a matrix has no key `expects`",
			"did you mean `expect`?" },
		{ WHOLE "zzzzzzzz: []\n", "10:1", "no key `zzzzzzzz`",
			"format, version, name, about, axes, defaults, cells, tags, expect" },
		{ WHOLE "\"\\e[2J\": []\n", "10:1", "no key `?[2J`", "it may have" },
		{ WHOLE "expect: 5\n", "10:9", "expect has the wrong shape", "write a list" },
		/* libfyaml 0.7 and 0.8 differ in the column of a value that is not there. */
		{ WHOLE "expect:\n", "10:", "expect has the wrong shape", "write a list" },
	};

	CHECK(table);
}

#define WORD(more)     HEAD "axes:\n  m: {a: {about: x}}\n  g:\n    l:\n      about: x\n" more CELLS
#define DEFAULTS(more) WHOLE "defaults:\n" more

static void axes(void)
{
	static const struct wrong table[] = {
		{ HEAD "axes: {}\n" CELLS, "5:1", "the matrix has 0 axes", "from 1 to 16" },
		{ HEAD "axes: {m: {}}\n" CELLS, "5:8", "axis `m` has 0 words", "from 1 to 4096" },
		{ HEAD "axes: {M: {a: {about: x}}}\n" CELLS, "5:8", "\"M\" cannot be an axis",
			"use 1 to 32 characters of abc" },
		{ HEAD "axes: {m: {a-b: {about: x}}}\n" CELLS, "5:12", "\"a-b\" cannot be a word",
			"use 1 to 32 characters of abc" },
		{ HEAD "axes: {m: {a: {about: x}, a: {about: y}}}\n" CELLS, "5:27",
			"\"a\" is given twice", "remove one" },
		{ HEAD "axes: {m: [a]}\n" CELLS, "5:11", "m has the wrong shape", "a mapping" },
		{ HEAD "axes: {m: {a: x}}\n" CELLS, "5:15", "word `a` has the wrong shape",
			"a mapping" },
		{ HEAD "axes: {m: {a: {guest: x}}}\n" CELLS, "5:15", "word `a` needs `about`",
			"add it" },
		{ WORD("      libxi: {}\n"), "10:7", "word `l` has no key `libxi`",
			"did you mean `libxl`?" },
		{ WORD("      libxl: {vgaa: none}\n"), "10:15", "libxl has no setting \"vgaa\"",
			"did you mean \"vga\"?" },
		{ WORD("      libxl: {machine: pc}\n"), "10:15", "libxl has no setting \"machine\"",
			"libxl chooses the machine by xen_platform_pci" },
		{ WORD("      libxl: {zzzzzz: pc}\n"), "10:15", "libxl has no setting \"zzzzzz\"",
			"plan --settings" },
		{ WORD("      qemu: {vga: stdvga}\n"), "10:14", "qemu setting vga",
			"one of none, std, cirrus" },
		{ WORD("      libxl: {pci: {a: b}}\n"), "10:20", "a mapping is not a value",
			"write one value, or a list" },
		{ WORD("      libxl: {pci: [[a]]}\n"), "10:21",
			"an item of the list has the wrong shape", "one value" },
		{ WORD("      libxl: {memory: 1e9}\n"), "10:23", "reads 1e9 as a kind of number",
			"put it in quotes" },
		{ WORD("      libxl: {memory: 99999999999999999999}\n"), "10:23", "too large",
			"put it in quotes" },
		{ WORD("      cmdline: 5\n"), "10:7", "libxl setting cmdline is a text",
			"put it in quotes" },
		{ WORD("      backends: [libxl, kvm]\n"), "10:25", "no back end \"kvm\"",
			"libxl or qemu" },
		{ WORD("      backends: []\n"), "10:17", "backends has the wrong shape",
			"one value, or a list" },
		{ WORD("      backends: libxl\n      qemu: {vga: std}\n"), "11:7",
			"`backends` excludes qemu", "remove one of the two" },
		{ WORD("      guest: ../linux\n"), "10:14", "\"../linux\" cannot be the folder",
			"use 1 to 64" },
		{ WORD("      requires: {xen: hvm}\n"), "10:18", "no back end \"xen\"",
			"libxl or qemu" },
		{ WORD("      requires: [hvm]\n"), "10:17", "requires has the wrong shape",
			"a mapping" },
		{ WORD("      requires: {libxl: [hvm, \"H V\"]}\n"), "10:31",
			"\"H V\" cannot be a capability", "use 1 to 32" },
		{ WORD("      requires: {libxl: [hvm, iomu]}\n"), "10:31",
			"no host has a capability \"iomu\", did you mean iommu",
			"they are hvm, hap, shadow, iommu, iommu_hap_pt_share, ovmf, igd, "
			"igd_vga, igd_rom, igd_opregion, and model-NAME" },
		{ DEFAULTS("  requires: {qemu: kvm}\n"), "11:20",
			"no host has a capability \"kvm\"", "they are hvm, " },
		{ WORD("      limits_ms: {first_frame: 5}\n"), "10:19",
			"there is no limit `first_frame`", "did you mean first-frame" },
		{ WORD("      limits_ms: {zzzzzz: 5}\n"), "10:19", "there is no limit `zzzzzz`",
			"create, first-frame, report, save, restore, power-off or clean-up" },
		{ WORD("      limits_ms: {report: 0}\n"), "10:27", "from 1 to 3600000",
			"without quotes" },
		{ WORD("      to: {libxl: {hap: 1}}\n"), "10:20", "libxl setting hap",
			"true or false" },
		{ WORD("      to: {guest: linux}\n"), "10:12", "`to` has no key `guest`",
			"it may have requires, libxl, qemu" },
		{ WORD("      backends: qemu\n      to: {libxl: {hap: true}}\n"), "11:12",
			"`backends` excludes libxl", "remove one" },
		{ DEFAULTS("  about: x\n"), "11:3", "`defaults` has no key `about`",
			"it may have guest, cmdline, limits_ms, requires, libxl, qemu" },
		{ DEFAULTS("  libxl: {hap: 1}\n"), "11:11", "libxl setting hap", "true or false" },
	};

	CHECK(table);
}

/* Settings: each value that a back end would refuse is refused where it stands. */
static void settings(void)
{
	static const struct wrong table[] = {
		{ WORD("      libxl: {pci: [\"banana\"]}\n"), "10:21",
			"\"banana\" is not a PCI address", "write an address as \"00:02.0\"" },
		{ WORD("      libxl: {pci: [\"00:14.0\", \"zz:02.0\"]}\n"), "10:32",
			"\"zz:02.0\" is not a PCI address", "write an address as" },
		{ WORD("      libxl:\n        pci:\n          - \"00:1f.*\"\n"), "12:13",
			"names every function of a device", "write each function" },
		{ WORD("      libxl: {pci: [\"00:02.0@20\"]}\n"), "10:21",
			"has no valid slot of the guest", "from 00 to 1f" },
		{ WORD("      libxl: {pci: [\"00:02.0\", \"0000:00:02.0\"]}\n"), "10:32",
			"the same device as \"00:02.0\"", "remove one" },
		{ WORD("      libxl: {pci: [\"00:02.0@00\"]}\n"), "10:21",
			"asks for slot 00 of the guest", "leave the slot out" },
		{ WORD("      libxl: {pci: [\"00:02.0@02.1\"]}\n"), "10:21",
			"asks for function 1 of the guest's slot", "libxl allows only function 0" },
		{ WORD("      libxl: {pci: [\"00:02.0@02\", \"00:1f.3@02\"]}\n"), "10:35",
			"asks for the same slot and function", "a different slot" },
		{ WORD("      libxl: {pci: [\"10000:e1:00.0\"]}\n"), "10:21", "Intel VMD",
			"switch VMD off" },
		{ WORD("      libxl: {pci: [\"00:02.0,permissive=on\"]}\n"), "10:21",
			"has \"permissive=on\" as an option", "=0 or =1" },
		{ WORD("      libxl: {device_model: /usr/bin/qemu}\n"), "10:15",
			"is not a NAME of `run --model", "a-z, 0-9 and _" },
		{ WORD("      libxl: {device_model_args_hvm: [-S, \"\"]}\n"), "10:43",
			"libxl setting device_model_args_hvm is empty", "write a value" },
		{ WORD("      qemu: {machine: \"pc kvm\"}\n"), "10:14", "is not a machine type",
			"-machine" },
		{ WORD("      cmdline: \"a\\nb\"\n"), "10:7", "a control character", "remove it" },
		{ WORD("      libxl: {domain_config: [a]}\n"), "10:15",
			"libxl setting domain_config is a mapping", "mapping" },
		{ WORD("      libxl:\n        domain_config: {c_info: {name: x}}\n"), "11:9",
			"c_info/name is chosen by the harness", "leave the key out" },
		{ WORD("      libxl:\n        domain_config: {b_info: {acpi: true}}\n"), "11:9",
			"b_info/acpi is chosen by the setting acpi", "write it there" },
		/* What no layer says alone. */
		{ WORD("      libxl: {pci: [\"00:02.0\"]}\n") "defaults: {guest: linux, libxl: {pci: [\"00:02.0@02\"]}}\n",
			"12:5", "cell a-l cannot run: libxl setting pci", "remove one" },
		{ WORD("      libxl: {videoram: 64}\n") "defaults: {guest: linux, libxl: {vga: qxl}}\n",
			"12:5", "videoram is 64", "less than 128 MiB with vga: qxl" },
		{ WORD("      libxl: {gfx_passthru: \"on\"}\n") "defaults: {guest: linux}\n",
			"12:5", "gfx_passthru: on", "or write gfx_passthru: igd" },
		{ WORD("      libxl: {}\n      to: {libxl: {disk: 4}}\n") "defaults: {guest: linux}\n",
			"13:5", "`to` has a disk of 4 MiB",
			"give the cell and `to` the same disk" },
		{ WORD("      libxl: {again: true}\n") "defaults: {guest: linux}\n", "12:5",
			"on one back end and not on qemu", "set `again` for both" },
	};

	CHECK(table);
}

static void cells(void)
{
	static const struct wrong table[] = {
		{ HEAD AXES "cells: []\n", "8:1", "the matrix has no cells", "add a cell" },
		{ HEAD AXES "cells: [a]\n", "8:9", "wrong shape", "a mapping" },
		{ HEAD AXES "cells:\n  - {m: a, gg: l}\n", "9:12", "there is no axis `gg`",
			"did you mean `g`?" },
		{ HEAD AXES "cells:\n  - {m: a, zzz: l}\n", "9:12", "there is no axis `zzz`",
			"use one of those in `axes`" },
		{ HEAD AXES "cells:\n  - {m: [a, bb], g: l}\n", "9:13", "axis `m` has no word `bb`",
			"did you mean `b`?" },
		{ HEAD AXES "cells:\n  - {m: zzz, g: l}\n", "9:9", "axis `m` has no word `zzz`",
			"use one of its words" },
		{ HEAD AXES "cells:\n  - {m: a}\n", "9:5", "have no word of axis `g`",
			"add a word" },
		{ HEAD AXES "cells:\n  - {m: {a: b}, g: l}\n", "9:9", "m has the wrong shape",
			"one value, or a list" },
		{ WHOLE "  - {m: [b, a], g: l}\n", "10:5",
			"cell a-l is listed twice, here and at line 9", "remove one" },
		{ HEAD AXES "cells:\n  - {m: [b, b], g: l}\n", "9:5",
			"cell b-l is listed twice, here and at line 9", "remove one" },
		{ HEAD "axes:\n  m: {a: {about: x}}\ncells:\n  - {m: a}\n", "8:5",
			"cell a has no guest", "set `guest`" },
		{ HEAD "axes:\n  m: {a: {about: x, backends: libxl}}\n"
		       "  g: {l: {about: x, guest: linux, backends: qemu}}\n" CELLS,
			"9:5", "no back end can run cell a-l", "exclude each other by `backends`" },
	};

	CHECK(table);
}

#define EXPECT(more) WHOLE "expect:\n  - id: i\n" more
#define REST         "    field: slot/02\n    value: null\n" LAST

static void expectations(void)
{
	static const struct wrong table[] = {
		{ EXPECT("    fields: slot/02\n    value: 1\n" LAST), "12:5",
			"an expectation has no key `fields`", "did you mean `field`?" },
		{ EXPECT("    field: slot/02\n    value: 1\n"), "11:5",
			"an expectation needs `source`", "add it" },
		{ EXPECT("    field: slot/02\n" LAST), "11:5", "either `value` or `same_as`",
			"add one" },
		{ EXPECT("    same_as: slot/03\n" REST), "12:5", "either `value` or `same_as`",
			"remove one" },
		{ EXPECT("    field: slot/02\n    same_as: host/slot/9\n" LAST), "13:14",
			"no field \"slot/9\"", "lists them" },
		{ EXPECT("    field: slot/02\n    same_as: slot/02\n" LAST), "13:14",
			"the field itself", "never fail" },
		{ EXPECT("    field: endings\n    value: done\n" LAST), "12:12",
			"no field \"endings\"", "lists them" },
		{ EXPECT("    on_host: {host/igd/class: 1}\n" REST), "12:15",
			"no field \"host/igd/class\"", "lists them" },
		{ EXPECT("    not_on_host: {igd/class: {a: b}}\n" REST), "12:30",
			"igd/class has the wrong shape", "one value, or a list" },
		{ EXPECT("    field: slot/2\n    value: 1\n" LAST), "12:12", "no field \"slot/2\"",
			"lists them" },
		{ EXPECT("    field: slot/02\n    value: 1\n    source: ' '\n"), "14:13",
			"`source` is empty", "commit, file or mail" },
		{ EXPECT("    field: slot/02\n    value:\n" LAST), "13:5", "`value` is empty",
			"write null" },
		{ EXPECT("    field: slot/02\n    value: 0xff8000\n" LAST), "13:12",
			"reads 0xff8000 as a kind of number", "put it in quotes" },
		{ EXPECT("    field: slot/02\n    value: [1]\n" LAST), "13:12",
			"value has the wrong shape", "one value" },
		{ EXPECT("    known: {value: 1}\n" REST), "12:5",
			"an expectation has no key `known`", "it may have" },
		{ EXPECT("    when: {mm: a}\n" REST), "12:12", "there is no axis `mm`",
			"did you mean `m`?" },
		{ EXPECT("    when: {m: [a, c]}\n" REST), "12:19", "axis `m` has no word `c`",
			"did you mean `a`?" },
		{ EXPECT("    when: {m: b}\n" REST), "11:5", "expectation i applies to no cell",
			"correct its `when`" },
		{ EXPECT("    backends: xl\n" REST), "12:15", "no back end \"xl\"",
			"libxl or qemu" },
		{ EXPECT("    versions: {qemo: \">=7\"}\n" REST), "12:16",
			"no back end detects the version of `qemo`", "did you mean qemu" },
		{ EXPECT("    versions: {linux: \">=7\"}\n" REST), "12:16",
			"no back end detects the version of `linux`", "use qemu, xen or libxl" },
		{ EXPECT("    versions: {xen: \">=4.17\"}\n" REST), "12:16",
			"only the back end libxl detects the version of xen",
			"add `backends: libxl`" },
		{ EXPECT("    backends: [libxl, qemu]\n    versions: {libxl: \">=4.17\"}\n" REST),
			"13:16", "only the back end libxl detects the version of libxl",
			"add `backends: libxl`" },
		{ EXPECT("    versions: {qemu: \">=7,<8\"}\n" REST), "12:22",
			"\">=7,<8\" is not a version range", "\">=7.0 <10.0\"" },
		{ EXPECT("    versions: {qemu: 7.2}\n" REST), "12:22",
			"\"7.2\" is not a version range", "write comparators" },
		{ EXPECT("    versions: {qemu: \">=8 <7\"}\n" REST), "12:22",
			"no version is in the range", "remove a comparator" },
		{ EXPECT(REST) "  - id: i\n    when: {m: a}\n" REST, "15:9",
			"the id i is given twice, here and at line 11", "change one" },
		{ EXPECT(REST) "  - id: j\n    when: {m: a}\n" REST, "15:5",
			"cell a-l has two expectations of slot/02, here and at line 11",
			"restrict one of them by `when`, `backends`, `versions` or `on_host`" },
		{ WHOLE "expect:\n  - {}\n", "11:5", "needs `id`", "add it" },
		{ WHOLE "expect:\n  - {id: 'a b', field: slot/02, value: 1, source: s}\n", "11:10",
			"\"a b\" cannot be the id", "use 1 to 64" },
		/* The only back end of the expectation cannot run the cell. */
		{ HEAD "axes:\n  m: {a: {about: x, backends: libxl, guest: linux}}\n"
		       "cells:\n  - {m: a}\nexpect:\n"
		       "  - {id: i, backends: qemu, field: slot/02, value: 1, source: s}\n",
			"10:5", "expectation i applies to no cell", "`backends`" },
	};

	CHECK(table);
}

static void tags(void)
{
#define TAGS WHOLE "tags:\n"
	static const struct wrong table[] = {
		{ TAGS "  fast: {m: a}\n", "11:9", "fast has the wrong shape", "write a list" },
		{ TAGS "  fast: []\n", "11:9", "the tag fast is an empty list", "{machine: pc}" },
		{ TAGS "  Fast: [{m: a}]\n", "11:3", "\"Fast\" cannot be a tag", "use 1 to 32" },
		{ TAGS "  fast: [a]\n", "11:10", "an item of a tag has the wrong shape",
			"write a mapping" },
		{ TAGS "  fast: [{k: a}]\n", "11:11", "there is no axis `k`", "did you mean" },
		{ TAGS "  fast: [{m: c}]\n", "11:14", "axis `m` has no word `c`",
			"did you mean `a`?" },
		/* A word of the axis, but of no cell. */
		{ TAGS "  fast: [{m: a}, {m: b}]\n", "11:18", "the tag fast applies to no cell",
			"correct them" },
		{ TAGS "  fast: [{m: a}]\n  fast: [{m: a}]\n", "12:3", "fast", "" },
	};

	CHECK(table);
#undef TAGS
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "not YAML, or YAML that a matrix is not", yaml },
		{ "the head", head },
		{ "axes, words, settings, limits", axes },
		{ "values of settings", settings },
		{ "cells", cells },
		{ "tags", tags },
		{ "expectations", expectations },
		{ "files of known deviations", known_deviations },
		CU_TEST_INFO_NULL,
	};

	return suite_main("matrix_wrong", tests);
}
