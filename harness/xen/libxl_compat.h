/*
 * What libxl's releases differ in although the API version is the same: each by the LIBXL_HAVE_
 * macro that libxl.h has for it, so that the rest of this folder is written for the newest.
 */
#ifndef IGD_LIBXL_COMPAT_H
#define IGD_LIBXL_COMPAT_H

#include <libxl.h>
#include <stdlib.h>

/*
 * Before Xen 4.15 both lists were the caller's, to be taken apart by hand, as xl did in xl_pci.c.
 * The arguments are named as in libxl.h.
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
