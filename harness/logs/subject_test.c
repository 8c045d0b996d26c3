/* Lines as the programs print them, of the cell's own domain and device and of others. */
#include "harness/logs/subject.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/suite.h"

/* Domain 3 with the host's 00:02.0 at 00:03.0. */
static const struct log_subject subject = {
	.domids = { 3 },
	.domid_count = 1,
	.host = { { .slot = 2 } },
	.host_count = 1,
	.host_known = true,
	.guest = { { .slot = 3 } },
	.guest_count = 1,
};

static const struct {
	enum pattern_log log;
	const char *line;
	bool elsewhere;
} lines[] = {
	/* Domains, in each form. */
	{ PATTERN_XEN, "(XEN) d3v0 Triple fault - invoking HVM shutdown action 1", false },
	{ PATTERN_XEN, "(XEN) d77v0 Triple fault - invoking HVM shutdown action 1", true },
	{ PATTERN_XEN, "(d77) *** HVMLoader bug at util.c:123", true },
	{ PATTERN_XEN, "(d3) *** HVMLoader bug at util.c:123", false },
	{ PATTERN_XEN, "(XEN) HVM77 restore: CPU 0", true },
	{ PATTERN_XEN,
		"(XEN) [VT-D] cannot assign 0000:00:1a.0 with shared RMRR at 7d800000 for Dom5.",
		true },
	{ PATTERN_XEN, "(XEN) d3: assign (0000:00:02.0) failed (-1)", false },
	{ PATTERN_XEN, "(XEN) d7: assign (0000:00:02.0) failed (-1)", true },
	{ PATTERN_XEN, "(XEN) Domain 3 (vcpu#0) crashed on cpu#1:", false },
	{ PATTERN_XEN, "(XEN) Domain 4 (vcpu#0) crashed on cpu#1:", true },
	{ PATTERN_LIBXL, "error: libxl_pci.c:1580:x: Domain 12:PCI device cannot be assigned",
		true },
	{ PATTERN_LIBXL, "error: libxl_pci.c:1580:x: Domain 0:write to reset returned -1", false },
	{ PATTERN_LIBXL, "error: /local/domain/9/device-model gone", true },
	/* dom0, Xen's own domains and numbers that are none are not compared. */
	{ PATTERN_XEN, "(XEN) d0v1 something", false },
	{ PATTERN_XEN, "(XEN) d32753 something", false },
	{ PATTERN_XEN, "(XEN) mfn deadbeef d12ab", false },
	{ PATTERN_CONSOLE, "d77: a guest may write what it likes", false },
	/* Devices. */
	{ PATTERN_XEN, "(XEN) [VT-D]DMAR:[DMA Write] Request device [0000:00:02.0] fault addr 6df",
		false },
	{ PATTERN_XEN, "(XEN) [VT-D]DMAR:[DMA Write] Request device [0000:00:1e.6] fault addr 0",
		true },
	{ PATTERN_XEN, "(XEN) [VT-D]DMAR:[DMA Write] Request device [0001:00:02.0] fault addr 0",
		true },
	{ PATTERN_XEN, "(XEN) device 10000:e1:00.0 of VMD", true },
	{ PATTERN_DOM0, "pciback 0000:05:00.0: not ready 1023ms after FLR; waiting", true },
	{ PATTERN_DOM0, "pciback 0000:00:02.0: not ready 1023ms after FLR; waiting", false },
	{ PATTERN_DOM0, "pcieport 0000:00:01.0: error of 0000:00:02.0", false },
	{ PATTERN_LIBXL, "error: libxl__device_pci_add failed for PCI device 0:58:3.0 (rc -28)",
		true },
	{ PATTERN_LIBXL, "error: libxl__device_pci_add failed for PCI device 0:0:2.0 (rc -28)",
		false },
	{ PATTERN_QEMU, "[00:03.0] xen_pt_realize: Error: Mapping machine irq 16", false },
	{ PATTERN_QEMU, "[00:05.0] xen_pt_realize: Error: Mapping machine irq 16", true },
	{ PATTERN_QEMU, "Failed to open /sys/bus/pci/devices/0000:00:00.0/config", false },
	{ PATTERN_QEMU, "Cannot read from host /sys/bus/pci/devices/0000:01:00.0/rom", true },
	{ PATTERN_QEMU, "Unknown savevm section or instance '0000:00:05.0/platform' 0.", false },
	{ PATTERN_CONSOLE, "i915 0000:00:03.0: [drm] GPU HANG: ecode 12:0:00000000", false },
	{ PATTERN_CONSOLE, "i915 0000:00:09.0: [drm] GPU HANG: ecode 12:0:00000000", true },
	/* Times are no addresses. */
	{ PATTERN_XEN, "(XEN) [2026-11-29 04:31:47.123] something", false },
	{ PATTERN_XEN, "(XEN) [2026-11-29 04:31:47] something", false },
	{ PATTERN_XEN, "", false },
};

static void lines_are_told_apart(void)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		bool elsewhere = log_subject_is_elsewhere(&subject, lines[i].log, lines[i].line);

		if (elsewhere != lines[i].elsewhere)
			printf("\n  %s\n", lines[i].line);
		CU_ASSERT_EQUAL(elsewhere, lines[i].elsewhere);
	}
}

static void what_is_not_known_is_not_compared(void)
{
	static const struct log_subject nothing;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		CU_ASSERT_FALSE(log_subject_is_elsewhere(&nothing, lines[i].log, lines[i].line));
		CU_ASSERT_FALSE(log_subject_is_elsewhere(NULL, lines[i].log, lines[i].line));
	}
}

/* A cell without a device: each device of the host is a different one. */
static void a_cell_without_a_device(void)
{
	static const struct log_subject none = {
		.domids = { 3 }, .domid_count = 1, .host_known = true
	};

	CU_ASSERT_TRUE(log_subject_is_elsewhere(
		&none, PATTERN_XEN, "(XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:02.0]"));
	CU_ASSERT_FALSE(
		log_subject_is_elsewhere(&none, PATTERN_CONSOLE, "bochs-drm 0000:00:04.0: x"));
}

static void the_first_domain_of_a_log(void)
{
	static const char log[] =
		"a: Domain 0:x\nb: running on Domain 5, no\nc: Domain 12:y\nDomain 13:z";
	unsigned int domid = 0;

	CU_ASSERT_EQUAL(log_subject_first_domid(log, strlen(log), &domid), 0);
	CU_ASSERT_EQUAL(domid, 12);
	CU_ASSERT_EQUAL(log_subject_first_domid(log, 20, &domid), -ENODATA);
	CU_ASSERT_EQUAL(log_subject_first_domid("Domain 99999999999:", 19, &domid), -ENODATA);
	CU_ASSERT_EQUAL(log_subject_first_domid("Domain 7", 8, &domid), -ENODATA);
	CU_ASSERT_EQUAL(log_subject_first_domid("", 0, &domid), -ENODATA);
}

static CU_TestInfo tests[] = {
	{ "lines are told apart", lines_are_told_apart },
	{ "what is not known is not compared", what_is_not_known_is_not_compared },
	{ "a cell without a device", a_cell_without_a_device },
	{ "the first domain of a log", the_first_domain_of_a_log },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("subject", tests);
}
