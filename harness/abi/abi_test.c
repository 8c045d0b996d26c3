/*
 * What is made of imports. Names of libraries and nodes are those of Debian's packages of
 * Xen 4.17.5 and 4.20.3 (readelf -d, readelf -V); numbers of interfaces those of Xen's public
 * headers.
 */
#include "harness/abi/abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/document.h"
#include "src/suite.h"

static json_t *symbols;

static json_t *load(const char *text)
{
	char *copy = strdup(text);
	json_t *value;

	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	for (char *c = copy; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	value = json_loads(copy, 0, NULL);
	free(copy);
	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

/* An audit of one file. */
static json_t *audit_of(const char *xen, const char *file, const char *imports_text)
{
	json_t *audit = abi_new(symbols, xen, xen ? "option" : NULL), *imports = load(imports_text);

	CU_ASSERT_PTR_NOT_NULL_FATAL(audit);
	CU_ASSERT_EQUAL(abi_add(audit, symbols, file, "00", imports, NULL), 0);
	json_decref(imports);
	return audit;
}

static const json_t *part(const json_t *audit, const char *key)
{
	return json_object_get(json_array_get(json_object_get(audit, "files"), 0), key);
}

#define IMPORT(name, library, version)                                                             \
	"{'name': '" name "', 'library': '" library "', 'version': '" version "', 'weak': false}"
#define BARE(name) "{'name': '" name "', 'library': null, 'version': null, 'weak': false}"
#define PROGRAM(needed, imports)                                                                   \
	"{'dynamic': true, 'bind_now': true, 'needed': [" needed "], 'imports': [" imports         \
	"], 'opened': []}"
#define CTRL_17(name) IMPORT(name, "libxenctrl.so.4.17", "VERS_4.17.0")
#define QEMU                                                                                              \
	PROGRAM("'libxenctrl.so.4.17', 'libxenstore.so.4', 'libc.so.6'",                                  \
		CTRL_17("xc_domain_memory_mapping") "," CTRL_17("xc_domain_bind_pt_pci_irq") "," CTRL_17( \
			"xc_domain_shutdown") "," IMPORT("xs_open", "libxenstore.so.4",                   \
			"VERS_4.0") "," IMPORT("strlen", "libc.so.6", "GLIBC_2.2.5"))

static void libraries(void)
{
	static const struct {
		const char *file, *name, *xen;
		bool numbered;
	} table[] = {
		{ "libxenctrl.so.4.17", "libxenctrl", "4.17", true },
		{ "libxenctrl.so.4.20", "libxenctrl", "4.20", true },
		{ "libxenctrl.so.4.17.0", "libxenctrl", "4.17", true },
		{ "libxlutil.so.4.17", "libxlutil", "4.17", true },
		{ "libxenvchan.so.4.20", "libxenvchan", "4.20", true },
		{ "libxenstore.so.4", "libxenstore", "", true },
		{ "libxenstore.so.3.0", "libxenstore", "", true },
		{ "libxenstore.so.3.0.3", "libxenstore", "", true },
		{ "libxendevicemodel.so.1", "libxendevicemodel", "", true },
		{ "libxenlight.so", "libxenlight", "", false },
		{ "libc.so.6", NULL },
		{ "libxen.so.1", NULL },
		{ "libxenctrl", NULL },
		{ "libxenctrl.so.", NULL },
		{ "libxenctrl.so.4.", NULL },
		{ "libxenctrl.so.4.x", NULL },
		{ "libxenctrl.sound", NULL },
		{ "libxen-server.so.1", NULL },
		{ "libxlutils.so.1", NULL },
		{ "libxenctrl.so.1111111111111111111111111111111111111111111111111111111", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct abi_library library = { .name = "" };
		bool found = abi_library(table[i].file, &library);

		CU_ASSERT_EQUAL(found, table[i].name != NULL);
		if (!found)
			continue;
		CU_ASSERT_STRING_EQUAL(library.name, table[i].name);
		CU_ASSERT_STRING_EQUAL(library.xen, table[i].xen);
		CU_ASSERT_EQUAL(library.numbered, table[i].numbered);
	}
}

static void nodes_and_releases(void)
{
	static const char *const nodes[][2] = { { "VERS_4.17.0", "4.17" },
		{ "libxenctrl_4.20.0", "4.20" }, { "libxlutil_4.18.0", "4.18" }, { "VERS_4.0", "" },
		{ "VERS_1.3", "" }, { "GLIBC_2.2.5", "" }, { "libfsimage.so.1.0", "" },
		{ "VERS_4.17.x", "" }, { "", "" } };
	static const char *const versions[][2] = { { "4.17", "4.17" }, { "4.17.7", "4.17" },
		{ "4.20-rc1", "4.20" }, { "4.20.5-pre", "4.20" }, { "4", NULL }, { "4.", NULL },
		{ ".17", NULL }, { "4.17x", NULL }, { "Xen 4.17", NULL }, { "", NULL },
		{ "111111111111111111.11111111111111", NULL } };
	char xen[ABI_RELEASE_MAX];

	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		abi_node_release(nodes[i][0], xen);
		CU_ASSERT_STRING_EQUAL(xen, nodes[i][1]);
	}
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		int r = abi_release(versions[i][0], xen);

		CU_ASSERT_EQUAL(r, versions[i][1] ? 0 : -EINVAL);
		if (r == 0)
			CU_ASSERT_STRING_EQUAL(xen, versions[i][1]);
	}
}

static void write_text(const char *root, const char *path, const char *text)
{
	char full[256];
	FILE *stream;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		mkdir(full, 0755);
		*slash = '/';
	}
	stream = fopen(full, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	fputs(text, stream);
	fclose(stream);
}

/* As dom0 and a domU have them, of which both know the hypervisor. */
static void running(void)
{
	char root[] = "/tmp/igd-abi-XXXXXX", xen[ABI_RELEASE_MAX] = "";

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(root));
	CU_ASSERT_EQUAL(abi_running(root, xen), -ENOENT);
	write_text(root, "sys/hypervisor/version/major", "4\n");
	write_text(root, "sys/hypervisor/version/minor", "17\n");
	write_text(root, "sys/hypervisor/version/extra", ".7\n");
	CU_ASSERT_EQUAL(abi_running(root, xen), -ENOENT);
	write_text(root, "proc/xen/capabilities", "\n");
	CU_ASSERT_EQUAL(abi_running(root, xen), -ENOENT);
	write_text(root, "proc/xen/capabilities", "control_d\n");
	CU_ASSERT_EQUAL(abi_running(root, xen), 0);
	CU_ASSERT_STRING_EQUAL(xen, "4.17");
	CU_ASSERT_EQUAL(suite_remove(root, 0), 0);
}

static void by_library_and_use(void)
{
	json_t *audit = audit_of(NULL, "/b/qemu", QEMU), *expected;
	static const char *const order[] = { "xc_domain_shutdown", "xc_domain_memory_mapping",
		"xc_domain_bind_pt_pci_irq" };

	expected = load("[{'name': 'libxenctrl.so.4.17', 'needed': true, 'stable': false,"
			" 'xen': '4.17', 'symbols': 3},"
			"{'name': 'libxenstore.so.4', 'needed': true, 'stable': true, 'xen': null,"
			" 'symbols': 1}]");
	CU_ASSERT(json_equal(part(audit, "libraries"), expected));
	json_decref(expected);
	CU_ASSERT_EQUAL(json_array_size(part(audit, "unstable")), 3);
	for (size_t i = 0; i < 3; i++)
		CU_ASSERT_STRING_EQUAL(
			document_text(json_array_get(part(audit, "unstable"), i), "name"),
			order[i]);
	CU_ASSERT_STRING_EQUAL(
		document_text(json_array_get(part(audit, "unstable"), 0), "class"), "exists");
	CU_ASSERT_EQUAL(json_array_size(part(audit, "faults")), 0);
	CU_ASSERT_EQUAL(json_array_size(part(audit, "notes")), 0);
	CU_ASSERT_EQUAL(abi_exit_status(audit), 0);
	json_decref(audit);
}

/* What by name and what not: see library_by_name(). */
static void without_versions(void)
{
	json_t *audit = audit_of(NULL, "q",
		PROGRAM("'libxenctrl.so.4.17', 'libxenguest.so.4.17', 'libxenstore.so.4'",
			BARE("xc_anything") "," BARE("xc_dom_allocate") "," BARE(
				"xs_open") "," BARE("libxl_ctx_alloc")));
	const json_t *list = part(audit, "unstable");

	CU_ASSERT_EQUAL(json_array_size(list), 2);
	CU_ASSERT_STRING_EQUAL(
		document_text(json_array_get(list, 0), "library"), "libxenctrl.so.4.17");
	CU_ASSERT_STRING_EQUAL(
		document_text(json_array_get(list, 1), "library"), "libxenguest.so.4.17");
	CU_ASSERT_STRING_EQUAL(document_text(json_array_get(list, 1), "by"), "prefix");
	json_decref(audit);

	audit = audit_of(NULL, "plugin",
		PROGRAM("'libc.so.6'", BARE("xc_func_init") "," BARE("xc_domain_shutdown") "," BARE(
					       "xc_family_from_id")));
	list = part(audit, "unstable");
	CU_ASSERT_EQUAL(json_array_size(list), 1);
	CU_ASSERT_STRING_EQUAL(
		document_text(json_array_get(list, 0), "name"), "xc_domain_shutdown");
	CU_ASSERT_STRING_EQUAL(document_text(json_array_get(list, 0), "by"), "name");
	json_decref(audit);

	/* A library named otherwise than Xen names it: its node still says what it is. */
	audit = audit_of("4.20", "q",
		PROGRAM("'libxenctrl.so.1'",
			IMPORT("xc_a", "libxenctrl.so.1", "libxenctrl_4.17.0")));
	CU_ASSERT_EQUAL(json_array_size(part(audit, "unstable")), 1);
	CU_ASSERT_EQUAL(json_array_size(part(audit, "faults")), 1);
	json_decref(audit);
}

static void other_xen(void)
{
	static const struct {
		const char *xen, *what;
	} table[] = {
		/* 4.17: domctl 0x15; 4.20: 0x17; both sysctl 0x15. */
		{ "4.20", "it starts, and its domctls fail with EACCES (interface 0x15, the "
			  "hypervisor has 0x17): xc_domain_memory_mapping, "
			  "xc_domain_bind_pt_pci_irq. Use a build for Xen 4.20" },
		/* 4.22: sysctl 0x16. */
		{ "4.22",
			"(interface 0x15, the hypervisor has 0x18): xc_domain_memory_mapping, "
			"xc_domain_bind_pt_pci_irq; its sysctls fail with EACCES (interface 0x15, "
			"the hypervisor has 0x16). Use" },
		{ "4.11", "which is not known here" },
	};
	json_t *audit = audit_of("4.17", "qemu", QEMU);

	CU_ASSERT_EQUAL(json_array_size(part(audit, "faults")), 0);
	CU_ASSERT_EQUAL(abi_exit_status(audit), 0);
	json_decref(audit);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *fault;

		audit = audit_of(table[i].xen, "qemu", QEMU);
		CU_ASSERT_EQUAL(json_array_size(part(audit, "faults")), 1);
		CU_ASSERT_EQUAL(abi_exit_status(audit), 1);
		fault = json_string_value(json_array_get(part(audit, "faults"), 0));
		CU_ASSERT_PTR_NOT_NULL(strstr(fault, "libxenctrl.so.4.17 is of Xen 4.17 and the "
						     "hypervisor is 4."));
		CU_ASSERT_PTR_NOT_NULL(strstr(fault, table[i].what));
		json_decref(audit);
	}
	/* 4.19 and 4.20 have the same interfaces. */
	audit = audit_of("4.20", "q",
		PROGRAM("'libxenctrl.so.4.19'",
			IMPORT("xc_a", "libxenctrl.so.4.19", "libxenctrl_4.19.0")));
	CU_ASSERT_EQUAL(abi_exit_status(audit), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(json_string_value(json_array_get(part(audit, "faults"), 0)),
		"both have domctl interface 0x17 and sysctl 0x15"));
	json_decref(audit);
}

static void notes_and_opened(void)
{
	json_t *audit = audit_of(NULL, "q",
		"{'dynamic': true, 'bind_now': false, 'needed': ['libxenctrl.so.4.17',"
		" 'libxencall.so.1'], 'imports': [" CTRL_17(
			"xc_a") "], 'opened':"
				" ['libxenlight.so.4.17', 'libxenctrl.so.4.17', 'libz.so.1']}");

	CU_ASSERT_EQUAL(json_array_size(part(audit, "notes")), 2);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(part(audit, "notes"), 0)),
		"the file needs libxencall.so.1 but imports no symbol of it");
	CU_ASSERT_PTR_NOT_NULL(
		strstr(json_string_value(json_array_get(part(audit, "notes"), 1)), "BIND_NOW"));
	CU_ASSERT_EQUAL(json_array_size(part(audit, "opened")), 1);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_array_get(part(audit, "opened"), 0)), "libxenlight.so.4.17");
	json_decref(audit);
}

#define CTRL_20(name) IMPORT(name, "libxenctrl.so.4.20", "libxenctrl_4.20.0")

/* A patch that adds a use and removes another, and a build for another Xen at the same time. */
static void baseline(void)
{
	json_t *before = audit_of(NULL, "/usr/libexec/xen-qemu", QEMU), *expected;
	json_t *after = audit_of(NULL, "build/qemu-system-i386",
		PROGRAM("'libxenctrl.so.4.20'",
			CTRL_20("xc_domain_memory_mapping") "," CTRL_20(
				"xc_domain_bind_pt_pci_irq") "," CTRL_20("xc_pcidev_get_gsi")));
	struct problem why = { "" };

	CU_ASSERT_EQUAL(abi_compare(after, before, "/x/base.json", &why), 0);
	expected = load("{'file': 'base.json', 'new': [{'file': 'build/qemu-system-i386',"
			" 'name': 'xc_pcidev_get_gsi', 'library': 'libxenctrl.so.4.20'}],"
			" 'gone': [{'file': '/usr/libexec/xen-qemu', 'name': 'xc_domain_shutdown',"
			" 'library': 'libxenctrl.so.4.17'}]}");
	CU_ASSERT(json_equal(json_object_get(after, "baseline"), expected));
	CU_ASSERT_EQUAL(abi_exit_status(after), 1);
	json_decref(expected);

	CU_ASSERT_EQUAL(abi_compare(before, before, "b", &why), 0);
	CU_ASSERT_EQUAL(abi_exit_status(before), 0);

	/* Of several files each has its own partner, by the last part of its name. */
	expected = load(QEMU);
	CU_ASSERT_EQUAL(
		abi_add(before, symbols, "/other/qemu-system-i386", "00", expected, NULL), 0);
	json_decref(expected);
	CU_ASSERT_EQUAL(abi_compare(after, before, "b", &why), 0);
	CU_ASSERT_EQUAL(
		json_array_size(json_object_get(json_object_get(after, "baseline"), "new")), 1);
	/* One of the partner, and three of the file that has none. */
	CU_ASSERT_EQUAL(
		json_array_size(json_object_get(json_object_get(after, "baseline"), "gone")), 4);
	json_decref(after);
	json_decref(before);
}

static void no_baseline(void)
{
	static const char *const table[] = { "{}", "{'files': 3}", "{'files': []}",
		"{'files': [3]}", "{'files': [{'file': 'a'}]}", "{'files': [{'unstable': []}]}",
		"{'files': [{'file': 'a', 'error': 'e'}]}",
		"{'files': [{'file': 'a', 'unstable': [{'name': 3}]}]}" };
	json_t *audit = audit_of(NULL, "q", QEMU);

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct problem why = { "" };
		json_t *other = load(table[i]);

		CU_ASSERT_EQUAL(abi_compare(audit, other, "b.json", &why), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "b.json is not a complete audit"));
		json_decref(other);
	}
	json_decref(audit);
}

/* The text is printable ASCII, whatever the file is called, and so is what is shown of errors. */
static void rendered(void)
{
	json_t *audit = audit_of("4.20", "a\x1b[2J\xff", QEMU);
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	CU_ASSERT_EQUAL(abi_add(audit, symbols, "script", "", NULL, "it is not an ELF file"), 0);
	CU_ASSERT_EQUAL(abi_exit_status(audit), 2);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL(abi_render(audit, stream), 0);
	fclose(stream);
	for (const char *c = text; *c; c++)
		CU_ASSERT(*c == '\n' || (*c >= ' ' && *c <= '~'));
	CU_ASSERT_EQUAL(strncmp(text,
				"a?[2J?: 3 symbols of Xen libraries without a stable ABI\n\n"
				"libxenctrl.so.4.17, only for Xen 4.17: 3 symbols\n"
				"  basics\n    xc_domain_shutdown\n"
				"        exists: xendevicemodel_shutdown()\n",
				155),
		0);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(text, "\nin all: 1 exists, 1 toolstack-partly, 1 none\n"
			     "stable: libxenstore.so.4 1\nfault: libxenctrl.so.4.17 is of Xen"));
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		CU_ASSERT(strcspn(line, "\n") <= 100);
	free(text);
	json_decref(audit);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "names of libraries", libraries },
		{ "nodes and releases", nodes_and_releases },
		{ "the Xen that runs", running },
		{ "by library and use", by_library_and_use },
		{ "without versions", without_versions },
		{ "another Xen", other_xen },
		{ "notes, and what is opened", notes_and_opened },
		{ "against a baseline", baseline },
		{ "what is no baseline", no_baseline },
		{ "for people", rendered },
		CU_TEST_INFO_NULL,
	};
	char path[512];
	int status;

	snprintf(path, sizeof(path), "%s/results/data/abi/xen.yaml", getenv("SOURCE_ROOT"));
	if (abi_symbols_load(path, &symbols, NULL) < 0)
		return 1;
	status = suite_main("abi", tests);
	json_decref(symbols);
	return status;
}
