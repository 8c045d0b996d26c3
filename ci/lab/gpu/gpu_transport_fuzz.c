/*
 * Messages of a client that sends anything: a sequence of {command, number of files, size,
 * payload}. The device lives for one input, as for one client.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ci/lab/gpu/say.h"
#include "ci/lab/gpu/transport.h"
#include "harness/base/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct gpu *device(void)
{
	static const uint8_t edid[128] = { 0 };
	static struct gpu gpu;
	static bool made;
	const struct gpu_options options = { .generation = generations[0],
		.edid = edid,
		.edid_size = sizeof(edid),
		.clock = clock_us };

	if (!made) {
		say_nothing();
		if (gpu_init(&gpu, &options))
			abort();
		made = true;
	}
	return &gpu;
}

/* A file of each kind that a client can send. */
static int make_file(size_t kind)
{
	int fd = kind % 2 ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)
			  : memfd_create("ram", MFD_CLOEXEC);

	if (fd < 0 || (kind % 2 == 0 && ftruncate(fd, 1 << 20)))
		abort();
	return fd;
}

static void check(const struct vfu_reply *reply)
{
	if (reply->header.size != sizeof(reply->header) + reply->length ||
		reply->length > VFU_PAYLOAD_MAX)
		abort();
	if (reply->header.error && (reply->length || reply->fd >= 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t answer[VFU_PAYLOAD_MAX];
	struct transport transport = { .gpu = device(), .agreed = size % 8 != 0 };
	struct vfu_reply reply = { .payload = answer };

	while (size >= 4) {
		size_t length = (size_t)(data[2] | data[3] << 8) % 2048,
		       files = data[1] % VFU_FDS_MAX;
		struct vfu_header header = { .command = data[0] % 17 };
		int fds[VFU_FDS_MAX];
		uint8_t *payload;

		data += 4;
		size -= 4;
		length = length < size ? length : size;
		header.size = (uint32_t)(sizeof(header) + length);
		for (size_t i = 0; i < files; i++)
			fds[i] = make_file(header.command == VFU_DEVICE_SET_IRQS ? 1 : i);
		/* A copy of its own: a read beyond its end is found. */
		payload = malloc(length ? length : 1);
		if (!payload)
			abort();
		memcpy(payload, data, length);
		transport_handle(&transport, &header, payload, fds, files, &reply);
		check(&reply);
		free(payload);
		for (size_t i = 0; i < files; i++) {
			if (fds[i] >= 0)
				close(fds[i]);
		}
		data += length;
		size -= length;
	}
	/* Wherever a map may be, or not. */
	for (uint64_t at = 0; at < 1 << 24; at += 0x10000 - 8)
		dma_read(&transport.gpu->dma, at, answer, 4096);
	gpu_release(transport.gpu);
	return 0;
}
