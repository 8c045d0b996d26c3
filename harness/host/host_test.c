/*
 * Hosts of results/hosts, one for each generation. What is expected of each is worked out by hand
 * from Linux' include/drm/intel/pciids.h and arch/x86/kernel/early-quirks.c, and from QEMU's
 * hw/xen/xen_pt_graphics.c and hw/i386/pc_piix.c, not by this program.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/host/document.h"
#include "harness/host/render.h"
#include "src/document.h"
#include "src/suite.h"

struct expected {
	const char *host, *platform, *generation;
	const char *base; /* of stolen memory; NULL: it is not in configuration space */
	int mib, gtt_mib;
	const char *iommu, *class, *opregion; /* verdicts */
	const char *guest_bridge;             /* "" if QEMU makes none */
};

static const struct expected hosts[] = {
	/* 0x0211: GMS (0x211 >> 3) & 0x1f = 2, GGMS (0x211 >> 8) & 3 = 2 */
	{ "sandy-bridge", "sandy-bridge", "6", "0xbda00000", 64, 2, "PASS", "PASS", "PASS", "" },
	{ "ivy-bridge", "ivy-bridge", "7", "0xdb200000", 64, 2, "FAIL", "PASS", "PASS", "" },
	/* 0x0209: GMS 1, GGMS 2 */
	{ "haswell", "haswell", "7", "0xbda00000", 32, 2, "PASS", "PASS", "PASS", "8086:8c4e" },
	/* 0x01c1: GMS 0x01, GGMS (0x1c1 >> 6) & 3 = 3, 1 << 3 */
	{ "broadwell", "broadwell", "8", "0x9da00000", 32, 8, "PASS", "PASS", "PASS", "8086:9cc3" },
	/* 0x02c1: GMS 0x02 */
	{ "skylake", "skylake", "9", "0x8d800000", 64, 8, "PASS", "PASS", "PASS", "" },
	{ "kaby-lake", "kaby-lake", "9", "0x8d800000", 64, 8, "PASS", "PASS", "PASS", "" },
	{ "coffee-lake", "coffee-lake", "9", "0x8b800000", 64, 8, "PASS", "PASS", "PASS", "" },
	/* 0xfec1: GMS 0xfe, (0xfe - 0xf0) * 4 + 4 */
	{ "comet-lake", "comet-lake", "9", "0x8c400000", 60, 8, "UNKNOWN", "PASS", "PASS", "" },
	{ "ice-lake", "ice-lake", "11", "0x7c400000", 60, 8, "PASS", "PASS", "PASS", "" },
	{ "tiger-lake", "tiger-lake", "12", "0x4b800000", 64, 8, "PASS", "PASS", "PASS", "" },
	/* 0xf0c1: GMS 0xf0, (0xf0 - 0xf0) * 4 + 4; 0xc4 has 4 */
	{ "alder-lake", "alder-lake-p", "12", "0x43f800000", 4, 8, "PASS", "PASS", "PASS", "" },
	{ "raptor-lake", "raptor-lake-p", "12", "0x7c400000", 60, 8, "PASS", "FAIL", "PASS", "" },
	{ "meteor-lake", "meteor-lake", "12.7", NULL, 0, 0, "PASS", "PASS", "PASS", "" },
	{ "arrow-lake", "arrow-lake", "12.7", NULL, 0, 0, "PASS", "FAIL", "PASS", "" },
	{ "lunar-lake", "lunar-lake", "20", NULL, 0, 0, "PASS", "PASS", "FAIL", "" },
	{ "panther-lake", "panther-lake", "30", NULL, 0, 0, "PASS", "FAIL", "PASS", "" },
};

static const char *source_root(void)
{
	const char *source = getenv("SOURCE_ROOT");

	CU_ASSERT_PTR_NOT_NULL_FATAL(source);
	return source;
}

/* The document of a host there, as the command makes it; `identities` are of its back end. */
static json_t *look_at(const char *name, const json_t *identities)
{
	char root[256], lspci[300], log[300], ids[300];
	struct record dump = { 0 }, messages = { 0 };
	struct host_sources sources = { .root = root,
		.lspci = &dump,
		.xen_log = &messages,
		.ids = ids,
		.identities = identities,
		.xen_trouble = "",
		.model_trouble = "" };
	json_t *document;

	snprintf(root, sizeof(root), "%s/results/hosts/%s", source_root(), name);
	snprintf(lspci, sizeof(lspci), "%s/lspci.txt", root);
	snprintf(log, sizeof(log), "%s/xl-dmesg.txt", root);
	snprintf(ids, sizeof(ids), "%s/results/data/" IGD_IDS_FILE, source_root());
	CU_ASSERT_EQUAL_FATAL(record_read(lspci, &dump, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(record_read(log, &messages, NULL), 0);
	document = host_document(&sources);
	record_free(&dump);
	record_free(&messages);
	CU_ASSERT_PTR_NOT_NULL_FATAL(document);
	return document;
}

static const json_t *find(const json_t *document, const char *id)
{
	const json_t *check;
	size_t i;

	json_array_foreach(json_object_get(document, "checks"), i, check)
	{
		if (strcmp(document_text(check, "id"), id) == 0)
			return check;
	}
	printf("there is no check %s\n", id);
	CU_FAIL_FATAL("no such check");
	return NULL;
}

static void verdict_is(const json_t *document, const char *id, const char *verdict)
{
	const json_t *check = find(document, id);

	if (strcmp(document_text(check, "verdict"), verdict) != 0)
		printf("%s of %s: %s, expected %s: %s\n", id,
			document_text(json_object_get(document, "sources"), "root"),
			document_text(check, "verdict"), verdict, document_text(check, "why"));
	CU_ASSERT_STRING_EQUAL(document_text(check, "verdict"), verdict);
}

static const json_t *value_of(const json_t *document, const char *id)
{
	return json_object_get(find(document, id), "value");
}

static void stolen_is(const json_t *document, const struct expected *expected)
{
	const json_t *value = value_of(document, "igd/stolen");

	verdict_is(document, "igd/stolen", expected->base ? "PASS" : "N/A");
	if (!expected->base)
		return;
	CU_ASSERT_STRING_EQUAL(document_text(value, "base"), expected->base);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(value, "mib")), expected->mib);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(value, "gtt_mib")), expected->gtt_mib);
}

static void every_generation_is_what_its_registers_say(void)
{
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		const struct expected *host = &hosts[i];
		json_t *document = look_at(host->host, NULL);
		const json_t *generation = value_of(document, "igd/generation");
		const json_t *bridge = value_of(document, "guest/isa-bridge");

		verdict_is(document, "igd/present", "PASS");
		CU_ASSERT_STRING_EQUAL(document_text(generation, "platform"), host->platform);
		CU_ASSERT_STRING_EQUAL(document_text(generation, "generation"), host->generation);
		stolen_is(document, host);
		verdict_is(document, "xen/iommu", host->iommu);
		verdict_is(document, "igd/class", host->class);
		verdict_is(document, "opregion/address", host->opregion);
		verdict_is(document, "guest/isa-bridge", host->guest_bridge[0] ? "PASS" : "N/A");
		if (host->guest_bridge[0])
			CU_ASSERT_STRING_EQUAL(json_string_value(bridge), host->guest_bridge);
		json_decref(document);
	}
}

/* What each image lets a cell require; the file is the one that the back end names. */
static void an_ovmf_that_is_not_for_xen_is_lacking(void)
{
	static const struct {
		const char *bytes, *verdict, *why;
	} images[] = {
		{ "\177ELF", "PASS", "" },
		{ "/build/edk2-2020.11/Build/OvmfX64/", "PASS", "" },
		{ "/build/edk2-2021.11/Build/OvmfX64/", "N/A", "was not made for Xen" },
		{ "an image", "UNKNOWN", "does not say whether" },
		{ NULL, "UNKNOWN", "cannot be read" },
	};
	char path[] = "/tmp/igd-ovmf-XXXXXX";
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		json_t *identities = json_pack("{s:{s:{s:s}}}", "firmware", "ovmf", "path", path);
		json_t *document, *found = json_object();
		const json_t *lack;

		if (images[i].bytes) {
			size_t length = strlen(images[i].bytes);

			CU_ASSERT_EQUAL(ftruncate(fd, 0), 0);
			CU_ASSERT_EQUAL(pwrite(fd, images[i].bytes, length, 0), (ssize_t)length);
		} else {
			unlink(path);
		}
		document = look_at("haswell", identities);
		verdict_is(document, "xen/ovmf", images[i].verdict);
		host_document_identify(document, found);
		lack = json_object_get(json_object_get(found, "lacking"), "ovmf");
		CU_ASSERT_EQUAL(!lack, strcmp(images[i].verdict, "PASS") == 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(document_text(lack, "why"), images[i].why));
		json_decref(found);
		json_decref(document);
		json_decref(identities);
	}
	close(fd);
}

static void what_is_lacking_says_why(void)
{
	json_t *document = look_at("ivy-bridge", NULL), *identities = json_object();
	const json_t *lack;

	host_document_identify(document, identities);
	lack = json_object_get(json_object_get(identities, "lacking"), "iommu");
	CU_ASSERT_STRING_EQUAL(document_text(lack, "check"), "xen/iommu");
	CU_ASSERT_STRING_EQUAL(document_text(lack, "verdict"), "FAIL");
	CU_ASSERT_PTR_NOT_NULL(
		strstr(document_text(lack, "why"), "iommu=0 is on Xen's command line"));
	CU_ASSERT_STRING_EQUAL(document_text(document, "verdict"), "FAIL");
	json_decref(identities);
	json_decref(document);
}

/* The IGD's own engine: Xen has an IOMMU, and cells that require one are of no use all the same. */
static void a_blocked_capability_is_lacking(void)
{
	json_t *document = look_at("haswell", NULL), *identities = json_object();
	const json_t *lack, *word;
	size_t i;

	host_document_identify(document, identities);
	lack = json_object_get(json_object_get(identities, "lacking"), "iommu");
	CU_ASSERT_STRING_EQUAL(document_text(lack, "check"), "vtd/igd-engine");
	json_array_foreach(json_object_get(identities, "capabilities"), i, word)
		CU_ASSERT_STRING_NOT_EQUAL(json_string_value(word), "iommu");
	verdict_is(document, "xen/cmdline", "FAIL");
	json_decref(identities);
	json_decref(document);
}

/* A ring that has overflowed, with a guest's line that says otherwise: nothing is known. */
static void lost_messages_are_no_failure(void)
{
	json_t *document = look_at("comet-lake", NULL), *identities = json_object();

	verdict_is(document, "vtd/messages", "UNKNOWN");
	verdict_is(document, "vtd/enabled", "UNKNOWN");
	verdict_is(document, "vtd/igd-engine", "UNKNOWN");
	verdict_is(document, "xen/hvm", "UNKNOWN");
	verdict_is(document, "vtd/faults", "UNKNOWN");
	CU_ASSERT_EQUAL(json_integer_value(value_of(document, "vtd/faults")), 1);
	host_document_identify(document, identities);
	CU_ASSERT_STRING_EQUAL(
		document_text(json_object_get(json_object_get(identities, "lacking"), "iommu"),
			"verdict"),
		"UNKNOWN");
	json_decref(identities);
	json_decref(document);
}

/* libxl's word counts more than lines that may be gone. */
static void libxl_is_asked_before_the_messages(void)
{
	json_t *identities =
		json_pack("{s:{s:s, s:s}, s:{s:s}, s:[s, s]}", "versions", "libxl", "4.20", "qemu",
			"10.0.13", "texts", "xen", "4.20.3", "capabilities", "hvm", "iommu");
	json_t *document = look_at("comet-lake", identities);

	verdict_is(document, "xen/hvm", "PASS");
	verdict_is(document, "xen/iommu", "PASS");
	verdict_is(document, "xen/hap", "FAIL");
	verdict_is(document, "xen/shadow", "N/A");
	/* f6fc01c786 is in 10.0; slot 2 is kept since 8.0. */
	verdict_is(document, "qemu/option-rom", "FAIL");
	verdict_is(document, "guest/slot", "PASS");
	json_decref(document);
	json_decref(identities);
}

static void skylake_has_all_that_can_be_recorded(void)
{
	json_t *document = look_at("skylake", NULL);
	const json_t *host = json_object_get(json_object_get(document, "identities"), "host");

	verdict_is(document, "xen/dom0", "PASS");
	CU_ASSERT_STRING_EQUAL(json_string_value(value_of(document, "xen/dom0")), "dom0, PV");
	CU_ASSERT_STRING_EQUAL(json_string_value(value_of(document, "xen/version")), "4.17.5");
	verdict_is(document, "igd/pciback", "PASS");
	verdict_is(document, "igd/driver", "PASS");
	verdict_is(document, "igd/siblings", "PASS");
	verdict_is(document, "host/isa-bridge", "PASS");
	CU_ASSERT_STRING_EQUAL(document_text(host, "product_name"), "skylake");
	CU_ASSERT_STRING_EQUAL(
		document_text(json_object_get(document, "machine"), "type"), "laptop");
	json_decref(document);
	document = look_at("alder-lake", NULL);
	verdict_is(document, "igd/siblings", "UNKNOWN");
	json_decref(document);
}

static char *rendered(const json_t *document, bool hcl)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	if (hcl)
		host_render_hcl(document, stream);
	else
		host_render_text(document, false, stream);
	fclose(stream);
	return text;
}

static void the_text_begins_with_what_to_do(void)
{
	json_t *document = look_at("ivy-bridge", NULL);
	char *text = rendered(document, false);
	const char *todo = strstr(text, "Advice"), *all = strstr(text, "\nXen\n");

	CU_ASSERT_EQUAL(strncmp(text, "FAIL ", 5), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(todo);
	CU_ASSERT_PTR_NOT_NULL_FATAL(all);
	CU_ASSERT(todo < all);
	CU_ASSERT_PTR_NOT_NULL(strstr(todo, "xen/iommu"));
	CU_ASSERT_PTR_NOT_NULL(strstr(todo, "blocks cells that require: iommu"));
	free(text);
	json_decref(document);
}

/* qubes-hcl-report writes yes, no, or unknown where the ring has overflowed. */
static void hcl_has_qubes_words(void)
{
	static const char *const lines[][3] = { { "ivy-bridge", "\niommu: 'no'\n",
							"\nhvm: 'yes'\n" },
		{ "comet-lake", "\niommu: 'unknown'\n", "\nslat: 'unknown'\n" },
		{ "skylake", "\nremap: 'yes'\n",
			"\ngpu: 'Intel Corporation Skylake [8086:1916] (rev 02)'\n" } };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		json_t *document = look_at(lines[i][0], NULL);
		char *text = rendered(document, true);

		CU_ASSERT_PTR_NOT_NULL(strstr(text, lines[i][1]));
		CU_ASSERT_PTR_NOT_NULL(strstr(text, lines[i][2]));
		free(text);
		json_decref(document);
	}
}

/* What results/hosts/README.md says is wrong with a host; of others nothing is. */
static const struct {
	const char *host, *fails; /* ids with a blank behind each */
} faults[] = {
	{ "ivy-bridge", "xen/cmdline xen/iommu vtd/enabled " },
	{ "haswell", "xen/cmdline vtd/igd-engine " },
	{ "raptor-lake", "igd/class " },
	{ "arrow-lake", "igd/class " },
	{ "panther-lake", "igd/class " },
	{ "lunar-lake", "opregion/address " },
};

static void no_host_fails_for_what_was_not_recorded(void)
{
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		json_t *document = look_at(hosts[i].host, NULL);
		const json_t *check;
		const char *expected = "";
		char seen[512] = "";
		size_t j;

		for (j = 0; j < sizeof(faults) / sizeof(faults[0]); j++)
			if (strcmp(faults[j].host, hosts[i].host) == 0)
				expected = faults[j].fails;
		json_array_foreach(json_object_get(document, "checks"), j, check)
		{
			if (strcmp(document_text(check, "verdict"), "FAIL") == 0)
				snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%s ",
					document_text(check, "id"));
		}
		if (strcmp(seen, expected) != 0)
			printf("%s: %s\n", hosts[i].host, seen);
		CU_ASSERT_STRING_EQUAL(seen, expected);
		json_decref(document);
	}
}

/* Every key that 1,192 of the 1,195 reports of QubesOS/qubes-hcl have, in their order. */
static void hcl_has_the_keys_of_the_list(void)
{
	static const char *const keys[] = { "layout", "type", "hvm", "iommu", "slat", "tpm",
		"remap", "brand", "model", "bios", "cpu", "cpu-short", "chipset", "chipset-short",
		"gpu", "gpu-short", "network", "memory", "scsi", "usb", "certified", "versions" };
	json_t *document = look_at("skylake", NULL);
	char *text = rendered(document, true), *at = text;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char line[64];

		snprintf(line, sizeof(line), "\n%s:", keys[i]);
		at = strstr(at, line);
		if (!at)
			printf("%s is not there, or not in its place\n", keys[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	}
	/* Text, and not lists; the type is one of the list's. */
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\ntype: 'laptop'\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nnetwork: |\n  "));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nusb: '"));
	CU_ASSERT_PTR_NULL(strstr(text, "[]"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\ngpu-short: 'Skylake'\n"));
	free(text);
	json_decref(document);
}

/* A device model is read block by block, of whatever size: a text may lie across two of them. */
static void a_text_of_qemu_is_found_wherever_it_is(void)
{
	static const char text[] = "xen-pci-passthrough";
	char path[] = "/tmp/igd-host-XXXXXX", zeroes[1024] = { 0 };
	json_t *identities;
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	identities = json_pack("{s:{s:s}}", "device_model", "path", path);
	for (int block = 12; block <= 18; block++) {
		off_t at = (1 << block) - (off_t)strlen(text) / 2;
		json_t *document;

		CU_ASSERT_EQUAL(ftruncate(fd, 0), 0);
		CU_ASSERT_EQUAL(
			pwrite(fd, zeroes, sizeof(zeroes), 1 << 19), (ssize_t)sizeof(zeroes));
		document = look_at("skylake", identities);
		verdict_is(document, "qemu/passthrough", "FAIL");
		json_decref(document);
		CU_ASSERT_EQUAL(pwrite(fd, text, strlen(text), at), (ssize_t)strlen(text));
		document = look_at("skylake", identities);
		verdict_is(document, "qemu/passthrough", "PASS");
		json_decref(document);
	}
	json_decref(identities);
	close(fd);
	unlink(path);
}

static CU_TestInfo tests[] = {
	{ "every generation is what its registers say",
		every_generation_is_what_its_registers_say },
	{ "an OVMF that is not for Xen is lacking", an_ovmf_that_is_not_for_xen_is_lacking },
	{ "what is lacking says why", what_is_lacking_says_why },
	{ "a blocked capability is lacking", a_blocked_capability_is_lacking },
	{ "lost messages are no failure", lost_messages_are_no_failure },
	{ "libxl is asked before the messages", libxl_is_asked_before_the_messages },
	{ "skylake has all that can be recorded", skylake_has_all_that_can_be_recorded },
	{ "the text begins with what to do", the_text_begins_with_what_to_do },
	{ "a text of QEMU's is found wherever it is", a_text_of_qemu_is_found_wherever_it_is },
	{ "hcl has Qubes' words", hcl_has_qubes_words },
	{ "hcl has the keys of the list", hcl_has_the_keys_of_the_list },
	{ "no host fails for what was not recorded", no_host_fails_for_what_was_not_recorded },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("host", tests);
}
