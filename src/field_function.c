/* slot/..., function/..., device/..., functions, bars/...: the PCI functions of the "pci" section.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "src/document.h"
#include "src/field.h"
#include "src/field_private.h"
#include "src/report.h"

const json_t *field_functions(const json_t *report)
{
	return json_object_get(json_object_get(report, "pci"), "functions");
}

uint64_t field_number(const json_t *object, const char *key)
{
	return strtoull(document_text(object, key), NULL, 16);
}

bool field_is_igd(const json_t *function)
{
	return strcmp(document_text(function, "vendor"), "0x8086") == 0 &&
	       strncmp(document_text(function, "class"), "0x03", 4) == 0;
}

const json_t *field_igd(const json_t *report)
{
	const json_t *list = field_functions(report), *function;
	size_t i;

	json_array_foreach(list, i, function)
	{
		if (field_is_igd(function))
			return function;
	}
	return NULL;
}

/* ---- One function -------------------------------------------------------------------------- */

static const char *const function_keys[] = { "", "/class", "/revision", "/header_type", "/driver",
	"/subsystem", "/bars", "/config", NULL };

static bool is_function_key(const char *key)
{
	for (int i = 0; function_keys[i]; i++) {
		if (strcmp(key, function_keys[i]) == 0)
			return true;
	}
	return false;
}

/* "0x8086" and "0x1237" -> "8086:1237". */
static int give_ids(
	const json_t *function, const char *vendor_key, const char *device_key, json_t **value_r)
{
	const char *vendor = json_string_value(json_object_get(function, vendor_key));
	const char *device = json_string_value(json_object_get(function, device_key));

	if (!vendor || !device)
		return -ENODATA;
	return field_give_new(
		json_sprintf("%.4s:%.4s", vendor + strlen("0x"), device + strlen("0x")), value_r);
}

/* "0x05 0x01", or "none". Returns 0, or -ENODATA if nobody looked. */
static int list_capabilities(const json_t *function, char *text, size_t size)
{
	const json_t *list = json_object_get(function, "capabilities"), *id;
	size_t i;

	if (!json_is_array(list))
		return -ENODATA;
	text[0] = '\0';
	json_array_foreach(list, i, id)
	{
		size_t used = strlen(text);

		snprintf(text + used, size - used, "%s%.8s", used ? " " : "",
			json_string_value(id) ? json_string_value(id) : "?");
	}
	if (!text[0])
		snprintf(text, size, "none");
	return 0;
}

/* All that its configuration space says and no software chooses, as one text. */
static int give_config(const json_t *function, json_t **value_r)
{
	static const char *const keys[] = { "class", "revision", "header_type" };
	json_t *ids = NULL, *subsystem = NULL, *bars = NULL;
	char capabilities[512];
	int r = list_capabilities(function, capabilities, sizeof(capabilities));

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && r == 0; i++)
		r = document_text(function, keys[i])[0] ? 0 : -ENODATA;
	if (r == 0)
		r = give_ids(function, "vendor", "device", &ids);
	if (r == 0)
		r = give_ids(function, "subsystem_vendor", "subsystem", &subsystem);
	if (r == 0)
		r = field_give_bars(function, &bars);
	if (r == 0)
		r = field_give_new(
			json_sprintf("%s subsystem %s class %s revision %s header %s bars %s "
				     "capabilities %s",
				json_string_value(ids), json_string_value(subsystem),
				document_text(function, "class"),
				document_text(function, "revision"),
				document_text(function, "header_type"),
				json_is_null(bars) ? "none" : json_string_value(bars),
				capabilities),
			value_r);
	json_decref(ids);
	json_decref(subsystem);
	json_decref(bars);
	return r;
}

int field_give_function(const json_t *function, const char *key, json_t **value_r)
{
	if (!function)
		return field_give_new(json_null(), value_r);
	if (!key[0])
		return give_ids(function, "vendor", "device", value_r);
	if (strcmp(key, "/subsystem") == 0)
		return give_ids(function, "subsystem_vendor", "subsystem", value_r);
	if (strcmp(key, "/bars") == 0)
		return field_give_bars(function, value_r);
	if (strcmp(key, "/config") == 0)
		return give_config(function, value_r);
	return field_give(json_object_get(function, key + 1), value_r);
}

bool field_is_function_key(const char *key)
{
	return is_function_key(key) || strcmp(key, "/address") == 0;
}

/* "NN..." -> NN, or -1 unless it is two hexadecimal digits up to 1f (five bits of a slot). */
static int slot_number(const char *rest)
{
	char digits[3] = { rest[0], rest[0] ? rest[1] : 0, 0 };
	long slot;

	if (!isxdigit((unsigned char)digits[0]) || !isxdigit((unsigned char)digits[1]))
		return -1;
	slot = strtol(digits, NULL, 16);
	return slot > 31 ? -1 : (int)slot;
}

static bool slot_rest_ok(const char *rest)
{
	if (slot_number(rest) < 0)
		return false;
	return is_function_key(rest + 2);
}

static int read_slot(const json_t *report, const char *rest, json_t **value_r)
{
	struct bdf where = { 0 };

	if (!field_functions(report))
		return -ENODATA;
	where.slot = (uint8_t)slot_number(rest);
	return field_give_function(report_function(report, where), rest + 2, value_r);
}

/* "NN.F...": a slot and a function of bus 0. */
static bool function_rest_ok(const char *rest)
{
	return slot_number(rest) >= 0 && rest[2] == '.' && rest[3] >= '0' && rest[3] <= '7' &&
	       is_function_key(rest + 4);
}

static int read_function(const json_t *report, const char *rest, json_t **value_r)
{
	struct bdf where = { 0 };

	if (!field_functions(report))
		return -ENODATA;
	where.slot = (uint8_t)slot_number(rest);
	where.function = (uint8_t)(rest[3] - '0');
	return field_give_function(report_function(report, where), rest + 4, value_r);
}

/* ---- The devices that QEMU emulates, wherever they sit --------------------------------------- */

static bool is_xen_platform(const json_t *function)
{
	return strcmp(document_text(function, "vendor"), "0x5853") == 0 &&
	       strcmp(document_text(function, "device"), "0x0001") == 0;
}

static bool is_vga(const json_t *function)
{
	return strncmp(document_text(function, "class"), "0x03", 4) == 0 && !field_is_igd(function);
}

static bool is_nic(const json_t *function)
{
	return strncmp(document_text(function, "class"), "0x0200", 6) == 0;
}

static const struct {
	const char *name;
	bool (*is)(const json_t *function);
} devices[] = {
	{ "xen-platform", is_xen_platform },
	{ "vga", is_vga },
	{ "nic", is_nic },
};

#define DEVICE_COUNT (sizeof(devices) / sizeof(devices[0]))

/* The place in the table, -1 if there is no such device; *key_r is what follows its name. */
static int find_device(const char *rest, const char **key_r)
{
	for (size_t i = 0; i < DEVICE_COUNT; i++) {
		size_t length = strlen(devices[i].name);

		if (strncmp(rest, devices[i].name, length) == 0) {
			*key_r = rest + length;
			return (int)i;
		}
	}
	return -1;
}

static bool device_rest_ok(const char *rest)
{
	const char *key;

	return find_device(rest, &key) >= 0 && field_is_function_key(key);
}

static int read_device(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *list = field_functions(report), *function, *found = NULL;
	const char *key = "";
	int device = find_device(rest, &key);
	size_t i;

	if (!list)
		return -ENODATA;
	json_array_foreach(list, i, function)
	{
		if (!found && devices[device].is(function))
			found = function;
	}
	return field_give_function(found, key, value_r);
}

/* ---- All functions --------------------------------------------------------------------------- */

/* The bridge that QEMU makes for old GPUs, of which slot/1f tells. */
#define ISA_BRIDGE "0000:00:1f.0"

/* "00:00.0 00:01.0 00:02.0": addresses without the domain, which is 0 in a guest. */
static int read_functions(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *list = field_functions(report), *function;
	char text[1024] = "";
	size_t i;

	if (!list)
		return -ENODATA;
	json_array_foreach(list, i, function)
	{
		const char *address = document_text(function, "address");
		size_t used = strlen(text);

		if (strcmp(address, ISA_BRIDGE) == 0)
			continue;
		if (strncmp(address, "0000:", 5) == 0)
			address += 5;
		snprintf(text + used, sizeof(text) - used, "%s%.12s", used ? " " : "", address);
	}
	return field_give_new(text[0] ? json_string(text) : json_null(), value_r);
}

#define KEYS   "/class|/revision|/header_type|/driver|/subsystem|/bars|/config"
#define PLACED "[" KEYS "|/address]"

const struct field field_function_table[] = {
	{ "slot/", "slot/NN[" KEYS "]",
		"the device in slot NN (hexadecimal) of bus 0, function 0: \"vendor:device\"; "
		"null if the slot is empty",
		slot_rest_ok, read_slot },
	{ "function/", "function/NN.F[" KEYS "]", "the same of function F in slot NN of bus 0",
		function_rest_ok, read_function },
	{ "device/", "device/xen-platform" PLACED,
		"the same of the xen-platform device, 5853:0001, wherever it sits; null without one",
		device_rest_ok, read_device },
	{ "device/", "device/vga" PLACED,
		"the same of the first display function that is not Intel's", device_rest_ok,
		read_device },
	{ "device/", "device/nic" PLACED, "the same of the first Ethernet card", device_rest_ok,
		read_device },
	{ "functions", "functions",
		"\"00:00.0 00:01.0\": the addresses of all functions but 00:1f.0", NULL,
		read_functions },
	{ NULL, NULL, NULL, NULL, NULL },
};
