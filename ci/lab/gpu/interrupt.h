/*
 * Interrupts: events that collect in the IIRs, the master register above them, and the one vector,
 * MSI or INTx, that the client gave an eventfd for.
 */
#ifndef IGD_GPU_INTERRUPT_H
#define IGD_GPU_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

struct gpu;
struct reg_handler;

struct interrupt {
	int intx, msi;    /* eventfds, or -1 */
	bool intx_masked; /* by the client, and after each INTx until the client unmasks it */
	bool asserted;    /* the master register's output: MSI is an edge of it */
	uint64_t signalled, dropped;
};

void interrupt_init(struct gpu *gpu);

/* Closes what the client gave. */
void interrupt_release(struct gpu *gpu);

/* Sets the event's bits in an IIR unless they are masked in its IMR, and signals what follows. */
void interrupt_event(struct gpu *gpu, uint32_t iir, uint32_t bits);

/* Looks at all IIRs and IERs again, after a write to one of them. */
void interrupt_update(struct gpu *gpu);

/*
 * Gives a vector (VFIO_PCI_INTX_IRQ_INDEX or VFIO_PCI_MSI_IRQ_INDEX) its eventfd, which is the
 * device's from here on, or takes it away with -1. Returns 0, or -EINVAL for a vector that there is
 * not.
 */
int interrupt_set_vector(struct gpu *gpu, uint32_t index, int fd);

/* Masks or unmasks INTx. */
void interrupt_mask_intx(struct gpu *gpu, bool masked);

/* Signals a vector, as a client can ask for. */
void interrupt_trigger(struct gpu *gpu, uint32_t index);

extern const struct reg_handler interrupt_master_handler; /* GEN8_MASTER_IRQ */
extern const struct reg_handler interrupt_handler;        /* IMR, IIR and IER */

#endif
