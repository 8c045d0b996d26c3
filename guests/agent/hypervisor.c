/*
 * The "hypervisor" section: what runs the guest, told by the kernel (/sys/hypervisor, Xen only) and
 * by the processor (CPUID leaf 0x40000000, which every hypervisor answers with its signature).
 */
#include <cpuid.h>
#include <errno.h>
#include <string.h>

#include "guests/agent/collect.h"
#include "src/tree.h"

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

/* "4", "17" and ".5" as Xen's attributes have them; `extra` begins with its own dot. */
static json_t *read_version(const char *root)
{
	char major[TREE_TEXT_MAX], minor[TREE_TEXT_MAX], extra[TREE_TEXT_MAX];

	if (tree_text(root, major, "sys/hypervisor/version/major") ||
		tree_text(root, minor, "sys/hypervisor/version/minor"))
		return json_null();
	tree_text(root, extra, "sys/hypervisor/version/extra");
	return json_sprintf("%s.%s%s", major, minor, extra);
}

int collect_hypervisor(const struct guest *guest, json_t **section_r, struct problem *why)
{
	char signature[HYPERVISOR_SIGNATURE_MAX];
	json_t *section;

	read_signature(signature);
	section = json_pack("{s:o, s:o, s:s?}", "type",
		tree_json(guest->root, "sys/hypervisor/type"), "version", read_version(guest->root),
		"cpuid", signature[0] ? signature : NULL);
	if (!section)
		return -ENOMEM;
	*section_r = section;
	return 0;
}
