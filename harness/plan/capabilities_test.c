#include "harness/plan/capabilities.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/suite.h"

static void each_word_is_one(void)
{
	struct problem why = { "" };

	for (size_t i = 0; capability_names[i]; i++)
		CU_ASSERT_EQUAL(capability_check(capability_names[i], &why), 0);
	CU_ASSERT_EQUAL(capability_check("model-qemu10", &why), 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
}

static void a_misspelt_one_is_refused_with_all_that_there_are(void)
{
	static const char *const wrong[] = { "iomu", "IGD", "", "igd ", "model-", "model-A",
		"model", "model-a23456789012345678901234567890123456789012345678901234567890" };
	struct problem why = { "" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CU_ASSERT_EQUAL(capability_check(wrong[i], &why), -EINVAL);
		for (size_t j = 0; capability_names[j]; j++)
			CU_ASSERT_PTR_NOT_NULL(strstr(why.text, capability_names[j]));
	}
	capability_check("iomu", &why);
	CU_ASSERT_STRING_EQUAL(why.text,
		"no host has a capability \"iomu\", did you mean iommu: they are hvm, hap, shadow,"
		" iommu, iommu_hap_pt_share, ovmf, igd, igd_vga, igd_rom, igd_opregion, and"
		" model-NAME of `run --model`");
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "each word is one", each_word_is_one },
		{ "a misspelt one is refused with all that there are",
			a_misspelt_one_is_refused_with_all_that_there_are },
		CU_TEST_INFO_NULL,
	};

	return suite_main("capabilities", tests);
}
