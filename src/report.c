#include "src/report.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "src/document.h"

/* What a value may be. */
enum kind {
	KIND_NONE, /* ends a table */
	KIND_TEXT,
	KIND_HEX,    /* "0x" and lower-case digits; `max` is how many */
	KIND_COUNT,  /* a whole number, 0 to `max` */
	KIND_FLAG,   /* true or false */
	KIND_BDF,    /* a PCI address in its long form */
	KIND_OBJECT, /* `members` says what it holds */
	KIND_LIST    /* at most `max` values, each like `members[0]` */
};

#define NULLABLE 1u /* may be JSON null: looked for, and not there */
#define REQUIRED 2u /* an object without it is of no use to its readers */

struct shape {
	const char *key;
	enum kind kind;
	unsigned int flags;
	json_int_t max;
	const struct shape *members;
};

/* The largest whole number of each sort. 2^53 is what every JSON reader can hold exactly. */
#define ANY_COUNT  ((json_int_t)1 << 53)
#define PIXELS_MAX 65535

/* Releases of clang-format differ on a macro that is an initializer. */
/* clang-format off */
#define TEXT(key, flags)           { key, KIND_TEXT, flags, 0, NULL }
#define HEX(key, digits, flags)    { key, KIND_HEX, flags, digits, NULL }
#define COUNT(key, max, flags)     { key, KIND_COUNT, flags, max, NULL }
#define FLAG(key)                  { key, KIND_FLAG, 0, 0, NULL }
#define BDF(key, flags)            { key, KIND_BDF, flags, 0, NULL }
#define OBJECT(key, flags, shape)  { key, KIND_OBJECT, flags, 0, shape }
#define LIST(key, max, shape)      { key, KIND_LIST, 0, max, shape }
#define END                        { NULL, KIND_NONE, 0, 0, NULL }
/* clang-format on */

/* The document, inside out. docs/use/guest-report.md describes the same. */
static const struct shape error_members[] = { TEXT("section", 0), TEXT("text", 0), END };
static const struct shape error_item[] = { OBJECT("", 0, error_members) };
static const struct shape agent_members[] = { TEXT("version", 0), COUNT("request", ANY_COUNT, 0),
	COUNT("uptime_ms", ANY_COUNT, 0), COUNT("collect_ms", ANY_COUNT, 0),
	LIST("errors", REPORT_LIST_MAX, error_item), END };

static const struct shape log_members[] = { COUNT("time_us", ANY_COUNT, 0), COUNT("level", 7, 0),
	TEXT("text", 0), END };
static const struct shape log_item[] = { OBJECT("", 0, log_members) };
static const struct shape module_members[] = { TEXT("path", 0), TEXT("error", 0), END };
static const struct shape module_item[] = { OBJECT("", 0, module_members) };
static const struct shape kernel_members[] = { TEXT("release", 0), TEXT("version", 0),
	TEXT("cmdline", NULLABLE), LIST("log", REPORT_LIST_MAX, log_item),
	COUNT("log_dropped", ANY_COUNT, 0), LIST("unloaded", REPORT_LIST_MAX, module_item), END };

static const struct shape dmi_members[] = { TEXT("sys_vendor", NULLABLE),
	TEXT("product_name", NULLABLE), TEXT("product_version", NULLABLE),
	TEXT("bios_vendor", NULLABLE), TEXT("bios_version", NULLABLE), TEXT("bios_date", NULLABLE),
	END };

static const struct shape hypervisor_members[] = { TEXT("type", NULLABLE),
	TEXT("version", NULLABLE), TEXT("cpuid", NULLABLE), END };

static const struct shape range_members[] = { HEX("start", 16, 0), HEX("end", 16, 0),
	TEXT("name", 0), END };
static const struct shape range_item[] = { OBJECT("", 0, range_members) };

static const struct shape bar_members[] = { COUNT("index", 6, 0), TEXT("kind", 0),
	HEX("start", 16, 0), HEX("size", 16, 0), FLAG("prefetchable"), END };
static const struct shape bar_item[] = { OBJECT("", 0, bar_members) };
static const struct shape text_item[] = { TEXT("", 0) };
static const struct shape register_members[] = { HEX("0x50", 8, NULLABLE), HEX("0x52", 4, NULLABLE),
	HEX("0x5c", 8, NULLABLE), HEX("0xa4", 8, NULLABLE), HEX("0xa8", 8, NULLABLE),
	HEX("0xc0", 8, NULLABLE), HEX("0xc4", 8, NULLABLE), HEX("0xfc", 8, NULLABLE), END };
static const struct shape opregion_members[] = { HEX("address", 8, 0), TEXT("signature", NULLABLE),
	COUNT("size_kib", UINT32_MAX, NULLABLE), TEXT("version", NULLABLE),
	HEX("mailboxes", 8, NULLABLE), TEXT("vbt", NULLABLE), TEXT("error", 0), END };
static const struct shape function_members[] = { BDF("address", REQUIRED),
	HEX("vendor", 4, REQUIRED), HEX("device", 4, REQUIRED), HEX("subsystem_vendor", 4, 0),
	HEX("subsystem", 4, 0), HEX("class", 6, 0), HEX("revision", 2, 0), HEX("header_type", 2, 0),
	TEXT("driver", NULLABLE), LIST("bars", 7, bar_item),
	LIST("capabilities", REPORT_LIST_MAX, text_item), OBJECT("registers", 0, register_members),
	OBJECT("opregion", NULLABLE, opregion_members), END };
static const struct shape function_item[] = { OBJECT("", 0, function_members) };
static const struct shape pci_members[] = { BDF("slot2", NULLABLE), BDF("lpc", NULLABLE),
	LIST("functions", REPORT_FUNCTIONS_MAX, function_item), END };

static const struct shape preferred_members[] = { COUNT("width", PIXELS_MAX, REQUIRED),
	COUNT("height", PIXELS_MAX, REQUIRED), COUNT("refresh_mhz", UINT32_MAX, 0), END };
static const struct shape edid_members[] = { TEXT("observer", 0), COUNT("bytes", ANY_COUNT, 0),
	TEXT("hex", 0), TEXT("sha256", 0), TEXT("vendor", NULLABLE), TEXT("name", NULLABLE),
	OBJECT("preferred", NULLABLE, preferred_members), TEXT("error", 0), END };
static const struct shape mode_members[] = { TEXT("name", 0), COUNT("width", PIXELS_MAX, REQUIRED),
	COUNT("height", PIXELS_MAX, REQUIRED), COUNT("refresh_mhz", ANY_COUNT, 0),
	FLAG("preferred"), END };
static const struct shape mode_item[] = { OBJECT("", 0, mode_members) };
static const struct shape crtc_members[] = { TEXT("observer", 0), COUNT("id", UINT32_MAX, 0),
	OBJECT("mode", NULLABLE, mode_members), END };
static const struct shape surface_members[] = { TEXT("observer", 0), COUNT("width", UINT32_MAX, 0),
	COUNT("height", UINT32_MAX, 0), END };
static const struct shape connector_members[] = { TEXT("name", 0), TEXT("observer", 0),
	TEXT("status", 0), OBJECT("edid", NULLABLE, edid_members),
	LIST("modes", REPORT_LIST_MAX, mode_item), OBJECT("crtc", NULLABLE, crtc_members),
	OBJECT("framebuffer", NULLABLE, surface_members), END };
static const struct shape connector_item[] = { OBJECT("", 0, connector_members) };
static const struct shape card_members[] = { TEXT("name", 0), TEXT("observer", 0),
	TEXT("driver", NULLABLE), BDF("pci", NULLABLE),
	LIST("connectors", REPORT_LIST_MAX, connector_item), TEXT("error", 0), END };
static const struct shape card_item[] = { OBJECT("", 0, card_members) };
static const struct shape framebuffer_members[] = { TEXT("name", 0), TEXT("observer", 0),
	TEXT("driver", NULLABLE), COUNT("width", UINT32_MAX, NULLABLE),
	COUNT("height", UINT32_MAX, NULLABLE), COUNT("bits_per_pixel", UINT32_MAX, NULLABLE), END };
static const struct shape framebuffer_item[] = { OBJECT("", 0, framebuffer_members) };
static const struct shape display_members[] = { LIST("cards", REPORT_LIST_MAX, card_item),
	LIST("framebuffers", REPORT_LIST_MAX, framebuffer_item), END };

static const struct shape igd_modules_members[] = { TEXT("observer", 0),
	LIST("loaded", REPORT_LIST_MAX, text_item),
	{ "failed", KIND_LIST, NULLABLE, REPORT_LIST_MAX, module_item },
	COUNT("took_ms", ANY_COUNT, 0), FLAG("ended"), END };
static const struct shape firmware_members[] = { TEXT("file", 0), TEXT("observer", 0),
	TEXT("state", 0), END };
static const struct shape firmware_item[] = { OBJECT("", 0, firmware_members) };
static const struct shape device_members[] = { TEXT("observer", 0), TEXT("platform", NULLABLE),
	TEXT("graphics_version", NULLABLE), TEXT("display_version", NULLABLE),
	TEXT("pch", NULLABLE), TEXT("error", 0), END };
static const struct shape stolen_members[] = { TEXT("observer", 0), COUNT("bytes", ANY_COUNT, 0),
	TEXT("error", 0), END };
static const struct shape mmio_members[] = { TEXT("observer", 0), HEX("0x108080", 8, 0),
	HEX("0x108084", 8, 0), HEX("0x108100", 8, 0), HEX("0x108104", 8, 0), TEXT("error", 0),
	END };
static const struct shape child_members[] = { HEX("handle", 4, 0), HEX("type", 4, 0),
	TEXT("port", 0), COUNT("ddc_pin", UINT8_MAX, 0), HEX("aux_channel", 2, 0), END };
static const struct shape child_item[] = { OBJECT("", 0, child_members) };
static const struct shape vbt_members[] = { TEXT("observer", 0), TEXT("source", NULLABLE),
	COUNT("bytes", UINT16_MAX, 0), TEXT("sha256", NULLABLE), TEXT("signature", 0),
	COUNT("version", UINT16_MAX, 0), COUNT("bdb_version", UINT16_MAX, 0),
	LIST("children", REPORT_LIST_MAX, child_item), TEXT("error", 0), END };
static const struct shape set_members[] = { TEXT("observer", 0), TEXT("set_by", NULLABLE),
	TEXT("connector", NULLABLE), OBJECT("mode", NULLABLE, mode_members), TEXT("error", 0),
	END };
static const struct shape frames_members[] = { TEXT("observer", 0), COUNT("wanted", ANY_COUNT, 0),
	COUNT("flips", ANY_COUNT, 0), COUNT("took_ms", ANY_COUNT, 0),
	COUNT("vblanks", ANY_COUNT, NULLABLE), TEXT("error", 0), END };
static const struct shape irq_item[] = { COUNT("", UINT32_MAX, 0) };
static const struct shape interrupts_members[] = { TEXT("observer", 0), TEXT("kind", 0),
	LIST("lines", REPORT_LIST_MAX, irq_item), COUNT("before", ANY_COUNT, 0),
	COUNT("after", ANY_COUNT, 0), TEXT("error", 0), END };
static const struct shape picture_members[] = { TEXT("observer", 0), COUNT("width", PIXELS_MAX, 0),
	COUNT("height", PIXELS_MAX, 0), TEXT("sha256", 0), TEXT("crc", NULLABLE), TEXT("error", 0),
	END };
static const struct shape engine_members[] = { TEXT("observer", 0), TEXT("result", 0),
	COUNT("took_ms", ANY_COUNT, 0), TEXT("error", 0), END };
static const struct shape late_members[] = { TEXT("observer", 0), COUNT("idle_percent", 100, 0),
	COUNT("stolen_percent", 100, 0), END };
static const struct shape igd_members[] = { BDF("address", REQUIRED), TEXT("no_driver", 0),
	OBJECT("modules", NULLABLE, igd_modules_members),
	LIST("firmware", REPORT_LIST_MAX, firmware_item), LIST("errors", REPORT_LIST_MAX, log_item),
	COUNT("errors_dropped", ANY_COUNT, 0), OBJECT("late", NULLABLE, late_members),
	OBJECT("device", NULLABLE, device_members), OBJECT("stolen", NULLABLE, stolen_members),
	OBJECT("registers", NULLABLE, mmio_members), OBJECT("vbt", NULLABLE, vbt_members),
	OBJECT("mode", NULLABLE, set_members), OBJECT("frames", NULLABLE, frames_members),
	OBJECT("interrupts", NULLABLE, interrupts_members),
	OBJECT("picture", NULLABLE, picture_members), OBJECT("engine", NULLABLE, engine_members),
	END };

static const struct shape manager_members[] = { TEXT("observer", 0), TEXT("unit", NULLABLE),
	TEXT("state", NULLABLE), TEXT("substate", NULLABLE), END };
static const struct shape session_members[] = { TEXT("observer", 0), COUNT("uid", UINT32_MAX, 0),
	TEXT("class", NULLABLE), TEXT("type", NULLABLE), COUNT("vt", UINT32_MAX, 0), END };
static const struct shape output_members[] = { TEXT("name", 0), TEXT("make", 0), TEXT("model", 0),
	COUNT("width", PIXELS_MAX, REQUIRED), COUNT("height", PIXELS_MAX, REQUIRED),
	COUNT("refresh_mhz", ANY_COUNT, 0), END };
static const struct shape output_item[] = { OBJECT("", 0, output_members) };
static const struct shape screen_members[] = { COUNT("width", PIXELS_MAX, REQUIRED),
	COUNT("height", PIXELS_MAX, REQUIRED), END };
static const struct shape window_members[] = { TEXT("class", 0),
	COUNT("width", PIXELS_MAX, REQUIRED), COUNT("height", PIXELS_MAX, REQUIRED), END };
static const struct shape window_item[] = { OBJECT("", 0, window_members) };
static const struct shape server_members[] = { TEXT("observer", 0), TEXT("name", 0),
	LIST("outputs", REPORT_DESKTOP_MAX, output_item), OBJECT("screen", 0, screen_members),
	LIST("windows", REPORT_DESKTOP_MAX, window_item), END };
static const struct shape desktop_members[] = { OBJECT("manager", NULLABLE, manager_members),
	OBJECT("session", NULLABLE, session_members), OBJECT("server", NULLABLE, server_members),
	COUNT("waited_ms", ANY_COUNT, 0), FLAG("ready"), FLAG("settled"), END };

static const struct shape disk_members[] = { TEXT("name", 0), COUNT("bytes", ANY_COUNT, 0),
	COUNT("written", ANY_COUNT, 0), COUNT("checked", ANY_COUNT, 0),
	COUNT("wrong", ANY_COUNT, 0), COUNT("errors", ANY_COUNT, 0), TEXT("error", 0), END };
static const struct shape work_members[] = { COUNT("monotonic_ms", ANY_COUNT, 0),
	COUNT("realtime_ms", ANY_COUNT, 0), COUNT("steps", ANY_COUNT, 0),
	COUNT("pause_ms", ANY_COUNT, 0), OBJECT("disk", NULLABLE, disk_members), END };

static const struct shape report_members[] = { OBJECT("agent", 0, agent_members),
	OBJECT("kernel", 0, kernel_members), OBJECT("dmi", 0, dmi_members),
	OBJECT("hypervisor", 0, hypervisor_members), LIST("iomem", REPORT_LIST_MAX, range_item),
	OBJECT("pci", 0, pci_members), OBJECT("igd", NULLABLE, igd_members),
	OBJECT("display", 0, display_members), OBJECT("desktop", 0, desktop_members),
	OBJECT("work", 0, work_members), END };
static const struct shape report_shape = OBJECT("", 0, report_members);

/* Where in the document a value is: a chain up to the root, for the sentence only. */
struct place {
	const struct place *parent;
	const char *key; /* NULL: an entry of a list */
	size_t index;
	unsigned int depth;
};

#define PATH_TEXT_MAX 160

static void append(char path[static PATH_TEXT_MAX], const char *text)
{
	size_t used = strlen(path);

	snprintf(path + used, PATH_TEXT_MAX - used, "%.40s", text);
}

/* "pci.functions[3].vendor"; a key nobody described may hold anything, and is made printable. */
static void format_path(const struct place *place, char path[static PATH_TEXT_MAX])
{
	char index[32];

	path[0] = '\0';
	if (!place->parent)
		return;
	format_path(place->parent, path);
	if (place->key) {
		append(path, path[0] ? "." : "");
		append(path, place->key);
	} else {
		snprintf(index, sizeof(index), "[%zu]", place->index);
		append(path, index);
	}
	for (char *c = path; *c; c++) {
		if (*c < 0x20 || *c > 0x7e)
			*c = '?';
	}
}

static int refuse(const struct place *place, struct problem *why, int error, const char *sentence)
{
	char path[PATH_TEXT_MAX];

	format_path(place, path);
	return problem_set(why, error, "report: %s %s", path[0] ? path : "the document", sentence);
}

/* Bounds that hold for every value, described or not. */
static int check_bounds(const json_t *value, const struct place *place, struct problem *why)
{
	if (place->depth > REPORT_DEPTH_MAX)
		return refuse(place, why, -E2BIG, "is nested too deep");
	if (json_string_length(value) > REPORT_TEXT_MAX)
		return refuse(place, why, -E2BIG, "is a text that is too long");
	if (json_array_size(value) > REPORT_LIST_MAX || json_object_size(value) > REPORT_LIST_MAX)
		return refuse(place, why, -E2BIG, "has too many entries");
	return 0;
}

static bool is_hex(const char *text, size_t digits)
{
	return text && strlen(text) == digits + 2 && strncmp(text, "0x", 2) == 0 &&
	       strspn(text + 2, "0123456789abcdef") == digits;
}

static bool is_long_bdf(const char *text)
{
	char again[BDF_TEXT_MAX];
	struct bdf where;

	if (!text || bdf_parse(text, &where))
		return false;
	bdf_format(where, again);
	return strcmp(text, again) == 0;
}

/* Returns NULL if the value is of the kind, or else what it should have been. */
static const char *check_kind(const json_t *value, const struct shape *shape)
{
	json_int_t number = json_integer_value(value);

	switch (shape->kind) {
	case KIND_TEXT:
		return json_is_string(value) ? NULL : "is not a text";
	case KIND_HEX:
		return is_hex(json_string_value(value), (size_t)shape->max)
			       ? NULL
			       : "is not a hexadecimal number of its width";
	case KIND_COUNT:
		return json_is_integer(value) && number >= 0 && number <= shape->max
			       ? NULL
			       : "is not a whole number in its range";
	case KIND_FLAG:
		return json_is_boolean(value) ? NULL : "is neither true nor false";
	case KIND_BDF:
		return is_long_bdf(json_string_value(value)) ? NULL : "is not a PCI address";
	case KIND_OBJECT:
		return json_is_object(value) ? NULL : "is not an object";
	case KIND_LIST:
		return json_is_array(value) ? NULL : "is not a list";
	default:
		return "has no kind";
	}
}

/* The member of that key, NULL if nobody described it. Agents write keys in the order of the
 * tables: the one behind `last`, which was found before it, is compared first. */
static const struct shape *find_member(
	const struct shape *shape, const struct shape *last, const char *key)
{
	if (!shape || shape->kind != KIND_OBJECT)
		return NULL;
	if (last && last[1].key && strcmp(last[1].key, key) == 0)
		return &last[1];
	for (const struct shape *member = shape->members; member->key; member++) {
		if (strcmp(member->key, key) == 0)
			return member;
	}
	return NULL;
}

static int check(const json_t *value, const struct shape *shape, const struct place *place,
	struct problem *why);

static int check_object(const json_t *value, const struct shape *shape, const struct place *place,
	struct problem *why)
{
	struct place below = { .parent = place, .depth = place->depth + 1 };
	const struct shape *found = NULL;
	const char *key;
	json_t *member;
	int r = 0;

	for (const struct shape *wanted = shape ? shape->members : NULL; wanted && wanted->key;
		wanted++) {
		below.key = wanted->key;
		if (wanted->flags & REQUIRED && !json_object_get(value, wanted->key))
			return refuse(&below, why, -EINVAL, "is missing");
	}
	json_object_foreach((json_t *)value, key, member)
	{
		below.key = key;
		if (strlen(key) > REPORT_TEXT_MAX)
			return refuse(&below, why, -E2BIG, "is a key that is too long");
		found = find_member(shape, found, key);
		r = check(member, found, &below, why);
		if (r < 0)
			break;
	}
	return r;
}

static int check_list(const json_t *value, const struct shape *shape, const struct place *place,
	struct problem *why)
{
	struct place below = { .parent = place, .depth = place->depth + 1 };
	json_t *entry;

	if (shape && json_array_size(value) > (size_t)shape->max)
		return refuse(place, why, -E2BIG, "has too many entries");
	json_array_foreach(value, below.index, entry)
	{
		int r = check(entry, shape ? shape->members : NULL, &below, why);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Checks a value and all below it; `shape` is NULL for what nobody described. */
static int check(const json_t *value, const struct shape *shape, const struct place *place,
	struct problem *why)
{
	const char *sentence;
	int r = check_bounds(value, place, why);

	if (r < 0)
		return r;
	if (shape && shape->flags & NULLABLE && json_is_null(value))
		return 0;
	sentence = shape ? check_kind(value, shape) : NULL;
	if (sentence)
		return refuse(place, why, -EINVAL, sentence);
	if (json_is_object(value))
		return check_object(value, shape, place, why);
	if (json_is_array(value))
		return check_list(value, shape, place, why);
	return 0;
}

static const json_t *functions(const json_t *report)
{
	return json_object_get(json_object_get(report, "pci"), "functions");
}

/* Each address has one spelling: is_long_bdf() saw to that. */
static int check_addresses(const json_t *report, struct problem *why)
{
	const json_t *list = functions(report);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text =
			json_string_value(json_object_get(json_array_get(list, i), "address"));

		for (size_t j = 0; j < i; j++) {
			const json_t *other = json_object_get(json_array_get(list, j), "address");

			if (strcmp(text, json_string_value(other)) == 0)
				return problem_set(why, -EINVAL,
					"report: pci.functions[%zu] and [%zu] are both %s", j, i,
					text);
		}
	}
	return 0;
}

int report_check(const json_t *report, struct problem *why)
{
	static const struct place root = { 0 };
	int r = check(report, &report_shape, &root, why);

	return r < 0 ? r : check_addresses(report, why);
}

int report_parse(const char *text, size_t length, json_t **report_r, struct problem *why)
{
	json_t *report = NULL;
	int r;

	if (length > REPORT_SIZE_MAX)
		return problem_set(why, -E2BIG, "report: %zu bytes are more than the %zu allowed",
			length, (size_t)REPORT_SIZE_MAX);
	r = document_parse(text, length, DOCUMENT_REPORT, REPORT_VERSION, &report, why);
	if (r < 0)
		return r;
	r = report_check(report, why);
	if (r < 0) {
		json_decref(report);
		return r;
	}
	*report_r = report;
	return 0;
}

const json_t *report_function(const json_t *report, struct bdf where)
{
	const json_t *list = functions(report), *function;
	struct bdf here;
	size_t i;

	json_array_foreach(list, i, function)
	{
		if (!bdf_parse(json_string_value(json_object_get(function, "address")), &here) &&
			bdf_equal(here, where))
			return function;
	}
	return NULL;
}
