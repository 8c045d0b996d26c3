#include "src/field.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "src/document.h"
#include "src/report.h"

/* Gives the value of one kind of field. `rest` is what follows the pattern's fixed part. */
typedef int (*field_reader)(const json_t *report, const char *rest, json_t **value_r);

struct field {
	const char *prefix;  /* fixed part; a pattern that goes on ends with "/" */
	const char *pattern; /* as people write it */
	const char *meaning;
	bool (*rest_ok)(const char *rest); /* NULL: nothing may follow the prefix */
	field_reader read;
};

/* Borrowed value -> what field_get() returns. */
static int give(const json_t *value, json_t **value_r)
{
	if (!value)
		return -ENODATA;
	*value_r = json_incref((json_t *)value);
	return 0;
}

static int give_new(json_t *value, json_t **value_r)
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

static const char *const slot_keys[] = { "", "/class", "/revision", "/driver", "/subsystem", NULL };

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
	for (int i = 0; slot_keys[i]; i++) {
		if (strcmp(rest + 2, slot_keys[i]) == 0)
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
	return give_new(
		json_sprintf("%.4s:%.4s", vendor + strlen("0x"), device + strlen("0x")), value_r);
}

static int read_slot(const json_t *report, const char *rest, json_t **value_r)
{
	struct bdf where = { 0 };
	const json_t *function;

	if (!functions(report))
		return -ENODATA;
	where.slot = (uint8_t)slot_number(rest);
	function = report_function(report, where);
	if (!function)
		return give_new(json_null(), value_r);
	if (!rest[2])
		return give_ids(function, "vendor", "device", value_r);
	if (strcmp(rest + 2, "/subsystem") == 0)
		return give_ids(function, "subsystem_vendor", "subsystem", value_r);
	return give(json_object_get(function, rest + 3), value_r);
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
		return give_new(json_null(), value_r);
	return give(json_object_get(json_object_get(bridge, "registers"), rest), value_r);
}

static const char *const igd_keys[] = { "address", "device", "class", "driver", "0x50", "0x5c",
	"0xc0", "0xc4", "0xfc", "opregion/signature", "opregion/version", NULL };

static bool igd_rest_ok(const char *rest)
{
	for (int i = 0; igd_keys[i]; i++) {
		if (strcmp(rest, igd_keys[i]) == 0)
			return true;
	}
	return false;
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

/*
 * The OpRegion is what its signature says: where the host has none, QEMU 7.2 maps the host's first
 * pages in its place, and then 0xfc is set and nothing of it is an OpRegion.
 */
static int read_opregion(const json_t *igd, const char *key, json_t **value_r)
{
	const json_t *opregion = json_object_get(igd, "opregion");

	if (json_is_null(opregion))
		return give_new(json_null(), value_r);
	return give(json_object_get(opregion, key), value_r);
}

static int read_igd(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *igd = field_igd(report);

	if (!functions(report))
		return -ENODATA;
	if (!igd)
		return give_new(json_null(), value_r);
	if (strncmp(rest, "0x", 2) == 0)
		return give(json_object_get(json_object_get(igd, "registers"), rest), value_r);
	if (strncmp(rest, "opregion/", strlen("opregion/")) == 0)
		return read_opregion(igd, rest + strlen("opregion/"), value_r);
	return give(json_object_get(igd, rest), value_r);
}

const json_t *field_lead_connector(const json_t *report, const json_t **card_r, bool *looked_r)
{
	const json_t *cards = json_object_get(json_object_get(report, "display"), "cards");
	const json_t *card, *connector;
	size_t i, j;

	*looked_r = json_is_array(cards);
	json_array_foreach(cards, i, card)
	{
		json_array_foreach(json_object_get(card, "connectors"), j, connector)
		{
			const char *status =
				json_string_value(json_object_get(connector, "status"));

			if (status && strcmp(status, "connected") == 0) {
				*card_r = card;
				return connector;
			}
		}
	}
	return NULL;
}

/* {"width": 1024, "height": 768} -> "1024x768"; null stays null. */
static int give_size(const json_t *size, json_t **value_r)
{
	const json_t *width = json_object_get(size, "width");
	const json_t *height = json_object_get(size, "height");

	if (!size)
		return -ENODATA;
	if (json_is_null(size))
		return give_new(json_null(), value_r);
	if (!json_is_integer(width) || !json_is_integer(height))
		return -ENODATA;
	return give_new(json_sprintf("%" JSON_INTEGER_FORMAT "x%" JSON_INTEGER_FORMAT,
				json_integer_value(width), json_integer_value(height)),
		value_r);
}

/* The head of every reader of the connector: with none connected the answer is null. */
#define LEAD_CONNECTOR(report, card, connector)                                                    \
	bool looked;                                                                               \
	const json_t *card = NULL, *connector = field_lead_connector(report, &card, &looked);      \
	(void)card;                                                                                \
	if (!looked)                                                                               \
		return -ENODATA;                                                                   \
	if (!connector)                                                                            \
	return give_new(json_null(), value_r)

static int read_mode(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *crtc;

	LEAD_CONNECTOR(report, card, connector);
	crtc = json_object_get(connector, "crtc");
	if (json_is_null(crtc))
		return give_new(json_null(), value_r);
	return give_size(json_object_get(crtc, "mode"), value_r);
}

static int read_driver(const json_t *report, const char *rest, json_t **value_r)
{
	LEAD_CONNECTOR(report, card, connector);
	return give(json_object_get(card, "driver"), value_r);
}

static int read_connector(const json_t *report, const char *rest, json_t **value_r)
{
	LEAD_CONNECTOR(report, card, connector);
	return give(json_object_get(connector, "name"), value_r);
}

static int read_edid_bytes(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *edid;

	LEAD_CONNECTOR(report, card, connector);
	edid = json_object_get(connector, "edid");
	if (json_is_null(edid))
		return give_new(json_integer(0), value_r);
	return give(json_object_get(edid, "bytes"), value_r);
}

static int read_edid_key(const json_t *report, const char *key, json_t **value_r)
{
	const json_t *edid;

	LEAD_CONNECTOR(report, card, connector);
	edid = json_object_get(connector, "edid");
	if (json_is_null(edid))
		return give_new(json_null(), value_r);
	return give(json_object_get(edid, key), value_r);
}

static int read_edid_vendor(const json_t *report, const char *rest, json_t **value_r)
{
	return read_edid_key(report, "vendor", value_r);
}

static int read_edid_name(const json_t *report, const char *rest, json_t **value_r)
{
	return read_edid_key(report, "name", value_r);
}

static int read_preferred(const json_t *report, const char *rest, json_t **value_r)
{
	json_t *preferred = NULL;
	int r = read_edid_key(report, "preferred", &preferred);

	if (r == 0)
		r = give_size(preferred, value_r);
	json_decref(preferred);
	return r;
}

static int read_framebuffer(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *list = json_object_get(json_object_get(report, "display"), "framebuffers");

	if (!json_is_array(list))
		return -ENODATA;
	if (json_array_size(list) == 0)
		return give_new(json_null(), value_r);
	return give_size(json_array_get(list, 0), value_r);
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

	return give(json_is_null(part) ? part : json_object_get(part, key), value_r);
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
	return give(json_object_get(desktop(report), "settled"), value_r);
}

static int read_server_mode(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *server = json_object_get(desktop(report), "server");
	const json_t *outputs = json_object_get(server, "outputs");

	if (json_is_null(server) || (outputs && json_array_size(outputs) == 0))
		return give_new(json_null(), value_r);
	return give_size(json_array_get(outputs, 0), value_r);
}

static int read_release(const json_t *report, const char *rest, json_t **value_r)
{
	return give(json_object_get(json_object_get(report, "kernel"), "release"), value_r);
}

static int read_hypervisor(const json_t *report, const char *rest, json_t **value_r)
{
	return give(json_object_get(json_object_get(report, "hypervisor"), "type"), value_r);
}

static const struct field fields[] = {
	{ "slot/", "slot/NN[/class|/revision|/driver|/subsystem]",
		"who sits in slot NN (hexadecimal) of bus 0, function 0: \"vendor:device\"; null if it is empty",
		slot_rest_ok, read_slot },
	{ "host_bridge/", "host_bridge/0x50|0x52|0xa4|0xa8",
		"a register of 00:00.0: non-zero if the igd host bridge copied the host's",
		register_ok, read_host_bridge },
	{ "igd/",
		"igd/address|device|class|driver|0x50|0x5c|0xc0|0xc4|0xfc|opregion/signature|opregion/version",
		"of the first Intel display function, wherever it sits; null if there is none",
		igd_rest_ok, read_igd },
	{ "display/mode", "display/mode",
		"\"1024x768\": mode of the CRTC behind the first connected connector (kms)", NULL,
		read_mode },
	{ "display/driver", "display/driver", "kernel driver of that connector's card (kms)", NULL,
		read_driver },
	{ "display/connector", "display/connector", "that connector's name (kms)", NULL,
		read_connector },
	{ "display/edid_bytes", "display/edid_bytes", "bytes of its EDID, 0 if it has none (edid)",
		NULL, read_edid_bytes },
	{ "display/edid_vendor", "display/edid_vendor", "three letters, null without EDID (edid)",
		NULL, read_edid_vendor },
	{ "display/edid_name", "display/edid_name", "product name, null without EDID (edid)", NULL,
		read_edid_name },
	{ "display/preferred", "display/preferred",
		"\"1280x800\": the EDID's preferred mode, null without EDID (edid)", NULL,
		read_preferred },
	{ "display/framebuffer", "display/framebuffer",
		"\"1024x768\": size of the first framebuffer device (fbdev)", NULL,
		read_framebuffer },
	{ "desktop/manager", "desktop/manager",
		"\"lightdm.service\": the unit of the display manager, null if there is none (systemd)",
		NULL, read_manager },
	{ "desktop/state", "desktop/state", "that unit's state: \"active\" (systemd)", NULL,
		read_state },
	{ "desktop/session", "desktop/session",
		"whose session has the screen: \"greeter\" or \"user\", null if nobody's (logind)",
		NULL, read_session },
	{ "desktop/server", "desktop/server",
		"\"x11\" or \"wayland\": the display server that answered, null if none did", NULL,
		read_server },
	{ "desktop/mode", "desktop/mode",
		"\"1280x800\": that server's own word of its first output, null if it has none (x11, wayland)",
		NULL, read_server_mode },
	{ "desktop/settled", "desktop/settled",
		"had it drawn itself, and the guest no more to do, when the report was made?", NULL,
		read_settled },
	{ "kernel/release", "kernel/release", "the guest kernel's release", NULL, read_release },
	{ "hypervisor/type", "hypervisor/type", "\"xen\", or null where there is none", NULL,
		read_hypervisor },
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static const struct field *find(const char *name, const char **rest_r, struct problem *why)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		size_t length = strlen(fields[i].prefix);

		if (strncmp(name, fields[i].prefix, length) != 0)
			continue;
		if (fields[i].rest_ok ? !fields[i].rest_ok(name + length) : name[length])
			continue;
		*rest_r = name + length;
		return &fields[i];
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
	for (size_t i = 0; i < FIELD_COUNT; i++)
		each(data, fields[i].pattern, fields[i].meaning);
}
