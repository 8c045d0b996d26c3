#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/views/private.h"
#include "src/document.h"
#include "src/report.h"

#define ROWS_MAX (4 * REPORT_FUNCTIONS_MAX) /* more than two layers can have functions */

const struct view_name view_names[VIEW_LAYERS] = {
	[VIEW_CONFIG] = { "config", "the configuration" },
	[VIEW_LIBXL] = { "libxl", "libxl" },
	[VIEW_POLICY] = { "policy", "the policy" },
	[VIEW_QEMU] = { "qemu", "QEMU" },
	[VIEW_FIRMWARE] = { "firmware", "the firmware" },
	[VIEW_GUEST] = { "guest", "the guest" },
};

/* Ids: QEMU's include/hw/pci/pci_ids.h and each device's own file. */
const struct view_model view_models[] = {
	{ "platform", "xen-platform", NULL, "5853:0001" },
	{ "vga", "VGA", "stdvga", "1234:1111" },
	{ "vga", "cirrus-vga", "cirrus", "1013:00b8" },
	{ "vga", "qxl-vga", "qxl", "1b36:0100" },
	{ "nic", "rtl8139", "rtl8139", "10ec:8139" },
	{ "nic", "e1000", "e1000", "8086:100e" },
	{ NULL },
};

/* The kinds of rows, in the order in which they are told. A key that ends with a space goes on with
 * an address. */
static const struct kind {
	const char *key;
	const char *device;
	const char *what; /* NULL: the address */
} kinds[] = {
	{ "host-bridge", "host-bridge", "the host bridge" },
	{ "platform", "platform", "Xen's platform device" },
	{ "vga", "vga", "the emulated display adapter" },
	{ "nic", "nic", "the emulated network adapter" },
	{ VIEW_IGD, "igd", "0000:00:02.0 of the host" },
	{ VIEW_PASSED, "passed", NULL },
	{ "isa-bridge", "isa-bridge", "0000:00:1f.0" },
	{ VIEW_FUNCTION, "function", NULL },
	{ "edid", "edid", "the EDID of the emulated display adapter" },
	{ "mode", "mode", "the mode of the emulated display adapter" },
	{ "opregion", "opregion", "the IGD's OpRegion" },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* What must be the same from layer to layer. */
static const char *const compared[] = { "kind", "model", "type", "address", "ids", "class",
	"preferred", "mode" };

/* What is known of why a row parts at a layer. */
static const struct hint {
	const char *key;
	enum view_layer layer;
	const char *text;
} hints[] = {
	{ "host-bridge", VIEW_QEMU,
		"only the machine xenfv makes the igd host bridge: pc_xen_hvm_init(), hw/i386/pc_piix.c" },
	{ "nic", VIEW_GUEST,
		"Linux with a xen-platform unplugs emulated network adapters unless told xen_emul_unplug=never" },
	{ VIEW_IGD, VIEW_LIBXL, "libxl.log and qemu.log say why" },
	{ VIEW_PASSED, VIEW_LIBXL, "libxl.log and qemu.log say why" },
	{ "opregion", VIEW_FIRMWARE,
		"hvmloader writes 0xfc only when no emulated VGA stands before the IGD" },
	{ "opregion", VIEW_GUEST,
		"where 0xfc points there is no OpRegion: the host may have none" },
};

const struct view_model *view_model_of_type(const char *type)
{
	for (const struct view_model *model = view_models; model->row; model++) {
		if (strcmp(model->type, type) == 0)
			return model;
	}
	return NULL;
}

const struct view_model *view_model_of_ids(const char *row, const char *ids)
{
	for (const struct view_model *model = view_models; model->row; model++) {
		if (strcmp(model->row, row) == 0 && strcmp(model->ids, ids) == 0)
			return model;
	}
	return NULL;
}

void view_put(struct view *view, const char *row, json_t *value)
{
	if (json_object_set_new(view->rows, row, value) < 0)
		view->failed = true;
}

void view_put_at(struct view *view, const char *prefix, const char *address, json_t *value)
{
	char row[VIEW_KEY_MAX];

	snprintf(row, sizeof(row), "%s%s", prefix, address);
	view_put(view, row, value);
}

json_t *view_done(struct view *view)
{
	if (!view->failed)
		return view->rows;
	json_decref(view->rows);
	return NULL;
}

static bool is_of(const char *key, const char *row)
{
	size_t length = strlen(key);

	return key[length - 1] == ' ' ? strncmp(row, key, length) == 0 : strcmp(row, key) == 0;
}

static const struct kind *kind_of(const char *row)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (is_of(kinds[i].key, row))
			return &kinds[i];
	}
	return NULL;
}

static int by_kind(const void *a, const void *b)
{
	const char *first = *(const char *const *)a, *second = *(const char *const *)b;
	const struct kind *first_kind = kind_of(first), *second_kind = kind_of(second);

	if (first_kind != second_kind)
		return first_kind < second_kind ? -1 : 1;
	return strcmp(first, second);
}

/* Which layer parts from which, and how. */
struct parting {
	int layer, before; /* -1: none */
	const char *key;   /* NULL: in being there */
};

/* The layer before `layer` that says something of the row, or of its `key` if that is not NULL. */
static int layer_before(
	json_t *const views[VIEW_LAYERS], const char *row, const char *key, int layer)
{
	while (--layer >= 0) {
		const json_t *value = json_object_get(views[layer], row);

		if (key ? json_is_object(value) && json_object_get(value, key) : value != NULL)
			return layer;
	}
	return -1;
}

static struct parting find_parting(json_t *const views[VIEW_LAYERS], const char *row)
{
	for (int layer = 0; layer < VIEW_LAYERS; layer++) {
		const json_t *value = json_object_get(views[layer], row);
		int before = layer_before(views, row, NULL, layer);

		if (!value || before < 0)
			continue;
		if (json_is_null(value) != json_is_null(json_object_get(views[before], row)))
			return (struct parting){ layer, before, NULL };
		for (size_t i = 0; i < sizeof(compared) / sizeof(compared[0]); i++) {
			const json_t *own = json_object_get(value, compared[i]);

			before = layer_before(views, row, compared[i], layer);
			if (own && before >= 0 &&
				!json_equal(
					own, json_object_get(json_object_get(views[before], row),
						     compared[i])))
				return (struct parting){ layer, before, compared[i] };
		}
	}
	return (struct parting){ -1, -1, NULL };
}

static const char *hint_for(const char *row, int layer)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		if (is_of(hints[i].key, row) && (int)hints[i].layer == layer)
			return hints[i].text;
	}
	return NULL;
}

static json_t *why_of(
	json_t *const views[VIEW_LAYERS], const char *row, const struct parting *parting)
{
	const json_t *before = json_object_get(views[parting->before], row);
	const json_t *own = json_object_get(views[parting->layer], row);
	const char *hint = hint_for(row, parting->layer);
	const char *who = view_names[parting->layer].who;
	const char *who_before = view_names[parting->before].who;

	if (parting->key)
		return json_sprintf("%s: %s has %s, %s has %s%s%s", parting->key, who_before,
			document_text(before, parting->key), who, document_text(own, parting->key),
			hint ? "; " : "", hint ? hint : "");
	return json_sprintf("%s has it, %s has not%s%s", json_is_null(own) ? who_before : who,
		json_is_null(own) ? who : who_before, hint ? "; " : "", hint ? hint : "");
}

/* One entry of "devices"; *layer_r is where it parts, or -1. */
static json_t *row_entry(json_t *const views[VIEW_LAYERS], const char *row, int *layer_r)
{
	const struct parting parting = find_parting(views, row);
	const struct kind *kind = kind_of(row);
	const char *address = kind ? row + strlen(kind->key) : NULL;
	json_t *entry;

	if (!kind) /* list_rows() lists none */
		return NULL;
	entry = json_pack("{s:s, s:o}", "device", kind->device, "what",
		kind->what ? json_string(kind->what)
			   : json_sprintf("%s%s", address,
				     strcmp(kind->key, VIEW_PASSED) == 0 ? " of the host" : ""));

	for (int layer = 0; layer < VIEW_LAYERS && entry; layer++) {
		json_t *value = json_object_get(views[layer], row);

		if (value && json_object_set(entry, view_names[layer].name, value) < 0) {
			json_decref(entry);
			return NULL;
		}
	}
	*layer_r = parting.layer;
	if (entry) {
		json_object_set_new(entry, "parts_at",
			parting.layer < 0 ? json_null()
					  : json_string(view_names[parting.layer].name));
		json_object_set_new(entry, "why",
			parting.layer < 0 ? json_string("") : why_of(views, row, &parting));
	}
	return entry;
}

/* Every row of which some layer has an object, once, in order. */
static size_t list_rows(json_t *const views[VIEW_LAYERS], const char *rows[static ROWS_MAX])
{
	size_t count = 0;

	for (int layer = 0; layer < VIEW_LAYERS; layer++) {
		const char *row;
		json_t *value;

		json_object_foreach(views[layer], row, value)
		{
			bool listed = !kind_of(row) || !json_is_object(value);

			for (int k = 0; k < layer && !listed; k++)
				listed = json_is_object(json_object_get(views[k], row));
			if (!listed && count < ROWS_MAX)
				rows[count++] = row;
		}
	}
	qsort(rows, count, sizeof(rows[0]), by_kind);
	return count;
}

json_t *views_compare(json_t *const views[VIEW_LAYERS], enum view_layer *parts_at_r)
{
	const char *rows[ROWS_MAX];
	size_t count = list_rows(views, rows);
	json_t *devices = json_array();

	*parts_at_r = VIEW_LAYERS;
	for (size_t i = 0; i < count && devices; i++) {
		int layer = -1;

		if (json_array_append_new(devices, row_entry(views, rows[i], &layer)) < 0) {
			json_decref(devices);
			return NULL;
		}
		if (layer >= 0 && layer < (int)*parts_at_r)
			*parts_at_r = (enum view_layer)layer;
	}
	return devices;
}
