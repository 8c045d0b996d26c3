#include "src/field_private.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "src/document.h"
#include "src/field.h"
#include "src/report.h"

int field_give(const json_t *value, json_t **value_r)
{
	if (!value)
		return -ENODATA;
	*value_r = json_incref((json_t *)value);
	return 0;
}

int field_give_new(json_t *value, json_t **value_r)
{
	if (!value)
		return -ENOMEM;
	*value_r = value;
	return 0;
}

static const json_t *functions(const json_t *report)
{
	return json_object_get(json_object_get(report, "pci"), "functions");
}

static const char *const function_keys[] = { "", "/class", "/revision", "/driver", "/subsystem",
	"/bars", NULL };

bool field_is_function_key(const char *key)
{
	for (int i = 0; function_keys[i]; i++) {
		if (strcmp(key, function_keys[i]) == 0)
			return true;
	}
	return false;
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
	return field_is_function_key(rest + 2);
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

/*
 * "0:memory:0x1000000 4:io:0x40": the BARs that have an address. The ROM is left out: whether and
 * where a kernel shows it depends on its quirks. Null if there is none.
 */
static int give_bars(const json_t *function, json_t **value_r)
{
	const json_t *bars = json_object_get(function, "bars"), *bar;
	char text[256] = "";
	size_t i;

	if (!json_is_array(bars))
		return -ENODATA;
	json_array_foreach(bars, i, bar)
	{
		size_t used = strlen(text);

		if (strcmp(document_text(bar, "kind"), "rom") == 0 ||
			!strtoull(document_text(bar, "start"), NULL, 16))
			continue;
		snprintf(text + used, sizeof(text) - used, "%s%d:%.8s:0x%llx", used ? " " : "",
			(int)json_integer_value(json_object_get(bar, "index")),
			document_text(bar, "kind"), strtoull(document_text(bar, "size"), NULL, 16));
	}
	return field_give_new(text[0] ? json_string(text) : json_null(), value_r);
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
		return give_bars(function, value_r);
	return field_give(json_object_get(function, key + 1), value_r);
}

static int read_slot(const json_t *report, const char *rest, json_t **value_r)
{
	struct bdf where = { 0 };

	if (!functions(report))
		return -ENODATA;
	where.slot = (uint8_t)slot_number(rest);
	return field_give_function(report_function(report, where), rest + 2, value_r);
}

/* "NN.F...": a slot and a function of bus 0. */
static bool function_rest_ok(const char *rest)
{
	return slot_number(rest) >= 0 && rest[2] == '.' && rest[3] >= '0' && rest[3] <= '7' &&
	       field_is_function_key(rest + 4);
}

static int read_function(const json_t *report, const char *rest, json_t **value_r)
{
	struct bdf where = { 0 };

	if (!functions(report))
		return -ENODATA;
	where.slot = (uint8_t)slot_number(rest);
	where.function = (uint8_t)(rest[3] - '0');
	return field_give_function(report_function(report, where), rest + 4, value_r);
}

static bool register_ok(const char *rest)
{
	return strcmp(rest, "0x50") == 0 || strcmp(rest, "0x52") == 0 ||
	       strcmp(rest, "0xa4") == 0 || strcmp(rest, "0xa8") == 0;
}

static int read_host_bridge(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *bridge = report_function(report, (struct bdf){ 0 });

	if (!functions(report))
		return -ENODATA;
	if (!bridge)
		return field_give_new(json_null(), value_r);
	return field_give(json_object_get(json_object_get(bridge, "registers"), rest), value_r);
}

bool field_is_igd(const json_t *function)
{
	return strcmp(document_text(function, "vendor"), "0x8086") == 0 &&
	       strncmp(document_text(function, "class"), "0x03", 4) == 0;
}

const json_t *field_igd(const json_t *report)
{
	const json_t *function;
	size_t i;

	json_array_foreach(functions(report), i, function)
	{
		if (field_is_igd(function))
			return function;
	}
	return NULL;
}

int field_give_size(const json_t *size, json_t **value_r)
{
	const json_t *width = json_object_get(size, "width");
	const json_t *height = json_object_get(size, "height");

	if (!size)
		return -ENODATA;
	if (json_is_null(size))
		return field_give_new(json_null(), value_r);
	if (!json_is_integer(width) || !json_is_integer(height))
		return -ENODATA;
	return field_give_new(json_sprintf("%" JSON_INTEGER_FORMAT "x%" JSON_INTEGER_FORMAT,
				      json_integer_value(width), json_integer_value(height)),
		value_r);
}

static const json_t *desktop(const json_t *report)
{
	return json_object_get(report, "desktop");
}

/* A text of one of the desktop's parts; null where there is no such part. */
static int read_desktop(
	const json_t *report, const char *part_key, const char *key, json_t **value_r)
{
	const json_t *part = json_object_get(desktop(report), part_key);

	return field_give(json_is_null(part) ? part : json_object_get(part, key), value_r);
}

static int read_manager(const json_t *report, const char *rest, json_t **value_r)
{
	return read_desktop(report, "manager", "unit", value_r);
}

static int read_state(const json_t *report, const char *rest, json_t **value_r)
{
	return read_desktop(report, "manager", "state", value_r);
}

static int read_session(const json_t *report, const char *rest, json_t **value_r)
{
	return read_desktop(report, "session", "class", value_r);
}

static int read_server(const json_t *report, const char *rest, json_t **value_r)
{
	return read_desktop(report, "server", "observer", value_r);
}

static int read_settled(const json_t *report, const char *rest, json_t **value_r)
{
	return field_give(json_object_get(desktop(report), "settled"), value_r);
}

static int read_server_mode(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *server = json_object_get(desktop(report), "server");
	const json_t *outputs = json_object_get(server, "outputs");

	if (json_is_null(server) || (outputs && json_array_size(outputs) == 0))
		return field_give_new(json_null(), value_r);
	return field_give_size(json_array_get(outputs, 0), value_r);
}

static int read_release(const json_t *report, const char *rest, json_t **value_r)
{
	return field_give(json_object_get(json_object_get(report, "kernel"), "release"), value_r);
}

static int read_hypervisor(const json_t *report, const char *rest, json_t **value_r)
{
	return field_give(json_object_get(json_object_get(report, "hypervisor"), "type"), value_r);
}

static const struct field fields[] = {
	{ "slot/", "slot/NN[/class|/revision|/driver|/subsystem|/bars]",
		"the device in slot NN (hexadecimal) of bus 0, function 0: \"vendor:device\"; "
		"null if the slot is empty",
		slot_rest_ok, read_slot },
	{ "function/", "function/NN.F[/class|/revision|/driver|/subsystem|/bars]",
		"the same of function F in slot NN of bus 0", function_rest_ok, read_function },
	{ "host_bridge/", "host_bridge/0x50|0x52|0xa4|0xa8",
		"a register of 00:00.0: non-zero if the igd host bridge copied the host's",
		register_ok, read_host_bridge },
	{ "desktop/manager", "desktop/manager",
		"\"lightdm.service\": the unit of the display manager, null if there is none (systemd)",
		NULL, read_manager },
	{ "desktop/state", "desktop/state", "that unit's state: \"active\" (systemd)", NULL,
		read_state },
	{ "desktop/session", "desktop/session",
		"the class of the session on the screen: \"greeter\" or \"user\", null if there "
		"is none (logind)",
		NULL, read_session },
	{ "desktop/server", "desktop/server",
		"\"x11\" or \"wayland\": the display server that answered, null if none did", NULL,
		read_server },
	{ "desktop/mode", "desktop/mode",
		"\"1280x800\": the mode of the server's first output, null if it has none (x11, "
		"wayland)",
		NULL, read_server_mode },
	{ "desktop/settled", "desktop/settled",
		"was the desktop drawn, and the guest idle, when the report was made?", NULL,
		read_settled },
	{ "kernel/release", "kernel/release", "the guest kernel's release", NULL, read_release },
	{ "hypervisor/type", "hypervisor/type", "the hypervisor: \"xen\", or null without one",
		NULL, read_hypervisor },
	{ NULL, NULL, NULL, NULL, NULL },
};

static const struct field *const tables[] = { fields, field_igd_table, field_display_table };

#define TABLE_COUNT (sizeof(tables) / sizeof(tables[0]))

static bool is_named(const struct field *field, const char *name)
{
	size_t length = strlen(field->prefix);

	if (strncmp(name, field->prefix, length) != 0)
		return false;
	return field->rest_ok ? field->rest_ok(name + length) : !name[length];
}

static const struct field *find(const char *name, const char **rest_r, struct problem *why)
{
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		for (const struct field *field = tables[i]; field->prefix; field++) {
			if (is_named(field, name)) {
				*rest_r = name + strlen(field->prefix);
				return field;
			}
		}
	}
	problem_set(why, -EINVAL, "no field \"%s\": `igd-harness plan --fields` lists them", name);
	return NULL;
}

int field_get(const json_t *report, const char *name, json_t **value_r, struct problem *why)
{
	const char *rest;
	const struct field *field = find(name, &rest, why);

	return field ? field->read(report, rest, value_r) : -EINVAL;
}

int field_check(const char *name, struct problem *why)
{
	const char *rest;

	return find(name, &rest, why) ? 0 : -EINVAL;
}

void field_list(void (*each)(void *data, const char *pattern, const char *meaning), void *data)
{
	for (size_t i = 0; i < TABLE_COUNT; i++)
		for (const struct field *field = tables[i]; field->prefix; field++)
			each(data, field->pattern, field->meaning);
}
