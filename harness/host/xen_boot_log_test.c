/*
 * Xen's messages, in the wordings and the forms that its releases and its users have. Lines are
 * composed as the sources named in results/data/xen-messages.yaml would print them.
 */
#include "harness/host/xen_boot_log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/host/xen_cmdline.h"
#include "harness/host/xen_messages.h"
#include "src/document.h"
#include "src/suite.h"

#define HEAD                                                                                             \
	"(XEN) Xen version 4.17.5 (Debian 4.17.5-1) (x@y) (gcc) debug=n  Thu Sep  7 09:00:00 UTC 2023\n" \
	"(XEN) Latest ChangeSet: \n"                                                                     \
	"(XEN) Command line: placeholder iommu=verbose\n"

static json_t *facts_of(const char *text)
{
	const struct record record = {
		.name = "log", .text = (char *)text, .length = strlen(text)
	};

	return xen_boot_log_facts(&record);
}

static bool is_true(const json_t *facts, const char *key)
{
	return json_is_true(json_object_get(facts, key));
}

static json_int_t number(const json_t *facts, const char *key)
{
	return json_integer_value(json_object_get(facts, key));
}

/* Each form puts its own in front of "(XEN)" or behind it; %s are two lines of Xen. */
static void every_form_is_read(void)
{
	static const char *const forms[][2] = {
		{ "(XEN) ", "\n" }, { "(XEN) ", "\r\n" }, { "\r(XEN) ", "\n" },
		{ "(XEN) [2026-11-29 08:41:00] ", "\n" },     /* console_timestamps=date */
		{ "(XEN) [2026-11-29 08:41:00.123] ", "\n" }, /* datems */
		{ "(XEN) [    0.123456] ", "\n" },            /* boot */
		{ "(XEN) [0000001f2a3b4c5d] ", "\n" },        /* raw */
		{ "[2026-11-29 08:41:00] (XEN) ", "\n" },     /* hypervisor.log */
		{ "[2026-11-29 08:41:00] (XEN) [    0.1] ", "\n" },
		{ "Nov 29 08:41:00 dom0 xenconsoled[612]: (XEN) ", "\n" },
		{ "2026-11-29T08:41:00+0100 dom0 xl[612]: (XEN) ", "\n" }, { "> (XEN) ", "\n" },
		{ "    (XEN) ", "\n" }, { "\033[0m(XEN) ", "\033[K\n" },
		{ "xl-dmesg.txt:(XEN) ", "\n" }, /* grep */
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		static const char *const lines[] = { "Xen version 4.20.0 (Debian) debug=n",
			"Command line: iommu=no-igfx", "I/O virtualisation enabled",
			" - Dom0 mode: Relaxed",
			"[VT-D]DMAR:[DMA Read] Request device [0000:00:02.0] fault addr 8e43c000" };
		char text[2048] = "";
		json_t *facts;

		for (size_t j = 0; j < sizeof(lines) / sizeof(lines[0]); j++) {
			strcat(text, forms[i][0]);
			strcat(text, lines[j]);
			strcat(text, forms[i][1]);
		}
		facts = facts_of(text);
		if (!is_true(facts, "complete"))
			printf("form %zu is not read\n", i);
		CU_ASSERT(is_true(facts, "complete"));
		CU_ASSERT_STRING_EQUAL(document_text(facts, "cmdline"), "iommu=no-igfx");
		CU_ASSERT(is_true(facts, "iommu"));
		CU_ASSERT_STRING_EQUAL(document_text(facts, "dom0_mode"), "Relaxed");
		CU_ASSERT_EQUAL(number(facts, "igd_faults"), 1);
		CU_ASSERT_EQUAL(number(facts, "igd_fault_at"), 0x8e43c000);
		CU_ASSERT_EQUAL(number(facts, "lines"), 5);
		json_decref(facts);
	}
}

static void only_xen_speaks_for_xen(void)
{
	static const char *const lines[] = { "(d3) (XEN) I/O virtualisation enabled\n",
		"[2026-11-29 08:41:00] (d3) (XEN) I/O virtualisation enabled\n",
		"(d3v0) (XEN) I/O virtualisation enabled\n",
		"(XEN) (d3) I/O virtualisation enabled\n",
		"he wrote \"(XEN) I/O virtualisation enabled\"\n", "I/O virtualisation enabled\n" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		json_t *facts = facts_of(lines[i]);
		struct record record = {
			.name = "log", .text = (char *)lines[i], .length = strlen(lines[i])
		};
		struct problem why = { 0 };

		CU_ASSERT(json_is_null(json_object_get(facts, "iommu")));
		CU_ASSERT_EQUAL(xen_boot_log_check(&record, &why), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "log: the file has no message of Xen"));
		json_decref(facts);
	}
}

static void of_several_boots_the_last_counts(void)
{
	static const char *const between[] = { "", "-- Boot 0123456789abcdef --\n",
		"-- Reboot --\n", "some other line\n\n" };

	for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
		char text[2048];
		json_t *facts;

		snprintf(text, sizeof(text),
			HEAD "(XEN) I/O virtualisation disabled\n"
			     "(XEN) Passed iommu=no-igfx option.  Disabling IGD VT-d engine.\n%s"
			     "(XEN) Xen version 4.20.0 (x) debug=n\n"
			     "(XEN) Command line: second\n(XEN) I/O virtualisation enabled\n",
			between[i]);
		facts = facts_of(text);
		CU_ASSERT(is_true(facts, "complete"));
		CU_ASSERT(is_true(facts, "iommu"));
		CU_ASSERT_STRING_EQUAL(document_text(facts, "cmdline"), "second");
		CU_ASSERT_EQUAL(strncmp(document_text(facts, "version"), "4.20.0", 6), 0);
		CU_ASSERT_EQUAL(json_array_size(json_object_get(facts, "bad")), 0);
		json_decref(facts);
	}
}

/* xen/arch/x86/setup.c prints the line without any option, too, with a blank at its end. */
static void a_boot_without_options_is_one(void)
{
	static const char *const ends[] = { " \n", "\n", " \r\n" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char text[1024];
		json_t *facts;

		snprintf(text, sizeof(text),
			"(XEN) Xen version 4.17.5 (x) debug=n\n(XEN) Command line: iommu=no-igfx\n"
			"(XEN) [VT-D] passed iommu=no-igfx option; disabling IGD VT-d engine\n"
			"(XEN) Xen version 4.20.0 (x) debug=n\n(XEN) Command line:%s"
			"(XEN) I/O virtualisation enabled\n",
			ends[i]);
		facts = facts_of(text);
		CU_ASSERT(is_true(facts, "complete"));
		CU_ASSERT_STRING_EQUAL(document_text(facts, "cmdline"), "");
		CU_ASSERT_EQUAL(strncmp(document_text(facts, "version"), "4.20.0", 6), 0);
		CU_ASSERT_EQUAL(json_array_size(json_object_get(facts, "bad")), 0);
		json_decref(facts);
	}
}

/* The ring or the journal no longer has the beginning of the last boot. */
static void a_later_boot_without_its_beginning_is_not_complete(void)
{
	static const char *const rest[] = { "-- Reboot --\n(XEN) HVM: VMX enabled\n",
		"-- Boot 0123456789abcdef --\n(XEN) HVM: VMX enabled\n",
		"(XEN) [ 9000.000001] later\n(XEN) [   12.000001] HVM: VMX enabled\n" };

	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
		char text[1024];
		json_t *facts;

		snprintf(text, sizeof(text), HEAD "(XEN) I/O virtualisation enabled\n%s", rest[i]);
		facts = facts_of(text);
		CU_ASSERT_FALSE(is_true(facts, "complete"));
		CU_ASSERT(json_is_null(json_object_get(facts, "iommu")));
		CU_ASSERT(json_is_null(json_object_get(facts, "cmdline")));
		CU_ASSERT(is_true(facts, "hvm"));
		json_decref(facts);
	}
}

/* Since 478556f8e3 (4.21) a key prints the version in the middle of a log. */
static void a_version_alone_begins_no_boot(void)
{
	json_t *facts = facts_of(HEAD "(XEN) I/O virtualisation enabled\n"
				      "(XEN) Xen version 4.21.0 (x) debug=n\n");

	CU_ASSERT(is_true(facts, "complete"));
	CU_ASSERT(is_true(facts, "iommu"));
	json_decref(facts);
	facts = facts_of("(XEN) d7v0 Over-allocation for d7: 524545 > 524544\n"
			 "(XEN) Xen version 4.21.0 (x) debug=n\n");
	CU_ASSERT_FALSE(is_true(facts, "complete"));
	CU_ASSERT_EQUAL(strncmp(document_text(facts, "version"), "4.21.0", 6), 0);
	json_decref(facts);
}

static void each_wording_is_known(void)
{
	/* 4.11 to 4.15, and since: d3b05f9b16. */
	static const char *const off[] = {
		"(XEN) [VT-D]Passed iommu=no-igfx option.  Disabling IGD VT-d engine.\n",
		"(XEN) [VT-D] passed iommu=no-igfx option; disabling IGD VT-d engine\n",
		"(XEN) [VT-D]BIOS did not enable IGD for VT properly.  Disabling IGD VT-d engine.\n",
		("(XEN) [VT-D] firmware did not enable IGD for VT properly; disabling IGD VT-d "
		 "engine\n"),
		"(XEN) BIOS did not enable IGD for VT properly, crash Xen for security purpose\n",
		"(XEN) firmware did not enable IGD for VT properly; crash Xen for security purpose\n",
		"(XEN) Failed to parse ACPI DMAR.  Disabling VT-d.\n",
	};
	/* 4.11 to 4.13, 4.14 to 4.18, since 4.19: afe9505680, e45801dea1. */
	static const char *const outside[] = {
		"(XEN) [VT-D]  RMRR address range 8d800000..8fffffff not in reserved memory; need "
		"\"iommu_inclusive_mapping=1\"?\n",
		"(XEN) [VT-D] RMRR [8d800000,8fffffff] not in reserved memory; need "
		"\"iommu_inclusive_mapping=1\"?\n",
		"(XEN) RMRR: [0x8d800000, 0x8fffffff] is not (entirely) in reserved memory\n",
	};

	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		json_t *facts = facts_of(off[i]);

		CU_ASSERT_EQUAL(json_array_size(json_object_get(facts, "bad")), 1);
		json_decref(facts);
	}
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		json_t *facts = facts_of(outside[i]), *range;

		range = json_array_get(json_object_get(facts, "rmrr_outside"), 0);
		CU_ASSERT_EQUAL(json_integer_value(json_array_get(range, 0)), 0x8d800000);
		CU_ASSERT_EQUAL(json_integer_value(json_array_get(range, 1)), 0x8fffffff);
		json_decref(facts);
	}
}

static void faults_are_counted_with_what_xen_left_out(void)
{
	json_t *facts = facts_of(
		"(XEN) printk: 26235 messages suppressed.\n"
		"(XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:02.0] fault addr 8e43c000, "
		"iommu reg = ffff82c00021d000\n"
		"(XEN) printk: 26303 messages suppressed.\n"
		"(XEN) [VT-D]DMAR:[DMA Write] Request device [0000:00:02.0] fault addr 8e2c6000\n"
		"(XEN) [VT-D]DMAR: reason 06 - PTE Read access is not set on iommu:0\n"
		"(XEN) [VT-D]INTR-REMAP: Request device [0000:00:02.0] fault index 1f\n"
		"(XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:14.0] fault addr 1000\n"
		"(XEN) printk: -1 messages suppressed.\n");

	CU_ASSERT_EQUAL(number(facts, "igd_faults"), 3);
	CU_ASSERT_EQUAL(number(facts, "faults"), 4);
	CU_ASSERT_EQUAL(number(facts, "suppressed"), 26235 + 26303);
	CU_ASSERT_EQUAL(strncmp(document_text(facts, "fault"), "DMAR: reason 06", 15), 0);
	json_decref(facts);
}

static void options_are_read_as_xen_reads_them(void)
{
	static const struct {
		const char *cmdline, *option, *word, *text; /* NULL: not switched off */
	} lines[] = {
		{ "iommu=no-igfx", "iommu", "igfx", "iommu=no-igfx" },
		{ "x iommu=verbose,no-igfx y", "iommu", "igfx", "iommu=verbose,no-igfx" },
		{ "iommu=igfx=0", "iommu", "igfx", "iommu=igfx=0" },
		{ "iommu=igfx=disable", "iommu", "igfx", "iommu=igfx=disable" },
		{ "iommu=no-igfx iommu=igfx", "iommu", "igfx", NULL },
		{ "iommu=igfx=off,igfx", "iommu", "igfx", NULL },
		{ "iommu=igfx", "iommu", "igfx", NULL },
		{ "myiommu=no-igfx", "iommu", "igfx", NULL },
		{ "iommu=no-igfxx", "iommu", "igfx", NULL },
		{ "iommu=0", "iommu", "igfx", NULL },
		{ "iommu=0", "iommu", NULL, "iommu=0" },
		{ "iommu=off", "iommu", NULL, "iommu=off" },
		{ "no-iommu", "iommu", NULL, "no-iommu" },
		{ "iommu=0 iommu=1", "iommu", NULL, NULL },
		{ "iommu=no-igfx", "iommu", NULL, NULL },
		{ "iommu=verbose", "iommu", NULL, NULL },
		{ "hap=0", "hap", NULL, "hap=0" },
		{ "no-hap", "hap", NULL, "no-hap" },
		{ "hap", "hap", NULL, NULL },
		{ "", "hap", NULL, NULL },
	};
	char text[64], value[64];

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		bool off = xen_cmdline_is_off(
			lines[i].cmdline, lines[i].option, lines[i].word, text, sizeof(text));

		CU_ASSERT_EQUAL(off, lines[i].text != NULL);
		if (off && lines[i].text)
			CU_ASSERT_STRING_EQUAL(text, lines[i].text);
	}
	CU_ASSERT(xen_cmdline_value(
		"loglvl=all guest_loglvl=none/error", "guest_loglvl", value, sizeof(value)));
	CU_ASSERT_STRING_EQUAL(value, "none/error");
	CU_ASSERT(xen_cmdline_hides_warnings("none/error"));
	CU_ASSERT(xen_cmdline_hides_warnings("none"));
	CU_ASSERT_FALSE(xen_cmdline_hides_warnings("none/warning"));
	CU_ASSERT_FALSE(xen_cmdline_hides_warnings("all"));
}

/* 4.11 is the first release, and 4.23 the last, whose sources were read. */
static void the_table_knows_for_which_releases_it_is(void)
{
	const struct xen_messages *messages = xen_messages_builtin();

	CU_ASSERT_PTR_NOT_NULL_FATAL(messages);
	CU_ASSERT(xen_messages_cover(messages, "4.11.4 (x)"));
	CU_ASSERT(xen_messages_cover(messages, "4.22.0"));
	CU_ASSERT_FALSE(xen_messages_cover(messages, "4.9.1"));
	CU_ASSERT_FALSE(xen_messages_cover(messages, "4.6-unstable"));
	CU_ASSERT_FALSE(xen_messages_cover(messages, "4.99.0"));
	CU_ASSERT_FALSE(xen_messages_cover(messages, "5.1.0"));
}

static CU_TestInfo tests[] = {
	{ "every form is read", every_form_is_read },
	{ "only Xen speaks for Xen", only_xen_speaks_for_xen },
	{ "of several boots the last counts", of_several_boots_the_last_counts },
	{ "a boot without options is one", a_boot_without_options_is_one },
	{ "a later boot without its beginning is not complete",
		a_later_boot_without_its_beginning_is_not_complete },
	{ "a version alone begins no boot", a_version_alone_begins_no_boot },
	{ "each wording is known", each_wording_is_known },
	{ "faults are counted with what Xen left out", faults_are_counted_with_what_xen_left_out },
	{ "options are read as Xen reads them", options_are_read_as_xen_reads_them },
	{ "the table knows for which releases it is", the_table_knows_for_which_releases_it_is },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("xen_boot_log", tests);
}
