/*
 * libxl's headers, for one API version. The functions below are those that differ between libxl's
 * releases at the same API version, each tested by the LIBXL_HAVE_ macro of libxl.h. All other
 * files of this folder are written for the newest release and include this header instead of
 * <libxl.h>.
 */
#ifndef IGD_BACKEND_LIBXL_LIBXL_COMPAT_H
#define IGD_BACKEND_LIBXL_LIBXL_COMPAT_H

/*
 * The oldest API that has every function used here. Every libxl from 4.14 to 4.23 accepts it
 * (libxl.h, the #if over LIBXL_API_VERSION). Without the macro the API is that of the headers.
 */
#define LIBXL_API_VERSION 0x041400

#include <libxl.h>
#include <libxl_utils.h>
#include <stdlib.h>

/*
 * Before Xen 4.15 the caller freed both lists itself, as xl did in xl_pci.c. The arguments are
 * named as in libxl.h.
 */
#ifndef LIBXL_HAVE_DEVICE_PCI_LIST_FREE
static inline void libxl_device_pci_list_free(libxl_device_pci *list, int num)
{
	for (int i = 0; i < num; i++)
		libxl_device_pci_dispose(&list[i]);
	free(list);
}
#endif

#ifndef LIBXL_HAVE_DEVICE_PCI_ASSIGNABLE_LIST_FREE
static inline void libxl_device_pci_assignable_list_free(libxl_device_pci *list, int num)
{
	for (int i = 0; i < num; i++)
		libxl_device_pci_dispose(&list[i]);
	free(list);
}
#endif

#endif
