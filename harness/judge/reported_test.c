/*
 * Lines that people reported, in a cell that ended in a certain way, by the patterns that are
 * shipped: whose fault it is. The cell's guest is domain 3 with the host's 00:02.0 at 00:03.0.
 * Xen's and libxl's wordings are those of the sources that results/data/patterns.yaml names.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/run_files.h"
#include "harness/judge/judge.h"
#include "harness/logs/patterns.h"
#include "src/document.h"
#include "src/suite.h"

#define END                                                                                        \
	"{\"format\": \"igd-harness end\", \"version\": 1, \"ending\": \"%s\", \"detail\": \"\","  \
	" \"times_ms\": {}, \"leftovers\": []}"
#define LIBXL                                                                                      \
	"{\"format\": \"igd-harness libxl\", \"version\": 1, \"domid\": 3, \"pci\":"               \
	" [{\"host\": \"0000:00:02.0\", \"guest\": \"0000:00:03.0\"}]}"
#define CELL "{\"cells\": [{\"name\": \"c\", \"words\": {}, \"expect\": []}]}"
#define RUN                                                                                        \
	"{\"identities\": {\"acts_as\": \"libxl\", \"versions\": {\"qemu\": \"7.2.22\","           \
	" \"xen\": \"4.17.5\"}}}"

static char place[] = "/tmp/igd-judge-reported-XXXXXX";
static struct patterns *patterns;

/* `cause` is how the cell's cause begins, with the label of the pattern if one explains it. */
static const struct {
	const char *log, *line, *ending, *verdict, *layer, *cause;
} cases[] = {
	/* Xen refuses the device, in the words of 4.11 to 4.13 and of later ones. */
	{ "xen", "(XEN) d3: assign (0000:00:02.0) failed (-1)", "create-failed", "FAIL", "Xen",
		"assign-refused: " },
	{ "xen", "(XEN) XEN_DOMCTL_assign_device: assign 0000:00:02.0 to dom3 failed (-16)",
		"create-failed", "FAIL", "Xen", "assign-refused: " },
	{ "libxl",
		"error: libxl_pci.c:1519:pci_add_dm_done: Domain 3:xc_assign_device failed: "
		"No space left on device",
		"create-failed", "FAIL", "Xen", "assign-failed: " },
	{ "libxl",
		"error: libxl_pci.c:1491:pci_add_dm_done: Domain 3:xc_physdev_map_pirq irq=18 "
		"(error=-1): Not supported",
		"create-failed", "FAIL", "Xen", "irq-map-refused: " },
	{ "libxl",
		"error: libxl_dm.c:414:libxl__xc_device_get_rdm: Domain 3:"
		"Could not get reserved device memory maps.: Operation not permitted",
		"create-failed", "FAIL", "Xen", "rdm-maps-refused: " },
	/* The host is not ready for it. */
	{ "xen",
		"(XEN) [VT-D]It's disallowed to assign 0000:00:02.0 with shared RMRR at "
		"8d800000 for Dom3.",
		"create-failed", "MISS", "host", "shared-rmrr: " },
	{ "libxl", "error: libxl_pci.c:727:pciback_dev_assign: Couldn't bind device to pciback!",
		"create-failed", "MISS", "host", "pciback-bind-failed: " },
	{ "libxl",
		"error: libxl_pci.c:852:libxl__device_pci_assignable_add: "
		"failed to quarantine 0000:00:02.0",
		"create-failed", "MISS", "host", "pciback-bind-failed: " },
	/* The stub domain does not start. */
	{ "libxl",
		"error: libxl_dm.c:2857:stubdom_xswait_cb: Domain 3:"
		"Stubdom 4 for 3 startup: startup timed out",
		"create-failed", "FAIL", "QEMU", "stubdom-timeout: " },
	/* Of a device of a different domain that is started again and again meanwhile. */
	{ "xen",
		"(XEN) [VT-D] It's disallowed to assign 0000:00:1a.0 with shared RMRR at "
		"db7d7000 for d10.",
		"create-failed", "FAIL", "libxl or QEMU", "the guest could not be created" },
	{ "xen", "(XEN) d10: assign (0000:00:1a.0) failed (-1)", "create-failed", "FAIL",
		"libxl or QEMU", "the guest could not be created" },
	{ "xen", "(d77) *** HVMLoader bug at util.c:123", "guest-crashed", "FAIL", "guest",
		"the guest crashed" },
	{ "xen", "(d3) *** HVMLoader bug at util.c:123", "guest-crashed", "FAIL", "firmware",
		"hvmloader-stopped: " },
	/* A line that is there in every such cell explains no crash. */
	{ "qemu",
		"qemu-system-i386: pci-assign: Cannot read from host "
		"/sys/bus/pci/devices/0000:00:02.0/rom",
		"guest-crashed", "FAIL", "guest", "the guest crashed" },
	{ "qemu",
		"qemu-system-i386: pci-assign: Cannot read from host "
		"/sys/bus/pci/devices/0000:00:02.0/rom",
		"create-failed", "MISS", "host", "option-rom-unreadable: " },
	{ "libxl",
		"error: libxl_pci.c:1473:libxl__device_pci_reset: write to "
		"/sys/bus/pci/devices/0000:00:02.0/reset failed: Invalid argument",
		"guest-crashed", "FAIL", "guest", "the guest crashed" },
	{ "xen",
		"(XEN) [VT-D]  RMRR address range 8d800000..8fffffff not in reserved memory; "
		"need \"iommu_inclusive_mapping=1\"?",
		"guest-crashed", "FAIL", "guest", "the guest crashed" },
	/* What Xen did since QEMU asked for it. */
	{ "xen", "(XEN) Domain 3 reported crashed by domain 0 on cpu#1:", "guest-crashed", "FAIL",
		"QEMU", "domain-killed-for-qemu: " },
	/* A BAR without an address, of this guest and of a different one. */
	{ "xen", "(d3) pci dev 02:0 bar 18 size 010000000: no space for resource!", "guest-crashed",
		"FAIL", "config", "bar-without-address: " },
	{ "xen", "(d9) pci dev 02:0 bar 18 size 010000000: no space for resource!", "guest-crashed",
		"FAIL", "guest", "the guest crashed" },
};

static void write_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cells/001-c/%s", place, name);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	CU_ASSERT_EQUAL(fclose(file), 0);
}

static void write_cell(const char *ending, const char *log, const char *line)
{
	char command[320], text[512], name[32];

	snprintf(command, sizeof(command), "rm -rf %s/cells && mkdir -p %s/cells/001-c", place,
		place);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	snprintf(text, sizeof(text), END, ending);
	write_file("end.json", text);
	write_file("libxl.json", LIBXL);
	snprintf(name, sizeof(name), "%s.log", log);
	snprintf(text, sizeof(text), "%s\n", line);
	write_file(name, text);
}

static json_t *judge(void)
{
	json_t *plan = json_loads(CELL, 0, NULL), *run = json_loads(RUN, 0, NULL);
	json_t *findings = NULL, *cell;
	struct store store = STORE_NONE;
	struct problem why = { "" };

	store.dir_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	store.dir = strdup(place);
	CU_ASSERT_EQUAL(judge_collect(&(struct judge_request){ &store, run, plan, plan, patterns },
				&findings, &why),
		0);
	cell = json_incref(json_array_get(json_object_get(findings, "cells"), 0));
	store_close(&store);
	json_decref(findings);
	json_decref(plan);
	json_decref(run);
	return cell;
}

static void the_right_party_is_named(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *cause;
		json_t *cell;

		write_cell(cases[i].ending, cases[i].log, cases[i].line);
		cell = judge();
		cause = document_text(cell, "cause");
		if (strncmp(cause, cases[i].cause, strlen(cases[i].cause)) != 0)
			printf("\n  %s\n  wanted %s, got %s", cases[i].line, cases[i].cause, cause);
		CU_ASSERT_STRING_EQUAL(document_text(cell, "verdict"), cases[i].verdict);
		CU_ASSERT_STRING_EQUAL(document_text(cell, "layer"), cases[i].layer);
		CU_ASSERT_EQUAL(strncmp(cause, cases[i].cause, strlen(cases[i].cause)), 0);
		json_decref(cell);
	}
}

static CU_TestInfo tests[] = {
	{ "the right party is named", the_right_party_is_named },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	const char *root = getenv("SOURCE_ROOT");
	struct problem why = { "" };
	char path[4096];
	int status;

	snprintf(path, sizeof(path), "%s/results/data/" PATTERNS_FILE, root ? root : ".");
	if (patterns_load(path, &patterns, &why) < 0 || !mkdtemp(place)) {
		fprintf(stderr, "%s\n", why.text);
		return 1;
	}
	status = suite_main("reported", tests);
	patterns_free(patterns);
	return suite_remove(place, status);
}
