#include "harness/views/views.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"
#include "harness/views/private.h"
#include "src/bdf.h"
#include "src/document.h"

/*
 * A file of evidence, or NULL; the caller frees. A file that is too long is not read: devices
 * behind the end of its beginning would count as absent.
 */
static char *read_evidence(int cell_fd, const char *name, size_t *length_r)
{
	char *text = NULL;
	bool more = false;

	if (cell_fd < 0 ||
		fileio_read_head(cell_fd, name, VIEW_TEXT_MAX, &text, length_r, &more, NULL) < 0)
		return NULL;
	if (!more)
		return text;
	free(text);
	return NULL;
}

/* Reads one file by `view_of`; *view_r stays NULL if it is not there. False without memory. */
static bool read_view(int cell_fd, const char *name,
	json_t *(*view_of)(const char *text, size_t length), json_t **view_r)
{
	size_t length = 0;
	char *text = read_evidence(cell_fd, name, &length);

	if (!text)
		return true;
	*view_r = view_of(text, length);
	free(text);
	return *view_r;
}

json_t *views_qemu_functions(int dir_fd)
{
	json_t *functions = NULL;

	return read_view(dir_fd, "qemu-qtree.txt", view_qtree_functions, &functions) ? functions
										     : NULL;
}

/* The address of "guest" or "host" in an entry of libxl.json, in the long form; "" without. */
static void address_of(const json_t *entry, const char *key, char text[static BDF_TEXT_MAX])
{
	struct bdf bdf;

	text[0] = '\0';
	if (bdf_parse(document_text(entry, key), &bdf) == 0)
		bdf_format(bdf, text);
}

/* What libxl says that it passed. It asked QEMU for an address only if the configuration did; any
 * other it was told by QEMU ("query-pci", libxl_pci.c). */
static void put_passed(struct view *view, const json_t *document, const json_t *config)
{
	const json_t *list = json_object_get(document, "pci"), *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		char host[BDF_TEXT_MAX], guest[BDF_TEXT_MAX], row[VIEW_KEY_MAX] = VIEW_PASSED;
		json_t *value;

		address_of(entry, "host", host);
		address_of(entry, "guest", guest);
		if (i >= VIEW_PASSED_MAX || !host[0])
			continue;
		value = json_pack("{s:s*}", "address", guest[0] ? guest : NULL);
		strncat(row, host, sizeof(row) - strlen(row) - 1);
		if (value && guest[0] && !json_object_get(json_object_get(config, row), "address"))
			json_object_set_new(value, "learned", json_true());
		view_put(view, row, value);
	}
}

/* In the view of a layer that would know them, the rows of `from` that begin with `prefix` and are
 * missing are not there. */
static void put_missing(struct view *view, const json_t *from, const char *prefix)
{
	const char *row;
	json_t *value;

	json_object_foreach((json_t *)from, row, value)
	{
		if (strncmp(row, prefix, strlen(prefix)) == 0 && !json_object_get(view->rows, row))
			view_put(view, row, json_null());
	}
}

static bool read_libxl(int cell_fd, const json_t *config, json_t *views[VIEW_LAYERS])
{
	static const char before_policy[] = "qemu-args-libxl.txt";
	struct view view = { NULL };
	json_t *document = NULL, *policy = NULL;
	bool ok;

	ok = read_view(cell_fd, before_policy, view_of_arguments, &views[VIEW_LIBXL]);
	if (ok && views[VIEW_LIBXL])
		ok = read_view(cell_fd, "qemu-args-policy.txt", view_of_arguments, &policy);
	else if (ok)
		ok = read_view(cell_fd, "qemu-args.txt", view_of_arguments, &views[VIEW_LIBXL]);
	if (ok && policy && !json_equal(policy, views[VIEW_LIBXL]))
		views[VIEW_POLICY] = json_incref(policy);
	json_decref(policy);
	if (!ok || cell_fd < 0 ||
		fileio_read_json(cell_fd, "libxl.json", DOCUMENT_LIBXL, &document, NULL) < 0)
		return ok;
	view.rows = views[VIEW_LIBXL] ? views[VIEW_LIBXL] : json_object();
	put_passed(&view, document, config);
	put_missing(&view, config, VIEW_PASSED);
	views[VIEW_LIBXL] = view_done(&view);
	json_decref(document);
	return views[VIEW_LIBXL];
}

static bool read_qemu(int cell_fd, json_t *views[VIEW_LAYERS])
{
	struct view view = { NULL };

	if (!read_view(cell_fd, "qemu-qtree.txt", view_of_qtree, &views[VIEW_QEMU]))
		return false;
	/* Without even a host bridge it is no tree. */
	if (!json_object_get(views[VIEW_QEMU], "host-bridge")) {
		json_decref(views[VIEW_QEMU]);
		views[VIEW_QEMU] = NULL;
		return true;
	}
	view.rows = views[VIEW_QEMU];
	for (int layer = VIEW_CONFIG; layer < VIEW_QEMU; layer++) {
		put_missing(&view, views[layer], VIEW_PASSED);
		put_missing(&view, views[layer], VIEW_FUNCTION);
	}
	views[VIEW_QEMU] = view_done(&view);
	return views[VIEW_QEMU];
}

static bool read_guest(const json_t *report, json_t *views[VIEW_LAYERS])
{
	struct view view = { NULL };

	if (!report)
		return true;
	views[VIEW_FIRMWARE] = view_of_firmware(report, views);
	views[VIEW_GUEST] = view_of_guest(report, views);
	if (!views[VIEW_FIRMWARE] || !views[VIEW_GUEST])
		return false;
	if (!views[VIEW_QEMU])
		return true;
	view.rows = views[VIEW_QEMU];
	put_missing(&view, views[VIEW_GUEST], VIEW_FUNCTION);
	views[VIEW_QEMU] = view_done(&view);
	return views[VIEW_QEMU];
}

static json_t *result(json_t *const views[VIEW_LAYERS])
{
	enum view_layer first_difference = VIEW_LAYERS;
	json_t *devices = views_compare(views, &first_difference), *layers = json_array();

	for (int layer = 0; layer < VIEW_LAYERS; layer++) {
		if (views[layer] && layer != VIEW_FIRMWARE)
			json_array_append_new(layers, json_string(view_names[layer].name));
	}
	return json_pack("{s:o, s:o, s:o}", "layers", layers, "parts_at",
		first_difference < VIEW_LAYERS ? json_string(view_names[first_difference].name)
					       : json_null(),
		"devices", devices);
}

json_t *views_of_cell(
	const json_t *plan_cell, const char *effective_backend, int cell_fd, const json_t *report)
{
	const json_t *settings = json_object_get(json_object_get(plan_cell, "settings"), "libxl");
	json_t *views[VIEW_LAYERS] = { NULL }, *done = NULL;

	if (strcmp(effective_backend, "libxl") != 0 || !settings)
		return result(views);
	views[VIEW_CONFIG] = view_of_config(settings);
	if (views[VIEW_CONFIG] && read_libxl(cell_fd, views[VIEW_CONFIG], views) &&
		read_qemu(cell_fd, views) && read_guest(report, views))
		done = result(views);
	for (int layer = 0; layer < VIEW_LAYERS; layer++)
		json_decref(views[layer]);
	return done;
}
