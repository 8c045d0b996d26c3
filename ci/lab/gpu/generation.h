/*
 * A generation of GPUs as one table: its PCI ids, its registers' rules, and where the blocks with
 * state of their own are. To add one is to write such a table, and a handler for what is new in it.
 */
#ifndef IGD_GPU_GENERATION_H
#define IGD_GPU_GENERATION_H

#include <stddef.h>
#include <stdint.h>

#include "ci/lab/gpu/registers.h"

/* Four registers in a row: ISR, IMR (+4), IIR (+8), IER (+12). */
struct irq_block {
	uint32_t iir;
	uint32_t master; /* the bits of the master register that show it */
};

enum port_kind {
	PORT_HDMI,
	PORT_DP,
	PORT_EDP,
	PORT_KINDS,
};

/* How a monitor at such a port is wired to the display engine, and what the VBT says of it. */
struct port_wiring {
	uint32_t gmbus_pin; /* GMBUS0 bits 2:0; 0: DDC is not on a GMBUS pin */
	uint32_t aux_ctl;   /* the AUX channel's control register; 0: none */
	uint32_t live;      /* bits of `south_isr` while a monitor is there, and of its interrupt */
	uint32_t plug_event;  /* bits of `hotplug` that say a long pulse */
	uint32_t strap_at;    /* a register that says at reset that the port is there */
	uint32_t strap;       /* its bits */
	uint8_t vbt_dvo_port; /* enum dvo_port of Linux' intel_vbt_defs.h */
	uint8_t vbt_ddc_pin;
	uint8_t vbt_aux;
	uint16_t vbt_type;   /* device type: DEVICE_TYPE_* there */
	uint8_t vbt_support; /* bits of the child's byte 24: 0 HDMI, 1 DP */
};

/* A mailbox command of the power controller and its answer. */
struct pcode_answer {
	uint32_t command; /* bits 7:0 of the mailbox */
	uint32_t if_zero; /* the data after it, if bit 0 of the data before it was 0 */
	uint32_t if_one;  /* and if it was 1 */
};

struct generation {
	const char *name;
	const char *about;
	const char *platform; /* as the VBT's signature spells it, at most 15 characters */

	uint16_t device; /* PCI id, of vendor 8086 */
	uint8_t revision;
	uint32_t class; /* class, subclass, programming interface */
	uint16_t ggc;   /* graphics control, at 0x50: sizes of stolen memory and of the GGTT */

	const struct reg_rule *rules;
	size_t rule_count;

	const struct irq_block *irq_blocks;
	size_t irq_block_count;
	uint32_t irq_master; /* bit 31 enables */
	uint32_t pipe_iir;   /* of pipe A; the others 0x10 apart; bit 0 is vblank */
	uint32_t south_isr;  /* the PCH's live state; its IIR is 8 above */
	uint32_t hotplug;    /* the PCH's hotplug register */

	uint32_t pipes;     /* how many; registers of the next are 0x1000 above */
	uint32_t conf_on;   /* TRANSCONF: the bit that says that the pipe runs */
	uint32_t conf;      /* of transcoder A */
	uint32_t conf_edp;  /* of transcoder EDP; 0: there is none */
	uint32_t edp_input; /* TRANS_DDI_FUNC_CTL of transcoder EDP, bits 14:12: the pipe */
	uint32_t vtotal, vtotal_edp;
	uint32_t scanline, frame_count; /* of pipe A */
	uint32_t plane_ctl; /* of plane 1 of pipe A; the plane's others as in scanout.c */
	uint32_t display_from, display_to; /* registers whose writes belong to a commit */

	uint32_t gmbus;       /* GMBUS0 */
	uint32_t power_wells; /* the first of four request registers */
	uint32_t pcode_mailbox, pcode_data;
	const struct pcode_answer *pcode;
	size_t pcode_count;

	struct port_wiring ports[PORT_KINDS];
};

extern const struct generation coffee_lake;

/* All that there are; ends with a NULL. */
extern const struct generation *const generations[];

/* Returns the generation of that name, or NULL. */
const struct generation *generation_find(const char *name);

#endif
