/*
 * Does an image of the UEFI firmware OVMF run in a Xen HVM guest? Told by what is not compressed in
 * it. Xen went from OvmfPkg*.dsc in edk2-stable202108 (tianocore/edk2 pull request 1689, bug 2122);
 * OvmfPkg/OvmfXen.dsc has it since edk2-stable201908.
 */
#ifndef IGD_HOST_OVMF_H
#define IGD_HOST_OVMF_H

#include <stddef.h>
#include <stdint.h>

enum ovmf_kind {
	/* Of OvmfXen.dsc: begins with an ELF header, as a PVH kernel (OvmfXenElfHeaderGenerator.c).
	 * Or the path in which it was built, in SecMain's PE image, has edk2's version, and that is
	 * before edk2-stable202108: "/build/edk2-2020.11/Build/OvmfX64/..." of Debian 11. */
	OVMF_FOR_XEN,
	/* Of edk2-stable202205 or later, by the TDX metadata in its reset vector
	 * (OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm), or of edk2-stable202108 by that path. */
	OVMF_NOT_FOR_XEN,
	OVMF_UNKNOWN,
};

/* `image` is the whole of it, and may be anything. */
enum ovmf_kind ovmf_kind(const uint8_t *image, size_t size);

#endif
