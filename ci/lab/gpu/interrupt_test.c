/* Interrupts, by the order of Linux' gen8_irq_handler() and its hotplug handlers. */
#include "ci/lab/gpu/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "ci/lab/gpu/fixture.h"

#define MASTER   0x44200
#define ENABLE   (1u << 31)
#define PIPE_IMR 0x44404
#define PIPE_IIR 0x44408
#define PIPE_IER 0x4440c
#define SDE_IMR  0xc4004
#define SDE_IIR  0xc4008
#define SDE_IER  0xc400c
#define HOTPLUG  0xc4030
#define PORT_B   (1u << 21)

static struct gpu gpu;
static int vector;

static void begin(uint32_t index, const char *fault)
{
	fixture_make(&gpu, PORT_HDMI, fault);
	vector = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	CU_ASSERT_FATAL(vector >= 0);
	CU_ASSERT_EQUAL(interrupt_set_vector(&gpu, index, dup(vector)), 0);
}

static void end(void)
{
	close(vector);
	gpu_free(&gpu);
}

/* How often the vector was signalled since the last call. */
static uint64_t signals(void)
{
	uint64_t count = 0;

	return read(vector, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

static void test_an_event_gets_through_imr_ier_and_master(void)
{
	begin(VFIO_PCI_MSI_IRQ_INDEX, NULL);
	/* All is masked after a reset. */
	interrupt_event(&gpu, PIPE_IIR, 1);
	CU_ASSERT_EQUAL(fixture_read(&gpu, PIPE_IIR), 0);
	fixture_write(&gpu, PIPE_IMR, ~1u);
	interrupt_event(&gpu, PIPE_IIR, 3);
	CU_ASSERT_EQUAL(fixture_read(&gpu, PIPE_IIR), 1);
	CU_ASSERT_EQUAL(fixture_read(&gpu, MASTER), 0);
	fixture_write(&gpu, PIPE_IER, 1);
	CU_ASSERT_EQUAL(fixture_read(&gpu, MASTER), 1u << 16);
	CU_ASSERT_EQUAL(signals(), 0);
	fixture_write(&gpu, MASTER, ENABLE);
	CU_ASSERT_EQUAL(fixture_read(&gpu, MASTER), ENABLE | 1u << 16);
	CU_ASSERT_EQUAL(signals(), 1);
	end();
}

static void test_msi_is_an_edge_and_comes_again_when_enabled(void)
{
	begin(VFIO_PCI_MSI_IRQ_INDEX, NULL);
	fixture_write(&gpu, PIPE_IMR, 0);
	fixture_write(&gpu, PIPE_IER, 3);
	fixture_write(&gpu, MASTER, ENABLE);
	interrupt_event(&gpu, PIPE_IIR, 1);
	interrupt_event(&gpu, PIPE_IIR, 2);
	CU_ASSERT_EQUAL(signals(), 1);
	/* The handler: disable, clear one of the two, enable. */
	fixture_write(&gpu, MASTER, 0);
	fixture_write(&gpu, PIPE_IIR, 1);
	fixture_write(&gpu, MASTER, ENABLE);
	CU_ASSERT_EQUAL(signals(), 1);
	fixture_write(&gpu, MASTER, 0);
	fixture_write(&gpu, PIPE_IIR, 2);
	fixture_write(&gpu, MASTER, ENABLE);
	CU_ASSERT_EQUAL(signals(), 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, PIPE_IIR), 0);
	end();
}

static void test_intx_waits_until_it_is_unmasked(void)
{
	begin(VFIO_PCI_INTX_IRQ_INDEX, NULL);
	fixture_write(&gpu, PIPE_IMR, 0);
	fixture_write(&gpu, PIPE_IER, 1);
	fixture_write(&gpu, MASTER, ENABLE);
	interrupt_event(&gpu, PIPE_IIR, 1);
	CU_ASSERT_EQUAL(signals(), 1);
	fixture_write(&gpu, MASTER, ENABLE);
	CU_ASSERT_EQUAL(signals(), 0);
	/* Unmasked while it is still pending: a level. */
	interrupt_mask_intx(&gpu, false);
	CU_ASSERT_EQUAL(signals(), 1);
	fixture_write(&gpu, PIPE_IIR, 1);
	interrupt_mask_intx(&gpu, false);
	CU_ASSERT_EQUAL(signals(), 0);
	end();
}

static void test_a_monitor_that_comes_or_goes_is_an_event(void)
{
	begin(VFIO_PCI_MSI_IRQ_INDEX, NULL);
	fixture_write(&gpu, SDE_IMR, ~PORT_B);
	fixture_write(&gpu, SDE_IER, PORT_B);
	fixture_write(&gpu, MASTER, ENABLE);
	CU_ASSERT_EQUAL(gpu_plug(&gpu, true), 0);
	CU_ASSERT_EQUAL(signals(), 0);
	CU_ASSERT_EQUAL(gpu_plug(&gpu, false), 0);
	CU_ASSERT_EQUAL(signals(), 1);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xc4000), 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, SDE_IIR), PORT_B);
	CU_ASSERT_EQUAL(fixture_read(&gpu, HOTPLUG), 2);
	fixture_write(&gpu, HOTPLUG, 0x12);
	CU_ASSERT_EQUAL(fixture_read(&gpu, HOTPLUG), 0x10);
	fixture_write(&gpu, SDE_IIR, PORT_B);
	CU_ASSERT_EQUAL(fixture_read(&gpu, MASTER), ENABLE);
	CU_ASSERT_EQUAL(gpu_plug(&gpu, true), 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0xc4000), PORT_B);
	end();
}

static void test_the_fault_drops_them_all(void)
{
	begin(VFIO_PCI_MSI_IRQ_INDEX, "no-interrupts");
	fixture_write(&gpu, PIPE_IMR, 0);
	fixture_write(&gpu, PIPE_IER, 1);
	fixture_write(&gpu, MASTER, ENABLE);
	interrupt_event(&gpu, PIPE_IIR, 1);
	CU_ASSERT_EQUAL(signals(), 0);
	CU_ASSERT_EQUAL(gpu.interrupt.dropped, 1);
	CU_ASSERT_EQUAL(fixture_read(&gpu, MASTER), ENABLE | 1u << 16);
	end();
}

static void test_a_file_that_would_block_is_not_written(void)
{
	char full[65536] = { 0 };
	int pipes[2];

	begin(VFIO_PCI_MSI_IRQ_INDEX, NULL);
	CU_ASSERT_EQUAL_FATAL(pipe2(pipes, O_NONBLOCK | O_CLOEXEC), 0);
	while (write(pipes[1], full, sizeof(full)) > 0)
		continue;
	CU_ASSERT_EQUAL_FATAL(fcntl(pipes[1], F_SETFL, 0), 0);
	CU_ASSERT_EQUAL(interrupt_set_vector(&gpu, VFIO_PCI_MSI_IRQ_INDEX, pipes[1]), 0);
	interrupt_trigger(&gpu, VFIO_PCI_MSI_IRQ_INDEX);
	CU_ASSERT_EQUAL(gpu.interrupt.dropped, 1);
	CU_ASSERT_EQUAL(interrupt_set_vector(&gpu, VFIO_PCI_MSIX_IRQ_INDEX, -1), -EINVAL);
	close(pipes[0]);
	end();
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "an event gets through IMR, IER and master",
			test_an_event_gets_through_imr_ier_and_master },
		{ "MSI is an edge, and comes again when enabled",
			test_msi_is_an_edge_and_comes_again_when_enabled },
		{ "INTx waits until it is unmasked", test_intx_waits_until_it_is_unmasked },
		{ "a monitor that comes or goes is an event",
			test_a_monitor_that_comes_or_goes_is_an_event },
		{ "the fault drops them all", test_the_fault_drops_them_all },
		{ "a file that would block is not written",
			test_a_file_that_would_block_is_not_written },
		CU_TEST_INFO_NULL,
	};

	return suite_main("interrupt", tests);
}
