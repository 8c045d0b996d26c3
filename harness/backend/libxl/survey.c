#include "harness/backend/libxl/survey.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenctrl.h>

#include "harness/backend/host_resources.h"
#include "harness/backend/libxl/host.h"
#include "harness/backend/libxl/libxl_compat.h"

#define LOG_MAX      (4u << 20)
#define BLOCK        16384
#define RESERVED_MAX 64
#define IGD_DEVFN    0x10 /* 02.0 */

static void add_log(struct backend_host *host, json_t *survey)
{
	char *text = malloc(LOG_MAX);
	uint32_t index = 0;
	size_t length = 0;
	bool more = true;

	if (!text)
		return;
	while (more && length + BLOCK <= LOG_MAX) {
		unsigned int count = BLOCK;

		more = xc_readconsolering(host->xc, text + length, &count, 0, 1, &index) == 0 &&
		       count > 0;
		if (more)
			length += count;
	}
	/* Bytes that are no UTF-8 would make no JSON. */
	for (size_t i = 0; i < length; i++)
		if (text[i] != '\n' && (text[i] < ' ' || text[i] > '~'))
			text[i] = '?';
	if (length > 0) {
		json_object_set_new(survey, "log", json_stringn(text, length));
		json_object_set_new(survey, "log_cut", json_boolean(more));
	}
	free(text);
}

static void add_memory(struct backend_host *host, json_t *survey)
{
	libxl_physinfo info;

	libxl_physinfo_init(&info);
	if (libxl_get_physinfo(host->session->ctx, &info) == 0)
		json_object_set_new(survey, "memory_mib",
			json_integer((json_int_t)(info.total_pages >> (20 - XC_PAGE_SHIFT))));
	libxl_physinfo_dispose(&info);
}

/* As libxl__xc_device_get_rdm() asks, with room at once: Xen has at most a few. */
static void add_reserved(struct backend_host *host, json_t *survey)
{
	struct xen_reserved_device_memory entries[RESERVED_MAX];
	unsigned int count = RESERVED_MAX;
	json_t *reserved;

	if (xc_reserved_device_memory_map(host->xc, 0, 0, 0, IGD_DEVFN, entries, &count) < 0)
		return;
	reserved = json_array();
	for (unsigned int i = 0; i < count && i < RESERVED_MAX; i++)
		json_array_append_new(
			reserved, json_sprintf("0x%" PRIx64 "-0x%" PRIx64,
					  (uint64_t)entries[i].start_pfn << XC_PAGE_SHIFT,
					  ((uint64_t)(entries[i].start_pfn + entries[i].nr_pages)
						  << XC_PAGE_SHIFT) -
						  1));
	json_object_set_new(survey, "reserved", reserved);
}

void host_survey(struct backend_host *host, json_t *survey)
{
	add_log(host, survey);
	add_memory(host, survey);
	add_reserved(host, survey);
}

/*
 * What Xen takes for a guest beside its memory: libxl__get_required_shadow_memory(), some 10 MiB
 * for 512, and video memory, 16 MiB at most by itself.
 */
#define OVERHEAD_MIB 48
/* In dom0: QEMU, and what the harness builds a guest from. */
#define MODEL_MIB 128

void host_capacity_read(struct backend_host *host, struct host_capacity *capacity)
{
	FILE *meminfo = fopen("/proc/meminfo", "re");
	uint64_t free_kib = 0, dom0_mib = host_resources_memory_mib(meminfo);
	int cpus = libxl_get_online_cpus(host->session->ctx);

	*capacity = (struct host_capacity){ .overhead_mib = OVERHEAD_MIB };
	if (cpus > 0)
		capacity->cpus = (unsigned int)cpus;
	if (libxl_get_free_memory(host->session->ctx, &free_kib) == 0)
		capacity->memory_mib = free_kib >> 10;
	if (dom0_mib > 0)
		capacity->guests = dom0_mib < MODEL_MIB ? 1 : (unsigned int)(dom0_mib / MODEL_MIB);
	if (meminfo)
		fclose(meminfo);
}
