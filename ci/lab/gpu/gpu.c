#include "ci/lab/gpu/gpu.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GGTT_ENTRIES ((GPU_MMIO_SIZE - GPU_GGTT_FROM) / 8)
#define IO_INDEX     0 /* of BAR 4: which register, and the register */
#define IO_DATA      4

/*
 * Memory that the client may map. Its size is sealed: a client that changed it would kill the
 * server with SIGBUS.
 */
static int make_memory(const char *name, uint32_t size, int *fd_r, uint8_t **bytes_r)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), r = 0;
	void *map;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, size) ||
		fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		r = -errno;
	map = r == 0 ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
	if (r == 0 && map == MAP_FAILED)
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	*fd_r = fd;
	*bytes_r = map;
	return 0;
}

int gpu_init(struct gpu *gpu, const struct gpu_options *options)
{
	int r;

	memset(gpu, 0, sizeof(*gpu));
	gpu->options = *options;
	gpu->generation = options->generation;
	gpu->wiring = &options->generation->ports[options->port];
	gpu->mmio_fd = gpu->aperture_fd = -1;
	gpu->plugged = options->edid;
	dma_init(&gpu->dma);
	interrupt_init(gpu);
	r = registers_init(&gpu->registers, gpu->generation->rules, gpu->generation->rule_count);
	if (r == 0)
		r = make_memory("igd-gpu-bar0", GPU_MMIO_SIZE, &gpu->mmio_fd, &gpu->mmio);
	if (r == 0)
		r = make_memory(
			"igd-gpu-bar2", GPU_APERTURE_SIZE, &gpu->aperture_fd, &gpu->aperture);
	if (r == 0)
		gpu_reset(gpu);
	else
		gpu_free(gpu);
	return r;
}

void gpu_free(struct gpu *gpu)
{
	interrupt_release(gpu);
	dma_clear(&gpu->dma);
	registers_free(&gpu->registers);
	if (gpu->mmio)
		munmap(gpu->mmio, GPU_MMIO_SIZE);
	if (gpu->aperture)
		munmap(gpu->aperture, GPU_APERTURE_SIZE);
	if (gpu->mmio_fd >= 0)
		close(gpu->mmio_fd);
	if (gpu->aperture_fd >= 0)
		close(gpu->aperture_fd);
	memset(gpu, 0, sizeof(*gpu));
}

/* The pages go back to the kernel, and read as zeros. */
static void clear_memory(int fd, uint8_t *bytes, uint32_t size)
{
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, size))
		memset(bytes, 0, size);
}

static void show_monitor(struct gpu *gpu)
{
	const struct port_wiring *wiring = gpu->wiring;

	reg_change(&gpu->registers, gpu->generation->south_isr, wiring->live,
		gpu->plugged ? wiring->live : 0);
}

/* All but config space. */
static void reset_blocks(struct gpu *gpu)
{
	const struct fault *fault = gpu->options.fault;

	registers_reset(&gpu->registers);
	gpu->registers.stuck = fault ? fault->stuck : REG_GROUP_NONE;
	gpu->registers.dead = fault && fault->registers_dead;
	gmbus_reset(gpu);
	aux_reset(gpu);
	pipe_reset(gpu);
	gpu->ddc = (struct ddc){ .edid = gpu->options.edid,
		.size = gpu->options.edid_size,
		.wrong = fault && fault->edid_bad_checksum };
	gpu->interrupt.asserted = false;
	gpu->io_index = 0;
	clear_memory(gpu->mmio_fd, gpu->mmio, GPU_MMIO_SIZE);
	clear_memory(gpu->aperture_fd, gpu->aperture, GPU_APERTURE_SIZE);
	reg_change(&gpu->registers, gpu->wiring->strap_at, gpu->wiring->strap, gpu->wiring->strap);
	show_monitor(gpu);
}

void gpu_reset(struct gpu *gpu)
{
	reset_blocks(gpu);
	pci_reset(gpu);
	gpu->resets++;
}

void gpu_fail(struct gpu *gpu, const struct fault *fault)
{
	gpu->options.fault = fault;
	reset_blocks(gpu);
}

void gpu_release(struct gpu *gpu)
{
	interrupt_release(gpu);
	dma_clear(&gpu->dma);
	gpu_reset(gpu);
}

int gpu_plug(struct gpu *gpu, bool plugged)
{
	if (!gpu->options.edid)
		return -ENODEV;
	if (gpu->plugged == plugged)
		return 0;
	gpu->plugged = plugged;
	show_monitor(gpu);
	reg_change(&gpu->registers, gpu->generation->hotplug, gpu->wiring->plug_event,
		gpu->wiring->plug_event);
	interrupt_event(gpu, gpu->generation->south_isr + 8, gpu->wiring->live);
	return 0;
}

uint64_t gpu_ggtt_entry(const struct gpu *gpu, uint64_t page)
{
	uint64_t entry = 0;

	if (page < GGTT_ENTRIES)
		memcpy(&entry, gpu->mmio + GPU_GGTT_FROM + page * 8, sizeof(entry));
	return entry;
}

int gpu_region(const struct gpu *gpu, uint32_t index, struct gpu_region *region_r)
{
	*region_r = (struct gpu_region){ .fd = -1,
		.flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE };
	switch (index) {
	case VFIO_PCI_BAR0_REGION_INDEX:
		region_r->size = GPU_MMIO_SIZE;
		region_r->fd = gpu->mmio_fd;
		region_r->map_from = GPU_GGTT_FROM;
		region_r->map_size = GPU_MMIO_SIZE - GPU_GGTT_FROM;
		return 0;
	case VFIO_PCI_BAR2_REGION_INDEX:
		region_r->size = region_r->map_size = gpu->pci.aperture_size;
		if (region_r->size)
			region_r->fd = gpu->aperture_fd;
		else
			region_r->flags = 0;
		return 0;
	case VFIO_PCI_BAR4_REGION_INDEX:
		region_r->size = GPU_IO_SIZE;
		return 0;
	case VFIO_PCI_ROM_REGION_INDEX:
		region_r->size = gpu->pci.rom_size;
		region_r->flags = VFIO_REGION_INFO_FLAG_READ;
		return 0;
	case VFIO_PCI_CONFIG_REGION_INDEX:
		region_r->size = PCI_CONFIG_SIZE;
		return 0;
	case VFIO_PCI_BAR1_REGION_INDEX:
	case VFIO_PCI_BAR3_REGION_INDEX:
	case VFIO_PCI_BAR5_REGION_INDEX:
		region_r->flags = 0;
		return 0;
	default:
		/* Neither VGA's legacy ranges nor a region of a later VFIO. */
		return -EINVAL;
	}
}

static bool is_inside(const struct gpu *gpu, uint32_t index, uint64_t at, size_t count)
{
	struct gpu_region region;

	return !gpu_region(gpu, index, &region) && at <= region.size && count <= region.size - at;
}

/* The bits of a register that bytes of an access cover: `count` of them from byte `from` on. */
static uint32_t covered(uint32_t from, uint32_t count)
{
	return (uint32_t)(((1ull << (8 * count)) - 1) << (8 * from));
}

/* How many bytes of an access are in the same register as its first. */
static uint32_t part_of(uint64_t at, size_t count)
{
	uint32_t in_register = 4 - (uint32_t)(at & 3);

	return count < in_register ? (uint32_t)count : in_register;
}

static void read_registers(struct gpu *gpu, uint64_t at, uint8_t *bytes, size_t count)
{
	while (count > 0) {
		uint32_t part = part_of(at, count);
		uint32_t value = reg_read(gpu, (uint32_t)at) >> (8 * (at & 3));

		memcpy(bytes, &value, part);
		gpu->last_read = (uint32_t)at & ~3u;
		gpu->reads++;
		bytes += part;
		at += part;
		count -= part;
	}
}

static void write_registers(struct gpu *gpu, uint64_t at, const uint8_t *bytes, size_t count)
{
	while (count > 0) {
		uint32_t part = part_of(at, count), from = (uint32_t)(at & 3), value = 0;

		memcpy((uint8_t *)&value + from, bytes, part);
		reg_write(gpu, (uint32_t)at, value, covered(from, part));
		pipe_note_write(gpu, (uint32_t)at);
		gpu->last_read = 0;
		gpu->writes++;
		bytes += part;
		at += part;
		count -= part;
	}
}

static void access_io(struct gpu *gpu, uint64_t at, uint8_t *bytes, size_t count, bool write)
{
	uint32_t value = 0;

	if (count > sizeof(value))
		return;
	if (at == IO_INDEX && write) {
		memcpy(&value, bytes, count);
		gpu->io_index = value;
	} else if (at == IO_INDEX) {
		memcpy(bytes, &gpu->io_index, count);
	} else if (at == IO_DATA && (gpu->io_index & ~3u) < REG_SPACE) {
		if (write)
			write_registers(gpu, gpu->io_index & ~3u, bytes, count);
		else
			read_registers(gpu, gpu->io_index & ~3u, bytes, count);
	}
}

/* An access to BAR 0 may begin among the registers and end among the GGTT's entries. */
static size_t count_registers(uint64_t at, size_t count)
{
	if (at >= GPU_GGTT_FROM)
		return 0;
	return count < GPU_GGTT_FROM - at ? count : GPU_GGTT_FROM - at;
}

int gpu_region_read(struct gpu *gpu, uint32_t index, uint64_t at, uint8_t *bytes, size_t count)
{
	size_t part;

	if (!is_inside(gpu, index, at, count))
		return -EINVAL;
	memset(bytes, 0xff, count);
	switch (index) {
	case VFIO_PCI_BAR0_REGION_INDEX:
		part = count_registers(at, count);
		read_registers(gpu, at, bytes, part);
		memcpy(bytes + part, gpu->mmio + at + part, count - part);
		break;
	case VFIO_PCI_BAR2_REGION_INDEX:
		memcpy(bytes, gpu->aperture + at, count);
		break;
	case VFIO_PCI_BAR4_REGION_INDEX:
		access_io(gpu, at, bytes, count, false);
		break;
	case VFIO_PCI_ROM_REGION_INDEX:
		if (at < gpu->options.rom_size)
			memcpy(bytes, gpu->options.rom + at,
				count < gpu->options.rom_size - at ? count
								   : gpu->options.rom_size - at);
		break;
	case VFIO_PCI_CONFIG_REGION_INDEX:
		memcpy(bytes, gpu->pci.bytes + at, count);
		break;
	}
	return 0;
}

int gpu_region_write(
	struct gpu *gpu, uint32_t index, uint64_t at, const uint8_t *bytes, size_t count)
{
	uint8_t io[4] = { 0 };
	size_t part;

	if (!is_inside(gpu, index, at, count) || index == VFIO_PCI_ROM_REGION_INDEX)
		return -EINVAL;
	switch (index) {
	case VFIO_PCI_BAR0_REGION_INDEX:
		part = count_registers(at, count);
		write_registers(gpu, at, bytes, part);
		memcpy(gpu->mmio + at + part, bytes + part, count - part);
		break;
	case VFIO_PCI_BAR2_REGION_INDEX:
		memcpy(gpu->aperture + at, bytes, count);
		break;
	case VFIO_PCI_BAR4_REGION_INDEX:
		if (count <= sizeof(io)) {
			memcpy(io, bytes, count);
			access_io(gpu, at, io, count, true);
		}
		break;
	case VFIO_PCI_CONFIG_REGION_INDEX:
		pci_write(gpu, at, bytes, count);
		break;
	}
	return 0;
}
