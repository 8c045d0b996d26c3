/* display/...: what the display shows; display@igd/... and display@vga/... say whose. */
#include <string.h>

#include "src/document.h"
#include "src/field.h"
#include "src/field_private.h"

/* The card whose connector a field is about. */
enum whose { ANY_CARD, IGD_CARD, OTHER_CARD };

static bool is_card(const json_t *card, enum whose whose, const char *igd)
{
	bool of_igd = igd[0] && strcmp(document_text(card, "pci"), igd) == 0;

	return whose == ANY_CARD || of_igd == (whose == IGD_CARD);
}

/* Why one of those cards did not answer the agent (guests/agent/kms.c); NULL if all did. */
static const char *why_late(const json_t *report, enum whose whose)
{
	const json_t *cards = json_object_get(json_object_get(report, "display"), "cards"), *card;
	const char *igd = document_text(field_igd(report), "address");
	size_t i;

	json_array_foreach(cards, i, card)
	{
		if (is_card(card, whose, igd) && json_object_get(card, "error") &&
			strcmp(document_text(card, "observer"), "agent") == 0)
			return document_text(card, "error");
	}
	return NULL;
}

/* The first connected connector of those cards (borrowed), and its card; NULL if there is none. */
static const json_t *find_connector(
	const json_t *report, enum whose whose, const json_t **card_r, bool *looked_r)
{
	const json_t *cards = json_object_get(json_object_get(report, "display"), "cards");
	const char *igd = document_text(field_igd(report), "address");
	const json_t *card, *connector;
	size_t i, j;

	*looked_r = json_is_array(cards);
	json_array_foreach(cards, i, card)
	{
		if (!is_card(card, whose, igd))
			continue;
		json_array_foreach(json_object_get(card, "connectors"), j, connector)
		{
			if (strcmp(document_text(connector, "status"), "connected") == 0) {
				*card_r = card;
				return connector;
			}
		}
	}
	return NULL;
}

const json_t *field_lead_connector(const json_t *report, const json_t **card_r, bool *looked_r)
{
	return find_connector(report, ANY_CARD, card_r, looked_r);
}

/* Each is asked about a connector that is there. */

static int give_mode(const json_t *card, const json_t *connector, json_t **value_r)
{
	const json_t *crtc = json_object_get(connector, "crtc");

	return json_is_null(crtc) ? field_give(crtc, value_r)
				  : field_give_size(json_object_get(crtc, "mode"), value_r);
}

static int give_driver(const json_t *card, const json_t *connector, json_t **value_r)
{
	return field_give(json_object_get(card, "driver"), value_r);
}

static int give_card(const json_t *card, const json_t *connector, json_t **value_r)
{
	return field_give(json_object_get(card, "pci"), value_r);
}

static int give_name(const json_t *card, const json_t *connector, json_t **value_r)
{
	return field_give(json_object_get(connector, "name"), value_r);
}

static int give_framebuffer(const json_t *card, const json_t *connector, json_t **value_r)
{
	return field_give_size(json_object_get(connector, "framebuffer"), value_r);
}

static int give_edid(const json_t *connector, const char *key, json_t **value_r)
{
	const json_t *edid = json_object_get(connector, "edid");

	return field_give(json_is_null(edid) ? edid : json_object_get(edid, key), value_r);
}

static int give_edid_bytes(const json_t *card, const json_t *connector, json_t **value_r)
{
	if (json_is_null(json_object_get(connector, "edid")))
		return field_give_new(json_integer(0), value_r);
	return give_edid(connector, "bytes", value_r);
}

static int give_edid_vendor(const json_t *card, const json_t *connector, json_t **value_r)
{
	return give_edid(connector, "vendor", value_r);
}

static int give_edid_name(const json_t *card, const json_t *connector, json_t **value_r)
{
	return give_edid(connector, "name", value_r);
}

static int give_edid_sha256(const json_t *card, const json_t *connector, json_t **value_r)
{
	return give_edid(connector, "sha256", value_r);
}

/* Without an EDID: what the kernel prefers of its own list, or lists first, as
 * drm_client_target_preferred() in drivers/gpu/drm/drm_client_modeset.c takes it, Linux 6.1. */
static const json_t *listed_mode(const json_t *connector)
{
	const json_t *modes = json_object_get(connector, "modes"), *mode;
	size_t i;

	json_array_foreach(modes, i, mode)
	{
		if (json_is_true(json_object_get(mode, "preferred")))
			return mode;
	}
	return json_array_get(modes, 0);
}

static int give_preferred(const json_t *card, const json_t *connector, json_t **value_r)
{
	const json_t *edid = json_object_get(connector, "edid"), *listed = listed_mode(connector);

	return field_give_size(
		json_is_null(edid) ? (listed ? listed : edid) : json_object_get(edid, "preferred"),
		value_r);
}

static const struct {
	const char *name;
	int (*give)(const json_t *card, const json_t *connector, json_t **value_r);
} keys[] = {
	{ "mode", give_mode },
	{ "driver", give_driver },
	{ "card", give_card },
	{ "connector", give_name },
	{ "edid_bytes", give_edid_bytes },
	{ "edid_vendor", give_edid_vendor },
	{ "edid_name", give_edid_name },
	{ "edid_sha256", give_edid_sha256 },
	{ "preferred", give_preferred },
	{ "framebuffer", give_framebuffer },
};

/* Could nobody look at the Intel GPU's display? A card of it has a driver, whoever made the report.
 */
static bool is_unseen(const json_t *report)
{
	const json_t *cards = json_object_get(json_object_get(report, "display"), "cards"), *card;
	const char *igd = document_text(field_igd(report), "address");
	size_t i;

	json_array_foreach(cards, i, card)
	{
		if (igd[0] && is_card(card, IGD_CARD, igd))
			return false;
	}
	return field_undriven(report);
}

static int read_of(const json_t *report, enum whose whose, const char *key, json_t **value_r)
{
	const json_t *card = NULL, *connector;
	bool looked;

	if (whose == IGD_CARD && is_unseen(report))
		return -ENODATA;
	connector = find_connector(report, whose, &card, &looked);
	if (!looked || why_late(report, whose))
		return -ENODATA;
	for (size_t i = 0; connector && i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i].name, key) == 0)
			return keys[i].give(card, connector, value_r);
	/* With none connected there is nothing, and an EDID has 0 bytes only where one could be. */
	return field_give_new(json_null(), value_r);
}

static bool is_key(const char *rest)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i].name, rest) == 0)
			return true;
	return false;
}

/* Without "@": the framebuffer has a row of its own. */
static bool is_plain_key(const char *rest)
{
	return is_key(rest) && strcmp(rest, "framebuffer") != 0;
}

static int read_any(const json_t *report, const char *rest, json_t **value_r)
{
	return read_of(report, ANY_CARD, rest, value_r);
}

/* All connectors of those cards, connected or not; of an Intel GPU the VBT decides which there are.
 */
static int read_connectors(const json_t *report, enum whose whose, json_t **value_r)
{
	const json_t *cards = json_object_get(json_object_get(report, "display"), "cards");
	const char *igd = document_text(field_igd(report), "address");
	char text[512] = "";
	const json_t *card, *connector;
	size_t i, j;

	if (why_late(report, whose))
		return -ENODATA;
	json_array_foreach(cards, i, card)
	{
		if (!is_card(card, whose, igd))
			continue;
		json_array_foreach(json_object_get(card, "connectors"), j, connector)
		{
			size_t used = strlen(text);

			snprintf(text + used, sizeof(text) - used, "%s%.32s", used ? " " : "",
				document_text(connector, "name"));
		}
	}
	if (!json_is_array(cards))
		return -ENODATA;
	return field_give_new(text[0] ? json_string(text) : json_null(), value_r);
}

/* The drivers of all cards but that of the Intel GPU, whether or not they have a connector. */
static int read_other_cards(const json_t *report, json_t **value_r)
{
	const json_t *cards = json_object_get(json_object_get(report, "display"), "cards"), *card;
	const char *igd = document_text(field_igd(report), "address");
	char text[512] = "";
	size_t i;

	if (!json_is_array(cards) || why_late(report, OTHER_CARD))
		return -ENODATA;
	json_array_foreach(cards, i, card)
	{
		size_t used = strlen(text);

		if (!is_card(card, OTHER_CARD, igd))
			continue;
		snprintf(text + used, sizeof(text) - used, "%s%.32s", used ? " " : "",
			document_text(card, "driver"));
	}
	return field_give_new(text[0] ? json_string(text) : json_null(), value_r);
}

/* By the name that DRM's fbdev emulation gives it: the driver's and "drmfb"; i915 had its own. */
static bool is_fbdev_of_igd(const char *driver)
{
	return strcmp(driver, "i915drmfb") == 0 || strcmp(driver, "inteldrmfb") == 0 ||
	       strcmp(driver, "xedrmfb") == 0;
}

/* "bochs-drmdrmfb 1024x768 32": all framebuffer devices but that of the Intel GPU. */
static int read_other_fbdevs(const json_t *report, json_t **value_r)
{
	const json_t *list = json_object_get(json_object_get(report, "display"), "framebuffers");
	const json_t *device;
	char text[512] = "";
	size_t i;

	if (!json_is_array(list))
		return -ENODATA;
	json_array_foreach(list, i, device)
	{
		const json_t *bits = json_object_get(device, "bits_per_pixel");
		size_t used = strlen(text);
		json_t *size = NULL;

		if (is_fbdev_of_igd(document_text(device, "driver")))
			continue;
		if (field_give_size(device, &size) < 0 || !json_is_integer(bits))
			return -ENODATA;
		snprintf(text + used, sizeof(text) - used, "%s%.32s %s %d", used ? " " : "",
			document_text(device, "driver"), json_string_value(size),
			(int)json_integer_value(bits));
		json_decref(size);
	}
	return field_give_new(text[0] ? json_string(text) : json_null(), value_r);
}

static bool is_other_key(const char *rest)
{
	return is_key(rest) || strcmp(rest, "cards") == 0 || strcmp(rest, "connectors") == 0 ||
	       strcmp(rest, "fbdev") == 0;
}

static int read_other(const json_t *report, const char *rest, json_t **value_r)
{
	if (strcmp(rest, "cards") == 0)
		return read_other_cards(report, value_r);
	if (strcmp(rest, "connectors") == 0)
		return read_connectors(report, OTHER_CARD, value_r);
	if (strcmp(rest, "fbdev") == 0)
		return read_other_fbdevs(report, value_r);
	return read_of(report, OTHER_CARD, rest, value_r);
}

static bool is_igd_key(const char *rest)
{
	return is_key(rest) || strcmp(rest, "connectors") == 0 || strcmp(rest, "set_by") == 0;
}

static int read_igd(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *mode;
	int r;

	if (is_unseen(report))
		return -ENODATA;
	if (strcmp(rest, "connectors") == 0)
		return read_connectors(report, IGD_CARD, value_r);
	if (strcmp(rest, "set_by") != 0)
		return read_of(report, IGD_CARD, rest, value_r);
	r = field_igd_part(report, "mode", &mode);
	if (r < 0)
		return r;
	if (!json_object_get(mode, "set_by"))
		return field_give_new(json_null(), value_r);
	return field_give(json_object_get(mode, "set_by"), value_r);
}

static int read_fbdev(const json_t *report, const char *rest, json_t **value_r)
{
	const json_t *list = json_object_get(json_object_get(report, "display"), "framebuffers");

	if (!json_is_array(list))
		return -ENODATA;
	if (json_array_size(list) == 0)
		return field_give_new(json_null(), value_r);
	return field_give_size(json_array_get(list, 0), value_r);
}

const char *field_display_unanswered(const json_t *report, const char *name)
{
	static const struct {
		const char *prefix;
		enum whose whose;
	} prefixes[] = { { "display@igd/", IGD_CARD }, { "igd/display/", IGD_CARD },
		{ "display@vga/", OTHER_CARD }, { "display/", ANY_CARD } };
	/* Of fbdev, which no card has to answer for. */
	static const char *const of_fbdev[] = { "display/framebuffer", "display@vga/fbdev" };

	for (size_t i = 0; i < sizeof(of_fbdev) / sizeof(of_fbdev[0]); i++)
		if (strcmp(name, of_fbdev[i]) == 0)
			return NULL;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(name, prefixes[i].prefix, strlen(prefixes[i].prefix)) == 0)
			return why_late(report, prefixes[i].whose);
	return NULL;
}

const struct field field_display_table[] = {
	{ "display/",
		"display/mode|driver|card|connector|edid_bytes|edid_vendor|edid_name|edid_sha256|preferred",
		"of the first connected connector of any card: \"1024x768\", its CRTC's mode; its card's driver and PCI address; its name and its EDID (kms, edid); null if none is connected",
		is_plain_key, read_any },
	{ "display/framebuffer", "display/framebuffer",
		"\"1024x768\": size of the first framebuffer device (fbdev)", NULL, read_fbdev },
	{ "display@igd/",
		"display@igd/mode|driver|card|connector|edid_bytes|edid_vendor|edid_name|edid_sha256|preferred|framebuffer",
		"the same, and its framebuffer, of the first connected connector of the Intel GPU's own card",
		is_key, read_igd },
	{ "display@vga/",
		"display@vga/mode|driver|card|connector|edid_bytes|edid_vendor|edid_name|edid_sha256|preferred|framebuffer",
		"the same of any other card, such as an emulated VGA", is_other_key, read_other },
	{ "display@vga/", "display@vga/cards|connectors|fbdev",
		"\"bochs-drm\", the drivers of all cards but that of the Intel GPU; their connectors; \"bochs-drmdrmfb 1024x768 32\", the framebuffer devices likewise; null if there is none (kms, fbdev)",
		is_other_key, read_other },
	{ "igd/display/",
		"igd/display/mode|display/driver|display/card|display/connector|display/edid_bytes|display/edid_vendor|display/edid_name|display/edid_sha256|display/preferred|display/framebuffer",
		"as display@igd/", is_key, read_igd },
	{ "igd/display/", "igd/display/connectors|display/set_by",
		"the names of all its connectors; what set its mode: \"kernel\" or \"agent\"",
		is_igd_key, read_igd },
	{ NULL, NULL, NULL, NULL, NULL },
};
