/*
 * Matrices that are right. What seed-display.yaml must say was measured (Debian bookworm, Xen
 * 4.17.7, QEMU 7.2.22; the project's facts, measured.md).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/matrix/matrix.h"
#include "harness/matrix/private.h"
#include "src/suite.h"

#define HEAD  "format: igd-harness matrix\nversion: 1\nname: t\nabout: t\n"
#define AXES  "axes:\n  m: {a: {about: x}, b: {about: x}}\n  g: {l: {about: x, guest: linux}}\n"
#define CELLS "cells:\n  - {m: a, g: l}\n"

static json_t *plan_of(const char *text)
{
	struct problem why = { "" };
	json_t *plan = NULL;

	CU_ASSERT_EQUAL(matrix_plan_text(&(struct matrix_file){ "t.yaml", text, strlen(text) },
				NULL, &plan, &why),
		0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
	CU_ASSERT_EQUAL(plan_check(plan, NULL), 0);
	return plan;
}

static const json_t *cell_at(const json_t *plan, size_t index)
{
	const json_t *cell = json_array_get(json_object_get(plan, "cells"), index);

	CU_ASSERT_PTR_NOT_NULL_FATAL(cell);
	return cell;
}

/* Is `json` what the text says? Prints both if not. */
static void same(const json_t *json, const char *text)
{
	json_t *wanted = json_loads(text, JSON_DECODE_ANY, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(wanted);
	CU_ASSERT_TRUE(json_equal(json, wanted));
	if (!json_equal(json, wanted)) {
		char *seen = json_dumps(json, JSON_ENCODE_ANY);

		printf("\n  wanted %s\n  but got %s\n", text, seen);
		free(seen);
	}
	json_decref(wanted);
}

static char *source_file(const char *name)
{
	const char *root = getenv("SOURCE_ROOT");
	char *path = NULL;

	CU_ASSERT_TRUE_FATAL(asprintf(&path, "%s/%s", root ? root : ".", name) > 0);
	return path;
}

static void smallest(void)
{
	json_t *plan = plan_of(HEAD AXES CELLS);

	same(json_object_get(plan, "format"), "\"igd-harness plan\"");
	same(json_object_get(plan, "version"), "1");
	same(json_object_get(plan, "axes"), "[\"m\", \"g\"]");
	same(json_object_get(plan, "cells"),
		"[{\"name\": \"a-l\", \"words\": {\"m\": \"a\", \"g\": \"l\"}, \"guest\": \"linux\","
		" \"requires\": {\"libxl\": [], \"qemu\": []},"
		" \"limits_ms\": {\"create\": 60000, \"first-frame\": 240000, \"report\": 60000,"
		" \"power-off\": 60000, \"clean-up\": 60000},"
		" \"settings\": {\"libxl\": {}, \"qemu\": {}}, \"expect\": []}]");
	json_decref(plan);
}

/* A word's `to` stands in place of what the word says of settings, and only there. */
static void transitions(void)
{
	json_t *plan = plan_of(
		HEAD "axes:\n"
		     "  m:\n"
		     "    a:\n"
		     "      about: x\n"
		     "      requires: {libxl: [hvm]}\n"
		     "      libxl: {xen_platform_pci: true, vga: cirrus}\n"
		     "      to: {}\n"
		     "    b: {about: x}\n"
		     "  t:\n"
		     "    c:\n"
		     "      about: x\n"
		     "      to: {requires: {libxl: [igd]}, libxl: {xen_platform_pci: false}}\n"
		     "    d: {about: x}\n"
		     "defaults:\n"
		     "  guest: linux\n"
		     "  libxl: {memory: 512}\n"
		     "cells:\n  - {m: [a, b], t: [c, d]}\n");

	same(json_object_get(json_object_get(cell_at(plan, 0), "settings"), "libxl"),
		"{\"memory\": 512, \"xen_platform_pci\": true, \"vga\": \"cirrus\"}");
	same(json_object_get(cell_at(plan, 0), "to"),
		"{\"settings\": {\"libxl\": {\"memory\": 512, \"xen_platform_pci\": false},"
		" \"qemu\": {}}}");
	same(json_object_get(cell_at(plan, 0), "requires"),
		"{\"libxl\": [\"hvm\", \"igd\"], \"qemu\": []}");
	same(json_object_get(cell_at(plan, 0), "limits_ms"),
		"{\"create\": 60000, \"first-frame\": 240000, \"report\": 60000, \"save\": 120000,"
		" \"restore\": 120000, \"power-off\": 60000, \"clean-up\": 60000}");
	same(json_object_get(cell_at(plan, 1), "to"),
		"{\"settings\": {\"libxl\": {\"memory\": 512}, \"qemu\": {}}}");
	CU_ASSERT_PTR_NULL(json_object_get(cell_at(plan, 3), "to"));
	json_decref(plan);
}

static void a_guest_started_again(void)
{
	json_t *plan = plan_of(
		HEAD "axes:\n"
		     "  m:\n"
		     "    a: {about: x, libxl: {vga: none, again: true}, qemu: {again: true}}\n"
		     "    b: {about: x, libxl: {vga: none}}\n"
		     "defaults:\n"
		     "  guest: linux\n"
		     "  libxl: {memory: 512}\n"
		     "cells:\n  - {m: [a, b]}\n");

	/* A transition to its own settings. */
	same(json_object_get(cell_at(plan, 0), "to"),
		"{\"settings\": {\"libxl\": {\"memory\": 512, \"vga\": \"none\", \"again\": true},"
		" \"qemu\": {\"again\": true}}}");
	CU_ASSERT_PTR_NOT_NULL(
		json_object_get(json_object_get(cell_at(plan, 0), "limits_ms"), "restore"));
	CU_ASSERT_PTR_NULL(json_object_get(cell_at(plan, 1), "to"));
	json_decref(plan);
}

/* Everything that says when an expectation holds goes into the plan, a value always as a list. */
static void conditions(void)
{
	json_t *plan = plan_of(HEAD AXES CELLS
		"expect:\n"
		"  - id: i\n    field: host_bridge/0x50\n    same_as: host/host_bridge/0x50\n"
		"    on_host: {igd/class: \"0x030000\", slot/1f: [null, x]}\n"
		"    source: s\n"
		"  - id: j\n    field: host_bridge/0x50\n    value: 2\n    source: s\n"
		"    not_on_host: {igd/class: \"0x030000\", slot/1f: [null, x]}\n");

	same(json_object_get(cell_at(plan, 0), "expect"),
		"[{\"id\": \"i\", \"field\": \"host_bridge/0x50\", \"same_as\": \"host/host_bridge/0x50\","
		" \"on_host\": {\"igd/class\": [\"0x030000\"], \"slot/1f\": [null, \"x\"]},"
		" \"source\": \"s\"},"
		" {\"id\": \"j\", \"field\": \"host_bridge/0x50\", \"value\": 2, \"source\": \"s\","
		" \"not_on_host\": {\"igd/class\": [\"0x030000\"], \"slot/1f\": [null, \"x\"]}}]");
	json_decref(plan);
}

/* The digest is sha256sum's of printf '...' with this text. */
static void digest(void)
{
	json_t *plan = plan_of(HEAD AXES CELLS);

	same(json_object_get(plan, "matrix"),
		"{\"name\": \"t\", \"about\": \"t\", \"file\": \"t.yaml\", \"sha256\":"
		" \"def545bc2667f337f494f5568752a210a744151cb2104bfea6f8a12e5c21ec50\"}");
	json_decref(plan);
}

static void order_of_cells(void)
{
	static const char *const names[] = { "b-l", "b-k", "a-l", "a-k", "c.1-k" };
	json_t *plan = plan_of(HEAD "axes:\n"
				    "  m: {a: {about: x}, b: {about: x}, c.1: {about: x}}\n"
				    "  g: {l: {about: x}, k: {about: x}}\n"
				    "defaults: {guest: linux}\n"
				    "cells:\n  - {g: [l, k], m: [b, a]}\n  - {m: c.1, g: k}\n");

	CU_ASSERT_EQUAL(json_array_size(json_object_get(plan, "cells")), 5);
	for (size_t i = 0; i < 5; i++)
		CU_ASSERT_STRING_EQUAL(
			json_string_value(json_object_get(cell_at(plan, i), "name")), names[i]);
	json_decref(plan);
}

static void layered(void)
{
	json_t *plan = plan_of(
		HEAD "axes:\n"
		     "  m:\n"
		     "    a:\n"
		     "      about: x\n"
		     "      cmdline: one\n"
		     "      requires: {libxl: [hvm, igd]}\n"
		     "      limits_ms: {report: 7, create: 8}\n"
		     "      libxl: {memory: 256, device_model_args_hvm: [\"-b\"], pci: []}\n"
		     "      qemu: {args: [\"-q\", no]}\n"
		     "    b: {about: x}\n"
		     "  g:\n"
		     "    l:\n"
		     "      about: x\n"
		     "      guest: other\n"
		     "      requires: {libxl: igd}\n"
		     "      limits_ms: {report: 9}\n"
		     "      libxl: {device_model_args_hvm: [\"-c\", \"1\"], cmdline: two}\n"
		     "defaults:\n"
		     "  guest: linux\n"
		     "  requires: {libxl: [hvm], qemu: [hap]}\n"
		     "  libxl: {memory: 512, hap: True, device_model_args_hvm: [\"-a\"]}\n"
		     "cells:\n  - {m: [a, b], g: l}\n");
	const json_t *cell = cell_at(plan, 0);

	same(json_object_get(cell, "guest"), "\"other\"");
	same(json_object_get(cell, "requires"),
		"{\"libxl\": [\"hvm\", \"igd\"], \"qemu\": [\"hap\"]}");
	same(json_object_get(cell, "limits_ms"),
		"{\"create\": 8, \"first-frame\": 240000, \"report\": 9, \"power-off\": 60000,"
		" \"clean-up\": 60000}");
	same(json_object_get(cell, "settings"),
		"{\"libxl\": {\"memory\": 256, \"hap\": true, \"cmdline\": \"two\", \"pci\": [],"
		" \"device_model_args_hvm\": [\"-a\", \"-b\", \"-c\", \"1\"]},"
		" \"qemu\": {\"args\": [\"-q\", \"no\"], \"cmdline\": \"one\"}}");
	/* The lists that the first cell put together are its own. */
	same(json_object_get(json_object_get(cell_at(plan, 1), "settings"), "libxl"),
		"{\"memory\": 512, \"hap\": true, \"cmdline\": \"two\","
		" \"device_model_args_hvm\": [\"-a\", \"-c\", \"1\"]}");
	json_decref(plan);
}

static void values(void)
{
	/* YAML 1.2.2, 10.3.2: what the core schema makes of plain scalars. */
	static const char *const cases[][2] = { { "1280", "1280" }, { "-3", "-3" }, { "+4", "4" },
		{ "007", "7" }, { "true", "true" }, { "False", "false" }, { "null", "null" },
		{ "~", "null" }, { "Null", "null" }, { "yes", "\"yes\"" }, { "off", "\"off\"" },
		{ "'1280'", "\"1280\"" }, { "\"true\"", "\"true\"" }, { "'~'", "\"~\"" },
		{ "''", "\"\"" }, { "1024x768", "\"1024x768\"" }, { "8086:1237", "\"8086:1237\"" },
		{ "12:30:45", "\"12:30:45\"" }, { "6.1.0-56-amd64", "\"6.1.0-56-amd64\"" },
		{ "\"0xff8000\"", "\"0xff8000\"" }, { "0xzz", "\"0xzz\"" }, { "1e", "\"1e\"" },
		{ "QEMU Monitor", "\"QEMU Monitor\"" }, { "2026-11-21", "\"2026-11-21\"" } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512];
		json_t *plan;

		snprintf(text, sizeof(text),
			HEAD AXES CELLS
			"expect:\n  - id: i\n    field: slot/02\n    value: %s\n    source: s\n",
			cases[i][0]);
		plan = plan_of(text);
		same(json_object_get(json_array_get(json_object_get(cell_at(plan, 0), "expect"), 0),
			     "value"),
			cases[i][1]);
		json_decref(plan);
	}
}

#define EXPECTATION(id, more)                                                                      \
	"  - id: " id "\n" more "    field: slot/02\n    value: null\n    source: s\n"

/* May stand side by side: other back ends, other versions. */
static void rivals(void)
{
	json_t *plan = plan_of(
		HEAD AXES CELLS "expect:\n" EXPECTATION("a", "    backends: qemu\n") EXPECTATION(
			"b", "    backends: libxl\n    versions: {qemu: '<7'}\n")
			EXPECTATION("c", "    backends: libxl\n    versions: {qemu: '>=7'}\n"));

	same(json_object_get(cell_at(plan, 0), "expect"),
		"[{\"id\": \"a\", \"field\": \"slot/02\", \"value\": null, \"source\": \"s\","
		"  \"backends\": [\"qemu\"]},"
		" {\"id\": \"b\", \"field\": \"slot/02\", \"value\": null, \"source\": \"s\","
		"  \"backends\": [\"libxl\"], \"versions\": {\"qemu\": \"<7\"}},"
		" {\"id\": \"c\", \"field\": \"slot/02\", \"value\": null, \"source\": \"s\","
		"  \"backends\": [\"libxl\"], \"versions\": {\"qemu\": \">=7\"}}]");
	json_decref(plan);
}

/* A file of their own says what is seen instead; only the cells that it is about get it. */
static void known_deviations(void)
{
	static const char text[] = HEAD AXES
		"cells:\n  - {m: [a, b], g: l}\n"
		"expect:\n  - id: i\n    field: slot/02\n    value: \"1:2\"\n    source: s\n";
	static const char known[] =
		"format: igd-harness known\nversion: 1\nmatrix: t\nknown:\n"
		"  - {id: k, expect: i, when: {m: b}, value: null, why: nobody merged it, link: a mail,\n"
		"     until: {date: 2027-06-30}, flaky: true}\n"
		"  - {id: n, expect: [i], value: 3, why: w, link: l, versions: {qemu: \"<7.0\"},\n"
		"     on_host: {igd/class: x}, until: {qemu: \">=7.0\"}}\n";
	struct problem why = { "" };
	json_t *plan = NULL;

	CU_ASSERT_EQUAL_FATAL(
		matrix_plan_text(&(struct matrix_file){ "t.yaml", text, strlen(text) },
			&(struct matrix_file){ "k.yaml", known, strlen(known) }, &plan, &why),
		0);
	same(json_object_get(
		     json_array_get(json_object_get(cell_at(plan, 0), "expect"), 0), "known"),
		"[{\"id\": \"n\", \"value\": 3, \"why\": \"w\", \"link\": \"l\","
		" \"versions\": {\"qemu\": \"<7.0\"}, \"on_host\": {\"igd/class\": [\"x\"]},"
		" \"until\": {\"qemu\": \">=7.0\"}}]");
	same(json_array_get(
		     json_object_get(json_array_get(json_object_get(cell_at(plan, 1), "expect"), 0),
			     "known"),
		     0),
		"{\"id\": \"k\", \"value\": null, \"why\": \"nobody merged it\", \"link\": \"a mail\","
		" \"until\": {\"date\": \"2027-06-30\"}, \"flaky\": true}");
	same(json_object_get(json_object_get(plan, "known"), "file"), "\"k.yaml\"");
	json_decref(plan);
}

/* What a cell expects of a field, from a back end; "none" if nothing, as JSON text. */
static void expects(const json_t *cell, const char *backend, const char *field, const char *range,
	const char *wanted)
{
	const json_t *expectation, *backends, *name;
	const char *versions;
	size_t i, j, found = 0;

	json_array_foreach(json_object_get(cell, "expect"), i, expectation)
	{
		bool meant = true;

		backends = json_object_get(expectation, "backends");
		versions = json_string_value(
			json_object_get(json_object_get(expectation, "versions"), "qemu"));
		if (strcmp(json_string_value(json_object_get(expectation, "field")), field) != 0 ||
			strcmp(versions ? versions : "", range) != 0)
			continue;
		if (backends) {
			meant = false;
			json_array_foreach(backends, j, name) meant |=
				strcmp(json_string_value(name), backend) == 0;
		}
		if (!meant)
			continue;
		found++;
		same(json_object_get(expectation, "value"), wanted);
	}
	CU_ASSERT_EQUAL(found, 1);
	if (found != 1)
		printf("\n  %s %s of %s: %zu expectations\n", backend, field,
			json_string_value(json_object_get(cell, "name")), found);
}

#define XEN_PLATFORM "\"5853:0001\""
#define VGA          "\"1234:1111\""

static void seed_display(void)
{
	static const struct {
		const char *name, *slot2, *slot3, *plain_slot3; /* plain: the qemu back end's */
		const char *range, *mode, *edid_bytes;
	} cells[] = {
		{ "xenfv-own-std-linux", XEN_PLATFORM, VGA, "null", ">=5.0 <11.0", "\"1024x768\"",
			"0" },
		{ "pc-none-std-linux", VGA, "null", "null", ">=7.0", "\"1280x800\"", "256" },
		{ "pc-late-std-linux", VGA, XEN_PLATFORM, NULL, ">=7.0", "\"1280x800\"", "256" },
	};
	char *path = source_file("results/matrices/seed-display.yaml");
	struct problem why = { "" };
	json_t *plan = NULL;

	CU_ASSERT_EQUAL(matrix_plan(path, NULL, &plan, &why), 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(plan, "cells")), 3);
	for (size_t i = 0; i < 3; i++) {
		const json_t *cell = cell_at(plan, i);
		const json_t *given = json_object_get(cell, "settings");

		CU_ASSERT_STRING_EQUAL(
			json_string_value(json_object_get(cell, "name")), cells[i].name);
		CU_ASSERT_EQUAL(
			json_object_get(given, "qemu") != NULL, cells[i].plain_slot3 != NULL);
		expects(cell, "libxl", "slot/00", "", "\"8086:1237\"");
		expects(cell, "libxl", "slot/01", "", "\"8086:7000\"");
		expects(cell, "libxl", "slot/02", "", cells[i].slot2);
		expects(cell, "libxl", "slot/03", "", cells[i].slot3);
		expects(cell, "libxl", "slot/04", "", "null");
		expects(cell, "libxl", "display/driver", "", "\"bochs-drm\"");
		expects(cell, "libxl", "display/mode", cells[i].range, cells[i].mode);
		expects(cell, "libxl", "display/edid_bytes", cells[i].range, cells[i].edid_bytes);
		if (!cells[i].plain_slot3)
			continue;
		expects(cell, "qemu", "slot/02", "", VGA);
		expects(cell, "qemu", "slot/03", "", cells[i].plain_slot3);
		expects(cell, "qemu", "display/mode", cells[i].range, cells[i].mode);
	}
	/* The name stands for xenfv-4.2 there, as measured in labs with QEMU 11.1.3. */
	expects(cell_at(plan, 0), "libxl", "display/mode", ">=11.1.1", "\"1280x800\"");
	expects(cell_at(plan, 0), "libxl", "display/edid_bytes", ">=11.1.1", "256");
	same(json_object_get(cell_at(plan, 2), "settings"),
		"{\"libxl\": {\"memory\": 512, \"vcpus\": 1, \"xen_platform_pci\": false,"
		" \"vga\": \"stdvga\", \"device_model_args_hvm\": [\"-device\", \"xen-platform\"]}}");
	same(json_object_get(cell_at(plan, 2), "requires"), "{\"libxl\": [\"hvm\"]}");
	same(json_object_get(json_object_get(cell_at(plan, 0), "settings"), "qemu"),
		"{\"memory\": 512, \"vcpus\": 1, \"machine\": \"pc-i440fx-3.1\", \"vga\": \"std\"}");
	json_decref(plan);
	free(path);
}

/* The file as a string that the next call overwrites. */
/* Mappings within a setting: each word adds its own, the later value wins, null stays. */
static void pieces(void)
{
	static const char text[] =
		"format: igd-harness matrix\nversion: 1\nname: t\nabout: t\n"
		"axes:\n"
		"  a: {x: {about: x, libxl: {domain_config: {b_info: {shadow_memkb: 1, t: [1, {u: 2}]}}}}}\n"
		"  b:\n"
		"    y:\n"
		"      about: y\n"
		"      libxl: {domain_config: {b_info: {shadow_memkb: 2, type.hvm: {hpet: false}}, rdms: null}}\n"
		"    z: {about: z}\n"
		"defaults: {guest: g}\n"
		"cells: [{a: x, b: [y, z]}]\n";
	static const char *const wanted[] = {
		"{\"b_info\": {\"shadow_memkb\": 2, \"t\": [1, {\"u\": 2}],"
		" \"type.hvm\": {\"hpet\": false}}, \"rdms\": null}",
		"{\"b_info\": {\"shadow_memkb\": 1, \"t\": [1, {\"u\": 2}]}}",
	};
	struct problem why = { "" };
	json_t *plan = NULL;

	CU_ASSERT_EQUAL_FATAL(
		matrix_plan_text(
			&(struct matrix_file){ "t.yaml", text, strlen(text) }, NULL, &plan, &why),
		0);
	for (size_t i = 0; i < 2; i++) {
		json_t *expected = json_loads(wanted[i], 0, NULL);
		const json_t *cell = json_array_get(json_object_get(plan, "cells"), i);
		const json_t *libxl = json_object_get(json_object_get(cell, "settings"), "libxl");

		CU_ASSERT_TRUE(json_equal(json_object_get(libxl, "domain_config"), expected));
		json_decref(expected);
	}
	json_decref(plan);
}

static void files(void)
{
	char name[] = "/tmp/matrix-XXXXXX", place[64];
	struct problem why = { "" };
	json_t *plan = NULL;
	int fd = mkstemp(name);

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(ftruncate(fd, MATRIX_FILE_MAX + 1), 0);
	CU_ASSERT_EQUAL(matrix_plan(name, NULL, &plan, &why), -EINVAL);
	snprintf(place, sizeof(place), "%s:1:1: ", name);
	CU_ASSERT_EQUAL(strncmp(why.text, place, strlen(place)), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "1048577 bytes"));
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "split it in two"));
	close(fd);
	unlink(name);
	why.text[0] = 0;
	CU_ASSERT_EQUAL(matrix_plan(name, NULL, &plan, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, name));
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "No such file"));
	CU_ASSERT_PTR_NULL(plan);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "the smallest", smallest },
		{ "the digest", digest },
		{ "when an expectation holds", conditions },
		{ "the order of cells", order_of_cells },
		{ "defaults and words, one over another", layered },
		{ "values by YAML's core schema", values },
		{ "expectations of one field side by side", rivals },
		{ "known deviations", known_deviations },
		{ "results/matrices/seed-display.yaml", seed_display },
		{ "mappings within a setting", pieces },
		{ "files: too large, not there", files },
		{ "transitions", transitions },
		{ "a guest that is started again", a_guest_started_again },
		CU_TEST_INFO_NULL,
	};

	return suite_main("matrix", tests);
}
