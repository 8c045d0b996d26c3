#include "harness/plan/pci_spec.h"

#include <errno.h>

#include "src/suite.h"

/* xl-pci-configuration(5): [DDDD:]BB:DD.F, and with "@" the guest's slot in hexadecimal. */
static void a_device_and_perhaps_a_slot(void)
{
	struct bdf host = { 0 };
	int slot = 7;

	CU_ASSERT_EQUAL(pci_spec_parse("00:02.0", &host, &slot), 0);
	CU_ASSERT(bdf_equal(host, (struct bdf){ .slot = 2 }));
	CU_ASSERT_EQUAL(slot, PCI_SPEC_SLOT_NONE);
	CU_ASSERT_EQUAL(pci_spec_parse("0001:03:1f.7@1F", &host, &slot), 0);
	CU_ASSERT(bdf_equal(host, (struct bdf){ 1, 3, 0x1f, 7 }));
	CU_ASSERT_EQUAL(slot, 0x1f);
	CU_ASSERT_EQUAL(pci_spec_parse("00:02.0@00", &host, &slot), 0);
	CU_ASSERT_EQUAL(slot, 0);
}

static void anything_else_is_refused(void)
{
	static const char *const wrong[] = { "", "@02", "00:02", "00:02.0@", "00:02.0@2",
		"00:02.0@020", "00:02.0@20", "00:02.0@0x", "00:02.0@ 2", "00:02.0@-1",
		"00:02.0 @02", "00:02.0@02@02", "00000000000000000000000:02.0", "10000:e1:00.0" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct bdf host;
		int slot;

		CU_ASSERT_EQUAL(pci_spec_parse(wrong[i], &host, &slot), -EINVAL);
	}
}

static CU_TestInfo tests[] = {
	{ "a device and perhaps a slot", a_device_and_perhaps_a_slot },
	{ "anything else is refused", anything_else_is_refused },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("passed", tests);
}
