/* Only harness/abi_*.c include this. */
#ifndef IGD_ABI_PRIVATE_H
#define IGD_ABI_PRIVATE_H

#include "harness/abi/abi.h"

/* Adds what is wrong with a file on the Xen that the audit compares with. Returns 0 or -ENOMEM. */
int abi_add_faults(const json_t *audit, const json_t *symbols, json_t *entry);

#endif
