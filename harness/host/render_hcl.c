#include <stdlib.h>
#include <string.h>

#include "harness/base/measured_on.h"
#include "harness/host/render.h"
#include "src/document.h"

/* A text in single quotes, in which only these are doubled (YAML 1.2.2, 7.3.2), on one line. */
static void print_quoted(const char *text, FILE *stream)
{
	fputc('\'', stream);
	for (const char *c = text; *c; c++) {
		unsigned char byte = (unsigned char)*c;

		if (byte == '\'')
			fputc('\'', stream);
		fputc(byte >= ' ' && byte < 0x7f ? byte : '?', stream);
	}
	fputs("'\n", stream);
}

static void print_field(const char *name, const char *text, FILE *stream)
{
	fprintf(stream, "%s: ", name);
	print_quoted(text, stream);
}

static const json_t *find_check(const json_t *document, const char *id)
{
	const json_t *check;
	size_t i;

	json_array_foreach(json_object_get(document, "checks"), i, check)
	{
		if (strcmp(document_text(check, "id"), id) == 0)
			return check;
	}
	return NULL;
}

/* As qubes-hcl-report: unknown, and not "no", where Xen's messages are gone. */
static const char *answer(const json_t *document, const char *id)
{
	const json_t *check = find_check(document, id);

	if (json_is_true(json_object_get(check, "value")))
		return "yes";
	return json_is_false(json_object_get(check, "value")) ? "no" : "unknown";
}

/* Texts of several lines are block scalars there: a line each (YAML 1.2.2, 8.1.2). */
static void print_block(const char *name, const json_t *list, FILE *stream)
{
	const json_t *entry;
	size_t i;

	fprintf(stream, "%s: |\n", name);
	json_array_foreach(list, i, entry)
	{
		fputs("  ", stream);
		for (const char *c = json_string_value(entry); c && *c; c++)
			fputc(*c >= ' ' && *c < 0x7f ? *c : '?', stream);
		fputc('\n', stream);
	}
	if (json_array_size(list) == 0)
		fputs("  \n", stream);
}

/* That the machine is no hardware, and why. */
static void print_remark(const json_t *host, FILE *stream)
{
	json_t *measured_on = measured_on_machine(host);
	char *text = measured_on_is_hardware(measured_on) ? NULL : measured_on_text(measured_on);

	print_field("    remark", text ? text : "", stream);
	free(text);
	json_decref(measured_on);
}

static void print_versions(const json_t *document, FILE *stream)
{
	const json_t *identities = json_object_get(document, "identities");
	const json_t *host = json_object_get(identities, "host");
	const json_t *version = json_object_get(find_check(document, "xen/version"), "value");

	fputs("versions:\n  - ", stream);
	print_field("works", "", stream);
	print_field("    qubes", "", stream);
	print_field("    xen", json_is_string(version) ? json_string_value(version) : "", stream);
	print_field("    kernel", document_text(host, "kernel"), stream);
	print_remark(host, stream);
	print_field("    credit", "", stream);
	print_field("    link", "", stream);
}

void host_render_hcl(const json_t *document, FILE *stream)
{
	const json_t *machine = json_object_get(document, "machine");
	const json_t *memory = json_object_get(machine, "memory_mib");
	const json_t *host = json_object_get(json_object_get(document, "identities"), "host");

	fputs("---\nlayout: 'hcl'\n", stream);
	print_field("type", document_text(machine, "type"), stream);
	print_field("hvm", answer(document, "xen/hvm"), stream);
	print_field("iommu", answer(document, "xen/iommu"), stream);
	print_field("slat", answer(document, "xen/hap"), stream);
	print_field("tpm", "unknown", stream);
	print_field("remap", answer(document, "vtd/interrupt-remapping"), stream);
	print_field("brand", document_text(host, "sys_vendor"), stream);
	print_field("model", document_text(host, "product_name"), stream);
	print_field("bios", document_text(machine, "bios"), stream);
	print_field("cpu", document_text(host, "cpu"), stream);
	print_field("cpu-short", document_text(machine, "cpu_short"), stream);
	print_field("chipset", document_text(machine, "chipset"), stream);
	print_field("chipset-short", document_text(machine, "chipset_short"), stream);
	print_field("gpu", document_text(machine, "gpu"), stream);
	print_field("gpu-short", document_text(machine, "gpu_short"), stream);
	print_block("network", json_object_get(machine, "network"), stream);
	fputs("memory: '", stream);
	if (json_is_integer(memory))
		fprintf(stream, "%" JSON_INTEGER_FORMAT, json_integer_value(memory));
	fputs("'\n", stream);
	print_block("scsi", json_object_get(machine, "scsi"), stream);
	fprintf(stream, "usb: '%zu'\n", json_array_size(json_object_get(machine, "usb")));
	fputs("certified: 'no'\n", stream);
	print_versions(document, stream);
}
