/*
 * What the machine that the harness runs on has for guests: the qemu back end's room, and that of
 * dom0, where the QEMUs of libxl's guests are.
 */
#ifndef IGD_BACKEND_HOST_RESOURCES_H
#define IGD_BACKEND_HOST_RESOURCES_H

#include <stdint.h>
#include <stdio.h>

/* The processors that this process may run on; 0 if that cannot be told. */
unsigned int host_resources_cpus(void);

/* MiB that programs could still have without swapping: "MemAvailable:" of /proc/meminfo (proc(5)),
 * which the caller opened and closes. 0 if it does not say, or for NULL. */
uint64_t host_resources_memory_mib(FILE *meminfo);

#endif
