#include "harness/host/xen_boot_log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "src/tree.h"

#define LINE_MAX_KEPT 512
#define BAD_MAX       8
#define FEATURES_MAX  16
#define FEATURE       "Intel VT-d "

/* A line that says one thing, yes or no. The first that fits counts. */
struct sign {
	const char *text, *key;
	bool value;
};

static const struct sign signs[] = {
	{ "HVM: VMX enabled", "hvm", true },
	{ "HVM: SVM enabled", "hvm", true },
	{ "VMX disabled by BIOS", "hvm", false },
	{ "(HAP) detected but disabled", "hap", false },
	{ "(HAP) not detected", "hap", false },
	{ "Hardware Assisted Paging (HAP) detected", "hap", true },
	{ "I/O virtualisation enabled", "iommu", true },
	{ "I/O virtualisation disabled", "iommu", false },
	{ "Interrupt remapping enabled", "interrupt_remapping", true },
	{ "Interrupt remapping disabled", "interrupt_remapping", false },
};

/* By these the IGD is not behind a working IOMMU. */
static const char *const bad_signs[] = {
	"passed iommu=no-igfx option",
	"firmware did not enable IGD for VT properly",
	"Failed to parse ACPI DMAR.  Disabling VT-d.",
};

static const char *const x2apic_signs[] = {
	"x2APIC mode is already enabled by BIOS",
	"Switched to APIC driver x2apic",
	"Not enabling x2APIC",
};

/* Takes over what is behind `label` in the line, unless it is there already. */
static void take_behind(json_t *facts, const char *key, const char *line, const char *label)
{
	const char *at = strstr(line, label);

	if (at && json_is_null(json_object_get(facts, key)))
		json_object_set_new(facts, key, json_string(at + strlen(label)));
}

static void take_sign(json_t *facts, const char *line)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (strstr(line, signs[i].text)) {
			if (json_is_null(json_object_get(facts, signs[i].key)))
				json_object_set_new(
					facts, signs[i].key, json_boolean(signs[i].value));
			return;
		}
	}
}

/* "Intel VT-d Snoop Control not enabled." */
static void take_feature(json_t *features, const char *line)
{
	const char *at = strstr(line, FEATURE), *end;
	char name[64];
	bool on;

	if (!at || json_object_size(features) >= FEATURES_MAX)
		return;
	at += strlen(FEATURE);
	end = strstr(at, " not enabled.");
	on = !end;
	if (on)
		end = strstr(at, " enabled.");
	if (!end || end == at || (size_t)(end - at) >= sizeof(name))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)(end - at), at);
	json_object_set_new(features, name, json_boolean(on));
}

static void take_bad(json_t *bad, const char *line)
{
	for (size_t i = 0; i < sizeof(bad_signs) / sizeof(bad_signs[0]); i++) {
		if (strstr(line, bad_signs[i]) && json_array_size(bad) < BAD_MAX)
			json_array_append_new(bad, json_string(line));
	}
}

static void count(json_t *facts, const char *key)
{
	json_int_t before = json_integer_value(json_object_get(facts, key));

	json_object_set_new(facts, key, json_integer(before + 1));
}

static void take_fault(json_t *facts, const char *line)
{
	if (strstr(line, "[VT-D]DMAR:[DMA ")) {
		count(facts, "faults");
		if (strstr(line, "device [0000:00:02.0]"))
			count(facts, "igd_faults");
	}
	if (strstr(line, "[VT-D]DMAR: reason "))
		json_object_set_new(facts, "fault", json_string(line));
}

static void take_line(json_t *facts, const char *line)
{
	if (strncmp(line, "(XEN)", 5) != 0)
		return;
	line += 5;
	take_behind(facts, "version", line, "Xen version ");
	take_behind(facts, "cmdline", line, "Command line: ");
	take_behind(facts, "dom0_mode", line, " - Dom0 mode: ");
	take_sign(facts, line);
	take_feature(json_object_get(facts, "vtd"), line);
	take_bad(json_object_get(facts, "bad"), line);
	take_fault(facts, line);
	for (size_t i = 0; i < sizeof(x2apic_signs) / sizeof(x2apic_signs[0]); i++) {
		const char *at = strstr(line, x2apic_signs[i]);

		if (at && json_is_null(json_object_get(facts, "x2apic")))
			json_object_set_new(facts, "x2apic", json_string(at));
	}
}

json_t *xen_boot_log_facts(const char *text, size_t length)
{
	json_t *facts = json_pack(
		"{s:b, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:{}, s:[], s:i, s:i, "
		"s:n}",
		"complete", 0, "version", "cmdline", "hvm", "hap", "iommu", "interrupt_remapping",
		"dom0_mode", "x2apic", "vtd", "bad", "faults", 0, "igd_faults", 0, "fault");
	const char *end = text + length;
	char line[LINE_MAX_KEPT];

	while (facts && text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t bytes = (size_t)((newline ? newline : end) - text);
		size_t kept = bytes < sizeof(line) - 1 ? bytes : sizeof(line) - 1;

		memcpy(line, text, kept);
		line[kept] = '\0';
		tree_clean(line);
		take_line(facts, line);
		text += bytes + 1;
	}
	if (facts && !json_is_null(json_object_get(facts, "version")))
		json_object_set_new(facts, "complete", json_true());
	return facts;
}
