#include "harness/host/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/identity.h"
#include "harness/host/xen_boot_log.h"
#include "harness/host/xen_cmdline.h"
#include "src/document.h"
#include "src/field.h"
#include "src/functions.h"

/* The recorded file before what the back end has. */
static void read_log(struct host_view *view)
{
	const struct host_sources *sources = view->sources;
	const json_t *survey = json_object_get(sources->survey, "log");
	const struct record ring = { .name = "Xen's message ring",
		.text = (char *)json_string_value(survey),
		.length = json_string_length(survey) };

	if (!sources->xen_log) {
		view->log_source = "Xen's message ring";
		view->log_cut = json_is_true(json_object_get(sources->survey, "log_cut"));
		if (json_is_string(survey))
			view->log = xen_boot_log_facts(&ring);
		else
			problem_set(&view->log_trouble, 0, "Xen's log is not available%s%s",
				sources->xen_trouble[0] ? ": " : "", sources->xen_trouble);
		return;
	}
	view->log_source = sources->xen_log->name;
	view->log_cut = sources->xen_log->cut;
	view->log = xen_boot_log_facts(sources->xen_log);
}

static const json_t *find_function(const struct host_view *view, const char *address)
{
	const json_t *functions = json_object_get(json_object_get(view->host, "pci"), "functions");
	const json_t *function;
	size_t i;

	json_array_foreach(functions, i, function)
	{
		if (strcmp(document_text(function, "address"), address) == 0)
			return function;
	}
	return NULL;
}

static void find_devices(struct host_view *view)
{
	view->pci_trouble = json_string_value(json_object_get(view->host, "pci_error"));
	view->host_bridge = find_function(view, "0000:00:00.0");
	view->isa_bridge = find_function(view, "0000:00:1f.0");
	view->slot2 = find_function(view, "0000:00:02.0");
	if (!view->slot2 || !field_is_igd(view->slot2))
		return;
	view->igd = view->slot2;
	view->device = (uint16_t)strtoul(document_text(view->igd, "device"), NULL, 16);
	view->class = (uint32_t)strtoul(document_text(view->igd, "class"), NULL, 16);
	view->platform = igd_ids_find(view->ids, view->device);
}

static void read_pci(struct host_view *view)
{
	const struct host_sources *sources = view->sources;
	struct problem why = { 0 };
	int r = sources->lspci ? lspci_text_read(sources->lspci, &view->lspci, &why) : 0;

	view->host = host_identify(sources->root, sources->lspci ? &view->lspci : NULL);
	if (r == 0 && sources->lspci)
		lspci_text_json(&view->lspci, sources->root, NULL, &view->all_pci, NULL);
	else if (r == 0)
		functions_json(
			&(struct functions_scope){ .root = sources->root }, &view->all_pci, &why);
	if (r < 0 && view->host) {
		json_object_del(view->host, "pci");
		json_object_set_new(view->host, "pci_error", json_string(why.text));
	}
}

/* A dump of one device, or a copy of one folder of sysfs. */
static void note_part(struct host_view *view)
{
	const struct host_sources *sources = view->sources;

	if (sources->lspci ? view->lspci.whole : !sources->root[0] || view->host_bridge)
		return;
	snprintf(view->part, sizeof(view->part), "%.200s lists only some of the machine's devices",
		sources->lspci ? sources->lspci->name : sources->root);
}

int host_view_open(struct host_view *view, const struct host_sources *sources)
{
	const json_t *phantom, *virtual_gpu;

	*view = (struct host_view){ .sources = sources };
	read_pci(view);
	if (!view->host)
		return -ENOMEM;
	phantom = json_object_get(view->host, "phantom");
	view->phantom = phantom ? document_text(phantom, "name") : NULL;
	virtual_gpu = json_object_get(view->host, "virtual_gpu");
	view->virtual_gpu = virtual_gpu ? document_text(virtual_gpu, "name") : NULL;
	igd_ids_load(sources->ids, &view->ids, &view->ids_trouble);
	find_devices(view);
	note_part(view);
	read_log(view);
	return 0;
}

void host_view_close(struct host_view *view)
{
	lspci_text_free(&view->lspci);
	json_decref(view->all_pci);
	json_decref(view->host);
	json_decref(view->log);
	igd_ids_free(view->ids);
}

json_t *host_ids_json(const json_t *function)
{
	const char *vendor = document_text(function, "vendor");
	const char *device = document_text(function, "device");

	return json_sprintf("%.7s:%.7s", vendor[0] ? vendor + 2 : "unknown",
		device[0] ? device + 2 : "unknown");
}

bool host_register(const json_t *function, const char *name, uint32_t *value_r)
{
	const char *text = document_text(json_object_get(function, "registers"), name);

	*value_r = (uint32_t)strtoul(text, NULL, 16);
	return text[0] != '\0';
}

const char *host_xen_text(const struct host_view *view, const char *group, const char *key)
{
	return document_text(json_object_get(view->sources->identities, group), key);
}

const char *host_xen_cmdline(const struct host_view *view)
{
	const char *text = host_xen_text(view, "texts", "xen_cmdline");

	return text[0] ? text : json_string_value(json_object_get(view->log, "cmdline"));
}

bool host_option_is_off(
	const struct host_view *view, const char *option, const char *word, char *text, size_t size)
{
	const char *cmdline = host_xen_cmdline(view);

	return cmdline && xen_cmdline_is_off(cmdline, option, word, text, size);
}

enum host_igd host_has_igd(const struct host_view *view, const char **why_r)
{
	*why_r = "";
	if (view->igd)
		return IGD_THERE;
	if (!view->pci_trouble && (view->slot2 || !view->part[0]))
		return IGD_ABSENT;
	*why_r = view->pci_trouble ? view->pci_trouble : view->part;
	return IGD_UNKNOWN;
}

int host_has_other_display(const struct host_view *view)
{
	const json_t *functions = json_object_get(view->all_pci, "functions"), *function;
	size_t i;

	json_array_foreach(functions, i, function)
	{
		if (strncmp(document_text(function, "class"), "0x03", 4) == 0 &&
			strncmp(document_text(function, "address"), "0000:00:02.", 11) != 0)
			return 1;
	}
	return functions && !view->part[0] ? 0 : -1;
}

bool host_has_vmd(const struct host_view *view)
{
	const json_t *functions = json_object_get(view->all_pci, "functions"), *function;
	struct bdf where;
	size_t i;

	json_array_foreach(functions, i, function)
	{
		if (bdf_parse(document_text(function, "address"), &where) == 0 &&
			where.domain > BDF_XEN_DOMAIN_MAX)
			return true;
	}
	return false;
}

bool host_is_virtual(const struct host_view *view)
{
	return view->phantom || strcmp(document_text(view->host, "place"), "virtual") == 0;
}

bool host_xen_has(const struct host_view *view, const char *capability, bool *has_r)
{
	const json_t *list = json_object_get(view->sources->identities, "capabilities"), *entry;
	size_t i;

	*has_r = false;
	if (!json_is_array(list) || !host_xen_text(view, "versions", "libxl")[0])
		return false;
	json_array_foreach(list, i, entry)
	{
		if (json_is_string(entry) && strcmp(json_string_value(entry), capability) == 0)
			*has_r = true;
	}
	return true;
}

const char *host_log_loss(const struct host_view *view)
{
	if (!json_is_true(json_object_get(view->log, "complete")))
		return "the beginning of Xen's boot log is lost";
	return view->log_cut ? "only a part of Xen's log was read" : NULL;
}

bool host_log_says(const struct host_view *view, const char *key, bool *value_r)
{
	const json_t *value = json_object_get(view->log, key);

	*value_r = json_is_true(value);
	return json_is_boolean(value);
}
