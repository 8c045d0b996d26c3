/* The loader's sentences, and what results/data/abi/xen.yaml says of QEMU's symbols. */
#include "harness/abi/abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/document.h"
#include "src/suite.h"

/* Lines 1 to 8; a symbol begins at line 9. */
#define HEAD "format: igd-harness symbols\nversion: 1\nlibraries:\n"
#define LIBRARIES                                                                                  \
	HEAD "  - name: libxenctrl\n    abi: unstable\n    prefixes: xc_\n"                        \
	     "interfaces: [{xen: \"4.17\", domctl: \"0x15\", sysctl: \"0x15\"}]\nsymbols:\n"
#define NAME    "  - name: xc_a\n"                          /* 9 */
#define SYMBOL  NAME "    library: libxenctrl\n"            /* 10 */
#define USE     "    use: basics\n"                         /* 11 */
#define CLASS   "    class: none\n"                         /* 12 */
#define REST    "    replacement: nothing\n    source: s\n" /* 13, 14 */
#define WHOLE   LIBRARIES SYMBOL USE CLASS REST
#define NOTHING "interfaces: []\nsymbols: []\n"

struct wrong {
	const char *text, *place, *what;
};

static void every_mistake_has_a_place_and_a_remedy(void)
{
	static const struct wrong table[] = {
		{ "", "1:1", "docs/topics/abi.md" },
		{ "format: igd-harness abi\nversion: 1\nlibraries: []\n" NOTHING, "1:9",
			"write \"igd-harness symbols\"" },
		{ "format: igd-harness symbols\nversion: 2\nlibraries: []\n" NOTHING, "2:10",
			"use a newer" },
		{ "format: igd-harness symbols\nversion: 1\nlibraries: []\n", "1:1",
			"needs `symbols`" },
		{ HEAD "  - {name: a b, abi: stable, prefixes: a}\n" NOTHING, "4:12", "a name" },
		{ HEAD "  - {name: a, abi: maybe, prefixes: a}\n" NOTHING, "4:20",
			"use one of stable, unstable" },
		{ HEAD "  - {name: a, abi: stable, prefixes: [a, '']}\n" NOTHING, "4:42",
			"a prefix" },
		{ HEAD "  - {name: a, abi: stable, prefixes: a}\n"
		       "  - {name: a, abi: stable, prefixes: b}\n" NOTHING,
			"5:12", "a is given twice" },
		{ LIBRARIES NAME "    library: libxenguest\n" USE CLASS REST, "10:14",
			"no library libxenguest" },
		{ LIBRARIES SYMBOL "    use: other\n" CLASS REST, "11:10",
			"basics, mappings, interrupts, toolstack" },
		{ LIBRARIES SYMBOL USE "    class: easy\n" REST, "12:12", "exists, fallback-only" },
		{ LIBRARIES SYMBOL USE CLASS "    replacement: ''\n    source: s\n", "13:18",
			"`replacement` is empty" },
		{ LIBRARIES SYMBOL USE CLASS "    replacement: n\n", "9:5", "needs `source`" },
		{ WHOLE "    wher: x\n", "15:5", "did you mean `where`" },
		{ WHOLE "    where: \"a\\nb\"\n", "15:12", "line break" },
		{ WHOLE SYMBOL USE CLASS REST, "15:11", "xc_a is given twice" },
		{ HEAD "  []\nsymbols: []\ninterfaces: [{xen: \"4.17.1\", domctl: a, sysctl: a}]\n",
			"6:20", "not a release of Xen" },
		{ HEAD "  []\nsymbols: []\ninterfaces: [{xen: \"4.17\", domctl: x y, sysctl: a}]\n",
			"6:36", "an interface version" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct problem why = { "" };
		json_t *symbols = NULL;
		char place[64];

		snprintf(place, sizeof(place), "s:%s: ", table[i].place);
		CU_ASSERT_EQUAL(abi_symbols_parse(
					"s", table[i].text, strlen(table[i].text), &symbols, &why),
			-EINVAL);
		CU_ASSERT_PTR_NULL(symbols);
		CU_ASSERT_EQUAL(strncmp(why.text, place, strlen(place)), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, table[i].what));
		if (strncmp(why.text, place, strlen(place)) != 0 ||
			!strstr(why.text, table[i].what))
			printf("\n  %zu: \"%s\" lacks \"%s%s\"\n", i, why.text, place,
				table[i].what);
		json_decref(symbols);
	}
}

static json_t *shipped(void)
{
	struct problem why = { "" };
	json_t *symbols = NULL;
	char path[512];

	snprintf(path, sizeof(path), "%s/results/data/abi/xen.yaml", getenv("SOURCE_ROOT"));
	CU_ASSERT_EQUAL(abi_symbols_load(path, &symbols, &why), 0);
	if (why.text[0])
		printf("\n  %s\n", why.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(symbols);
	return symbols;
}

/*
 * The 18 symbols of trixie's QEMU (nm -D); use and class as reviewed: of "RFC: qemu and Xen
 * ABI-unstable libs" (xen-devel, September 2020) and its answers, two later ones by their calls.
 */
static void qemu(void)
{
	static const char *const table[][3] = {
		{ "xc_interface_open", "basics", "handle" },
		{ "xc_interface_close", "basics", "handle" },
		{ "xc_domain_shutdown", "basics", "exists" },
		{ "xc_get_hvm_param", "basics", "fallback-only" },
		{ "xc_set_hvm_param", "basics", "stopgap" },
		{ "xc_domain_populate_physmap_exact", "basics", "stopgap" },
		{ "xc_domain_iomem_permission", "mappings", "toolstack" },
		{ "xc_domain_ioport_mapping", "mappings", "toolstack-partly" },
		{ "xc_domain_memory_mapping", "mappings", "toolstack-partly" },
		{ "xc_physdev_map_pirq", "interrupts", "stopgap" },
		{ "xc_physdev_map_pirq_msi", "interrupts", "stopgap" },
		{ "xc_physdev_map_pirq_gsi", "interrupts", "stopgap" },
		{ "xc_physdev_unmap_pirq", "interrupts", "stopgap" },
		{ "xc_pcidev_get_gsi", "interrupts", "stopgap" },
		{ "xc_domain_bind_pt_pci_irq", "interrupts", "none" },
		{ "xc_domain_unbind_pt_irq", "interrupts", "none" },
		{ "xc_domain_update_msi_irq", "interrupts", "proposed" },
		{ "xc_domain_unbind_msi_irq", "interrupts", "proposed" },
	};
	json_t *symbols = shipped();
	const json_t *list = json_object_get(symbols, "symbols"), *about;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		about = json_object_get(list, table[i][0]);
		CU_ASSERT_STRING_EQUAL(document_text(about, "library"), "libxenctrl");
		CU_ASSERT_STRING_EQUAL(document_text(about, "use"), table[i][1]);
		CU_ASSERT_STRING_EQUAL(document_text(about, "class"), table[i][2]);
	}
	/* A proposal without its mail is of no use. */
	about = json_object_get(list, "xc_domain_update_msi_irq");
	CU_ASSERT_PTR_NOT_NULL(strstr(document_text(about, "source"),
		"<20260309123055.880050-5-julian.vetter@vates.tech>"));
	json_decref(symbols);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "every mistake has a place and a remedy",
			every_mistake_has_a_place_and_a_remedy },
		{ "QEMU's symbols", qemu },
		CU_TEST_INFO_NULL,
	};

	return suite_main("abi_symbols", tests);
}
