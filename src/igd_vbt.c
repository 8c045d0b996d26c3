/* The VBT as an object: its header, and the outputs that it names. */
#include <errno.h>
#include <fcntl.h>
#include <nettle/base16.h>
#include <nettle/sha2.h>
#include <string.h>

#include "src/igd.h"
#include "src/opregion.h"
#include "src/tree.h"
#include "src/vbt.h"

static uint32_t read_asls(const char *root, struct bdf where)
{
	uint8_t config[PCI_ASLS + 4];
	char address[BDF_TEXT_MAX];
	const uint8_t *asls = config + PCI_ASLS;

	bdf_format(where, address);
	if (tree_bytes(root, config, sizeof(config), "sys/bus/pci/devices/%s/config", address) !=
		(ssize_t)sizeof(config))
		return 0;
	return (uint32_t)asls[0] | (uint32_t)asls[1] << 8 | (uint32_t)asls[2] << 16 |
	       (uint32_t)asls[3] << 24;
}

static json_t *children_json(const struct vbt *vbt)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < vbt->count; i++) {
		const struct vbt_child *child = &vbt->children[i];

		json_array_append_new(
			list, json_pack("{s:o, s:o, s:s, s:i, s:o}", "handle",
				      json_sprintf("0x%04x", child->handle), "type",
				      json_sprintf("0x%04x", child->type), "port",
				      vbt_port_name(child->port), "ddc_pin", child->ddc_pin,
				      "aux_channel", json_sprintf("0x%02x", child->aux_channel)));
	}
	return list;
}

static json_t *sha256_json(const uint8_t *bytes, size_t length)
{
	char text[BASE16_ENCODE_LENGTH(SHA256_DIGEST_SIZE)];
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha256;

	sha256_init(&sha256);
	sha256_update(&sha256, length, bytes);
	sha256_digest(&sha256, sizeof(digest), digest);
	base16_encode_update(text, sizeof(digest), digest);
	return json_stringn(text, sizeof(text));
}

json_t *igd_vbt_json(const char *root, struct bdf where, const uint8_t *driver, size_t length)
{
	static uint8_t mailbox[OPREGION_VBT_MAX];
	uint32_t asls = read_asls(root, where);
	bool there = asls && asls != UINT32_MAX && opregion_vbt_copy(root, asls, mailbox) == 0;
	const char *observer = driver ? "debugfs" : "memory", *source = NULL;
	struct vbt vbt;
	json_t *object;
	int r;

	if (!driver && there) {
		driver = mailbox;
		length = sizeof(mailbox);
	}
	r = driver ? vbt_parse(driver, length, &vbt) : -ENOENT;
	if (r == -ENOENT)
		return json_null();
	if (there && vbt.bytes && vbt.bytes <= sizeof(mailbox))
		source = memcmp(driver, mailbox, vbt.bytes) == 0 ? "opregion" : "other";
	tree_clean(vbt.signature);
	object = json_pack("{s:s, s:s?, s:i, s:o, s:s, s:i, s:i, s:o}", "observer", observer,
		"source", source, "bytes", vbt.bytes, "sha256",
		vbt.bytes ? sha256_json(driver, vbt.bytes) : json_null(), "signature",
		vbt.signature, "version", vbt.version, "bdb_version", vbt.bdb_version, "children",
		children_json(&vbt));
	if (object && r < 0)
		json_object_set_new(object, "error",
			json_string("its BIOS data block has no valid header, "
				    "or is truncated"));
	return object;
}
