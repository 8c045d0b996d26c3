/*
 * The VBT, Video BIOS Table: what a machine's firmware tells the driver of an Intel GPU about its
 * display outputs. Only what is needed to say which outputs there are is read. Its layout is not
 * published as a document; facts from Linux' drivers/gpu/drm/i915/display/intel_vbt_defs.h.
 */
#ifndef IGD_VBT_H
#define IGD_VBT_H

#include <stddef.h>
#include <stdint.h>

#define VBT_CHILDREN_MAX 16
#define VBT_TEXT_MAX     24

/* An output that the VBT names: a "child device". */
struct vbt_child {
	uint16_t handle, type;
	uint8_t port; /* vbt_port_name() */
	uint8_t ddc_pin, aux_channel;
};

struct vbt {
	char signature[VBT_TEXT_MAX]; /* "$VBT COFFEELAKE", without blanks at its end */
	uint16_t version, bytes;      /* bytes: its own word, and never more than were given */
	uint16_t bdb_version;
	struct vbt_child children[VBT_CHILDREN_MAX];
	size_t count; /* of children; those of type 0, which drivers skip, are left out */
};

/*
 * Reads a VBT. `text` of the signature may hold any byte. Returns 0; -ENOENT if there is no "$VBT"
 * at the beginning; -EINVAL if the table or its data block does not fit into the bytes: then what
 * was read before is in *vbt_r, and the rest is 0.
 */
int vbt_parse(const uint8_t *bytes, size_t length, struct vbt *vbt_r);

/* "HDMI-B", or "?" for a number that no driver knows. */
const char *vbt_port_name(uint8_t port);

#endif
