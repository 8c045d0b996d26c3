#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/views/private.h"
#include "src/document.h"
#include "src/report.h"

/*
 * "info qtree" (qdev_print(), QEMU softmmu/qdev-monitor.c, and pcibus_dev_print(), hw/pci/pci.c):
 *
 *       dev: VGA, id ""
 *         edid = true
 *         class VGA controller, addr 00:02.0, pci id 1234:1111 (sub 1af4:1100)
 *         bar 0: mem at 0xf1000000 [0xf1ffffff]
 *
 * Each level is two spaces deeper; a device's own lines come before its buses. A BAR that is
 * nowhere is at 0xffffffffffffffff (PCI_BAR_UNMAPPED, include/hw/pci/pci.h).
 */
#define LINE_MAX_HERE 512 /* bytes of a line; longer ones are not looked at */
#define DEEPER        2
#define BAR_LAST      6 /* the ROM's, PCI_ROM_SLOT */

/* The words of pci_class_descriptions[] (QEMU hw/pci/pci.c) that stand for one class alone. */
static const struct {
	const char *words, *class;
} classes[] = {
	{ "SCSI controller", "0x0100" },
	{ "IDE controller", "0x0101" },
	{ "SATA controller", "0x0106" },
	{ "Storage controller", "0x0180" },
	{ "Ethernet controller", "0x0200" },
	{ "VGA controller", "0x0300" }, /* and 0x0001, which is from before there were classes */
	{ "3D controller", "0x0302" },
	{ "Display controller", "0x0380" },
	{ "Host bridge", "0x0600" },
	{ "ISA bridge", "0x0601" },
	{ "PCI bridge", "0x0604" },
	{ "Bridge", "0x0680" },
	{ "USB controller", "0x0c03" },
};

struct reader {
	json_t *functions; /* array */
	bool failed;
	int root; /* indentation of the devices of the root bus, -1 before the first */
	struct {
		int indent; /* -1: none yet */
		char type[VIEW_WORD_MAX];
		char host[BDF_TEXT_MAX]; /* "" if it is no device of the host */
		int edid;
		unsigned xres, yres;
		bool told;    /* its "class" line was there: only BARs come behind it */
		json_t *bars; /* of its function (borrowed); NULL: it has none here */
	} device;
};

/* Takes the letters that a type's name may have, up to `end`. */
static bool take_type(const char *text, char end, char type[static VIEW_WORD_MAX])
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789-_.+");

	if (length == 0 || length >= VIEW_WORD_MAX || text[length] != end)
		return false;
	memcpy(type, text, length);
	type[length] = '\0';
	return true;
}

static void begin_device(struct reader *reader, int indent, const char *text)
{
	memset(&reader->device, 0, sizeof(reader->device));
	reader->device.edid = -1;
	reader->device.indent = take_type(text, ',', reader->device.type) ? indent : -1;
}

/* What stands behind "NAME = ", or NULL. */
static const char *value_of(const char *line, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(line, name, length) != 0 || strncmp(line + length, " = ", 3) != 0)
		return NULL;
	return line + length + 3;
}

static unsigned pixels(const char *text)
{
	unsigned long value = isdigit((unsigned char)*text) ? strtoul(text, NULL, 10) : 0;

	return value > UINT16_MAX ? 0 : (unsigned)value;
}

static void read_property(struct reader *reader, const char *line)
{
	const char *value;

	if ((value = value_of(line, "hostaddr"))) {
		char text[BDF_TEXT_MAX] = "";
		struct bdf host;

		/* A text property is in quotes. */
		value += *value == '"';
		snprintf(text, sizeof(text), "%.*s", (int)strcspn(value, "\""), value);
		if (bdf_parse(text, &host) == 0)
			bdf_format(host, reader->device.host);
	} else if ((value = value_of(line, "edid"))) {
		reader->device.edid = strcmp(value, "true") == 0;
	} else if ((value = value_of(line, "xres"))) {
		reader->device.xres = pixels(value);
	} else if ((value = value_of(line, "yres"))) {
		reader->device.yres = pixels(value);
	}
}

static bool take_ids(const char *text, char ids[static 10])
{
	if (strnlen(text, 9) < 9)
		return false;
	for (int i = 0; i < 9; i++) {
		if (i == 4 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
		ids[i] = (char)tolower((unsigned char)text[i]);
	}
	ids[9] = '\0';
	return true;
}

/*
 * Of a device of the host QEMU keeps the ids, not the class: xen_pt_realize() begins with an empty
 * configuration space, and what the guest reads there comes from the device.
 */
static const char *class_of(
	const struct reader *reader, const char *words, size_t length, char own[static 7])
{
	unsigned code;

	if (reader->device.host[0])
		return NULL;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strlen(classes[i].words) == length &&
			strncmp(classes[i].words, words, length) == 0)
			return classes[i].class;
	}
	if (length != strlen("Class ffff") || sscanf(words, "Class %4x", &code) != 1)
		return NULL;
	snprintf(own, 7, "0x%04x", code & 0xffff);
	return own;
}

static bool is_known(const struct reader *reader, const char *address)
{
	const json_t *function;
	size_t i;

	json_array_foreach(reader->functions, i, function)
	{
		if (strcmp(json_string_value(json_object_get(function, "address")), address) == 0)
			return true;
	}
	return false;
}

static void add_function(
	struct reader *reader, const char *address, const char *ids, const char *class)
{
	json_t *function;

	if (json_array_size(reader->functions) >= REPORT_FUNCTIONS_MAX || is_known(reader, address))
		return;
	function = json_pack("{s:s, s:s, s:s, s:{}, s:s*, s:s*}", "address", address, "type",
		reader->device.type, "ids", ids, "bars", "class", class, "host",
		reader->device.host[0] ? reader->device.host : NULL);
	reader->device.bars = json_object_get(function, "bars");
	if (function && reader->device.edid >= 0)
		json_object_set_new(function, "edid", json_boolean(reader->device.edid));
	if (function && reader->device.xres && reader->device.yres)
		json_object_set_new(function, "preferred",
			json_sprintf("%ux%u", reader->device.xres, reader->device.yres));
	if (json_array_append_new(reader->functions, function) < 0)
		reader->failed = true;
}

/*
 * "class WORDS, addr 00:02.0, pci id 1234:1111 (sub ...". Functions behind a bridge are left out:
 * their bus has no number before the firmware gave it one, and then the guest has another.
 */
static void read_class(struct reader *reader, const char *words)
{
	static const char addr[] = ", addr ", pci_id[] = ", pci id ";
	const char *at = strstr(words, addr), *id;
	char text[BDF_TEXT_MAX], ids[10], own[7];
	struct bdf address;

	if (reader->root < 0)
		reader->root = reader->device.indent;
	if (!at || reader->device.indent != reader->root)
		return;
	snprintf(text, sizeof("00:00.0"), "%s", at + strlen(addr));
	id = at + strlen(addr) + strlen(text);
	if (bdf_parse(text, &address) < 0 || address.bus != 0 ||
		strncmp(id, pci_id, strlen(pci_id)) != 0 || !take_ids(id + strlen(pci_id), ids))
		return;
	bdf_format(address, text);
	add_function(reader, text, ids, class_of(reader, words, (size_t)(at - words), own));
}

static void read_bar(struct reader *reader, const char *line)
{
	unsigned index;
	uint64_t at;
	char key[2];

	if (!reader->device.bars ||
		sscanf(line, "bar %1u: %*3s at 0x%16" SCNx64, &index, &at) != 2 || index > BAR_LAST)
		return;
	snprintf(key, sizeof(key), "%u", index);
	json_object_set_new(reader->device.bars, key,
		at == UINT64_MAX ? json_null() : json_sprintf("0x%016" PRIx64, at));
}

static void read_line(struct reader *reader, const char *line)
{
	int indent = (int)strspn(line, " ");

	line += indent;
	if (strncmp(line, "dev: ", 5) == 0) {
		begin_device(reader, indent, line + 5);
		return;
	}
	if (reader->device.indent < 0 || indent != reader->device.indent + DEEPER)
		return;
	if (reader->device.told) {
		read_bar(reader, line);
	} else if (strncmp(line, "class ", 6) == 0) {
		read_class(reader, line + 6);
		reader->device.told = true;
	} else {
		read_property(reader, line);
	}
}

json_t *view_qtree_functions(const char *text, size_t length)
{
	struct reader reader = { .functions = json_array(), .root = -1, .device.indent = -1 };
	const char *end = text + length, *next;

	for (; text < end; text = next) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t size = (size_t)((newline ? newline : end) - text);
		char line[LINE_MAX_HERE];

		next = newline ? newline + 1 : end;
		/* The monitor ends its lines with both. */
		if (size > 0 && text[size - 1] == '\r')
			size--;
		if (size >= sizeof(line))
			continue;
		memcpy(line, text, size);
		line[size] = '\0';
		read_line(&reader, line);
	}
	if (!reader.failed)
		return reader.functions;
	json_decref(reader.functions);
	return NULL;
}

/* Which row a function is, as far as QEMU tells. */
static void put_function(struct view *view, const json_t *function)
{
	const char *address = document_text(function, "address");
	const char *type = document_text(function, "type");
	const struct view_model *model = view_model_of_type(type);
	const char *host = document_text(function, "host");
	json_t *value = json_pack("{s:s, s:s, s:O, s:O*}", model ? "model" : "type", type,
		"address", address, "ids", json_object_get(function, "ids"), "class",
		json_object_get(function, "class"));

	if (host[0]) {
		view_put_at(view, VIEW_PASSED, host, value);
	} else if (strcmp(address, "0000:00:00.0") == 0) {
		json_object_set_new(value, "kind",
			json_string(strstr(type, "igd-passthrough") ? "igd" : "plain"));
		view_put(view, "host-bridge", value);
	} else if (model && !json_is_object(json_object_get(view->rows, model->row))) {
		view_put(view, model->row, value);
	} else if (strcmp(address, "0000:00:1f.0") == 0) {
		view_put(view, "isa-bridge", value);
	} else {
		view_put_at(view, VIEW_FUNCTION, address, value);
	}
}

/* The EDID that QEMU offers, and the mode that a guest would take by it. A cirrus never has one. */
static void put_edid(struct view *view, const json_t *functions)
{
	const char *model = document_text(json_object_get(view->rows, "vga"), "model");
	const json_t *function, *vga = NULL;
	json_t *preferred;
	size_t i;

	json_array_foreach(functions, i, function)
	{
		if (strcmp(document_text(function, "type"), model) == 0)
			vga = function;
	}
	if (json_is_false(json_object_get(vga, "edid")) || strcmp(model, "cirrus-vga") == 0)
		view_put(view, "edid", json_null());
	if (!json_is_true(json_object_get(vga, "edid")))
		return;
	preferred = json_object_get(vga, "preferred");
	view_put(view, "edid", json_pack("{s:O*}", "preferred", preferred));
	if (preferred)
		view_put(view, "mode", json_pack("{s:O}", "mode", preferred));
}

static int by_address(const void *a, const void *b)
{
	return strcmp(document_text(*(json_t *const *)a, "address"),
		document_text(*(json_t *const *)b, "address"));
}

json_t *view_of_qtree(const char *text, size_t length)
{
	json_t *functions = view_qtree_functions(text, length),
	       *sorted[REPORT_FUNCTIONS_MAX] = { NULL };
	static const char *const always[] = { "platform", "vga", "nic", "isa-bridge" };
	struct view view = { .rows = json_object() };
	size_t count = json_array_size(functions);

	if (!functions) {
		json_decref(view.rows);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		view_put(&view, always[i], json_null());
	/* The tree has the youngest first. */
	for (size_t i = 0; i < count; i++)
		sorted[i] = json_array_get(functions, i);
	qsort(sorted, count, sizeof(sorted[0]), by_address);
	for (size_t i = 0; i < count; i++)
		put_function(&view, sorted[i]);
	put_edid(&view, functions);
	json_decref(functions);
	return view_done(&view);
}
