#include "ci/lab/gpu/interrupt.h"

#include <errno.h>
#include <linux/vfio.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "ci/lab/gpu/gpu.h"
#include "ci/lab/gpu/say.h"

#define MASTER_ENABLE (1u << 31)

/* Offsets from an IIR, in each block of four registers. */
#define TO_IMR (-4)
#define TO_IER 4

void interrupt_init(struct gpu *gpu)
{
	gpu->interrupt = (struct interrupt){ .intx = -1, .msi = -1 };
}

void interrupt_release(struct gpu *gpu)
{
	if (gpu->interrupt.intx >= 0)
		close(gpu->interrupt.intx);
	if (gpu->interrupt.msi >= 0)
		close(gpu->interrupt.msi);
	interrupt_init(gpu);
}

/* The client may have given any file: one that would block is not written. */
static void write_eventfd(struct gpu *gpu, int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	uint64_t one = 1;

	if (poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLOUT) &&
		write(fd, &one, sizeof(one)) == (ssize_t)sizeof(one)) {
		gpu->interrupt.signalled++;
		return;
	}
	gpu->interrupt.dropped++;
	say("an interrupt could not be signalled: the client's eventfd takes no write");
}

/* Bits 30:0 of the master register are computed: which blocks have something enabled pending. */
static uint32_t pending(const struct gpu *gpu)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < gpu->generation->irq_block_count; i++) {
		const struct irq_block *block = &gpu->generation->irq_blocks[i];

		if (reg_get(&gpu->registers, block->iir) &
			reg_get(&gpu->registers, block->iir + TO_IER))
			bits |= block->master;
	}
	return bits;
}

static void signal_client(struct gpu *gpu)
{
	struct interrupt *interrupt = &gpu->interrupt;

	if (gpu->options.fault && gpu->options.fault->no_interrupts) {
		interrupt->dropped++;
	} else if (interrupt->msi >= 0) {
		write_eventfd(gpu, interrupt->msi);
	} else if (interrupt->intx >= 0 && !interrupt->intx_masked) {
		/* VFIO_IRQ_INFO_AUTOMASKED: the client unmasks it when the guest has handled it. */
		interrupt->intx_masked = true;
		write_eventfd(gpu, interrupt->intx);
	}
}

void interrupt_update(struct gpu *gpu)
{
	bool asserted = (reg_get(&gpu->registers, gpu->generation->irq_master) & MASTER_ENABLE) &&
			pending(gpu);

	if (asserted && !gpu->interrupt.asserted)
		signal_client(gpu);
	gpu->interrupt.asserted = asserted;
}

void interrupt_event(struct gpu *gpu, uint32_t iir, uint32_t bits)
{
	bits &= ~reg_get(&gpu->registers, iir + (uint32_t)TO_IMR);
	reg_change(&gpu->registers, iir, bits, bits);
	interrupt_update(gpu);
}

int interrupt_set_vector(struct gpu *gpu, uint32_t index, int fd)
{
	int *place;

	if (index == VFIO_PCI_INTX_IRQ_INDEX)
		place = &gpu->interrupt.intx;
	else if (index == VFIO_PCI_MSI_IRQ_INDEX)
		place = &gpu->interrupt.msi;
	else
		return -EINVAL;
	if (*place >= 0)
		close(*place);
	*place = fd;
	/* Another vector has not been told of what is pending. */
	gpu->interrupt.asserted = false;
	interrupt_update(gpu);
	return 0;
}

void interrupt_mask_intx(struct gpu *gpu, bool masked)
{
	gpu->interrupt.intx_masked = masked;
	if (masked)
		return;
	gpu->interrupt.asserted = false;
	interrupt_update(gpu);
}

void interrupt_trigger(struct gpu *gpu, uint32_t index)
{
	int fd = index == VFIO_PCI_MSI_IRQ_INDEX ? gpu->interrupt.msi : gpu->interrupt.intx;

	if (fd >= 0)
		write_eventfd(gpu, fd);
}

static uint32_t read_master(struct gpu *gpu, uint32_t at)
{
	return (reg_get(&gpu->registers, at) & MASTER_ENABLE) | pending(gpu);
}

/* A handler disables, handles and enables again: what is pending then makes a new edge. */
static void master_written(struct gpu *gpu, uint32_t at, uint32_t value)
{
	gpu->interrupt.asserted = false;
	interrupt_update(gpu);
}

const struct reg_handler interrupt_master_handler = { .read = read_master,
	.written = master_written };

static void block_written(struct gpu *gpu, uint32_t at, uint32_t value)
{
	interrupt_update(gpu);
}

const struct reg_handler interrupt_handler = { .written = block_written };
