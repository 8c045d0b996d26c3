#include "src/opregion.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/tree.h"

/* Offsets in the OpRegion and sizes there (chapter 3.1 and 3.5). */
#define AT_SIGNATURE   0x000
#define SIGNATURE_SIZE 16
#define AT_SIZE        0x010 /* in KiB */
#define AT_VERSION     0x014 /* major in the highest byte, minor in the next, revision below */
#define AT_MAILBOXES   0x058 /* bit n: mailbox n + 1 is there */
#define AT_RVDA        0x3ba /* in mailbox 3, since version 2.0 */
#define AT_RVDS        0x3c2
#define AT_VBT         0x400 /* mailbox 4; the VBT begins with its own signature */
#define VBT_SIGNATURE  20
#define HEADER_SIZE    (AT_VBT + VBT_SIGNATURE)

/* Xen keeps the host's low 12 bits of the address: what is read may begin anywhere in a page. */
#define PAGE_SIZE 4096u

/*
 * Copies the beginning. mmap and not read: read(2) of /dev/mem refuses what lies above the RAM
 * (valid_phys_addr_range() in Linux' arch/x86/mm/mmap.c). Returns 0 or a negative errno.
 */
static int read_memory(const char *root, uint32_t address, uint8_t *bytes, size_t length)
{
	uint32_t within = address % PAGE_SIZE;
	size_t size = (within + length + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
	int fd = tree_open(root, O_RDONLY | O_NONBLOCK, "dev/mem"), r = 0;
	struct stat st;
	uint8_t *map;

	if (fd < 0)
		return fd;
	/* In a recorded tree it is a plain file, and behind its end there is SIGBUS. */
	if (fstat(fd, &st)) {
		r = -errno;
	} else if (S_ISREG(st.st_mode) && st.st_size < (off_t)address + (off_t)length) {
		r = -ENXIO;
	} else {
		map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, (off_t)(address - within));
		if (map == MAP_FAILED) {
			r = -errno;
		} else {
			memcpy(bytes, map + within, length);
			munmap(map, size);
		}
	}
	close(fd);
	return r;
}

static uint32_t read_u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static json_t *read_string(const uint8_t *bytes, size_t length)
{
	char text[32];

	memcpy(text, bytes, length);
	text[length] = '\0';
	tree_clean(text);
	return json_string(text);
}

json_t *opregion_json(const char *root, uint32_t address)
{
	uint8_t header[HEADER_SIZE];
	int r = read_memory(root, address, header, sizeof(header));
	uint32_t version;

	if (r < 0)
		return json_pack("{s:o, s:n, s:n, s:n, s:n, s:n, s:s}", "address",
			json_sprintf("0x%08x", address), "signature", "size_kib", "version",
			"mailboxes", "vbt", "error", strerror(-r));
	version = read_u32(header + AT_VERSION);
	return json_pack("{s:o, s:o, s:I, s:o, s:o, s:o}", "address",
		json_sprintf("0x%08x", address), "signature",
		read_string(header + AT_SIGNATURE, SIGNATURE_SIZE), "size_kib",
		(json_int_t)read_u32(header + AT_SIZE), "version",
		json_sprintf("%u.%u", version >> 24, version >> 16 & 0xff), "mailboxes",
		json_sprintf("0x%08x", read_u32(header + AT_MAILBOXES)), "vbt",
		read_string(header + AT_VBT, VBT_SIGNATURE));
}

int opregion_vbt_copy(const char *root, uint32_t address, uint8_t vbt[static OPREGION_VBT_MAX])
{
	return read_memory(root, address + AT_VBT, vbt, OPREGION_VBT_MAX);
}

int opregion_vbt_read(const char *root, uint32_t address, struct opregion_vbt *vbt_r)
{
	uint8_t header[HEADER_SIZE];
	int r = read_memory(root, address, header, sizeof(header));

	if (r < 0)
		return r;
	vbt_r->at = read_u32(header + AT_RVDA) | (uint64_t)read_u32(header + AT_RVDA + 4) << 32;
	vbt_r->bytes = read_u32(header + AT_RVDS);
	return 0;
}
