/* igd/...: the guest's Intel GPU, and what its driver makes of it; iomem/... */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/document.h"
#include "src/field.h"
#include "src/field_private.h"

/* The section; one that is about a different function than the GPU of the list says nothing of it.
 */
static const json_t *section(const json_t *report)
{
	const json_t *igd = json_object_get(report, "igd"), *function = field_igd(report);
	const char *address = document_text(igd, "address");

	if (address[0] && function && strcmp(address, document_text(function, "address")) != 0)
		return NULL;
	return igd;
}

/* The agents of that version make no section, and their guests had no driver. */
#define AGENT_WITHOUT_SECTION "0.1.0"

const char *field_why_undriven(const json_t *report)
{
	const char *why = json_string_value(json_object_get(section(report), "no_driver"));
	const json_t *agent = json_object_get(report, "agent");

	if (why || json_object_get(report, "igd"))
		return why;
	return strcmp(document_text(agent, "version"), AGENT_WITHOUT_SECTION) == 0
		       ? "the agent of version " AGENT_WITHOUT_SECTION
			 " did not look at the driver of an Intel GPU"
		       : NULL;
}

bool field_undriven(const json_t *report)
{
	return field_why_undriven(report) != NULL;
}

/* Of the function, by the "pci" section: there since the first agents. */
static const char *const function_keys[] = { "address", "device", "class", "revision",
	"header_type", "driver", "subsystem", "bars", "rom", "0x50", "0x5c", "0xc0", "0xc4", "0xfc",
	"opregion/address", "opregion/signature", "opregion/version", "opregion/size_kib",
	"opregion/mailboxes", "opregion/vbt", NULL };

/* Those of the capability list that QEMU's xen_pt hands through (xen_pt_emu_reg_grps[] in
 * hw/xen/xen_pt_config_init.c): power management, VPD, MSI, vendor specific, PCI Express, MSI-X. */
static const char *const capabilities[] = { "0x01", "0x03", "0x05", "0x09", "0x10", "0x11", NULL };

static bool is_capability(const char *rest)
{
	for (int i = 0; capabilities[i]; i++) {
		if (strcmp(rest, capabilities[i]) == 0)
			return true;
	}
	return false;
}

static int read_capability(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *igd = field_igd(report);
	const json_t *list = json_object_get(igd, "capabilities");

	if (!field_functions(report) || (igd && !json_is_array(list)))
		return -ENODATA;
	return field_give_new(
		igd ? json_boolean(document_has_text(list, rest)) : json_null(), value_r);
}

static bool is_function_key(const char *rest)
{
	for (int i = 0; function_keys[i]; i++) {
		if (strcmp(rest, function_keys[i]) == 0)
			return true;
	}
	return false;
}

bool field_of_driver(const char *name)
{
	const char *rest = name + strlen("igd/");

	if (strncmp(name, "display@igd/", strlen("display@igd/")) == 0)
		return true;
	return strncmp(name, "igd/", strlen("igd/")) == 0 &&
	       strncmp(rest, "capability/", strlen("capability/")) != 0 &&
	       (strcmp(rest, "driver") == 0 || !is_function_key(rest));
}

/*
 * The OpRegion is what its signature says: where the host has none, QEMU 7.2 maps the host's first
 * pages in its place, and then 0xfc is set and nothing of it is an OpRegion.
 */
static int read_opregion(const json_t *igd, const char *key, json_t **value_r)
{
	const json_t *opregion = json_object_get(igd, "opregion");

	if (json_is_null(opregion))
		return field_give_new(json_null(), value_r);
	return field_give(json_object_get(opregion, key), value_r);
}

static int read_function(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *igd = field_igd(report);

	if (!json_object_get(json_object_get(report, "pci"), "functions"))
		return -ENODATA;
	if (strcmp(rest, "driver") == 0 && field_undriven(report))
		return -ENODATA;
	if (!igd)
		return field_give_new(json_null(), value_r);
	if (strcmp(rest, "bars") == 0)
		return field_give_function(igd, "/bars", value_r);
	if (strcmp(rest, "rom") == 0)
		return field_give_rom(igd, value_r);
	if (strcmp(rest, "subsystem") == 0)
		return field_give_function(igd, "/subsystem", value_r);
	if (strncmp(rest, "0x", 2) == 0)
		return field_give(
			json_object_get(json_object_get(igd, "registers"), rest), value_r);
	if (strncmp(rest, "opregion/", strlen("opregion/")) == 0)
		return read_opregion(igd, rest + strlen("opregion/"), value_r);
	return field_give(json_object_get(igd, rest), value_r);
}

/* A part of the section, then a key of it. */
static const struct {
	const char *rest, *part, *key;
} values[] = {
	{ "platform", "device", "platform" },
	{ "graphics_version", "device", "graphics_version" },
	{ "display_version", "device", "display_version" },
	{ "pch", "device", "pch" },
	{ "stolen", "stolen", "bytes" },
	{ "0x108080", "registers", "0x108080" },
	{ "0x108084", "registers", "0x108084" },
	{ "0x108100", "registers", "0x108100" },
	{ "0x108104", "registers", "0x108104" },
	{ "vbt/source", "vbt", "source" },
	{ "vbt/bytes", "vbt", "bytes" },
	{ "vbt/sha256", "vbt", "sha256" },
	{ "vbt/signature", "vbt", "signature" },
	{ "vbt/version", "vbt", "version" },
	{ "vbt/bdb_version", "vbt", "bdb_version" },
	{ "frames/flips", "frames", "flips" },
	{ "frames/vblanks", "frames", "vblanks" },
	{ "interrupts/kind", "interrupts", "kind" },
	{ "engine", "engine", "result" },
	{ "picture/crc", "picture", "crc" },
	{ "picture/sha256", "picture", "sha256" },
};

#define VALUE_COUNT (sizeof(values) / sizeof(values[0]))

static int find_value(const char *rest)
{
	for (size_t i = 0; i < VALUE_COUNT; i++)
		if (strcmp(values[i].rest, rest) == 0)
			return (int)i;
	return -1;
}

static bool is_value(const char *rest)
{
	return find_value(rest) >= 0;
}

int field_igd_part(const json_t *report, const char *name, const json_t **part_r)
{
	const json_t *igd = section(report), *part;

	*part_r = NULL;
	if (json_is_null(igd))
		return 0;
	part = json_object_get(igd, name);
	if (!part || field_undriven(report) || field_igd_is_unanswered(igd, name))
		return -ENODATA;
	if (!json_is_null(part))
		*part_r = part;
	return 0;
}

/* The part that a field of the driver is about; NULL: none of those that the agent asks for in a
 * limited time. */
static const char *part_of(const char *name)
{
	static const struct {
		const char *name, *part;
	} others[] = { { "igd/vbt/ports", "vbt" }, { "igd/frames", "frames" },
		{ "igd/interrupts", "frames" }, { "igd/display/set_by", "mode" } };
	int i = strncmp(name, "igd/", strlen("igd/")) == 0 ? find_value(name + strlen("igd/")) : -1;

	if (i >= 0)
		return values[i].part;
	for (size_t j = 0; j < sizeof(others) / sizeof(others[0]); j++)
		if (strcmp(others[j].name, name) == 0)
			return others[j].part;
	return NULL;
}

const char *field_why_unanswered(const json_t *report, const char *name)
{
	const json_t *igd = section(report);
	const char *part = part_of(name);

	if (part && field_igd_is_unanswered(igd, part))
		return document_text(json_object_get(igd, part), "error");
	return field_display_unanswered(report, name);
}

static int read_value(const json_t *report, const char *rest, json_t **value_r)
{
	int i = find_value(rest), r;
	const json_t *part, *value;

	r = field_igd_part(report, values[i].part, &part);
	if (r < 0)
		return r;
	value = json_object_get(part, values[i].key);
	/* A part with an error may end before the key. */
	if (!part || (!value && json_object_get(part, "error")))
		return field_give_new(json_null(), value_r);
	return field_give(value, value_r);
}

/* Did each of the two go on? */
static int read_frames(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *part;
	int r = field_igd_part(report, "frames", &part);
	json_int_t flips;

	if (r < 0)
		return r;
	if (!part)
		return field_give_new(json_null(), value_r);
	flips = json_integer_value(json_object_get(part, "flips"));
	return field_give_new(
		json_boolean(flips > 0 &&
			     flips == json_integer_value(json_object_get(part, "wanted")) &&
			     json_integer_value(json_object_get(part, "vblanks")) > 0),
		value_r);
}

/* Without frames nothing asked for an interrupt; whether those that nobody answered for did, is not
 * known, but what arrived did arrive. */
static int read_interrupts(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *part, *frames = NULL;
	int r = field_igd_part(report, "interrupts", &part);
	bool advanced;

	if (r < 0)
		return r;
	r = field_igd_part(report, "frames", &frames);
	if (r == 0 && (!part || !frames))
		return field_give_new(json_null(), value_r);
	if (!json_object_get(part, "before") || !json_object_get(part, "after"))
		return -ENODATA;
	advanced = json_integer_value(json_object_get(part, "after")) >
		   json_integer_value(json_object_get(part, "before"));
	if (r < 0 && !advanced)
		return r;
	return field_give_new(json_boolean(advanced), value_r);
}

/* Joins `key` of those entries whose `only` is `value` (NULL: all), with a blank; null if none is.
 */
static int give_joined(
	const json_t *list, const char *key, const char *only, const char *value, json_t **value_r)
{
	char text[1024] = "";
	const json_t *entry;
	size_t i;

	if (!json_is_array(list))
		return -ENODATA;
	json_array_foreach(list, i, entry)
	{
		size_t used = strlen(text);

		if (only && strcmp(document_text(entry, only), value) != 0)
			continue;
		snprintf(text + used, sizeof(text) - used, "%s%.64s", used ? " " : "",
			document_text(entry, key));
	}
	return field_give_new(text[0] ? json_string(text) : json_null(), value_r);
}

static int read_ports(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *part;
	int r = field_igd_part(report, "vbt", &part);

	if (r < 0)
		return r;
	if (!part)
		return field_give_new(json_null(), value_r);
	return give_joined(json_object_get(part, "children"), "port", NULL, NULL, value_r);
}

static bool is_state(const char *rest)
{
	return strcmp(rest, "loaded") == 0 || strcmp(rest, "missing") == 0 ||
	       strcmp(rest, "failed") == 0;
}

static int read_firmware(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *igd = section(report), *entry;
	size_t i;

	if (json_is_null(igd))
		return field_give_new(json_null(), value_r);
	if (field_undriven(report))
		return -ENODATA;
	/* One of no known state may be in any. */
	json_array_foreach(json_object_get(igd, "firmware"), i, entry)
	{
		if (!is_state(document_text(entry, "state")))
			return -ENODATA;
	}
	return give_joined(json_object_get(igd, "firmware"), "file", "state", rest, value_r);
}

/* An update that did not fit between two frames, since the host was slow: no fault of the guest's.
 */
static bool is_of_load(const json_t *error)
{
	return strstr(document_text(error, "text"), "Atomic update failure") != NULL;
}

/* The first error of the driver. */
static int read_errors(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *igd = section(report), *errors = json_object_get(igd, "errors"), *error;
	size_t i;

	if (json_is_null(igd))
		return field_give_new(json_null(), value_r);
	if (field_undriven(report) || !json_is_array(errors))
		return -ENODATA;
	json_array_foreach(errors, i, error)
	{
		if (!is_of_load(error))
			return field_give(json_object_get(error, "text"), value_r);
	}
	/* Those that were dropped may be the driver's own. */
	if (json_integer_value(json_object_get(igd, "errors_dropped")) > 0 ||
		!json_object_get(igd, "errors_dropped"))
		return -ENODATA;
	return field_give_new(json_null(), value_r);
}

/* ---- /proc/iomem --------------------------------------------------------------------------- */

static bool is_iomem_key(const char *rest)
{
	return strcmp(rest, "stolen") == 0 || strcmp(rest, "opregion") == 0;
}

/*
 * The base of stolen memory by the function's own registers: BDSM at 0x5c, since generation 11 of
 * 64 bits at 0xc0, whose low 20 bits are no address (gen3_stolen_base() and gen11_stolen_base() in
 * arch/x86/kernel/early-quirks.c). 0 if it has none.
 */
static uint64_t stolen_base(const json_t *report)
{
	const json_t *registers = json_object_get(field_igd(report), "registers");
	uint64_t base = field_number(registers, "0x5c");

	if (!base)
		base = field_number(registers, "0xc4") << 32 | field_number(registers, "0xc0");
	return base & ~0xfffffULL;
}

/* Linux marks it by that name once i915 has claimed it, before that as reserved. */
static int read_stolen_range(const json_t *report, const json_t *ranges, json_t **value_r)
{
	uint64_t base = stolen_base(report);
	const json_t *range, *found = NULL;
	size_t i;

	json_array_foreach(ranges, i, range)
	{
		bool named = strcmp(document_text(range, "name"), "Graphics Stolen Memory") == 0;

		if (named || (base && !found && field_number(range, "start") == base &&
				     strcmp(document_text(range, "name"), "Reserved") == 0))
			found = range;
		if (named)
			break;
	}
	if (!found)
		return field_give_new(json_null(), value_r);
	return field_give_new(
		json_sprintf("0x%llx-0x%llx", (unsigned long long)field_number(found, "start"),
			(unsigned long long)field_number(found, "end")),
		value_r);
}

/* 8 KiB, as the specification has it: "IGD OpRegion/Software SCI", chapter 3. */
#define OPREGION_BYTES 0x2000u

static int read_opregion_range(const json_t *report, const json_t *ranges, json_t **value_r)
{
	const json_t *opregion = json_object_get(field_igd(report), "opregion"), *range;
	uint64_t address = field_number(opregion, "address");
	size_t i;

	json_array_foreach(ranges, i, range)
	{
		if (address && address >= field_number(range, "start") &&
			address + OPREGION_BYTES - 1 <= field_number(range, "end"))
			return field_give(json_object_get(range, "name"), value_r);
	}
	return field_give_new(json_null(), value_r);
}

static int read_iomem(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *ranges = json_object_get(report, "iomem");

	if (!json_is_array(ranges))
		return -ENODATA;
	return strcmp(rest, "stolen") == 0 ? read_stolen_range(report, ranges, value_r)
					   : read_opregion_range(report, ranges, value_r);
}

const struct field field_igd_table[] = {
	{ "igd/",
		"igd/address|device|class|revision|header_type|driver|subsystem|bars|rom|0x50|0x5c|0xc0|0xc4|0xfc|opregion/address|opregion/signature|opregion/version|opregion/size_kib|opregion/mailboxes|opregion/vbt",
		"of the first Intel display function, in any slot; null if there is none",
		is_function_key, read_function },
	{ "igd/capability/",
		"igd/capability/0x01|capability/0x03|capability/0x05|capability/0x09|capability/0x10|capability/0x11",
		"does its capability list have that id? null without an Intel display function",
		is_capability, read_capability },
	{ "igd/",
		"igd/platform|graphics_version|display_version|pch|stolen|0x108080|0x108084|0x108100|0x108104|engine",
		"as its driver reports: its platform, bytes of stolen memory, the bases of that "
		"memory and of the GTT's as read (mmio); the result of an empty batch, \"done\" "
		"(i915)",
		is_value, read_value },
	{ "igd/", "igd/vbt/source|vbt/bytes|vbt/sha256|vbt/signature|vbt/version|vbt/bdb_version",
		"the VBT that its driver took; null if there is none (debugfs, memory)", is_value,
		read_value },
	{ "igd/", "igd/frames/flips|frames/vblanks|interrupts/kind|picture/crc|picture/sha256",
		"page flips that completed of 30, frames meanwhile; \"msi\", \"msix\" or \"intx\"; the pipe's CRC, and the digest of the picture shown (kms, kernel, debugfs)",
		is_value, read_value },
	{ "igd/vbt/ports", "igd/vbt/ports", "\"HDMI-B DP-C\": the outputs that the VBT names", NULL,
		read_ports },
	{ "igd/frames", "igd/frames",
		"did all page flips complete, and did its frame counter advance? (kms)", NULL,
		read_frames },
	{ "igd/interrupts", "igd/interrupts",
		"did its interrupts arrive during the flips? "
		"(kernel)",
		NULL, read_interrupts },
	{ "igd/errors", "igd/errors",
		"the first error that its driver logged, null if it logged none (kernel)", NULL,
		read_errors },
	{ "igd/firmware/", "igd/firmware/loaded|firmware/missing|firmware/failed",
		"the names of the firmware in that state; null if none is (kernel)", is_state,
		read_firmware },
	{ "iomem/", "iomem/stolen|opregion",
		"\"0x7c000000-0x7dffffff\": the range of stolen memory; the name of the range that the OpRegion is in, null if it is in none (kernel)",
		is_iomem_key, read_iomem },
	{ NULL, NULL, NULL, NULL, NULL },
};
