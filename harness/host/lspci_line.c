#include "harness/host/lspci_line.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/record.h"

#define HEX          "0123456789abcdefABCDEF"
#define VENDOR_INTEL 0x8086

#define LINE_NUMBER_DIGITS 3

/* The value of exactly `digits` hexadecimal digits, or -1. */
static int32_t read_hex(const char *text, size_t digits)
{
	char copy[9];

	if (digits >= sizeof(copy) || strspn(text, HEX) < digits)
		return -1;
	snprintf(copy, sizeof(copy), "%.*s", (int)digits, text);
	return (int32_t)strtoul(copy, NULL, 16);
}

/* "86 80 04 19" */
static bool read_row(const char *text, struct lspci_line *line)
{
	size_t digits = strspn(text, HEX);

	if (digits < 2 || digits > 3 || text[digits] != ':' || text[digits + 1] != ' ')
		return false;
	line->offset = (size_t)read_hex(text, digits);
	text += digits + 1;
	while (line->bytes < LSPCI_LINE_ROW_MAX && text[0] == ' ' && strspn(text + 1, HEX) == 2 &&
		(text[3] == ' ' || text[3] == '\0')) {
		line->row[line->bytes++] = (uint8_t)read_hex(text + 1, 2);
		text += 3;
	}
	line->kind = line->bytes > 0 ? LSPCI_LINE_ROW : LSPCI_LINE_OTHER;
	return line->bytes > 0;
}

/* Classes of pci.ids by which lspci names functions, of those that a check or a report asks for. */
static const struct {
	const char *name;
	int32_t class;
} classes[] = {
	{ "VGA compatible controller", 0x0300 },
	{ "3D controller", 0x0302 },
	{ "Display controller", 0x0380 },
	{ "Host bridge", 0x0600 },
	{ "ISA bridge", 0x0601 },
	{ "PCI bridge", 0x0604 },
	{ "Ethernet controller", 0x0200 },
	{ "Network controller", 0x0280 },
	{ "USB controller", 0x0c03 },
	{ "IDE interface", 0x0101 },
	{ "RAID bus controller", 0x0104 },
	{ "SATA controller", 0x0106 },
	{ "Non-Volatile memory controller", 0x0108 },
	{ "Mass storage controller", 0x0180 },
};

/* The last "[" with exactly `digits` and "]", or with "vvvv:dddd" for 9; NULL if none is there. */
static const char *last_bracket(const char *text, size_t length, size_t digits)
{
	const char *found = NULL;

	for (const char *at = text; at < text + length; at++) {
		if (*at != '[' || at[1] == '\0')
			continue;
		if (digits == 4 && strspn(at + 1, HEX) == 4 && at[5] == ']')
			found = at + 1;
		if (digits == 9 && strspn(at + 1, HEX) == 4 && at[5] == ':' &&
			strspn(at + 6, HEX) == 4 && at[10] == ']')
			found = at + 1;
	}
	return found;
}

/* "VGA compatible controller [0300]", "Class 0300" or "0300". */
static void read_class(const char *text, size_t length, struct lspci_line *line)
{
	const char *number = last_bracket(text, length, 4);
	int32_t class = number ? read_hex(number, 4) : -1;

	if (class < 0 && length == 4)
		class = read_hex(text, 4);
	if (class < 0 && length == 10 && strncmp(text, "Class ", 6) == 0)
		class = read_hex(text + 6, 4);
	for (size_t i = 0; class < 0 && i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strlen(classes[i].name) == length &&
			strncmp(text, classes[i].name, length) == 0)
			class = classes[i].class;
	}
	/* lspci names an interface other than 0 with -v only; read_interface() adds it. */
	if (class >= 0)
		line->words.class = class << 8;
}

static void read_interface(const char *text, struct lspci_line *line)
{
	const char *at = strstr(text, "(prog-if ");
	int32_t interface = at ? read_hex(at + strlen("(prog-if "), 2) : -1;

	if (line->words.class >= 0 && interface >= 0)
		line->words.class |= interface;
	at = strstr(text, "(rev ");
	if (at)
		line->words.revision = read_hex(at + strlen("(rev "), 2);
}

/* "Intel Corporation ... [8086:a788]", "8086:a788", or a name that pci.ids did not have. */
static void read_ids(const char *text, int32_t *vendor_r, int32_t *device_r)
{
	const char *pair = last_bracket(text, strlen(text), 9);
	const char *device = strstr(text, " Device ");

	if (!pair && strspn(text, HEX) == 4 && text[4] == ':' && strspn(text + 5, HEX) == 4)
		pair = text;
	if (pair) {
		*vendor_r = read_hex(pair, 4);
		*device_r = read_hex(pair + 5, 4);
		return;
	}
	if (strncmp(text, "Intel Corporation", strlen("Intel Corporation")) == 0)
		*vendor_r = VENDOR_INTEL;
	if (device && strspn(device + 8, HEX) == 4)
		*device_r = read_hex(device + 8, 4);
}

/* "Intel Corporation [8086]", "8086" or "Device 4682"; *value_r stays if there is no number. */
static void read_id(const char *text, size_t length, int32_t *value_r)
{
	const char *number = last_bracket(text, length, 4);

	if (!number && length == 4 && strspn(text, HEX) >= 4)
		number = text;
	if (!number && length == strlen("Device 4682") && strncmp(text, "Device ", 7) == 0)
		number = text + 7;
	if (number && strspn(number, HEX) == 4)
		*value_r = read_hex(number, 4);
	else if (length == strlen("Intel Corporation") &&
		 strncmp(text, "Intel Corporation", length) == 0)
		*value_r = VENDOR_INTEL;
}

/* -mm: "class" "vendor" "device" -r07 -p00 "subsystem vendor" "subsystem" */
static void read_quoted(const char *text, struct lspci_line *line)
{
	int32_t *const ids[] = { NULL, &line->words.vendor, &line->words.device,
		&line->words.subsystem_vendor, &line->words.subsystem };
	const char *revision = strstr(text, "\" -r"), *interface = strstr(text, " -p");

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		const char *begin = strchr(text, '"'), *end = begin ? strchr(begin + 1, '"') : NULL;

		if (!end)
			break;
		begin++;
		if (ids[i])
			read_id(begin, (size_t)(end - begin), ids[i]);
		else
			read_class(begin, (size_t)(end - begin), line);
		text = end + 1;
	}
	if (revision)
		line->words.revision = read_hex(revision + 4, 2);
	if (line->words.class >= 0 && interface && read_hex(interface + 3, 2) >= 0)
		line->words.class |= read_hex(interface + 3, 2);
}

/* "VGA compatible controller [0300]: Intel Corporation ... [8086:a788] (rev 04) (prog-if 00 ...)"
 */
static void read_plain(const char *text, struct lspci_line *line)
{
	const char *colon = strstr(text, ": ");

	if (!colon)
		return;
	read_class(text, (size_t)(colon - text), line);
	read_ids(colon + 2, &line->words.vendor, &line->words.device);
	read_interface(colon, line);
}

/* An address is the first word of its line; with -PP, the last part of a path of bridges. */
static bool read_address(const char *text, struct lspci_line *line)
{
	size_t length = strcspn(text, " ");
	char word[64];
	const char *address = word;

	if (length < 7 || length >= sizeof(word))
		return false;
	snprintf(word, sizeof(word), "%.*s", (int)length, text);
	if (strspn(word, HEX ":./") != length || !strchr(word, ':') || !strchr(word, '.'))
		return false;
	if (strrchr(word, '/'))
		address = strrchr(word, '/') + 1;
	line->kind =
		bdf_parse(address, &line->where) == 0 ? LSPCI_LINE_ADDRESS : LSPCI_LINE_BAD_ADDRESS;
	text += length;
	text += strspn(text, " ");
	if (text[0] == '"')
		read_quoted(text, line);
	else
		read_plain(text, line);
	return true;
}

/* The value behind "Label:", or NULL. */
static const char *behind(const char *text, const char *label)
{
	size_t length = strlen(label);

	if (strncmp(text, label, length) != 0 || text[length] != ':')
		return NULL;
	text += length + 1;
	return text + strspn(text, " ");
}

static void read_driver(const char *name, struct lspci_line *line)
{
	size_t length =
		strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	if (length > 0 && length < sizeof(line->words.driver))
		snprintf(line->words.driver, sizeof(line->words.driver), "%.*s", (int)length, name);
}

/* -vmm: a line for each fact, and "Device" twice in the older -vm: an address, and a name. */
static bool read_record(const char *text, struct lspci_line *line)
{
	const char *value = behind(text, "Slot");

	if (!value)
		value = behind(text, "Device");
	if (value && read_address(value, line))
		return true;
	line->kind = LSPCI_LINE_WORDS;
	if ((value = behind(text, "Class")))
		read_class(value, strlen(value), line);
	else if ((value = behind(text, "Vendor")))
		read_id(value, strlen(value), &line->words.vendor);
	else if ((value = behind(text, "Device")))
		read_id(value, strlen(value), &line->words.device);
	else if ((value = behind(text, "SVendor")))
		read_id(value, strlen(value), &line->words.subsystem_vendor);
	else if ((value = behind(text, "SDevice")))
		read_id(value, strlen(value), &line->words.subsystem);
	else if ((value = behind(text, "Rev")))
		line->words.revision = read_hex(value, 2);
	else if ((value = behind(text, "Driver")))
		read_driver(value, line);
	else
		line->kind = LSPCI_LINE_OTHER;
	return line->kind == LSPCI_LINE_WORDS;
}

/*
 * A number of the line, by nl, `cat -n` or `grep -n` (with "-" for what grep shows around it), or
 * the sign of an item of a list. A PCI domain has four digits at least, so a shorter number before
 * an address or a row is none. Returns its bytes, or 0.
 */
static size_t item_bytes(const char *text)
{
	size_t digits = strspn(text, "0123456789"), hex;

	if (text[0] == '`' || strncmp(text, "- ", 2) == 0)
		return 1;
	if (digits == 0 || digits > LINE_NUMBER_DIGITS)
		return 0;
	if (text[digits] == ' ' || text[digits] == '-')
		return digits + 1;
	hex = text[digits] == ':' ? strspn(text + digits + 1, HEX) : 0;
	return hex >= 2 && text[digits + 1 + hex] == ':' ? digits + 1 : 0;
}

static const char *skip_prefix(const char *text)
{
	size_t used;

	text = record_skip_prefix(text);
	while ((used = item_bytes(text)) > 0)
		text = record_skip_prefix(text + used);
	return text;
}

void lspci_line_parse(const char *text, struct lspci_line *line_r)
{
	const char *value;

	*line_r = (struct lspci_line){ .kind = LSPCI_LINE_OTHER, .words = LSPCI_NO_WORDS };
	text = skip_prefix(text);
	if (read_row(text, line_r) || read_address(text, line_r) || read_record(text, line_r))
		return;
	if ((value = behind(text, "Kernel driver in use"))) {
		line_r->kind = LSPCI_LINE_WORDS;
		read_driver(value, line_r);
	} else if ((value = behind(text, "Subsystem"))) {
		line_r->kind = LSPCI_LINE_WORDS;
		read_ids(value, &line_r->words.subsystem_vendor, &line_r->words.subsystem);
	}
}
