#include "harness/plan/pci_spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int pci_spec_parse(const char *text, struct bdf *host_r, int *slot_r)
{
	const char *at = strchrnul(text, '@');
	char address[BDF_TEXT_MAX];
	unsigned long slot;
	int r;

	if ((size_t)(at - text) >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, (size_t)(at - text));
	address[at - text] = '\0';
	r = bdf_parse(address, host_r);
	if (r < 0)
		return r;
	if (host_r->domain > BDF_XEN_DOMAIN_MAX)
		return -EINVAL;
	*slot_r = PCI_SPEC_SLOT_NONE;
	if (!*at)
		return 0;
	if (strlen(at + 1) != 2 || strspn(at + 1, "0123456789abcdefABCDEF") != 2)
		return -EINVAL;
	slot = strtoul(at + 1, NULL, 16);
	if (slot > 31)
		return -EINVAL;
	*slot_r = (int)slot;
	return 0;
}
