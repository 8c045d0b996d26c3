/*
 * Real lines: Xen 4.17.7 in the virtual lab, 2026-11-21, a guest of the matrix seed-igd with the
 * phantom IGD, key 'q' before it ran. What was changed is said at the test.
 */
#include "harness/evidence/xen_domain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

#define DOM0                                                                                       \
	"(XEN) 'q' pressed -> dumping domain info (now = 50061151846)\n"                           \
	"(XEN) General information for domain 0:\n"                                                \
	"(XEN)     refcnt=4 dying=0 pause_count=0\n"                                               \
	"(XEN) Rangesets belonging to domain 0:\n"                                                 \
	"(XEN)     Interrupts { 1-23, 25-29 }\n"                                                   \
	"(XEN)     I/O Memory { 0-fed8f, fed91-fedff, fef00-fcfffff }\n"                           \
	"(XEN)     I/O Ports  { 0-1f, 22-3f, 44-60, 62-9f, a2-3f7, 400-607, 60c-cfb, d00-ffff }\n" \
	"(XEN)     log-dirty  { }\n"
#define GUEST_HEAD                                                                                  \
	"(XEN) General information for domain 1:\n"                                                 \
	"(XEN)     paging assistance: hap refcounts translate external \n"                          \
	"(XEN) Rangesets belonging to domain 1:\n"                                                  \
	"(XEN)     ioreq_server 0 pci { 0, 8-9, b, 10, 18 }\n"                                      \
	"(XEN)     ioreq_server 0 memory { fec00000-fec00fff, fed00000-fed003ff, fee00000-feefffff" \
	" }\n"                                                                                      \
	"(XEN)     ioreq_server 0 port { 0-1f, 60, 64, 70-71, 3f1-3ff, 510-511, cf8-cff }\n"        \
	"(XEN)     Interrupts { }\n"
#define GUEST_MEMORY "(XEN)     I/O Memory { a0-df, fd000-fdfff, febd4 }\n"
#define GUEST_PORTS  "(XEN)     I/O Ports  { 3b0-3bb, 3c0-3df }\n"
#define GUEST_TAIL                                                                                 \
	"(XEN)     log-dirty  { }\n"                                                               \
	"(XEN) Memory pages belonging to domain 1:\n"                                              \
	"(XEN) Notifying guest 1:0 (virq 1, port 0)\n"                                             \
	"(d1) HVM Loader\n"

static const struct xen_ranges all = { true, true }, none = { false, false };

/* "" if there is no such list, else "ports", "memory", "ports memory" or "neither". */
static const char *say(const char *log, unsigned int domid)
{
	struct xen_ranges ranges = none;
	int r = xen_domain_ranges(log, strlen(log), domid, &ranges);

	if (r == -ENODATA)
		return "";
	CU_ASSERT_EQUAL(r, 0);
	if (ranges.vga_ports)
		return ranges.vga_memory ? "ports memory" : "ports";
	return ranges.vga_memory ? "memory" : "neither";
}

static void as_it_came(void)
{
	static const char log[] = DOM0 GUEST_HEAD GUEST_MEMORY GUEST_PORTS GUEST_TAIL;

	CU_ASSERT_STRING_EQUAL(say(log, 1), "ports memory");
	CU_ASSERT_STRING_EQUAL(say(log, 0), "ports memory");
	CU_ASSERT_STRING_EQUAL(say(log, 2), "");
	CU_ASSERT_STRING_EQUAL(say(log, 10), "");
	CU_ASSERT_STRING_EQUAL(say("", 1), "");
	CU_ASSERT_STRING_EQUAL(say("(d1) HVM Loader\n", 1), "");
}

/* Ranges written as rangeset_printk() would. */
static void parts_of_the_ranges(void)
{
	static const struct {
		const char *memory, *ports, *said;
	} cases[] = {
		{ "{ }", "{ }", "neither" },
		{ "{ fd000-fdfff }", "{ 3b0-3bb, 3c0-3df }", "ports" },
		{ "{ a0-bf }", "{ 3b0-3bb }", "memory" },
		{ "{ a0-bf }", "{ 3c0-3df }", "memory" },
		{ "{ a0-be }", "{ 3b0-3df }", "ports" },
		{ "{ a1-bf }", "{ 3b0-3bb, 3c0-3de }", "neither" },
		{ "{ a0 }", "{ 3b0, 3c0 }", "neither" },
		{ "{ 0-ffffffffff }", "{ 0-ffff }", "ports memory" },
		{ "{ 9f-c0 }", "{ 1f0, 3b0-3bb, 3c0-3df, cf8 }", "ports memory" },
	};
	char log[512];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(log, sizeof(log),
			"(XEN) Rangesets belonging to domain 7:\n(XEN)     I/O Memory %s\n"
			"(XEN)     I/O Ports  %s\n",
			cases[i].memory, cases[i].ports);
		CU_ASSERT_STRING_EQUAL(say(log, 7), cases[i].said);
	}
}

/* console_timestamps=boot, and a carriage return, as a serial console records it. */
static void with_timestamps(void)
{
	static const char log[] = "(XEN) [   12.345678] Rangesets belonging to domain 1:\r\n"
				  "(XEN) [   12.345679]     I/O Memory { a0-bf }\r\n"
				  "(XEN) [   12.345680]     I/O Ports  { 3b0-3bb, 3c0-3df }\r\n";

	CU_ASSERT_STRING_EQUAL(say(log, 1), "ports memory");
}

static void the_last_whole_list_counts(void)
{
	static const char earlier[] = GUEST_HEAD GUEST_MEMORY
		"(XEN)     I/O Ports  { }\n" GUEST_TAIL GUEST_HEAD GUEST_MEMORY GUEST_PORTS;
	static const char cut[] =
		GUEST_HEAD GUEST_MEMORY GUEST_PORTS GUEST_HEAD "(XEN)     I/O Memory { a0-";
	static const char other[] = GUEST_HEAD DOM0;
	static const char no_memory[] = GUEST_HEAD GUEST_PORTS;

	CU_ASSERT_STRING_EQUAL(say(earlier, 1), "ports memory");
	CU_ASSERT_STRING_EQUAL(say(cut, 1), "ports memory");
	/* Those of the next domain are not ours. */
	CU_ASSERT_STRING_EQUAL(say(other, 1), "");
	CU_ASSERT_STRING_EQUAL(say(no_memory, 1), "");
	CU_ASSERT_STRING_EQUAL(say(GUEST_HEAD GUEST_MEMORY, 1), "");
}

/* Xen puts "(d1) " before what a guest's firmware says. */
static void a_guest_is_not_believed(void)
{
	static const char log[] = "(d1) (XEN) Rangesets belonging to domain 1:\n"
				  "(d1)     I/O Memory { a0-bf }\n"
				  "(d1) (XEN)     I/O Ports  { 3b0-3df }\n";
	static const char between[] = GUEST_HEAD "(d1)     I/O Memory { }\n" GUEST_MEMORY
						 "(d1)     I/O Ports  { }\n" GUEST_PORTS;

	CU_ASSERT_STRING_EQUAL(say(log, 1), "");
	CU_ASSERT_STRING_EQUAL(say(between, 1), "ports memory");
}

/* Every beginning of the log, which is not a text: nothing behind its end is read. */
static void any_length(void)
{
	static const char log[] = DOM0 GUEST_HEAD GUEST_MEMORY GUEST_PORTS;
	struct xen_ranges ranges;

	for (size_t length = 0; length < sizeof(log) - 2; length++) {
		char *copy = malloc(length > 0 ? length : 1);

		CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
		memcpy(copy, log, length);
		ranges = none;
		CU_ASSERT_EQUAL(xen_domain_ranges(copy, length, 1, &ranges), -ENODATA);
		free(copy);
	}
	CU_ASSERT_EQUAL(xen_domain_ranges(log, sizeof(log) - 2, 1, &ranges), 0);
	CU_ASSERT_EQUAL(memcmp(&ranges, &all, sizeof(all)), 0);
}

/* A line beyond the bound is not whole. */
static void a_long_line(void)
{
	static char log[8192];
	size_t used = (size_t)snprintf(
		log, sizeof(log), "(XEN) Rangesets belonging to domain 1:\n" GUEST_MEMORY);

	used += (size_t)snprintf(log + used, sizeof(log) - used, "(XEN)     I/O Ports  { 0-ffff");
	while (used < 4000)
		used += (size_t)snprintf(log + used, sizeof(log) - used, ", %zx", used + 0x20000);
	snprintf(log + used, sizeof(log) - used, " }\n");
	CU_ASSERT_STRING_EQUAL(say(log, 1), "");
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "as it came", as_it_came },
		{ "parts of the ranges", parts_of_the_ranges },
		{ "with timestamps", with_timestamps },
		{ "the last whole list counts", the_last_whole_list_counts },
		{ "a guest is not believed", a_guest_is_not_believed },
		{ "any length", any_length },
		{ "a long line", a_long_line },
		CU_TEST_INFO_NULL,
	};

	return suite_main("xen_domain", tests);
}
