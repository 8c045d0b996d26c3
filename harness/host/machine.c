/* What the machine has, as the reports on hardware of Qubes OS ask for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/document.h"
#include "src/document.h"
#include "src/tree.h"

#define DISKS_MAX 32

static json_t *text_json(const char *root, const char *name)
{
	char text[TREE_TEXT_MAX];

	tree_text(root, text, "sys/class/dmi/id/%s", name);
	return json_string(text);
}

/* SMBIOS 3.7, 7.4.1, by the words that the list of Qubes OS has. */
static const char *chassis(const char *root)
{
	static const struct {
		long types[8];
		const char *word;
	} words[] = { { { 8, 9, 10, 14, 31, 32 }, "laptop" },
		{ { 3, 4, 5, 6, 7, 13, 15, 35 }, "desktop" }, { { 17, 23, 28 }, "server" } };
	char text[TREE_TEXT_MAX];
	long type = tree_text(root, text, "sys/class/dmi/id/chassis_type") == 0
			    ? strtol(text, NULL, 10)
			    : 0;

	for (size_t i = 0; type > 0 && i < sizeof(words) / sizeof(words[0]); i++) {
		for (size_t j = 0; j < sizeof(words[i].types) / sizeof(words[i].types[0]); j++) {
			if (words[i].types[j] == type)
				return words[i].word;
		}
	}
	return "";
}

/* "  Vendor: ATA      Model: Samsung SSD 850  Rev: 2B6Q" of /proc/scsi/scsi */
static json_t *list_disks(const char *root)
{
	FILE *file = tree_stream(root, "proc/scsi/scsi");
	json_t *list = json_array();
	char line[256];

	while (file && json_array_size(list) < DISKS_MAX && fgets(line, sizeof(line), file)) {
		char *model = strstr(line, "Model: "), *end = strstr(line, " Rev:");

		if (!model || !end || end < model)
			continue;
		*end = '\0';
		tree_clean(model);
		json_array_append_new(list, json_string(model + strlen("Model: ")));
	}
	if (file)
		fclose(file);
	return list;
}

/* "Intel Corporation Skylake [8086:1916] (rev 07)", as far as it is known. */
static json_t *ids_json(const json_t *function, const char *name)
{
	const char *revision = document_text(function, "revision");
	json_t *ids, *text;

	if (!function)
		return json_string("");
	ids = host_ids_json(function);
	text = json_sprintf("%s%s[%s]%s%s%s", name, name[0] ? " " : "", json_string_value(ids),
		revision[0] ? " (rev " : "", revision[0] ? revision + 2 : "",
		revision[0] ? ")" : "");
	json_decref(ids);
	return text;
}

/* The ids of all functions of a class: "0x02" networks, "0x0c03" USB. */
static json_t *list_class(const json_t *pci, const char *class)
{
	const json_t *functions = json_object_get(pci, "functions"), *function;
	json_t *list = json_array();
	size_t i;

	json_array_foreach(functions, i, function)
	{
		if (strncmp(document_text(function, "class"), class, strlen(class)) == 0)
			json_array_append_new(list, ids_json(function, ""));
	}
	return list;
}

/* The words between "Intel(R) Core(TM)" and " CPU", or what is left of the name. */
static json_t *short_cpu(const char *name)
{
	static const char *const noise[] = { "(R)", "(TM)", "(tm)", " CPU", " Processor" };
	char text[128];

	snprintf(text, sizeof(text), "%s", name);
	text[strcspn(text, "@")] = '\0';
	for (size_t i = 0; i < sizeof(noise) / sizeof(noise[0]); i++) {
		for (char *at = strstr(text, noise[i]); at; at = strstr(text, noise[i]))
			memmove(at, at + strlen(noise[i]), strlen(at + strlen(noise[i])) + 1);
	}
	tree_clean(text);
	return json_string(
		strncmp(text, "Intel Core ", 11) == 0 ? text + 11 + strspn(text + 11, " ") : text);
}

json_t *host_machine(const struct host_view *view)
{
	const char *root = view->sources->root;
	const char *title = view->platform ? view->platform->title : "";
	char gpu[IGD_IDS_NAME_MAX + 32] = "";

	if (title[0])
		snprintf(gpu, sizeof(gpu), "Intel Corporation %s", title);
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:O?}", "type",
		chassis(root), "bios", text_json(root, "bios_version"), "chipset",
		ids_json(view->host_bridge, ""), "gpu", ids_json(view->slot2, gpu), "cpu_short",
		short_cpu(document_text(view->host, "cpu")), "chipset_short", title, "gpu_short",
		title, "scsi", list_disks(root), "network", list_class(view->all_pci, "0x02"),
		"usb", list_class(view->all_pci, "0x0c03"), "memory_mib",
		json_object_get(view->sources->survey, "memory_mib"));
}
