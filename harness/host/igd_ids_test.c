#include "harness/host/igd_ids.h"

#include <string.h>

#include "src/suite.h"

/*
 * Ids and macros of Linux' include/drm/intel/pciids.h; the first and last of a macro where it
 * matters. Versions: i915_pci.c and xe_pci.c of the same Linux.
 */
static const struct {
	uint16_t device;
	const char *title, *graphics; /* NULL: not in the table */
} listed[] = {
	{ 0x0102, "Sandy Bridge", "6" },   /* INTEL_SNB_D_GT1_IDS */
	{ 0x0126, "Sandy Bridge", "6" },   /* INTEL_SNB_M_GT2_IDS */
	{ 0x0152, "Ivy Bridge", "7" },     /* INTEL_IVB_D_GT1_IDS */
	{ 0x016a, "Ivy Bridge", "7" },     /* INTEL_IVB_D_GT2_IDS */
	{ 0x0412, "Haswell", "7" },        /* INTEL_HSW_GT2_IDS */
	{ 0x0a2e, "Haswell", "7" },        /* INTEL_HSW_ULT_GT3_IDS */
	{ 0x0f30, "Valleyview", "7" },     /* INTEL_VLV_IDS */
	{ 0x1616, "Broadwell", "8" },      /* INTEL_BDW_ULT_GT2_IDS */
	{ 0x22b0, "Cherryview", "8" },     /* INTEL_CHV_IDS */
	{ 0x1912, "Skylake", "9" },        /* INTEL_SKL_GT2_IDS */
	{ 0x0a84, "Broxton", "9" },        /* INTEL_BXT_IDS, among Haswell's */
	{ 0x5a85, "Broxton", "9" },        /* INTEL_BXT_IDS */
	{ 0x3184, "Gemini Lake", "9" },    /* INTEL_GLK_IDS */
	{ 0x5912, "Kaby Lake", "9" },      /* INTEL_KBL_GT2_IDS */
	{ 0x87c0, "Kaby Lake", "9" },      /* INTEL_AML_KBL_GT2_IDS */
	{ 0x87ca, "Coffee Lake", "9" },    /* INTEL_AML_CFL_GT2_IDS */
	{ 0x3e92, "Coffee Lake", "9" },    /* INTEL_CFL_S_GT2_IDS */
	{ 0x3ea0, "Whiskey Lake", "9" },   /* INTEL_WHL_U_GT2_IDS */
	{ 0x9bc5, "Comet Lake", "9" },     /* INTEL_CML_GT2_IDS */
	{ 0x5a52, "Cannon Lake", "10" },   /* INTEL_CNL_IDS */
	{ 0x8a52, "Ice Lake", "11" },      /* INTEL_ICL_PORT_F_IDS */
	{ 0x4555, "Elkhart Lake", "11" },  /* INTEL_EHL_IDS */
	{ 0x4e71, "Jasper Lake", "11" },   /* INTEL_JSL_IDS */
	{ 0x9a49, "Tiger Lake", "12" },    /* INTEL_TGL_GT2_IDS */
	{ 0x4c8a, "Rocket Lake", "12" },   /* INTEL_RKL_IDS */
	{ 0x4680, "Alder Lake", "12" },    /* INTEL_ADLS_IDS */
	{ 0x46a6, "Alder Lake", "12" },    /* INTEL_ADLP_IDS */
	{ 0x46d1, "Alder Lake", "12" },    /* INTEL_ADLN_IDS */
	{ 0xa780, "Raptor Lake", "12" },   /* INTEL_RPLS_IDS */
	{ 0xa7a0, "Raptor Lake", "12" },   /* INTEL_RPLP_IDS */
	{ 0x7d55, "Meteor Lake", "12.7" }, /* INTEL_MTL_IDS */
	{ 0x7d67, "Arrow Lake", "12.7" },  /* INTEL_ARL_S_IDS */
	{ 0xb640, "Arrow Lake", "12.7" },  /* INTEL_ARL_S_IDS */
	{ 0x64a0, "Lunar Lake", "20" },    /* INTEL_LNL_IDS */
	{ 0xb080, "Panther Lake", "30" },  /* INTEL_PTL_IDS */
	{ 0xfd80, "Wildcat Lake", "30" },  /* INTEL_WCL_IDS */
	{ 0xd740, "Nova Lake S", "30" },   /* INTEL_NVLS_IDS */
	{ 0xd750, "Nova Lake P", "35" },   /* INTEL_NVLP_IDS */
	{ 0x56a0, NULL, NULL },            /* INTEL_DG2_G10_D_IDS: not integrated */
	{ 0x1111, NULL, NULL },
	{ 0x0000, NULL, NULL },
};

static void ids_have_the_platform_of_linux(void)
{
	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++) {
		const struct igd_platform *platform =
			igd_ids_find(igd_ids_builtin(), listed[i].device);

		CU_ASSERT_EQUAL(platform != NULL, listed[i].title != NULL);
		if (!platform || !listed[i].title)
			continue;
		CU_ASSERT_STRING_EQUAL(platform->title, listed[i].title);
		CU_ASSERT_STRING_EQUAL(platform->graphics, listed[i].graphics);
	}
}

static CU_TestInfo tests[] = {
	{ "ids have the platform of Linux", ids_have_the_platform_of_linux },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("igd_ids", tests);
}
