/* Forms: xl-pci-configuration(5) of Xen 4.17; functions of the guest: the loops over pfunc_mask in
 * libxl_pci.c. */
#include "harness/plan/pci_spec.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/suite.h"

static void a_device_and_perhaps_a_slot(void)
{
	struct pci_spec spec = { .slot = 7 };
	struct problem why = { "" };

	CU_ASSERT_EQUAL(pci_spec_parse("00:02.0", &spec, &why), 0);
	CU_ASSERT(bdf_equal(spec.host, (struct bdf){ .slot = 2 }));
	CU_ASSERT_EQUAL(spec.slot, PCI_SPEC_SLOT_NONE);
	CU_ASSERT_EQUAL(spec.function, 0);
	CU_ASSERT_EQUAL(spec.rdm_policy, PCI_RDM_DEFAULT);
	for (int i = 0; i < PCI_FLAGS; i++)
		CU_ASSERT_EQUAL(spec.set[i], -1);
	CU_ASSERT_EQUAL(pci_spec_parse("0001:03:1f.7@1F", &spec, &why), 0);
	CU_ASSERT(bdf_equal(spec.host, (struct bdf){ 1, 3, 0x1f, 7 }));
	CU_ASSERT_EQUAL(spec.slot, 0x1f);
	CU_ASSERT_EQUAL(pci_spec_parse("00:02.0@00", &spec, &why), 0);
	CU_ASSERT_EQUAL(spec.slot, 0);
	CU_ASSERT_EQUAL(pci_spec_parse("00:02.0@02.0", &spec, &why), 0);
	CU_ASSERT_EQUAL(spec.slot, 2);
	CU_ASSERT_EQUAL(pci_spec_parse("00:1f.3@1f.3", &spec, &why), 0);
	CU_ASSERT_EQUAL(spec.function, 3);
	CU_ASSERT_STRING_EQUAL(why.text, "");
}

static void options(void)
{
	struct pci_spec spec = { .slot = 7 };

	CU_ASSERT_EQUAL(pci_spec_parse("00:02.0,permissive=1", &spec, NULL), 0);
	CU_ASSERT_EQUAL(spec.slot, PCI_SPEC_SLOT_NONE);
	CU_ASSERT_EQUAL(spec.set[PCI_PERMISSIVE], 1);
	CU_ASSERT_EQUAL(spec.set[PCI_SEIZE], -1);
	CU_ASSERT_EQUAL(pci_spec_parse("0000:00:02.0@02,seize=0,msitranslate=1,power_mgmt=1,"
				       "rdm_policy=relaxed",
				&spec, NULL),
		0);
	CU_ASSERT_EQUAL(spec.slot, 2);
	CU_ASSERT_EQUAL(spec.set[PCI_PERMISSIVE], -1);
	CU_ASSERT_EQUAL(spec.set[PCI_SEIZE], 0);
	CU_ASSERT_EQUAL(spec.set[PCI_MSITRANSLATE], 1);
	CU_ASSERT_EQUAL(spec.set[PCI_POWER_MGMT], 1);
	CU_ASSERT_EQUAL(spec.rdm_policy, PCI_RDM_RELAXED);
	CU_ASSERT_EQUAL(pci_spec_parse("00:02.0,rdm_policy=strict", &spec, NULL), 0);
	CU_ASSERT_EQUAL(spec.rdm_policy, PCI_RDM_STRICT);
}

static void anything_else_is_refused(void)
{
	static const char *const wrong[][2] = {
		{ "", "is not a PCI address" },
		{ "banana", "\"banana\" is not a PCI address" },
		{ "zz:02.0", "is not a PCI address" },
		{ "@02", "is not a PCI address" },
		{ ",permissive=1", "is not a PCI address" },
		{ "00:02", "is not a PCI address" },
		{ "00:20.0", "is not a PCI address" },
		{ "00:02.8", "is not a PCI address" },
		{ "00:02.0 @02", "is not a PCI address" },
		{ "bdf=00:02.0", "is not a PCI address" },
		{ "00:1f.*", "names every function" },
		{ "10000:e1:00.0", "behind Intel VMD" },
		{ "00000000000000000000000:02.0", "is not a PCI address" },
		{ "00:02.0@", "no valid slot of the guest" },
		{ "00:02.0@2", "no valid slot of the guest" },
		{ "00:02.0@020", "no valid slot of the guest" },
		{ "00:02.0@20", "from 00 to 1f" },
		{ "00:02.0@0x", "no valid slot of the guest" },
		{ "00:02.0@ 2", "no valid slot of the guest" },
		{ "00:02.0@-1", "no valid slot of the guest" },
		{ "00:02.0@02@02", "no valid slot of the guest" },
		{ "00:02.0@02.", "no valid slot of the guest" },
		{ "00:02.0@02.8", "no valid slot of the guest" },
		{ "00:02.0@02.1", "or the device's own function, 0" },
		{ "00:02.0,", "the options are permissive" },
		{ "00:02.0,permissive", "has \"permissive\" as an option" },
		{ "00:02.0,permissive=", "has \"permissive=\" as an option" },
		{ "00:02.0,permissive=yes", "with =0 or =1" },
		{ "00:02.0,permissive=10", "with =0 or =1" },
		{ "00:02.0,permissive=1,permissive=1", "each at most once" },
		{ "00:02.0,rdm_policy=none", "rdm_policy with =strict or =relaxed" },
		{ "00:02.0,rdm_policy=strict,rdm_policy=strict", "each at most once" },
		{ "00:02.0,vslot=02", "has \"vslot=02\" as an option" },
		{ "00:02.0,permissive=1,", "has \"\" as an option" },
		{ "00:02.0,permissive=11111111111111111111111111111111111", "with =0 or =1" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct problem why = { "" };
		struct pci_spec spec;

		CU_ASSERT_EQUAL(pci_spec_parse(wrong[i][0], &spec, &why), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, wrong[i][1]));
		if (!strstr(why.text, wrong[i][1]))
			printf("\n  %s: %s\n", wrong[i][0], why.text);
	}
}

static CU_TestInfo tests[] = {
	{ "a device and perhaps a slot", a_device_and_perhaps_a_slot },
	{ "options", options },
	{ "anything else is refused", anything_else_is_refused },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("passed", tests);
}
