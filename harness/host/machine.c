/* What the machine has, as the reports on hardware of Qubes OS ask for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/document.h"
#include "src/document.h"
#include "src/functions.h"
#include "src/tree.h"

static json_t *text_json(const char *root, const char *name)
{
	char text[TREE_TEXT_MAX];

	tree_text(root, text, "sys/class/dmi/id/%s", name);
	return json_string(text);
}

/* SMBIOS 3.7, 7.4.1: chassis types that are carried about. */
static const char *chassis(const char *root)
{
	char text[TREE_TEXT_MAX];
	long type = tree_text(root, text, "sys/class/dmi/id/chassis_type") == 0
			    ? strtol(text, NULL, 10)
			    : 0;

	if (type == 8 || type == 9 || type == 10 || type == 14 || type == 31 || type == 32)
		return "notebook";
	return type == 3 || type == 4 || type == 6 || type == 7 || type == 13 ? "desktop" : "";
}

static json_t *ids_json(const json_t *function, const char *name)
{
	json_t *ids, *text;

	if (!function)
		return json_string("");
	ids = host_ids_json(function);
	text = json_sprintf("%s%s%s", json_string_value(ids), name[0] ? " " : "", name);
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

json_t *host_machine(const struct host_view *view)
{
	const struct functions_scope scope = { .root = view->sources->root };
	const char *root = view->sources->root;
	struct problem why = { 0 };
	json_t *pci = NULL, *machine;

	if (view->sources->lspci)
		lspci_text_json(&view->lspci, scope.root, NULL, &pci, &why);
	else
		functions_json(&scope, &pci, &why);
	machine = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:O?}", "type", chassis(root), "bios",
		text_json(root, "bios_version"), "chipset", ids_json(view->host_bridge, ""), "gpu",
		ids_json(view->slot2, view->platform ? view->platform->name : ""), "network",
		list_class(pci, "0x02"), "usb", list_class(pci, "0x0c03"), "memory_mib",
		json_object_get(view->sources->survey, "memory_mib"));
	json_decref(pci);
	return machine;
}
