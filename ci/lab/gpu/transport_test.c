/*
 * Messages as QEMU sends them, and as it would not. Numbers and layouts: QEMU's
 * docs/interop/vfio-user.rst.
 */
#include "ci/lab/gpu/transport.h"

#include <errno.h>
#include <jansson.h>
#include <linux/vfio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ci/lab/gpu/fixture.h"

static struct gpu gpu;
static struct transport transport;
static struct vfu_reply reply;
static int fds[VFU_FDS_MAX];

/* Carries out a command with a payload and `fd_count` of fds. Returns the error of the reply. */
static int call(uint16_t command, const void *payload, size_t size, size_t fd_count)
{
	struct vfu_header header = {
		.id = 77, .command = command, .size = (uint32_t)(sizeof(header) + size)
	};

	CU_ASSERT_TRUE(transport_handle(&transport, &header, payload, fds, fd_count, &reply));
	CU_ASSERT_EQUAL(reply.header.id, 77);
	CU_ASSERT_EQUAL(reply.header.command, command);
	CU_ASSERT_EQUAL(reply.header.size, sizeof(header) + reply.length);
	CU_ASSERT_EQUAL(reply.header.flags, reply.header.error ? 0x21 : 0x01);
	return (int)reply.header.error;
}

static void begin(bool agreed)
{
	static uint8_t payload[VFU_PAYLOAD_MAX];

	fixture_make(&gpu, PORT_HDMI, NULL);
	reply.payload = payload;
	transport = (struct transport){ .gpu = &gpu, .agreed = agreed };
}

static const uint8_t qemu_version[] =
	"\0\0\0\0"
	"{\"capabilities\":{\"max_msg_fds\":8,\"migration\":{\"pgsize\":4096},\"write_multiple\":true}}";

static void test_a_version_is_agreed_on(void)
{
	json_t *offer, *capabilities;

	begin(false);
	CU_ASSERT_EQUAL(call(4, NULL, 0, 0), EPROTO);
	CU_ASSERT_EQUAL(call(1, qemu_version, sizeof(qemu_version), 0), 0);
	CU_ASSERT_EQUAL(memcmp(reply.payload, "\0\0\0\0", 4), 0);
	CU_ASSERT_EQUAL(reply.payload[reply.length - 1], '\0');
	offer = json_loads((const char *)reply.payload + 4, 0, NULL);
	capabilities = json_object_get(offer, "capabilities");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(capabilities, "max_dma_maps")), 65535);
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(capabilities, "max_data_xfer_size")), 1048576);
	CU_ASSERT_PTR_NULL(json_object_get(capabilities, "write_multiple"));
	json_decref(offer);
	CU_ASSERT_EQUAL(call(4, NULL, 0, 0), 0);
	gpu_free(&gpu);
}

static void test_a_version_that_is_none_is_refused(void)
{
	static uint8_t large[VFU_VERSION_MAX + 8];

	begin(false);
	CU_ASSERT_EQUAL(call(1, "\1\0\0\0{}", 7, 0), EINVAL);
	CU_ASSERT_EQUAL(call(1, "\0\0\0", 3, 0), EINVAL);
	CU_ASSERT_EQUAL(call(1, "\0\0\0\0{}", 6, 0), EINVAL); /* no NUL */
	CU_ASSERT_EQUAL(call(1, "\0\0\0\0[1]", 8, 0), EINVAL);
	CU_ASSERT_EQUAL(call(1, "\0\0\0\0{\"a\"", 9, 0), EINVAL);
	CU_ASSERT_EQUAL(call(1, large, sizeof(large), 0), EINVAL);
	CU_ASSERT_FALSE(transport.agreed);
	CU_ASSERT_EQUAL(call(1, "\0\0\0\0", 4, 0), 0);
	gpu_free(&gpu);
}

static void test_the_device_says_what_it_has(void)
{
	struct vfio_irq_info irq = { .argsz = sizeof(irq), .index = VFIO_PCI_MSI_IRQ_INDEX };
	uint32_t info[4];

	begin(true);
	CU_ASSERT_EQUAL(call(4, NULL, 0, 0), 0);
	CU_ASSERT_EQUAL_FATAL(reply.length, sizeof(info));
	memcpy(info, reply.payload, sizeof(info));
	CU_ASSERT_EQUAL(info[1], VFIO_DEVICE_FLAGS_RESET | VFIO_DEVICE_FLAGS_PCI);
	CU_ASSERT_EQUAL(info[2], VFIO_PCI_NUM_REGIONS);
	CU_ASSERT_EQUAL(info[3], VFIO_PCI_NUM_IRQS);
	CU_ASSERT_EQUAL(call(7, &irq, sizeof(irq), 0), 0);
	memcpy(&irq, reply.payload, sizeof(irq));
	CU_ASSERT_EQUAL(irq.count, 1);
	CU_ASSERT_EQUAL(irq.flags, VFIO_IRQ_INFO_EVENTFD);
	irq.index = VFIO_PCI_MSIX_IRQ_INDEX;
	CU_ASSERT_EQUAL(call(7, &irq, sizeof(irq), 0), 0);
	memcpy(&irq, reply.payload, sizeof(irq));
	CU_ASSERT_EQUAL(irq.count, 0);
	irq.index = VFIO_PCI_NUM_IRQS;
	CU_ASSERT_EQUAL(call(7, &irq, sizeof(irq), 0), EINVAL);
	gpu_free(&gpu);
}

static void test_a_region_says_what_may_be_mapped(void)
{
	struct vfio_region_info info = { .argsz = sizeof(info) };
	struct vfio_region_info_cap_sparse_mmap sparse;
	struct vfio_region_sparse_mmap_area area;

	begin(true);
	/* QEMU asks twice: first for how much there is to say. */
	CU_ASSERT_EQUAL(call(5, &info, sizeof(info), 0), 0);
	memcpy(&info, reply.payload, sizeof(info));
	CU_ASSERT_EQUAL(info.size, 16 << 20);
	CU_ASSERT_EQUAL(info.argsz, sizeof(info) + sizeof(sparse) + sizeof(area));
	CU_ASSERT_TRUE(info.flags & VFIO_REGION_INFO_FLAG_CAPS);
	CU_ASSERT_FALSE(info.flags & VFIO_REGION_INFO_FLAG_MMAP);
	CU_ASSERT(info.cap_offset >= sizeof(info) && info.cap_offset <= info.argsz);
	CU_ASSERT_EQUAL(reply.fd, -1);
	CU_ASSERT_EQUAL(call(5, &info, sizeof(info), 0), 0);
	CU_ASSERT_EQUAL_FATAL(reply.length, info.argsz);
	memcpy(&info, reply.payload, sizeof(info));
	memcpy(&sparse, reply.payload + info.cap_offset, sizeof(sparse));
	memcpy(&area, reply.payload + info.cap_offset + sizeof(sparse), sizeof(area));
	CU_ASSERT_TRUE(info.flags & VFIO_REGION_INFO_FLAG_MMAP);
	CU_ASSERT_EQUAL(sparse.header.id, VFIO_REGION_INFO_CAP_SPARSE_MMAP);
	CU_ASSERT_EQUAL(sparse.nr_areas, 1);
	CU_ASSERT_EQUAL(area.offset, 8 << 20);
	CU_ASSERT_EQUAL(area.size, 8 << 20);
	CU_ASSERT_EQUAL(reply.fd, gpu.mmio_fd);
	info = (struct vfio_region_info){ .argsz = sizeof(info), .index = 2 };
	CU_ASSERT_EQUAL(call(5, &info, sizeof(info), 0), 0);
	CU_ASSERT_EQUAL(reply.fd, gpu.aperture_fd);
	info = (struct vfio_region_info){ .argsz = sizeof(info), .index = 7 };
	CU_ASSERT_EQUAL(call(5, &info, sizeof(info), 0), 0);
	CU_ASSERT_EQUAL(reply.fd, -1);
	info = (struct vfio_region_info){ .argsz = sizeof(info), .index = 8 };
	CU_ASSERT_EQUAL(call(5, &info, sizeof(info), 0), EINVAL);
	CU_ASSERT_EQUAL(call(5, &info, sizeof(info) - 1, 0), EINVAL);
	gpu_free(&gpu);
}

static void test_memory_that_may_be_mapped_keeps_its_size(void)
{
	begin(true);
	CU_ASSERT_EQUAL(ftruncate(gpu.mmio_fd, 4096), -1);
	CU_ASSERT_EQUAL(ftruncate(gpu.aperture_fd, 0), -1);
	gpu_free(&gpu);
}

static int access_region(
	uint16_t command, uint32_t region, uint64_t at, uint32_t value, uint32_t count)
{
	uint8_t message[sizeof(struct vfu_region_access) + 4];
	struct vfu_region_access access = { .offset = at, .region = region, .count = count };

	memcpy(message, &access, sizeof(access));
	memcpy(message + sizeof(access), &value, 4);
	return call(command, message, sizeof(access) + (command == 10 ? 4 : 0), 0);
}

static void test_regions_are_read_and_written(void)
{
	uint32_t value;

	begin(true);
	CU_ASSERT_EQUAL(access_region(10, 0, 0x4f060, 0xcafe, 4), 0);
	CU_ASSERT_EQUAL(reply.length, 16);
	CU_ASSERT_EQUAL(access_region(9, 0, 0x4f060, 0, 4), 0);
	CU_ASSERT_EQUAL_FATAL(reply.length, 20);
	memcpy(&value, reply.payload + 16, 4);
	CU_ASSERT_EQUAL(value, 0xcafe);
	CU_ASSERT_EQUAL(access_region(9, 7, 0, 0, 4), 0);
	CU_ASSERT_EQUAL(memcmp(reply.payload + 16, "\x86\x80\x92\x3e", 4), 0);
	CU_ASSERT_EQUAL(access_region(9, 2, 0, 0, VFU_DATA_MAX), 0);
	CU_ASSERT_EQUAL(access_region(9, 2, 0, 0, VFU_DATA_MAX + 1), EINVAL);
	CU_ASSERT_EQUAL(access_region(9, 0, UINT64_MAX, 0, 4), EINVAL);
	CU_ASSERT_EQUAL(access_region(9, 9, 0, 0, 4), EINVAL);
	/* More is announced than comes. */
	CU_ASSERT_EQUAL(access_region(10, 0, 0x4f060, 0, 5), EINVAL);
	CU_ASSERT_EQUAL(access_region(10, 0, 0x4f060, 0, 0xffffffff), EINVAL);
	gpu_free(&gpu);
}

static void test_a_posted_write_has_no_answer(void)
{
	struct {
		struct vfu_region_access access;
		uint32_t value;
	} message = { { .offset = 0x4f060, .region = 0, .count = 4 }, 0xbeef };
	struct vfu_header header = { .command = 10,
		.size = sizeof(header) + sizeof(message.access) + 4,
		.flags = VFU_FLAG_NO_REPLY };

	begin(true);
	CU_ASSERT_FALSE(
		transport_handle(&transport, &header, (const uint8_t *)&message, fds, 0, &reply));
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x4f060), 0xbeef);
	gpu_free(&gpu);
}

static void test_maps_come_and_go(void)
{
	struct vfu_dma_map map = {
		.argsz = sizeof(map), .flags = 3, .address = 0x1000, .size = 0x2000
	};
	struct vfu_dma_unmap unmap = { .argsz = sizeof(unmap), .address = 0, .size = 0x10000 };

	begin(true);
	fds[0] = memfd_create("ram", MFD_CLOEXEC);
	CU_ASSERT_FATAL(fds[0] >= 0 && !ftruncate(fds[0], 0x2000));
	CU_ASSERT_EQUAL(call(2, &map, sizeof(map), 1), 0);
	CU_ASSERT_EQUAL(reply.length, 0);
	CU_ASSERT_EQUAL(gpu.dma.count, 1);
	CU_ASSERT_EQUAL(call(2, &map, sizeof(map), 1), EEXIST);
	close(fds[0]);
	CU_ASSERT_EQUAL(call(3, &unmap, sizeof(unmap), 0), 0);
	CU_ASSERT_EQUAL(reply.length, sizeof(unmap));
	CU_ASSERT_EQUAL(gpu.dma.count, 0);
	map.size = 0;
	CU_ASSERT_EQUAL(call(2, &map, sizeof(map), 0), EINVAL);
	map.size = 0x2000;
	CU_ASSERT_EQUAL(call(2, &map, sizeof(map), 0), 0);
	unmap.flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP;
	CU_ASSERT_EQUAL(call(3, &unmap, sizeof(unmap), 0), ENOTSUP);
	unmap = (struct vfu_dma_unmap){ .flags = VFU_DMA_UNMAP_ALL };
	CU_ASSERT_EQUAL(call(3, &unmap, sizeof(unmap), 0), 0);
	CU_ASSERT_EQUAL(gpu.dma.count, 0);
	map.flags = 0x80;
	CU_ASSERT_EQUAL(call(2, &map, sizeof(map), 0), EINVAL);
	gpu_free(&gpu);
}

static int set_irqs(uint32_t index, uint32_t flags, uint32_t count, size_t fd_count)
{
	struct vfio_irq_set set = {
		.argsz = sizeof(set), .index = index, .flags = flags, .count = count
	};

	return call(8, &set, sizeof(set), fd_count);
}

static void test_a_vector_takes_its_eventfd(void)
{
	const uint32_t give = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER;
	const uint32_t fire = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER;
	const uint32_t mask = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_MASK;
	uint64_t count = 0;
	int fd;

	begin(true);
	fd = fds[0] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	CU_ASSERT_EQUAL(set_irqs(VFIO_PCI_MSI_IRQ_INDEX, give, 1, 1), 0);
	CU_ASSERT_EQUAL(fds[0], -1);
	CU_ASSERT_EQUAL(gpu.interrupt.msi, fd);
	CU_ASSERT_EQUAL(set_irqs(VFIO_PCI_MSI_IRQ_INDEX, fire, 1, 0), 0);
	CU_ASSERT_EQUAL(read(fd, &count, sizeof(count)), sizeof(count));
	CU_ASSERT_EQUAL(set_irqs(VFIO_PCI_MSI_IRQ_INDEX, fire, 0, 0), 0);
	CU_ASSERT_EQUAL(gpu.interrupt.msi, -1);
	CU_ASSERT_EQUAL(set_irqs(VFIO_PCI_INTX_IRQ_INDEX, mask, 1, 0), 0);
	CU_ASSERT_TRUE(gpu.interrupt.intx_masked);
	CU_ASSERT_EQUAL(set_irqs(VFIO_PCI_MSI_IRQ_INDEX, mask, 1, 0), EINVAL);
	CU_ASSERT_EQUAL(set_irqs(VFIO_PCI_MSI_IRQ_INDEX, give, 2, 0), EINVAL);
	CU_ASSERT_EQUAL(set_irqs(VFIO_PCI_ERR_IRQ_INDEX, give, 1, 0), EINVAL);
	CU_ASSERT_EQUAL(set_irqs(VFIO_PCI_ERR_IRQ_INDEX, fire, 0, 0), 0);
	CU_ASSERT_EQUAL(set_irqs(99, fire, 0, 0), EINVAL);
	gpu_free(&gpu);
}

static void test_an_unknown_command_is_refused(void)
{
	begin(true);
	CU_ASSERT_EQUAL(call(0, NULL, 0, 0), ENOTSUP);
	CU_ASSERT_EQUAL(call(15, NULL, 0, 0), ENOTSUP);
	CU_ASSERT_EQUAL(call(65535, NULL, 0, 0), ENOTSUP);
	gpu_free(&gpu);
}

static void test_a_reset_clears_the_device_and_keeps_the_maps(void)
{
	struct vfu_dma_map map = { .flags = 3, .address = 0x1000, .size = 0x2000 };

	begin(true);
	fixture_write(&gpu, 0x4f060, 1);
	gpu.aperture[5] = gpu.mmio[GPU_GGTT_FROM] = 7;
	CU_ASSERT_EQUAL(call(2, &map, sizeof(map), 0), 0);
	CU_ASSERT_EQUAL(call(13, NULL, 0, 0), 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x4f060), 0);
	CU_ASSERT_EQUAL(gpu.aperture[5], 0);
	CU_ASSERT_EQUAL(gpu_ggtt_entry(&gpu, 0), 0);
	CU_ASSERT_EQUAL(gpu.dma.count, 1);
	gpu_free(&gpu);
}

static void test_a_header_has_bounds(void)
{
	struct vfu_header header = { .size = sizeof(header) };
	const char *why;

	CU_ASSERT_TRUE(transport_header_is_sound(&header, &why));
	header.size--;
	CU_ASSERT_FALSE(transport_header_is_sound(&header, &why));
	header.size = sizeof(header) + VFU_PAYLOAD_MAX;
	CU_ASSERT_TRUE(transport_header_is_sound(&header, &why));
	header.size++;
	CU_ASSERT_FALSE(transport_header_is_sound(&header, &why));
	header = (struct vfu_header){ .size = sizeof(header), .flags = VFU_FLAG_REPLY };
	CU_ASSERT_FALSE(transport_header_is_sound(&header, &why));
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a version is agreed on", test_a_version_is_agreed_on },
		{ "a version that is none is refused", test_a_version_that_is_none_is_refused },
		{ "the device says what it has", test_the_device_says_what_it_has },
		{ "a region says what may be mapped", test_a_region_says_what_may_be_mapped },
		{ "memory that may be mapped keeps its size",
			test_memory_that_may_be_mapped_keeps_its_size },
		{ "regions are read and written", test_regions_are_read_and_written },
		{ "a posted write has no answer", test_a_posted_write_has_no_answer },
		{ "maps come and go", test_maps_come_and_go },
		{ "a vector takes its eventfd", test_a_vector_takes_its_eventfd },
		{ "an unknown command is refused", test_an_unknown_command_is_refused },
		{ "a reset clears the device and keeps the maps",
			test_a_reset_clears_the_device_and_keeps_the_maps },
		{ "a header has bounds", test_a_header_has_bounds },
		CU_TEST_INFO_NULL,
	};

	return suite_main("transport", tests);
}
