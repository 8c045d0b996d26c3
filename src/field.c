#include "src/field_private.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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

static bool register_ok(const char *rest)
{
	return strcmp(rest, "0x50") == 0 || strcmp(rest, "0x52") == 0 ||
	       strcmp(rest, "0xa4") == 0 || strcmp(rest, "0xa8") == 0;
}

static int read_host_bridge(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *bridge = report_function(report, (struct bdf){ 0 });

	if (!field_functions(report))
		return -ENODATA;
	if (!bridge)
		return field_give_new(json_null(), value_r);
	return field_give(json_object_get(json_object_get(bridge, "registers"), rest), value_r);
}

/* IVD of GGC: its driver gives up the legacy VGA ranges beside a second VGA by setting it,
 * intel_vga_set_state() in drivers/gpu/drm/i915/display/intel_vga.c, Linux 6.1. */
#define GGC_IVD 0x2u

static int read_ggc(const json_t *report, const char *rest, json_t **value_r)
{
	json_t *whole = NULL;
	int r = read_host_bridge(report, "0x50", &whole);

	if (r < 0 || json_is_null(whole)) {
		*value_r = whole;
		return r;
	}
	r = field_give_new(
		json_sprintf("0x%08lx", strtoul(json_string_value(whole), NULL, 16) & ~GGC_IVD),
		value_r);
	json_decref(whole);
	return r;
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

static bool is_hypervisor_key(const char *rest)
{
	return strcmp(rest, "type") == 0 || strcmp(rest, "cpuid") == 0;
}

static int read_hypervisor(const json_t *report, const char *rest, json_t **value_r)
{
	return field_give(json_object_get(json_object_get(report, "hypervisor"), rest), value_r);
}

static const struct field fields[] = {
	{ "host_bridge/", "host_bridge/0x50|0x52|0xa4|0xa8",
		"a register of 00:00.0: non-zero if the igd host bridge copied the host's",
		register_ok, read_host_bridge },
	{ "host_bridge/ggc", "host_bridge/ggc",
		"host_bridge/0x50 without bit 1 (IVD), which i915 sets beside a second VGA", NULL,
		read_ggc },
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
	{ "hypervisor/", "hypervisor/type|cpuid",
		"the hypervisor: \"xen\", or null without one; its signature by CPUID, "
		"\"XenVMMXenVMM\"",
		is_hypervisor_key, read_hypervisor },
	{ NULL, NULL, NULL, NULL, NULL },
};

static const struct field *const tables[] = { field_function_table, field_bars_table, fields,
	field_igd_table, field_display_table };

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
