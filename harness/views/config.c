#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plan/pci_spec.h"
#include "harness/views/private.h"
#include "src/document.h"

/* libxl's default adapter, also with passthrough: libxl__domain_build_info_setdefault(). */
static const char default_vga[] = "cirrus";

/* Adds the device that the setting of the row's name asks for. */
static void ask(struct view_arguments *arguments, const json_t *settings, const char *row,
	const char *otherwise)
{
	const char *word = document_text(settings, row);

	if (!word[0])
		word = otherwise;
	for (const struct view_model *model = view_models; model->row; model++) {
		if (strcmp(model->row, row) == 0 && model->word && strcmp(model->word, word) == 0)
			view_arguments_device(arguments, model->type);
	}
}

/* device_model_args_hvm: a cell asks for what it has QEMU told. */
static void read_extra(struct view_arguments *arguments, const json_t *settings)
{
	const json_t *texts = json_object_get(settings, "device_model_args_hvm"), *text;
	const char **list = calloc(json_array_size(texts) + 1, sizeof(*list));
	size_t i;

	if (!list)
		return;
	json_array_foreach(texts, i, text) list[i] =
		json_is_string(text) ? json_string_value(text) : "";
	view_arguments_read(arguments, list, json_array_size(texts));
	free(list);
}

static void put_passed(const json_t *settings, bool igd, struct view *view)
{
	const json_t *list = json_object_get(settings, "pci"), *text;
	size_t i;

	json_array_foreach(list, i, text)
	{
		char host[BDF_TEXT_MAX], guest[BDF_TEXT_MAX];
		struct pci_spec spec;
		bool placed;

		if (i >= VIEW_PASSED_MAX || !json_is_string(text) ||
			pci_spec_parse(json_string_value(text), &spec, NULL) < 0)
			continue;
		placed = spec.slot != PCI_SPEC_SLOT_NONE;
		bdf_format(spec.host, host);
		bdf_format((struct bdf){ .slot = placed ? (uint8_t)spec.slot : 0,
				   .function = (uint8_t)spec.function },
			guest);
		view_put_at(view, VIEW_PASSED, host,
			json_pack("{s:s*}", "address", placed ? guest : NULL));
		/* QEMU takes this address alone for an IGD: xen_pt_realize(), hw/xen/xen_pt.c. */
		if (igd && bdf_equal(spec.host, (struct bdf){ .slot = 2 }))
			view_put(view, "opregion", json_object());
	}
}

json_t *view_of_config(const json_t *settings)
{
	struct view_arguments arguments = VIEW_ARGUMENTS_NONE;
	const char *gfx_passthru = document_text(settings, "gfx_passthru");
	struct view view = { .rows = json_object() };
	bool plain = json_is_false(json_object_get(settings, "xen_platform_pci"));

	snprintf(arguments.machine, sizeof(arguments.machine), "%s", plain ? "pc" : "xenfv");
	arguments.igd = strcmp(gfx_passthru, "igd") == 0 || strcmp(gfx_passthru, "on") == 0;
	ask(&arguments, settings, "vga", default_vga);
	ask(&arguments, settings, "nic", "none");
	read_extra(&arguments, settings);
	view_arguments_put(&arguments, &view);
	put_passed(settings, arguments.igd, &view);
	return view_done(&view);
}
