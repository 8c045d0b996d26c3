#include "harness/plan/xl_config.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "harness/plan/plan.h"
#include "harness/plan/settings.h"
#include "harness/plan/settings/boot_way.h"
#include "src/document.h"

#define FOLDER    "/var/tmp" /* of what has to be made by hand */
#define BOOT_DISK FOLDER "/%s.boot"

/* A string of xl's language, libxlu_cfg_l.l; settings have no control characters. */
static void write_text(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void write_key(FILE *to, const char *name, const char *text)
{
	fprintf(to, "%s = ", name);
	write_text(to, text);
	fputc('\n', to);
}

/* "name = value" in xl's form: numbers and truth values as numbers, texts in quotes. */
static void write_value(FILE *to, const char *name, const json_t *value)
{
	const json_t *item;
	size_t i;

	if (json_is_string(value)) {
		write_key(to, name, json_string_value(value));
		return;
	}
	if (!json_is_array(value)) {
		fprintf(to, "%s = %" JSON_INTEGER_FORMAT "\n", name,
			json_is_integer(value) ? json_integer_value(value)
					       : (json_int_t)json_is_true(value));
		return;
	}
	fprintf(to, "%s = [", name);
	json_array_foreach(value, i, item)
	{
		fputs(i > 0 ? ", " : " ", to);
		if (json_is_string(item))
			write_text(to, json_string_value(item));
		else
			fprintf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(item));
	}
	fputs(" ]\n", to);
}

static void write_gfx_passthru(FILE *to, const char *name, const json_t *value)
{
	const char *word = json_string_value(value);

	if (strcmp(word, "igd") == 0)
		write_key(to, name, word);
	else
		fprintf(to, "%s = %d\n", name, strcmp(word, "on") == 0);
}

static bool boots_disk(const json_t *settings, const struct xl_guest *guest)
{
	return !guest->disk && boot_way_is_disk("libxl", settings);
}

/* QEMU's arguments, of three settings, and the boot disk. */
static void write_arguments(
	FILE *to, const char *name, const json_t *settings, const struct xl_guest *guest)
{
	static const char property[] = "xen-pci-passthrough.";
	const json_t *list = json_object_get(settings, "device_model_args_hvm");
	const json_t *rombar = json_object_get(settings, "rombar");
	const char *romfile = document_text(settings, "romfile");
	json_t *all = list ? json_copy((json_t *)list) : json_array();

	if (rombar) {
		json_array_append_new(all, json_string("-global"));
		json_array_append_new(
			all, json_sprintf("%srombar=%d", property, (int)json_is_true(rombar)));
	}
	if (romfile[0]) {
		json_array_append_new(all, json_string("-global"));
		json_array_append_new(all, json_sprintf("%sromfile=%s", property, romfile));
	}
	if (boots_disk(settings, guest)) {
		json_t *path = guest->boot_disk ? json_string(guest->boot_disk)
						: json_sprintf(BOOT_DISK, name);

		json_array_append_new(all, json_string("-drive"));
		json_array_append_new(all, json_sprintf(BOOT_WAY_DRIVE, json_string_value(path)));
		json_decref(path);
	}
	if (json_array_size(all) > 0)
		write_value(to, "device_model_args_hvm", all);
	json_decref(all);
}

static void write_nic(FILE *to, const char *name, const json_t *value)
{
	if (strcmp(json_string_value(value), "none") == 0)
		return;
	fputs("# The harness connects the card to no network; xl's script "
	      "connects it to a bridge of dom0.\n",
		to);
	fprintf(to, "vif = [ \"type=ioemu,model=%s\" ]\n", json_string_value(value));
}

/* Settings whose form is not xl's own, or that are no line of the file by themselves. */
static const struct {
	const char *name;
	void (*write)(FILE *to, const char *name, const json_t *value); /* NULL: elsewhere */
} special[] = {
	{ "gfx_passthru", write_gfx_passthru },
	{ "nic", write_nic },
	{ "boot", NULL },
	{ "cmdline", NULL },
	{ "disk", NULL },
	{ "save", NULL },
	{ "again", NULL },
	{ "hotplug", NULL },
	{ "policy", NULL },
	{ "device_model_args_hvm", NULL },
	{ "rombar", NULL },
	{ "romfile", NULL },
};

static void write_setting(FILE *to, const char *name, const json_t *value)
{
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if (strcmp(special[i].name, name) != 0)
			continue;
		if (special[i].write)
			special[i].write(to, name, value);
		return;
	}
	write_value(to, name, value);
}

/* As the back end has them: hda is the cell's own, hdc the image's. */
static void write_disks(
	FILE *to, const char *name, const json_t *settings, const struct xl_guest *guest)
{
	json_int_t mib = json_integer_value(json_object_get(settings, "disk"));
	json_t *disks = json_array();

	if (mib > 0) {
		fprintf(to,
			"# Make the disk: truncate -s %" JSON_INTEGER_FORMAT "M " FOLDER
			"/%s.raw\n",
			mib, name);
		json_array_append_new(disks,
			json_sprintf(
				"format=raw,vdev=hda,access=rw,backendtype=qdisk,target=" FOLDER
				"/%s.raw",
				name));
	}
	if (guest->root)
		json_array_append_new(disks,
			json_sprintf(
				"format=raw,vdev=hdc,access=ro,devtype=cdrom,backendtype=qdisk,"
				"target=%s",
				guest->root));
	if (guest->disk) {
		fprintf(to, "# The guest writes to its disk: cp %s " FOLDER "/%s.disk\n",
			guest->disk, name);
		json_array_append_new(disks,
			json_sprintf("format=%s,vdev=hda,access=rw,backendtype=qdisk,target=" FOLDER
				     "/%s.disk",
				guest->disk_format, name));
	}
	if (json_array_size(disks) > 0)
		write_value(to, "disk", disks);
	json_decref(disks);
}

static void write_image(
	FILE *to, const char *name, const json_t *settings, const struct xl_guest *guest)
{
	const char *cmdline = document_text(settings, "cmdline");
	json_t *whole, *path;

	if (guest->disk) /* its boot loader has all of it */
		return;
	whole = json_sprintf("%s%s%s", guest->cmdline, cmdline[0] ? " " : "", cmdline);
	if (boots_disk(settings, guest)) {
		if (!guest->boot_disk)
			fprintf(to,
				"# Make the boot disk, with kernel, initramfs and command line:\n"
				"#   igd-harness plan MATRIX --xl %s --boot-disk " BOOT_DISK "\n",
				name, name);
		fputs("# On it is cmdline = ", to);
		write_text(to, json_string_value(whole));
		fputc('\n', to);
		path = guest->boot_disk ? json_sprintf("%s" BOOT_WAY_STARTER, guest->boot_disk)
					: json_sprintf(BOOT_DISK BOOT_WAY_STARTER, name);
		write_key(to, "kernel", json_string_value(path));
		json_decref(path);
		json_decref(whole);
		return;
	}
	write_key(to, "kernel", guest->kernel);
	if (guest->igd && json_array_size(json_object_get(settings, "pci")) > 0)
		fprintf(to,
			"# If pci has an Intel GPU, the harness appends its drivers to the initramfs:\n"
			"#   cat %s %s >" FOLDER
			"/%s.initrd\n# and write the name of the new file here.\n",
			guest->initrd, guest->igd, name);
	write_key(to, "ramdisk", guest->initrd);
	write_key(to, "cmdline", json_string_value(whole));
	json_decref(whole);
}

/* What every guest of the harness has, backend/libxl/config.c. */
static void write_base(FILE *to, const char *name, const json_t *settings)
{
	static const char *const events[] = { "poweroff", "reboot", "crash", "watchdog",
		"soft_reset" };

	fprintf(to, "# The cell %s without the harness: xl create -c FILE\n", name);
	fputs("# The agent in the guest writes its report as frames to the serial line.\n", to);
	write_key(to, "name", name);
	write_key(to, "type", "hvm");
	write_key(to, "serial", "pty");
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		fprintf(to, "on_%s = \"destroy\"\n", events[i]);
	if (!json_object_get(settings, "memory"))
		fprintf(to, "memory = %d\n", PLAN_MEMORY_MIB);
	if (!json_object_get(settings, "vnc"))
		fputs("vnc = 0\n", to);
}

/* xl has no words for these, and the guest would be a different one. */
static int check_words(const char *name, const json_t *settings, struct problem *why)
{
	const char *policy = document_text(settings, "policy");

	if (policy[0] && strcmp(policy, "libxl") != 0)
		return problem_set(why, -EINVAL,
			"cell %s has the policy %s, which igd-dm applies and xl cannot", name,
			policy);
	if (document_text(settings, "device_model")[0])
		return problem_set(why, -EINVAL,
			"cell %s has the device model %s, whose path only `run --model` "
			"has: leave device_model out of the cell, and add "
			"device_model_override to the file",
			name, document_text(settings, "device_model"));
	if (json_object_get(settings, "domain_config"))
		return problem_set(why, -EINVAL,
			"cell %s has domain_config, but xl.cfg has no keys for libxl's JSON", name);
	return 0;
}

int xl_config_write(const json_t *cell, const struct xl_guest *guest, FILE *to, struct problem *why)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), "libxl");
	const char *name = document_text(cell, "name");
	const json_t *value;
	int r;

	if (!json_is_object(settings))
		return problem_set(why, -EINVAL,
			"cell %s has no settings for libxl, so xl cannot create its guest", name);
	r = check_words(name, settings, why);
	if (r < 0)
		return r;
	write_base(to, name, settings);
	if (json_object_get(cell, "to"))
		fputs("# The cell is a transition: this is its first guest.\n", to);
	write_image(to, name, settings, guest);
	for (const struct setting *setting = setting_table; setting->name; setting++) {
		value = strcmp(setting->backend, "libxl") == 0
				? json_object_get(settings, setting->name)
				: NULL;
		if (value)
			write_setting(to, setting->name, value);
	}
	write_arguments(to, name, settings, guest);
	write_disks(to, name, settings, guest);
	return 0;
}
