/*
 * Between the files of views: how each layer's view is read.
 *
 * A view is an object: of each row that the layer says something of, an object or null (it is not
 * there). The rows are named
 *
 *   host-bridge, platform, vga, nic, isa-bridge, edid, mode, opregion
 *   passed ADDRESS     a device of the host, by its address there
 *   function ADDRESS   any other function, by its address in the guest
 */
#ifndef IGD_VIEWS_PRIVATE_H
#define IGD_VIEWS_PRIVATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/views/views.h"
#include "src/bdf.h"

#define VIEW_PASSED   "passed "
#define VIEW_FUNCTION "function "
#define VIEW_IGD      VIEW_PASSED "0000:00:02.0"
#define VIEW_KEY_MAX  32 /* bytes of a row's name */
#define VIEW_WORD_MAX                                                                              \
	64 /* bytes of a type, an option's key or value; longer ones are not looked at */
#define VIEW_TEXT_MAX   (1u << 20) /* bytes of a file of evidence; a longer one is not read */
#define VIEW_PASSED_MAX 32         /* devices of the host, as harness/backend/libxl allows */

/* The emulated devices that a row stands for. */
struct view_model {
	const char *row;  /* NULL ends the table */
	const char *type; /* QEMU's name */
	const char *word; /* as the libxl setting of the row's name calls it; NULL: it has none */
	const char *ids;
};
extern const struct view_model view_models[];

/* The model of that QEMU type, or of those ids in that row; NULL if there is none. */
const struct view_model *view_model_of_type(const char *type);
const struct view_model *view_model_of_ids(const char *row, const char *ids);

/* A view in the making. */
struct view {
	json_t *rows;
	bool failed; /* no memory */
};

/* Sets what the view says of a row. Takes `value`; NULL is no memory. */
void view_put(struct view *view, const char *row, json_t *value);

/* Sets "PREFIX ADDRESS". Takes `value`. */
void view_put_at(struct view *view, const char *prefix, const char *address, json_t *value);

/* Gives the view's rows to the caller, or NULL if memory was lacking on the way. */
json_t *view_done(struct view *view);

/* What of QEMU's command line matters here. */
struct view_device {
	char type[VIEW_WORD_MAX];
	struct bdf address;
	bool placed;         /* the address was asked for */
	int edid;            /* 1 on, 0 off, -1 not said */
	unsigned xres, yres; /* 0: not said */
};

#define VIEW_DEVICES_MAX 64

struct view_arguments {
	char machine[VIEW_WORD_MAX];
	bool igd; /* igd-passthru=on */
	struct view_device devices[VIEW_DEVICES_MAX];
	size_t count;
	struct view_device vga; /* what -global says of all of type VGA */
};

#define VIEW_ARGUMENTS_NONE ((struct view_arguments){ .vga.edid = -1 })

/*
 * Reads arguments, in their order, on top of what `arguments` has already: a later -machine is
 * merged with an earlier one, as QEMU does.
 */
void view_arguments_read(struct view_arguments *arguments, const char *const *list, size_t count);

/* As -device TYPE. */
void view_arguments_device(struct view_arguments *arguments, const char *value);

/* What those arguments make of each row. */
void view_arguments_put(const struct view_arguments *arguments, struct view *view);

/* The view of a command line, one argument a line, the program first. NULL without memory. */
json_t *view_of_arguments(const char *text, size_t length);

/* The view of a cell's settings for libxl. NULL without memory. */
json_t *view_of_config(const json_t *settings);

/* The view of QEMU, from the text of "info qtree". NULL without memory. */
json_t *view_of_qtree(const char *text, size_t length);

/*
 * The views of guest and firmware from a report. `views` has those of the other layers, NULL where
 * one is not known: they say what to look for, and where. Return NULL without memory.
 */
json_t *view_of_guest(const json_t *report, json_t *const views[VIEW_LAYERS]);
json_t *view_of_firmware(const json_t *report, json_t *const views[VIEW_LAYERS]);

/* The views beside each other: "devices", and the first layer at which one parts, or VIEW_LAYERS.
 * NULL without memory. */
json_t *views_compare(json_t *const views[VIEW_LAYERS], enum view_layer *parts_at_r);

#endif
