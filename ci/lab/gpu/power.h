/*
 * Power: the display's power wells, and the mailbox of the power controller (PCODE).
 */
#ifndef IGD_GPU_POWER_H
#define IGD_GPU_POWER_H

#include "ci/lab/gpu/registers.h"

extern const struct reg_handler power_well_handler; /* HSW_PWR_WELL_CTL1 to 4 */
extern const struct reg_handler pcode_handler;      /* GEN6_PCODE_MAILBOX */

#endif
