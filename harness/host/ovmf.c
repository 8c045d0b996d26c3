#include "harness/host/ovmf.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

/* The end of an image in which its reset vector, and the GUIDs there, lie. */
#define RESET_VECTOR 4096

/* e47a6535-984a-4798-865e-4685a7bf8ec2 as it lies in memory: the entry of the TDX metadata. */
static const uint8_t tdx_metadata[16] = { 0x35, 0x65, 0x7a, 0xe4, 0x4a, 0x98, 0x98, 0x47, 0x86,
	0x5e, 0x46, 0x85, 0xa7, 0xbf, 0x8e, 0xc2 };

/* The first version of edk2 without Xen, and the text before a version in a path. */
#define WITHOUT_XEN  202108
#define PATH_OF_EDK2 "/edk2-"

/* Year and month of a path such as ".../edk2-2020.11/...", or 0. */
static unsigned int built_from(const uint8_t *image, size_t size)
{
	const size_t prefix = strlen(PATH_OF_EDK2);
	const uint8_t *path = memmem(image, size, PATH_OF_EDK2, prefix);
	unsigned int year, month;
	char version[sizeof("stable2020.11")] = "";
	const char *number = version;

	if (!path || path + prefix + sizeof(version) > image + size)
		return 0;
	memcpy(version, path + prefix, sizeof(version) - 1);
	if (strncmp(number, "stable", strlen("stable")) == 0)
		number += strlen("stable");
	if (sscanf(number, "%4u.%2u", &year, &month) != 2 &&
		sscanf(number, "%4u%2u", &year, &month) != 2)
		return 0;
	return year < 2000 || month < 1 || month > 12 ? 0 : year * 100 + month;
}

enum ovmf_kind ovmf_kind(const uint8_t *image, size_t size)
{
	size_t end = size < RESET_VECTOR ? size : RESET_VECTOR;
	unsigned int version;

	if (size >= SELFMAG && memcmp(image, ELFMAG, SELFMAG) == 0)
		return OVMF_FOR_XEN;
	if (memmem(image + size - end, end, tdx_metadata, sizeof(tdx_metadata)))
		return OVMF_NOT_FOR_XEN;
	version = built_from(image, size);
	if (!version)
		return OVMF_UNKNOWN;
	return version < WITHOUT_XEN ? OVMF_FOR_XEN : OVMF_NOT_FOR_XEN;
}
