#include <stdio.h>
#include <string.h>

#include "harness/views/private.h"
#include "harness/views/views.h"
#include "src/document.h"
#include "src/field.h"

/* A wrong value, and where to look. */
struct question {
	const json_t *views;
	const char *field;
	const char *rest; /* of the field's name, behind the part by which it was found */
	const json_t *expected, *report;
};

/* What a layer says in an entry of "devices": an object, null, or NULL: nothing. */
static const json_t *said(const json_t *entry, int layer)
{
	return json_object_get(entry, view_names[layer].name);
}

static const json_t *entry_of(const json_t *views, const char *device)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(views, "devices"), i, entry)
	{
		if (strcmp(document_text(entry, "device"), device) == 0)
			return entry;
	}
	return NULL;
}

/* The address at which a layer has, or before QEMU asked for, the device; "" if it says none. */
static const char *address_in(const json_t *entry, int layer)
{
	const json_t *value = said(entry, layer);

	return json_object_get(value, "learned") ? "" : document_text(value, "address");
}

/* The entry of the device that a layer has at that address; NULL if it says none. */
static const json_t *entry_at(const json_t *views, int layer, const char *address)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(views, "devices"), i, entry)
	{
		if (strcmp(address_in(entry, layer), address) == 0)
			return entry;
	}
	return NULL;
}

static bool is_known(const json_t *views, int layer)
{
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(views, "layers"), i, name)
	{
		if (strcmp(json_string_value(name), view_names[layer].name) == 0)
			return true;
	}
	return false;
}

/* The ids of a device, by the first that knows them; "" if nobody does. */
static const char *ids_of(const json_t *entry, int layer)
{
	const char *own = document_text(said(entry, layer), "ids");
	const char *device = document_text(entry, "device");
	const struct view_model *model =
		view_model_of_type(document_text(said(entry, layer), "model"));

	if (own[0])
		return own;
	if (model)
		return model->ids;
	/* A machine's own platform device, of which nobody says the type. */
	if (strcmp(device, "platform") == 0)
		return "5853:0001";
	for (int k = VIEW_QEMU; k < VIEW_LAYERS; k++) {
		own = document_text(said(entry, k), "ids");
		if (own[0])
			return own;
	}
	return "";
}

/* Where QEMU and guest have the same at that address, only what the guest makes of it is left. */
static const char *same_place(const json_t *views, const char *address)
{
	const json_t *qemu = address[0] ? entry_at(views, VIEW_QEMU, address) : NULL;

	if (!qemu || qemu != entry_at(views, VIEW_GUEST, address))
		return NULL;
	return view_names[VIEW_GUEST].name;
}

/* The first layer, up to and with `last`, that says whether the device is there, and says wrong. */
static const char *wrong_presence(const json_t *entry, bool wanted, int last)
{
	for (int layer = 0; layer <= last; layer++) {
		const json_t *value = said(entry, layer);

		if (value && json_is_object(value) != wanted)
			return view_names[layer].name;
	}
	return NULL;
}

static bool is_text(const json_t *value, const char *text)
{
	return json_is_string(value) && strcmp(json_string_value(value), text) == 0;
}

/* slot/NN, or with /class and the like: NN is a slot of the root bus, by field_check(). */
static const char *blame_slot(const struct question *q)
{
	char address[BDF_TEXT_MAX];

	snprintf(address, sizeof(address), "0000:00:%.2s.0", q->rest);
	if (strlen(q->rest) > 2)
		return same_place(q->views, address);
	for (int layer = 0; layer < VIEW_GUEST; layer++) {
		const json_t *entry = entry_at(q->views, layer, address);
		const char *ids = ids_of(entry, layer);

		if (entry ? ids[0] && !is_text(q->expected, ids)
			  : layer == VIEW_QEMU && is_known(q->views, layer) &&
					!json_is_null(q->expected))
			return view_names[layer].name;
	}
	return is_known(q->views, VIEW_QEMU) ? view_names[VIEW_GUEST].name : NULL;
}

/* A register that only the igd host bridge has other than 0; its value then is the host's. */
static const char *blame_host_bridge(const struct question *q)
{
	const json_t *entry = entry_of(q->views, "host-bridge");
	const char *text = json_is_string(q->expected) ? json_string_value(q->expected) : "";

	if (strspn(text, "0x") == strlen(text))
		return NULL;
	for (int layer = 0; layer <= VIEW_QEMU; layer++) {
		if (strcmp(document_text(said(entry, layer), "kind"), "plain") == 0)
			return view_names[layer].name;
	}
	return NULL;
}

static const char *blame_igd_address(const struct question *q)
{
	const json_t *entry = entry_of(q->views, "igd");

	for (int layer = 0; layer < VIEW_LAYERS; layer++) {
		const char *address = address_in(entry, layer);
		const json_t *value = said(entry, layer);

		if (value && json_is_null(value) ? !json_is_null(q->expected)
						 : address[0] && !is_text(q->expected, address))
			return view_names[layer].name;
	}
	return NULL;
}

static const char *blame_igd(const struct question *q)
{
	const json_t *entry = entry_of(q->views, "igd");
	const char *wrong = NULL;

	/* An IGD without a driver, an error or a firmware that is missing has null there, as no IGD
	 * has: a null that is expected of a driver says nothing of the device. */
	if (!json_is_null(q->expected) || !field_of_driver(q->field))
		wrong = wrong_presence(entry, !json_is_null(q->expected), VIEW_QEMU);
	return wrong ? wrong : same_place(q->views, address_in(entry, VIEW_GUEST));
}

/* What QEMU hands through of the device: if it has the device, what is wrong went wrong there. */
static const char *blame_igd_config(const struct question *q)
{
	const char *wrong = blame_igd(q);

	return wrong == view_names[VIEW_GUEST].name ? view_names[VIEW_QEMU].name : wrong;
}

/* The addresses of its BARs, and the memory map around it, are the firmware's. */
static const char *blame_firmware(const struct question *q)
{
	const char *wrong = blame_igd(q);

	return wrong == view_names[VIEW_GUEST].name ? view_names[VIEW_FIRMWARE].name : wrong;
}

/* The VBT that the driver has is the OpRegion's. Where that has none, the driver cannot find one:
 * it wants the signature "$VBT", intel_bios_is_valid_vbt() in i915's intel_bios.c. */
static const char *blame_vbt(const struct question *q)
{
	const char *wrong = blame_igd(q);
	json_t *vbt = NULL;
	bool none;

	if (wrong != view_names[VIEW_GUEST].name)
		return wrong;
	none = field_get(q->report, "igd/opregion/vbt", &vbt, NULL) == 0 &&
	       (json_is_null(vbt) || strncmp(json_string_value(vbt), "$VBT", 4) != 0);
	json_decref(vbt);
	return none ? view_names[VIEW_FIRMWARE].name : wrong;
}

/* An emulated device is what QEMU makes it, but for its driver. */
static const char *blame_emulated(const struct question *q)
{
	const char *key = strrchr(q->rest, '/');

	if (!is_known(q->views, VIEW_QEMU))
		return NULL;
	return view_names[key && strcmp(key, "/driver") == 0 ? VIEW_GUEST : VIEW_QEMU].name;
}

/* QEMU hands through what the device is, as it does of the IGD; who left the device out, no layer
 * but libxl's own log shows. */
static const char *blame_passed(const struct question *q)
{
	const char *key = strchr(q->rest, '/');

	if (!key || strcmp(key, "/address") == 0)
		return NULL;
	return blame_emulated(q);
}

/* The firmware writes 0xfc. What then stands where it points is the host's, of which no layer has
 * a view. */
static const char *blame_opregion(const struct question *q)
{
	const json_t *igd = entry_of(q->views, "igd"), *entry = entry_of(q->views, "opregion");
	bool wanted = !json_is_null(q->expected) && !is_text(q->expected, "0x00000000");
	const char *wrong = wanted ? wrong_presence(igd, true, VIEW_GUEST) : NULL;
	const json_t *firmware = said(entry, VIEW_FIRMWARE);

	if (wrong)
		return wrong;
	if (!firmware || json_is_object(firmware) == wanted)
		return NULL;
	return view_names[VIEW_FIRMWARE].name;
}

/* QEMU maps the host's pages there: other bytes than the host's are its fault. */
static const char *blame_opregion_bytes(const struct question *q)
{
	const char *wrong = blame_opregion(q);

	if (wrong || !json_is_object(said(entry_of(q->views, "opregion"), VIEW_FIRMWARE)))
		return wrong;
	return same_place(q->views, address_in(entry_of(q->views, "igd"), VIEW_GUEST))
		       ? view_names[VIEW_QEMU].name
		       : NULL;
}

/* Is the field one of any card but the Intel GPU's? An emulated adapter is the only such card. */
static bool is_of_vga(const struct question *q)
{
	return strncmp(q->field, "display@vga/", strlen("display@vga/")) == 0;
}

/* The address of the card that the field is about; "" if there is none. */
static const char *lead_card(const struct question *q)
{
	const json_t *card = NULL;
	bool looked;

	if (is_of_vga(q))
		return address_in(entry_of(q->views, "vga"), VIEW_GUEST);
	return field_lead_connector(q->report, &card, &looked) ? document_text(card, "pci") : "";
}

/* Whether an emulated adapter speaks for the display, so that its EDID is QEMU's. */
static bool is_emulated(const struct question *q)
{
	const char *address = address_in(entry_of(q->views, "vga"), VIEW_GUEST);

	return address[0] && strcmp(address, lead_card(q)) == 0;
}

static const char *blame_display(const struct question *q)
{
	const char *wrong = NULL;

	/* Null is a card that is not there for this field alone: others have it of a card, too. */
	if (is_of_vga(q) && (!json_is_null(q->expected) || strcmp(q->rest, "cards") == 0))
		wrong = wrong_presence(
			entry_of(q->views, "vga"), !json_is_null(q->expected), VIEW_QEMU);
	return wrong ? wrong : same_place(q->views, lead_card(q));
}

/* edid_bytes, edid_vendor, edid_name: what is in the EDID no layer but the guest shows. */
static const char *blame_edid(const struct question *q)
{
	bool wanted = !json_is_null(q->expected) &&
		      !(json_is_integer(q->expected) && json_integer_value(q->expected) == 0);

	if (!is_emulated(q))
		return blame_display(q);
	return wrong_presence(entry_of(q->views, "edid"), wanted, VIEW_GUEST);
}

/* The first layer, up to and with `last`, whose EDID prefers another mode than expected. */
static const char *wrong_preferred(const struct question *q, int last)
{
	for (int layer = 0; layer <= last; layer++) {
		const json_t *preferred =
			json_object_get(said(entry_of(q->views, "edid"), layer), "preferred");

		if (preferred && !json_equal(preferred, q->expected))
			return view_names[layer].name;
	}
	return NULL;
}

static const char *blame_preferred(const struct question *q)
{
	const char *wrong;

	if (!is_emulated(q))
		return blame_display(q);
	wrong = wrong_presence(entry_of(q->views, "edid"), !json_is_null(q->expected), VIEW_GUEST);
	return wrong ? wrong : wrong_preferred(q, VIEW_GUEST);
}

/*
 * A guest that has an EDID shall take what it prefers, and the EDID is QEMU's. Without one it takes
 * what its driver likes, and that is the fault of who left the EDID out.
 */
static const char *blame_mode(const struct question *q)
{
	const json_t *edid = entry_of(q->views, "edid"), *guest = said(edid, VIEW_GUEST);
	const char *wrong;
	json_t *mode = NULL;
	bool obeys;

	if (!is_emulated(q))
		return blame_display(q);
	if (!guest || json_is_null(guest)) {
		wrong = wrong_presence(edid, true, VIEW_QEMU);
		if (wrong)
			return wrong;
		return json_is_object(said(edid, VIEW_QEMU)) ? view_names[VIEW_GUEST].name : NULL;
	}
	wrong = wrong_preferred(q, VIEW_QEMU);
	if (wrong)
		return wrong;
	if (field_get(q->report, q->field, &mode, NULL) < 0)
		return NULL;
	obeys = json_equal(mode, json_object_get(guest, "preferred"));
	json_decref(mode);
	return view_names[obeys ? VIEW_QEMU : VIEW_GUEST].name;
}

/* By the beginning of the field's name; the first that fits. */
static const struct {
	const char *prefix;
	const char *(*blame)(const struct question *q);
} blames[] = {
	{ "slot/", blame_slot },
	{ "host_bridge/", blame_host_bridge },
	{ "igd/address", blame_igd_address },
	{ "igd/opregion/address", blame_opregion },
	{ "igd/opregion/", blame_opregion_bytes },
	{ "igd/0xfc", blame_opregion },
	{ "igd/0x", blame_igd_config },
	{ "igd/capability/", blame_igd_config },
	{ "igd/revision", blame_igd_config },
	{ "igd/subsystem", blame_igd_config },
	{ "igd/header_type", blame_igd_config },
	{ "igd/rom", blame_igd_config },
	{ "igd/vbt/", blame_vbt },
	{ "igd/bars", blame_firmware },
	{ "iomem/", blame_firmware },
	{ "bars/", blame_firmware },
	{ "igd/", blame_igd },
	{ "display@igd/", blame_igd },
	{ "function/", blame_emulated },
	{ "device/", blame_emulated },
	{ "passed/", blame_passed },
	{ "display@vga/edid_", blame_edid },
	{ "display@vga/preferred", blame_preferred },
	{ "display@vga/mode", blame_mode },
	{ "display@vga/", blame_display },
	{ "display/edid_", blame_edid },
	{ "display/preferred", blame_preferred },
	{ "display/mode", blame_mode },
	{ "display/", blame_display },
};

#define BLAMES (sizeof(blames) / sizeof(blames[0]))

const char *views_blame(
	const json_t *views, const char *field, const json_t *expected, const json_t *report)
{
	struct question question = { views, field, field, expected, report };
	const char *layer = NULL;
	size_t i = 0;

	while (i < BLAMES && strncmp(field, blames[i].prefix, strlen(blames[i].prefix)) != 0)
		i++;
	if (i < BLAMES) {
		question.rest = field + strlen(blames[i].prefix);
		layer = blames[i].blame(&question);
	}
	/* The guest only shows what came of it, unless QEMU is known to have had it right. */
	if (layer == view_names[VIEW_GUEST].name && !is_known(views, VIEW_QEMU))
		return NULL;
	return layer;
}
