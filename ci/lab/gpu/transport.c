#include "ci/lab/gpu/transport.h"

#include <errno.h>
#include <jansson.h>
#include <linux/vfio.h>
#include <string.h>

#include "ci/lab/gpu/say.h"

struct call {
	struct transport *transport;
	struct gpu *gpu;
	const uint8_t *payload;
	size_t length;
	int *fds;
	size_t fd_count;
	struct vfu_reply *reply;
};

/* What the server offers: JSON as the protocol's chapter on VERSION has it. */
static int put_capabilities(struct vfu_reply *reply)
{
	json_t *offer = json_pack("{s:{s:i, s:i, s:i, s:i}}", "capabilities", "max_msg_fds",
		(int)VFU_FDS_MAX, "max_data_xfer_size", (int)VFU_DATA_MAX, "pgsizes", 4096,
		"max_dma_maps", (int)DMA_MAPS_MAX);
	char *text = offer ? json_dumps(offer, JSON_COMPACT) : NULL;
	size_t size = text ? strlen(text) + 1 : 0;

	if (text) {
		memcpy(reply->payload + reply->length, text, size);
		reply->length += size;
	}
	free(text);
	json_decref(offer);
	return text ? 0 : -ENOMEM;
}

static int agree_version(struct call *call)
{
	struct vfu_version version;
	const char *text = (const char *)call->payload + sizeof(version);
	size_t size = call->length - sizeof(version);
	json_t *offer;

	memcpy(&version, call->payload, sizeof(version));
	if (version.major != VFU_MAJOR || size > VFU_VERSION_MAX)
		return -EINVAL;
	/* Without JSON a client has the protocol's defaults; that is so for all that is said here.
	 */
	if (size > 0) {
		offer = text[size - 1] ? NULL : json_loadb(text, size - 1, 0, NULL);
		if (!json_is_object(offer)) {
			json_decref(offer);
			return -EINVAL;
		}
		json_decref(offer);
	}
	version.minor = VFU_MINOR;
	memcpy(call->reply->payload, &version, sizeof(version));
	call->reply->length = sizeof(version);
	call->transport->agreed = true;
	return put_capabilities(call->reply);
}

static int map_dma(struct call *call)
{
	struct vfu_dma_map map;
	int r;

	memcpy(&map, call->payload, sizeof(map));
	if (map.flags & ~(VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE))
		return -EINVAL;
	r = dma_add(&call->gpu->dma, map.address, map.size, call->fd_count > 0 ? call->fds[0] : -1,
		map.offset);
	if (r == 0)
		call->gpu->dma_maps++;
	return r;
}

static int unmap_dma(struct call *call)
{
	struct vfu_dma_unmap unmap;
	int r = 0;

	memcpy(&unmap, call->payload, sizeof(unmap));
	if (unmap.flags & ~VFU_DMA_UNMAP_ALL)
		return -ENOTSUP;
	if (unmap.flags & VFU_DMA_UNMAP_ALL)
		dma_clear(&call->gpu->dma);
	else
		r = dma_remove(&call->gpu->dma, unmap.address, unmap.size);
	if (r < 0)
		return r;
	call->gpu->dma_unmaps++;
	memcpy(call->reply->payload, &unmap, sizeof(unmap));
	call->reply->length = sizeof(unmap);
	return 0;
}

static int tell_device(struct call *call)
{
	/* Not the kernel's structure: vfio-user's ends here. */
	const uint32_t info[] = { 4 * sizeof(uint32_t),
		VFIO_DEVICE_FLAGS_RESET | VFIO_DEVICE_FLAGS_PCI, VFIO_PCI_NUM_REGIONS,
		VFIO_PCI_NUM_IRQS };

	memcpy(call->reply->payload, info, sizeof(info));
	call->reply->length = sizeof(info);
	return 0;
}

/* Says which one piece of the region may be mapped. */
#define SPARSE_SIZE                                                                                \
	(sizeof(struct vfio_region_info_cap_sparse_mmap) +                                         \
		sizeof(struct vfio_region_sparse_mmap_area))

static void put_sparse_map(uint8_t *to, const struct gpu_region *region)
{
	const struct vfio_region_info_cap_sparse_mmap header = {
		.header = { .id = VFIO_REGION_INFO_CAP_SPARSE_MMAP, .version = 1 }, .nr_areas = 1
	};
	const struct vfio_region_sparse_mmap_area area = { .offset = region->map_from,
		.size = region->map_size };

	memcpy(to, &header, sizeof(header));
	memcpy(to + sizeof(header), &area, sizeof(area));
}

static int tell_region(struct call *call)
{
	struct vfio_region_info info;
	struct gpu_region region;
	uint32_t room;
	int r;

	memcpy(&info, call->payload, sizeof(info));
	room = info.argsz;
	r = gpu_region(call->gpu, info.index, &region);
	if (r < 0)
		return r;
	info = (struct vfio_region_info){ .argsz = sizeof(info),
		.flags = region.size ? region.flags : 0,
		.index = info.index,
		.size = region.size };
	if (region.fd >= 0 && region.map_size < region.size) {
		info.flags |= VFIO_REGION_INFO_FLAG_CAPS;
		/* Also if there is no room: QEMU refuses a region with capabilities at 0. */
		info.cap_offset = sizeof(info);
		info.argsz += SPARSE_SIZE;
	}
	/* A client with too little room asks again; until then nothing is to be mapped. */
	call->reply->length = sizeof(info);
	if (room >= info.argsz && region.fd >= 0) {
		info.flags |= VFIO_REGION_INFO_FLAG_MMAP;
		call->reply->fd = region.fd;
		call->reply->length = info.argsz;
		if (info.cap_offset)
			put_sparse_map(call->reply->payload + info.cap_offset, &region);
	}
	memcpy(call->reply->payload, &info, sizeof(info));
	return 0;
}

static int tell_irq(struct call *call)
{
	struct vfio_irq_info info;

	memcpy(&info, call->payload, sizeof(info));
	if (info.index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	info.argsz = sizeof(info);
	info.flags = info.count = 0;
	if (info.index == VFIO_PCI_INTX_IRQ_INDEX || info.index == VFIO_PCI_MSI_IRQ_INDEX) {
		info.count = 1;
		info.flags = VFIO_IRQ_INFO_EVENTFD;
	}
	if (info.index == VFIO_PCI_INTX_IRQ_INDEX)
		info.flags |= VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED;
	memcpy(call->reply->payload, &info, sizeof(info));
	call->reply->length = sizeof(info);
	return 0;
}

/* The device keeps the eventfd. None takes an earlier one away. */
static int give_vector(struct call *call, uint32_t index)
{
	int r = interrupt_set_vector(call->gpu, index, call->fd_count > 0 ? call->fds[0] : -1);

	if (r == 0 && call->fd_count > 0)
		call->fds[0] = -1;
	return r;
}

static int set_irqs(struct call *call)
{
	struct vfio_irq_set set;
	uint32_t action;

	memcpy(&set, call->payload, sizeof(set));
	action = set.flags & VFIO_IRQ_SET_ACTION_TYPE_MASK;
	if (set.start != 0 || set.count > 1)
		return -EINVAL;
	/* QEMU asks for vectors that this device has not, to disable them. */
	if (set.index != VFIO_PCI_INTX_IRQ_INDEX && set.index != VFIO_PCI_MSI_IRQ_INDEX)
		return set.index < VFIO_PCI_NUM_IRQS && set.count == 0 ? 0 : -EINVAL;
	switch (action) {
	case VFIO_IRQ_SET_ACTION_TRIGGER:
		if ((set.flags & VFIO_IRQ_SET_DATA_EVENTFD) || set.count == 0)
			return give_vector(call, set.index);
		interrupt_trigger(call->gpu, set.index);
		return 0;
	case VFIO_IRQ_SET_ACTION_MASK:
	case VFIO_IRQ_SET_ACTION_UNMASK:
		if (set.index != VFIO_PCI_INTX_IRQ_INDEX || !(set.flags & VFIO_IRQ_SET_DATA_NONE))
			return -EINVAL;
		interrupt_mask_intx(call->gpu, action == VFIO_IRQ_SET_ACTION_MASK);
		return 0;
	default:
		return -EINVAL;
	}
}

static int read_region(struct call *call)
{
	struct vfu_region_access access;
	int r;

	memcpy(&access, call->payload, sizeof(access));
	if (access.count > VFU_DATA_MAX)
		return -EINVAL;
	r = gpu_region_read(call->gpu, access.region, access.offset,
		call->reply->payload + sizeof(access), access.count);
	memcpy(call->reply->payload, &access, sizeof(access));
	call->reply->length = sizeof(access) + access.count;
	return r;
}

static int write_region(struct call *call)
{
	struct vfu_region_access access;

	memcpy(&access, call->payload, sizeof(access));
	if (access.count > call->length - sizeof(access))
		return -EINVAL;
	memcpy(call->reply->payload, &access, sizeof(access));
	call->reply->length = sizeof(access);
	return gpu_region_write(call->gpu, access.region, access.offset,
		call->payload + sizeof(access), access.count);
}

static int reset_device(struct call *call)
{
	gpu_reset(call->gpu);
	return 0;
}

static const struct {
	enum vfu_command command;
	const char *name;
	size_t at_least; /* bytes behind the header */
	int (*carry_out)(struct call *call);
} commands[] = {
	{ VFU_VERSION, "VERSION", sizeof(struct vfu_version), agree_version },
	{ VFU_DMA_MAP, "DMA_MAP", sizeof(struct vfu_dma_map), map_dma },
	{ VFU_DMA_UNMAP, "DMA_UNMAP", sizeof(struct vfu_dma_unmap), unmap_dma },
	{ VFU_DEVICE_GET_INFO, "DEVICE_GET_INFO", 0, tell_device },
	{ VFU_DEVICE_GET_REGION_INFO, "DEVICE_GET_REGION_INFO", sizeof(struct vfio_region_info),
		tell_region },
	{ VFU_DEVICE_GET_IRQ_INFO, "DEVICE_GET_IRQ_INFO", sizeof(struct vfio_irq_info), tell_irq },
	{ VFU_DEVICE_SET_IRQS, "DEVICE_SET_IRQS", sizeof(struct vfio_irq_set), set_irqs },
	{ VFU_REGION_READ, "REGION_READ", sizeof(struct vfu_region_access), read_region },
	{ VFU_REGION_WRITE, "REGION_WRITE", sizeof(struct vfu_region_access), write_region },
	{ VFU_DEVICE_RESET, "DEVICE_RESET", 0, reset_device },
};

bool transport_header_is_sound(const struct vfu_header *header, const char **why)
{
	*why = NULL;
	if (header->size < sizeof(*header))
		*why = "is shorter than its own header";
	else if (header->size > sizeof(*header) + VFU_PAYLOAD_MAX)
		*why = "is longer than a message may be";
	else if ((header->flags & VFU_FLAG_TYPE) == VFU_FLAG_REPLY)
		*why = "is a reply to nothing";
	return !*why;
}

static int carry_out(struct call *call, uint16_t command)
{
	int r = -ENOTSUP;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (commands[i].command != command)
			continue;
		if (call->length < commands[i].at_least)
			r = -EINVAL;
		else if (!call->transport->agreed && command != VFU_VERSION)
			r = -EPROTO;
		else
			r = commands[i].carry_out(call);
		if (r < 0)
			say("%s with %zu bytes was refused: %s", commands[i].name, call->length,
				strerror(-r));
		return r;
	}
	say("command %u, which this server does not have, was refused", command);
	return r;
}

bool transport_handle(struct transport *transport, const struct vfu_header *header,
	const uint8_t *payload, int *fds, size_t fd_count, struct vfu_reply *reply)
{
	struct call call = { .transport = transport,
		.gpu = transport->gpu,
		.payload = payload,
		.length = header->size - sizeof(*header),
		.fds = fds,
		.fd_count = fd_count,
		.reply = reply };
	int r;

	reply->length = 0;
	reply->fd = -1;
	r = carry_out(&call, header->command);
	if (r < 0) {
		reply->length = 0;
		reply->fd = -1;
	}
	reply->header = (struct vfu_header){ .id = header->id,
		.command = header->command,
		.size = (uint32_t)(sizeof(reply->header) + reply->length),
		.flags = VFU_FLAG_REPLY | (r < 0 ? VFU_FLAG_ERROR : 0),
		.error = r < 0 ? (uint32_t)-r : 0 };
	return !(header->flags & VFU_FLAG_NO_REPLY);
}
