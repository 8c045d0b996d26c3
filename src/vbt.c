#include "src/vbt.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* struct vbt_header: where its fields are, and how large it is without the fields that nobody
 * reads. */
#define SIGNATURE_SIZE 20
#define AT_VERSION     20
#define AT_VBT_SIZE    24
#define AT_BDB_OFFSET  28
#define VBT_HEADER     32

/* struct bdb_header, "BIOS_DATA_BLOCK " and three numbers. */
#define BDB_SIGNATURE      "BIOS_DATA_BLOCK "
#define BDB_SIGNATURE_SIZE 16
#define AT_BDB_VERSION     16
#define AT_BDB_HEADER_SIZE 18
#define AT_BDB_SIZE        20
#define BDB_HEADER         22

/* A block: its number, its size, its data. */
#define BLOCK_HEADER              3
#define BLOCK_GENERAL_DEFINITIONS 2
#define BLOCK_MIPI_SEQUENCE       53
#define MIPI_SEQUENCE_LONG        3 /* from this version on its size is in four further bytes */

/* struct bdb_general_definitions: what comes before the children; the last byte is a child's size.
 */
#define DEFINITIONS_HEADER 5

/* struct child_device_config. */
#define AT_HANDLE 0
#define AT_TYPE   2
#define AT_PORT   16
#define AT_DDC    19
#define AT_AUX    25
#define CHILD_MIN 20 /* with the DDC pin */

struct span {
	const uint8_t *bytes;
	size_t length;
};

static uint16_t u16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t u32(const uint8_t *bytes)
{
	return u16(bytes) | (uint32_t)u16(bytes + 2) << 16;
}

static void copy_signature(const uint8_t *bytes, char text[static VBT_TEXT_MAX])
{
	size_t length = SIGNATURE_SIZE;

	while (length > 0 && (bytes[length - 1] == ' ' || bytes[length - 1] == '\0'))
		length--;
	memcpy(text, bytes, length);
	text[length] = '\0';
}

static void read_children(struct span block, struct vbt *vbt)
{
	size_t size;

	if (block.length < DEFINITIONS_HEADER)
		return;
	size = block.bytes[DEFINITIONS_HEADER - 1];
	if (size < CHILD_MIN)
		return;
	for (size_t at = DEFINITIONS_HEADER; at + size <= block.length; at += size) {
		const uint8_t *child = block.bytes + at;

		if (!u16(child + AT_TYPE) || vbt->count == VBT_CHILDREN_MAX)
			continue;
		vbt->children[vbt->count++] =
			(struct vbt_child){ u16(child + AT_HANDLE), u16(child + AT_TYPE),
				child[AT_PORT], child[AT_DDC], size > AT_AUX ? child[AT_AUX] : 0 };
	}
}

/* Takes the next block off. Returns false when there is no whole one. */
static bool next_block(struct span *rest, unsigned int *number_r, struct span *block_r)
{
	size_t size, skip = BLOCK_HEADER;

	if (rest->length < BLOCK_HEADER)
		return false;
	*number_r = rest->bytes[0];
	size = u16(rest->bytes + 1);
	if (*number_r == BLOCK_MIPI_SEQUENCE && rest->length >= BLOCK_HEADER + 5 &&
		rest->bytes[BLOCK_HEADER] >= MIPI_SEQUENCE_LONG)
		size = u32(rest->bytes + BLOCK_HEADER + 1);
	if (size > rest->length - skip)
		return false;
	*block_r = (struct span){ rest->bytes + skip, size };
	rest->bytes += skip + size;
	rest->length -= skip + size;
	return true;
}

static int read_bdb(struct span bdb, struct vbt *vbt)
{
	struct span rest, block;
	unsigned int number;
	size_t header, size;

	if (bdb.length < BDB_HEADER || memcmp(bdb.bytes, BDB_SIGNATURE, BDB_SIGNATURE_SIZE) != 0)
		return -EINVAL;
	vbt->bdb_version = u16(bdb.bytes + AT_BDB_VERSION);
	header = u16(bdb.bytes + AT_BDB_HEADER_SIZE);
	size = u16(bdb.bytes + AT_BDB_SIZE);
	if (header < BDB_HEADER || size < header || size > bdb.length)
		return -EINVAL;
	rest = (struct span){ bdb.bytes + header, size - header };
	while (next_block(&rest, &number, &block)) {
		if (number == BLOCK_GENERAL_DEFINITIONS) {
			read_children(block, vbt);
			break;
		}
	}
	return 0;
}

int vbt_parse(const uint8_t *bytes, size_t length, struct vbt *vbt_r)
{
	uint32_t offset;

	*vbt_r = (struct vbt){ .count = 0 };
	if (length < VBT_HEADER || memcmp(bytes, "$VBT", 4) != 0)
		return -ENOENT;
	copy_signature(bytes, vbt_r->signature);
	vbt_r->version = u16(bytes + AT_VERSION);
	vbt_r->bytes = u16(bytes + AT_VBT_SIZE);
	offset = u32(bytes + AT_BDB_OFFSET);
	if (vbt_r->bytes > length) {
		vbt_r->bytes = 0;
		return -EINVAL;
	}
	if (offset >= vbt_r->bytes)
		return -EINVAL;
	return read_bdb((struct span){ bytes + offset, vbt_r->bytes - offset }, vbt_r);
}

const char *vbt_port_name(uint8_t port)
{
	/* DVO_PORT_*, by number. */
	static const char *const names[] = { "HDMI-A", "HDMI-B", "HDMI-C", "HDMI-D", "LVDS", "TV",
		"CRT", "DP-B", "DP-C", "DP-D", "DP-A", "DP-E", "HDMI-E", "DP-F", "HDMI-F", "DP-G",
		"HDMI-G", "DP-H", "HDMI-H", "DP-I", "HDMI-I", "DSI-A", "DSI-B", "DSI-C", "DSI-D" };

	return port < sizeof(names) / sizeof(names[0]) ? names[port] : "?";
}
