/*
 * The messages of vfio-user, as QEMU's docs/interop/vfio-user.rst defines them. The structures
 * behind a command are those of <linux/vfio.h> where vfio-user takes them over, and here where it
 * does not. All numbers are in the byte order of the host: client and server share a machine.
 */
#ifndef IGD_GPU_VFIO_USER_H
#define IGD_GPU_VFIO_USER_H

#include <stdint.h>

#define VFU_MAJOR 0 /* the version of the protocol that QEMU 10.1 and later speak */
#define VFU_MINOR 0

enum vfu_command {
	VFU_VERSION = 1,
	VFU_DMA_MAP = 2,
	VFU_DMA_UNMAP = 3,
	VFU_DEVICE_GET_INFO = 4,
	VFU_DEVICE_GET_REGION_INFO = 5,
	VFU_DEVICE_GET_IRQ_INFO = 7,
	VFU_DEVICE_SET_IRQS = 8,
	VFU_REGION_READ = 9,
	VFU_REGION_WRITE = 10,
	VFU_DEVICE_RESET = 13,
};

#define VFU_FLAG_TYPE     0xfu /* of the message: 0 a command, 1 a reply */
#define VFU_FLAG_REPLY    0x1u
#define VFU_FLAG_NO_REPLY 0x10u /* the sender does not want an answer: a posted write */
#define VFU_FLAG_ERROR    0x20u /* the reply has an errno and no data */

struct vfu_header {
	uint16_t id;
	uint16_t command;
	uint32_t size; /* of the whole message, this header included */
	uint32_t flags;
	uint32_t error; /* an errno, positive */
};

struct vfu_version {
	uint16_t major, minor; /* JSON follows, with a NUL at its end */
};

struct vfu_dma_map {
	uint32_t argsz, flags;
	uint64_t offset; /* in the file that comes with the message */
	uint64_t address, size;
};

/* Newer than Linux 5.10, whose headers the oldest lab is built with. */
#define VFU_DMA_UNMAP_ALL 0x2u

struct vfu_dma_unmap {
	uint32_t argsz, flags;
	uint64_t address, size;
};

struct vfu_region_access {
	uint64_t offset;
	uint32_t region,
		count; /* data of count bytes follow, in a write and in the reply to a read */
};

/* Limits that the server announces. One MiB is what the protocol has without an announcement. */
#define VFU_DATA_MAX    (1024u * 1024)
#define VFU_PAYLOAD_MAX (sizeof(struct vfu_region_access) + VFU_DATA_MAX)
#define VFU_FDS_MAX     8u
#define VFU_VERSION_MAX 4096u /* bytes of JSON that are read */

#endif
