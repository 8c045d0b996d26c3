#include "harness/bisect/step/fingerprint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

static char folder[] = "/tmp/igd-bisect-thing-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void expanded(const char *text, const char *in, int wanted_r, const char *wanted)
{
	json_t *values = json_pack("{s:s, s:s}", "qemu", "/opt/qemu", "revision", "7.2");
	struct bisect_point point = { "x", values, in };
	struct problem why = { 0 };
	char *path = NULL;

	CU_ASSERT_EQUAL(bisect_expand(text, &point, &path, &why), wanted_r);
	if (wanted)
		CU_ASSERT_STRING_EQUAL(path, wanted);
	if (!wanted)
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "{xen}"));
	free(path);
	json_decref(values);
}

static void paths_begin_where_the_revision_is(void)
{
	expanded("build/qemu", "/tree", 0, "/tree/build/qemu");
	expanded("build/qemu", NULL, 0, "build/qemu");
	expanded("/usr/bin/qemu", "/tree", 0, "/usr/bin/qemu");
	expanded("qemu-system-i386", "/tree", 0, "qemu-system-i386");
	expanded("{qemu}/bin/q-{revision}", "/tree", 0, "/opt/qemu/bin/q-7.2");
	expanded("{xen}/x", "/tree", -EINVAL, NULL);
}

/* The files of a point with this device model and one --also. */
static json_t *files_of(const char *model, const char *also)
{
	struct bisect_orders orders = { .device_model = model };
	struct bisect_point point = { "x", NULL, folder };
	struct problem why = { 0 };
	json_t *files = NULL;

	if (also)
		orders.also = (struct string_list){ { (char *)also }, 1 };
	CU_ASSERT_EQUAL(bisect_files(&orders, &point, &files, &why), 0);
	return files;
}

static void files_are_known_by_what_is_in_them(void)
{
	char link[256], path[256];
	json_t *before, *after;

	put("qemu", "abc");
	snprintf(path, sizeof(path), "%s/bios", folder);
	CU_ASSERT_EQUAL(mkdir(path, 0755), 0);
	put("bios/vga.bin", "one");
	before = files_of("./qemu", "./bios");
	/* FIPS 180-2, appendix B.1: "abc". */
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(before, "device_model")),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CU_ASSERT(json_is_null(json_object_get(before, "modules")));
	after = files_of("./qemu", "./bios");
	CU_ASSERT(json_equal(before, after));
	json_decref(after);
	/* A file of the folder, a link in it, its name: each makes it another. */
	put("bios/vga.bin", "two");
	after = files_of("./qemu", "./bios");
	CU_ASSERT_FALSE(json_equal(before, after));
	json_decref(before);
	snprintf(link, sizeof(link), "%s/bios/link", folder);
	CU_ASSERT_EQUAL(symlink("vga.bin", link), 0);
	before = files_of("./qemu", "./bios");
	CU_ASSERT_FALSE(json_equal(before, after));
	json_decref(before);
	json_decref(after);
}

static void what_is_not_there_is_said(void)
{
	struct bisect_orders orders = { .device_model = "./gone" };
	struct bisect_point point = { "x", NULL, folder };
	struct problem why = { 0 };
	json_t *files = NULL;

	CU_ASSERT_EQUAL(bisect_files(&orders, &point, &files, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "there is no"));
	CU_ASSERT_PTR_NULL(files);
}

/* A fingerprint with one input changed; `what` selects the input. */
static json_t *fingerprint_with(int what)
{
	struct bisect_orders orders = { .backend = what == 1 ? "qemu" : "libxl",
		.accelerator = what == 2 ? "kvm" : "tcg",
		.build = what == 3 ? "make" : NULL,
		.run = what == 4 ? "lab" : NULL,
		.by_digest = what >= 10 };
	json_t *values = json_pack("{s:s}", "revision", what == 5 || what == 11 ? "b" : "a");
	json_t *plan = json_pack("{s:{s:s}, s:[{s:s}]}", "matrix", "sha256", what == 6 ? "1" : "2",
		"cells", "name", what == 7 ? "x" : "y");
	json_t *files = json_pack("{s:s}", "device_model", what == 8 ? "1" : "2");
	json_t *guests = json_pack("{s:s}", "linux", what == 9 ? "1" : "2");
	json_t *host = json_pack("{s:s}", "xen", what == 12 ? "4.18.0" : "4.17.7");
	struct bisect_point point = { "x", values, NULL };
	json_t *fingerprint = bisect_fingerprint(&orders, &point, plan, files, guests, host);

	json_decref(values);
	json_decref(plan);
	json_decref(files);
	json_decref(guests);
	json_decref(host);
	return fingerprint;
}

static void what_changes_a_fingerprint(void)
{
	json_t *fingerprint = fingerprint_with(0), *digest = fingerprint_with(10), *other;

	for (int what = 1; what <= 9; what++) {
		other = fingerprint_with(what);
		CU_ASSERT_FALSE(json_equal(fingerprint, other));
		json_decref(other);
	}
	/* With by_digest the revision does not, and the host does still. */
	other = fingerprint_with(11);
	CU_ASSERT(json_equal(digest, other));
	json_decref(other);
	other = fingerprint_with(12);
	CU_ASSERT_FALSE(json_equal(digest, other));
	json_decref(other);
	json_decref(fingerprint);
	json_decref(digest);
}

static int xen_is(const char *wanted, const char *runs)
{
	json_t *values = wanted ? json_pack("{s:s}", "xen", wanted) : json_object();
	json_t *host = json_pack("{s:s?}", "xen", runs);
	struct bisect_point point = { "x", values, NULL };
	struct problem why = { 0 };
	int r = bisect_check_xen(&point, host, &why);

	CU_ASSERT(r == 0 || strstr(why.text, "cannot be changed on a running host"));
	json_decref(values);
	json_decref(host);
	return r;
}

static void xen_is_booted_not_chosen(void)
{
	CU_ASSERT_EQUAL(xen_is(NULL, NULL), 0);
	CU_ASSERT_EQUAL(xen_is("4.17.7", "4.17.7"), 0);
	CU_ASSERT_EQUAL(xen_is("4.17", "4.17.7"), 0);
	CU_ASSERT_EQUAL(xen_is("4.1", "4.17.7"), -ESTALE);
	CU_ASSERT_EQUAL(xen_is("4.18", "4.17.7"), -ESTALE);
	CU_ASSERT_EQUAL(xen_is("4.17", NULL), -ESTALE);
}

static void xens_version_is_the_running_ones(void)
{
	static const char *const folders[] = { "sys", "sys/hypervisor", "sys/hypervisor/version" };
	char path[256];
	json_t *host;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, folders[i]);
		CU_ASSERT_EQUAL(mkdir(path, 0755), 0);
	}
	/* As in sysfs-hypervisor-xen of Linux's ABI documentation. */
	put("sys/hypervisor/version/major", "4\n");
	put("sys/hypervisor/version/minor", "17\n");
	put("sys/hypervisor/version/extra", ".7-pre\n");
	host = bisect_host(folder);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(host, "xen")), "4.17.7-pre");
	json_decref(host);
	host = bisect_host("/nowhere");
	CU_ASSERT(json_is_null(json_object_get(host, "xen")));
	json_decref(host);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "paths begin where the revision is", paths_begin_where_the_revision_is },
		{ "files are known by what is in them", files_are_known_by_what_is_in_them },
		{ "what is not there is said", what_is_not_there_is_said },
		{ "what changes a fingerprint", what_changes_a_fingerprint },
		{ "Xen is booted, not chosen", xen_is_booted_not_chosen },
		{ "Xen's version is the running one's", xens_version_is_the_running_ones },
		CU_TEST_INFO_NULL,
	};

	if (!mkdtemp(folder))
		return 1;
	return suite_remove(folder, suite_main("bisect_thing", tests));
}
