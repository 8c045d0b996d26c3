/*
 * The "hypervisor" section: what runs the guest, told by the kernel (/sys/hypervisor, Xen only) and
 * by the processor (CPUID leaf 0x40000000, which every hypervisor answers with its signature).
 */
#include <cpuid.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "guests/agent/collect.h"
#include "src/tree.h"
#include "src/xen_version.h"

#define CPUID_FEATURES           1
#define CPUID_ECX_HYPERVISOR     (1u << 31)
#define CPUID_HYPERVISOR         0x40000000u
#define HYPERVISOR_SIGNATURE_MAX 13

/* An empty text means that the processor says it is no guest. */
static void read_signature(char text[static HYPERVISOR_SIGNATURE_MAX])
{
	unsigned int eax, ebx, ecx, edx;

	text[0] = '\0';
	if (!__get_cpuid(CPUID_FEATURES, &eax, &ebx, &ecx, &edx) || !(ecx & CPUID_ECX_HYPERVISOR))
		return;
	__cpuid(CPUID_HYPERVISOR, eax, ebx, ecx, edx);
	memcpy(text, &ebx, 4);
	memcpy(text + 4, &ecx, 4);
	memcpy(text + 8, &edx, 4);
	text[12] = '\0';
	tree_clean(text);
}

int collect_hypervisor(const struct guest *guest, json_t **section_r, struct problem *why)
{
	char signature[HYPERVISOR_SIGNATURE_MAX], version[XEN_VERSION_MAX];
	bool has_version = xen_version(guest->root, version) == 0;
	json_t *section;

	read_signature(signature);
	section = json_pack("{s:o, s:s?, s:s?}", "type",
		tree_json(guest->root, "sys/hypervisor/type"), "version",
		has_version ? version : NULL, "cpuid", signature[0] ? signature : NULL);
	if (!section)
		return -ENOMEM;
	*section_r = section;
	return 0;
}
