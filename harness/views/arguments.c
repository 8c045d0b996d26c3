#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/views/private.h"

#define ARGUMENTS_MAX 1024

/* Options whose value may begin with "-"; of all others such a value is the next option. */
static const char *const any_value[] = { "-append", "-name", "-kernel", "-initrd", NULL };

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (strcmp(text, *words) == 0)
			return true;
	}
	return false;
}

/* The bus that has the slots, of i440fx and of q35. */
static const char *const root_buses[] = { "pci.0", "pcie.0", NULL };

/* One of "a,b=c,d" at a time. What is too long or not printable ASCII comes as an empty text. */
struct part {
	char key[VIEW_WORD_MAX];
	char value[VIEW_WORD_MAX];
	bool has_value;
};

static void copy_word(char word[static VIEW_WORD_MAX], const char *from, size_t length)
{
	if (length >= VIEW_WORD_MAX)
		length = 0;
	for (size_t i = 0; i < length; i++) {
		if (!isgraph((unsigned char)from[i]))
			length = 0;
	}
	memcpy(word, from, length);
	word[length] = '\0';
}

static bool next_part(const char **cursor, struct part *part)
{
	size_t length = strcspn(*cursor, ","), key;

	if (!**cursor)
		return false;
	key = strcspn(*cursor, "=,");
	part->has_value = key < length;
	copy_word(part->key, *cursor, key);
	copy_word(part->value, part->has_value ? *cursor + key + 1 : "",
		part->has_value ? length - key - 1 : 0);
	*cursor += length;
	if (**cursor == ',')
		(*cursor)++;
	return true;
}

/* The names that qapi_bool_parse() takes, QEMU util/qemu-option.c; -1 for another. */
static int parse_switch(const char *value)
{
	static const char *const on[] = { "on", "yes", "true", "y", NULL };
	static const char *const off[] = { "off", "no", "false", "n", NULL };

	if (is_one_of(value, on))
		return 1;
	return is_one_of(value, off) ? 0 : -1;
}

/* "0x3" or "3.0", both hexadecimal: set_pci_devfn(), QEMU hw/core/qdev-properties-system.c. */
static bool parse_slot(const char *text, struct bdf *address_r)
{
	unsigned long slot, function = 0;
	char *end;

	slot = strtoul(text, &end, 16);
	if (end == text)
		return false;
	if (*end == '.')
		function = strtoul(end + 1, &end, 16);
	if (*end || slot > 31 || function > 7)
		return false;
	*address_r = (struct bdf){ .slot = (uint8_t)slot, .function = (uint8_t)function };
	return true;
}

static unsigned pixels(const char *value)
{
	unsigned long number = strtoul(value, NULL, 0);

	return number > UINT16_MAX ? 0 : (unsigned)number;
}

static void read_property(struct view_device *device, const char *key, const char *value)
{
	if (strcmp(key, "edid") == 0)
		device->edid = parse_switch(value);
	else if (strcmp(key, "xres") == 0)
		device->xres = pixels(value);
	else if (strcmp(key, "yres") == 0)
		device->yres = pixels(value);
}

static void read_machine(struct view_arguments *arguments, const char *value)
{
	struct part part;
	bool first = true;

	for (; next_part(&value, &part); first = false) {
		if (first && !part.has_value)
			copy_word(arguments->machine, part.key, strlen(part.key));
		else if (strcmp(part.key, "type") == 0)
			copy_word(arguments->machine, part.value, strlen(part.value));
		else if (strcmp(part.key, "igd-passthru") == 0)
			arguments->igd = parse_switch(part.value) == 1;
	}
}

void view_arguments_device(struct view_arguments *arguments, const char *value)
{
	struct view_device device = { .edid = -1 };
	bool elsewhere = false, first = true;
	struct part part;

	for (; next_part(&value, &part); first = false) {
		if (first && !part.has_value)
			copy_word(device.type, part.key, strlen(part.key));
		else if (strcmp(part.key, "driver") == 0)
			copy_word(device.type, part.value, strlen(part.value));
		else if (strcmp(part.key, "addr") == 0)
			device.placed = parse_slot(part.value, &device.address);
		else if (strcmp(part.key, "bus") == 0)
			elsewhere = !is_one_of(part.value, root_buses);
		else
			read_property(&device, part.key, part.value);
	}
	if (elsewhere || !device.type[0] || arguments->count >= VIEW_DEVICES_MAX)
		return;
	arguments->devices[arguments->count++] = device;
}

/* "VGA.edid=on"; other types have no EDID of which QEMU's tree would tell. */
static void read_global(struct view_arguments *arguments, const char *value)
{
	static const char prefix[] = "VGA.";
	struct part part;

	if (next_part(&value, &part) && strncmp(part.key, prefix, strlen(prefix)) == 0)
		read_property(&arguments->vga, part.key + strlen(prefix), part.value);
}

/* The adapter that -vga makes: vga_interfaces[], QEMU softmmu/vl.c. */
static void read_vga(struct view_arguments *arguments, const char *value)
{
	static const char *const types[][2] = { { "std", "VGA" }, { "cirrus", "cirrus-vga" },
		{ "qxl", "qxl-vga" } };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(value, types[i][0]) == 0)
			view_arguments_device(arguments, types[i][1]);
	}
}

static const struct {
	const char *option;
	void (*read)(struct view_arguments *arguments, const char *value);
} readers[] = {
	{ "-machine", read_machine },
	{ "-M", read_machine },
	{ "-device", view_arguments_device },
	{ "-global", read_global },
	{ "-vga", read_vga },
};

void view_arguments_read(struct view_arguments *arguments, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *option = list[i], *value = i + 1 < count ? list[i + 1] : NULL;

		if (option[0] != '-' || !value ||
			(value[0] == '-' && !is_one_of(option, any_value)))
			continue;
		for (size_t k = 0; k < sizeof(readers) / sizeof(readers[0]); k++) {
			if (strcmp(option, readers[k].option) == 0)
				readers[k].read(arguments, value);
		}
		i++;
	}
}

/* {"KEY": name}, with the address if it was asked for. */
static json_t *device_value(const struct view_device *device, const char *key)
{
	char address[BDF_TEXT_MAX];

	bdf_format(device->address, address);
	return json_pack("{s:s*, s:s*}", key, key ? device->type : NULL, "address",
		device->placed ? address : NULL);
}

/* The first device of that row; NULL if there is none. */
static const struct view_device *find(const struct view_arguments *arguments, const char *row)
{
	for (size_t i = 0; i < arguments->count; i++) {
		const struct view_model *model = view_model_of_type(arguments->devices[i].type);

		if (model && strcmp(model->row, row) == 0)
			return &arguments->devices[i];
	}
	return NULL;
}

static void put_edid(const struct view_arguments *arguments, struct view *view)
{
	const struct view_device *vga = find(arguments, "vga"), *global = &arguments->vga;
	unsigned xres, yres;
	int edid;

	if (!vga || strcmp(vga->type, "VGA") != 0)
		return;
	edid = vga->edid >= 0 ? vga->edid : global->edid;
	xres = vga->xres ? vga->xres : global->xres;
	yres = vga->yres ? vga->yres : global->yres;
	if (edid == 0)
		view_put(view, "edid", json_null());
	else if (edid > 0 && xres && yres)
		view_put(view, "edid",
			json_pack("{s:o}", "preferred", json_sprintf("%ux%u", xres, yres)));
	else if (edid > 0)
		view_put(view, "edid", json_object());
}

void view_arguments_put(const struct view_arguments *arguments, struct view *view)
{
	static const char own[] = "xenfv"; /* this machine makes a platform device of its own */
	const struct view_device *platform = find(arguments, "platform");
	const struct view_device *vga = find(arguments, "vga"), *nic = find(arguments, "nic");

	view_put(view, "host-bridge", json_pack("{s:s}", "kind", arguments->igd ? "igd" : "plain"));
	if (strncmp(arguments->machine, own, strlen(own)) == 0)
		view_put(view, "platform", json_object());
	else
		view_put(
			view, "platform", platform ? device_value(platform, "model") : json_null());
	view_put(view, "vga", vga ? device_value(vga, "model") : json_null());
	view_put(view, "nic", nic ? device_value(nic, "model") : json_null());
	put_edid(arguments, view);
	for (size_t i = 0; i < arguments->count; i++) {
		const struct view_device *device = &arguments->devices[i];
		char address[BDF_TEXT_MAX];

		if (device == platform || device == vga || device == nic || !device->placed)
			continue;
		bdf_format(device->address, address);
		view_put_at(view, VIEW_FUNCTION, address, device_value(device, "type"));
	}
}

json_t *view_of_arguments(const char *text, size_t length)
{
	struct view_arguments arguments = VIEW_ARGUMENTS_NONE;
	const char *list[ARGUMENTS_MAX] = { NULL };
	struct view view = { .rows = json_object() };
	char *copy = strndup(text, length), *rest = copy, *line;
	size_t count = 0;

	if (!copy) {
		json_decref(view.rows);
		return NULL;
	}
	/* The first is the program. An empty argument is a line too. */
	strsep(&rest, "\n");
	while (count < ARGUMENTS_MAX && (line = strsep(&rest, "\n")))
		list[count++] = line;
	view_arguments_read(&arguments, list, count);
	view_arguments_put(&arguments, &view);
	free(copy);
	return view_done(&view);
}
