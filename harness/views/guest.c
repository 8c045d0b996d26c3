#include <stdio.h>
#include <string.h>

#include "harness/views/private.h"
#include "src/document.h"
#include "src/field.h"
#include "src/report.h"

#define IDS_SIZE (sizeof("8086:1237"))

/* What the guest has, and which of its functions are spoken for. */
struct seen {
	const json_t *functions[REPORT_FUNCTIONS_MAX]; /* of the root bus */
	char ids[REPORT_FUNCTIONS_MAX][IDS_SIZE];      /* of each, "8086:1237" */
	bool taken[REPORT_FUNCTIONS_MAX];
	size_t count;
	struct view view;
};

/* "0x8086" and "0x1237" -> "8086:1237" */
static void ids_of(const json_t *function, char ids[static IDS_SIZE])
{
	const char *vendor = document_text(function, "vendor");
	const char *device = document_text(function, "device");

	snprintf(ids, IDS_SIZE, "%.4s:%.4s", vendor[0] ? vendor + strlen("0x") : "",
		device[0] ? device + strlen("0x") : "");
}

static const json_t *functions_of(const json_t *report)
{
	return json_object_get(json_object_get(report, "pci"), "functions");
}

/* Only the root bus: QEMU is asked before the firmware numbers what is behind bridges. */
static void collect(struct seen *seen, const json_t *report)
{
	const json_t *list = functions_of(report), *function;
	size_t i;

	json_array_foreach(list, i, function)
	{
		if (strncmp(document_text(function, "address"), "0000:00:", 8) != 0 ||
			seen->count == REPORT_FUNCTIONS_MAX)
			continue;
		ids_of(function, seen->ids[seen->count]);
		seen->functions[seen->count++] = function;
	}
}

/* The function that is free, and at that address and of those ids where these are not "". */
static ssize_t find(const struct seen *seen, const char *address, const char *ids)
{
	for (size_t i = 0; i < seen->count; i++) {
		if (!seen->taken[i] && (!ids[0] || strcmp(seen->ids[i], ids) == 0) &&
			(!address[0] ||
				strcmp(document_text(seen->functions[i], "address"), address) == 0))
			return (ssize_t)i;
	}
	return -1;
}

/*
 * The function that QEMU's `known` is: where QEMU has it and of the same ids; else of its ids
 * elsewhere; else whatever is in its place. -1 if there is none of these, or QEMU has none.
 */
static ssize_t find_known(const struct seen *seen, const json_t *known)
{
	const char *address = document_text(known, "address"), *ids = document_text(known, "ids");
	ssize_t i = -1;

	if (!address[0])
		return -1;
	if (ids[0])
		i = find(seen, address, ids);
	if (i < 0 && ids[0])
		i = find(seen, "", ids);
	return i < 0 ? find(seen, address, "") : i;
}

/* What the guest says of function `at`, as the row; null if it is -1. */
static void put_found(struct seen *seen, const char *row, ssize_t at)
{
	const struct view_model *model;
	const json_t *function;
	const char *ids;
	char class[7];

	if (at < 0) {
		view_put(&seen->view, row, json_null());
		return;
	}
	seen->taken[at] = true;
	function = seen->functions[at];
	ids = seen->ids[at];
	model = view_model_of_ids(row, ids);
	/* Without the programming interface, which QEMU does not show. */
	snprintf(class, sizeof(class), "%s", document_text(function, "class"));
	view_put(&seen->view, row,
		json_pack("{s:O*, s:s, s:s*, s:s*}", "address",
			json_object_get(function, "address"), "ids", ids, "class",
			class[0] ? class : NULL, "model", model ? model->type : NULL));
}

/* QEMU's igd host bridge copies registers of the host's; where all are 0 either may be there. */
static void put_host_bridge(struct seen *seen)
{
	ssize_t at = find(seen, "0000:00:00.0", "");
	const json_t *value;
	const char *name;

	put_found(seen, "host-bridge", at);
	if (at < 0)
		return;
	json_object_foreach(
		(json_t *)json_object_get(seen->functions[at], "registers"), name, value)
	{
		const char *text = json_is_string(value) ? json_string_value(value) : "0x0";

		if (strspn(text, "0x") != strlen(text))
			json_object_set_new(json_object_get(seen->view.rows, "host-bridge"), "kind",
				json_string("igd"));
	}
}

/* An emulated device of a row: as QEMU has it, else the first of the ids that such a one has. */
static void put_model(struct seen *seen, const char *row, const json_t *qemu)
{
	ssize_t at = find_known(seen, json_object_get(qemu, row));

	for (const struct view_model *model = view_models; model->row && at < 0; model++) {
		if (strcmp(model->row, row) == 0)
			at = find(seen, "", model->ids);
	}
	put_found(seen, row, at);
}

/* The IGD is the display function of Intel, wherever it sits; of another device the address that
 * somebody knows is needed, and without one nothing is said. */
static void put_passed(struct seen *seen, const char *row, json_t *const views[VIEW_LAYERS])
{
	const json_t *qemu = json_object_get(views[VIEW_QEMU], row);
	ssize_t at = find_known(seen, qemu);
	bool known = qemu;

	if (at < 0 && strcmp(row, VIEW_IGD) == 0) {
		for (size_t i = 0; i < seen->count && at < 0; i++) {
			if (!seen->taken[i] && field_is_igd(seen->functions[i]))
				at = (ssize_t)i;
		}
		put_found(seen, row, at);
		return;
	}
	for (int layer = VIEW_LIBXL; layer >= VIEW_CONFIG && at < 0; layer--) {
		const char *address = document_text(json_object_get(views[layer], row), "address");

		if (!address[0])
			continue;
		known = true;
		at = find(seen, address, "");
	}
	if (known)
		put_found(seen, row, at);
}

static void put_all_passed(struct seen *seen, json_t *const views[VIEW_LAYERS])
{
	for (int layer = VIEW_CONFIG; layer < VIEW_GUEST; layer++) {
		const char *row;
		json_t *value;

		json_object_foreach(views[layer], row, value)
		{
			if (strncmp(row, VIEW_PASSED, strlen(VIEW_PASSED)) == 0 &&
				!json_object_get(seen->view.rows, row))
				put_passed(seen, row, views);
		}
	}
}

/* The first connected connector of the card at that address. */
static const json_t *connector_at(const json_t *report, const char *address)
{
	const json_t *cards = json_object_get(json_object_get(report, "display"), "cards");
	const json_t *card, *connector;
	size_t i, j;

	json_array_foreach(cards, i, card)
	{
		if (strcmp(document_text(card, "pci"), address) != 0)
			continue;
		json_array_foreach(json_object_get(card, "connectors"), j, connector)
		{
			if (strcmp(document_text(connector, "status"), "connected") == 0)
				return connector;
		}
	}
	return NULL;
}

/* {"KEY": "1280x800"}, or null if there is no such size. */
static json_t *size_value(const char *key, const json_t *size)
{
	json_int_t width = json_integer_value(json_object_get(size, "width"));
	json_int_t height = json_integer_value(json_object_get(size, "height"));

	if (!json_is_object(size))
		return json_null();
	return json_pack("{s:o}", key,
		json_sprintf("%" JSON_INTEGER_FORMAT "x%" JSON_INTEGER_FORMAT, width, height));
}

/* What the emulated adapter's connector shows: the EDID that came through, the mode chosen. */
static void put_display(struct seen *seen, const json_t *report)
{
	const char *address = document_text(json_object_get(seen->view.rows, "vga"), "address");
	const json_t *connector = address[0] ? connector_at(report, address) : NULL;
	const json_t *edid = json_object_get(connector, "edid");
	const json_t *crtc = json_object_get(connector, "crtc");
	json_t *value;

	if (json_is_null(edid) || json_integer_value(json_object_get(edid, "bytes")) == 0) {
		if (edid)
			view_put(&seen->view, "edid", json_null());
	} else {
		value = size_value("preferred", json_object_get(edid, "preferred"));
		if (json_is_null(value))
			value = json_object();
		json_object_set(value, "bytes", json_object_get(edid, "bytes"));
		view_put(&seen->view, "edid", value);
	}
	if (crtc)
		view_put(&seen->view, "mode", size_value("mode", json_object_get(crtc, "mode")));
}

static void put_opregion(struct seen *seen, const json_t *report)
{
	const json_t *opregion = json_object_get(field_igd(report), "opregion");
	const json_t *signature = json_object_get(opregion, "signature");

	/* The agent could not read there: nothing is known. */
	if (!opregion || (json_is_object(opregion) && !json_is_string(signature)))
		return;
	if (strcmp(document_text(opregion, "signature"), "IntelGraphicsMem") == 0)
		view_put(&seen->view, "opregion", json_pack("{s:O}", "signature", signature));
	else
		view_put(&seen->view, "opregion", json_null());
}

/* What is left: each function by its address; and those that QEMU has and the guest has not. */
static void put_others(struct seen *seen, json_t *qemu)
{
	const char *row;
	json_t *value;

	put_found(seen, "isa-bridge", find(seen, "0000:00:1f.0", ""));
	for (size_t i = 0; i < seen->count; i++) {
		char key[VIEW_KEY_MAX];

		if (seen->taken[i])
			continue;
		snprintf(key, sizeof(key), VIEW_FUNCTION "%s",
			document_text(seen->functions[i], "address"));
		put_found(seen, key, (ssize_t)i);
	}
	json_object_foreach(qemu, row, value)
	{
		if (strncmp(row, VIEW_FUNCTION, strlen(VIEW_FUNCTION)) == 0 &&
			!json_object_get(seen->view.rows, row))
			view_put(&seen->view, row, json_null());
	}
}

json_t *view_of_guest(const json_t *report, json_t *const views[VIEW_LAYERS])
{
	struct seen seen = { .view.rows = json_object() };

	if (functions_of(report)) {
		collect(&seen, report);
		put_host_bridge(&seen);
		/* Before the emulated: a device of the host may have the ids of one. */
		put_all_passed(&seen, views);
		put_model(&seen, "platform", views[VIEW_QEMU]);
		put_model(&seen, "vga", views[VIEW_QEMU]);
		put_model(&seen, "nic", views[VIEW_QEMU]);
		put_others(&seen, views[VIEW_QEMU]);
		put_display(&seen, report);
		put_opregion(&seen, report);
	}
	return view_done(&seen.view);
}

json_t *view_of_firmware(const json_t *report, json_t *const views[VIEW_LAYERS])
{
	const json_t *registers = json_object_get(field_igd(report), "registers");
	const json_t *asls = json_object_get(registers, "0xfc");
	struct view view = { .rows = json_object() };

	if (json_is_string(asls))
		view_put(&view, "opregion",
			strcmp(json_string_value(asls), "0x00000000") == 0
				? json_null()
				: json_pack("{s:O}", "asls", asls));
	return view_done(&view);
}
