#include "harness/generation.h"

#include "src/suite.h"

#define NAME(device) (generation_find(device) ? generation_find(device)->name : "none")

/* Ids and macros of Linux' include/drm/intel/pciids.h; the first and last of a row where it
 * matters. */
static const struct {
	uint16_t device;
	const char *name;
} listed[] = {
	{ 0x0102, "Sandy Bridge" },            /* INTEL_SNB_D_GT1_IDS */
	{ 0x0126, "Sandy Bridge" },            /* INTEL_SNB_M_GT2_IDS */
	{ 0x0152, "Ivy Bridge" },              /* INTEL_IVB_D_GT1_IDS */
	{ 0x016a, "Ivy Bridge" },              /* INTEL_IVB_D_GT2_IDS */
	{ 0x0412, "Haswell" },                 /* INTEL_HSW_GT2_IDS */
	{ 0x0a2e, "Haswell" },                 /* INTEL_HSW_ULT_GT3_IDS */
	{ 0x1616, "Broadwell" },               /* INTEL_BDW_ULT_GT2_IDS */
	{ 0x1912, "Skylake" },                 /* INTEL_SKL_GT2_IDS */
	{ 0x3184, "Gemini Lake" },             /* INTEL_GLK_IDS */
	{ 0x5912, "Kaby Lake" },               /* INTEL_KBL_GT2_IDS */
	{ 0x3e92, "Coffee Lake" },             /* INTEL_CFL_S_GT2_IDS */
	{ 0x9bc5, "Comet Lake" },              /* INTEL_CML_GT2_IDS */
	{ 0x8a52, "Ice Lake" },                /* INTEL_ICL_PORT_F_IDS */
	{ 0x4e71, "Elkhart and Jasper Lake" }, /* INTEL_JSL_IDS */
	{ 0x9a49, "Tiger Lake" },              /* INTEL_TGL_GT2_IDS */
	{ 0x4c8a, "Rocket Lake" },             /* INTEL_RKL_IDS */
	{ 0x46a6, "Alder Lake" },              /* INTEL_ADLP_IDS */
	{ 0xa7a0, "Raptor Lake" },             /* INTEL_RPLP_IDS */
	{ 0x7d55, "Meteor and Arrow Lake" },   /* INTEL_MTL_IDS */
	{ 0x64a0, "Lunar Lake" },              /* INTEL_LNL_IDS */
	{ 0xb080, "Panther Lake" },            /* INTEL_PTL_IDS */
	{ 0x0a84, "none" },                    /* INTEL_BXT_IDS, of no row here */
	{ 0x56a0, "none" },                    /* INTEL_DG2_G10_D_IDS: not integrated */
	{ 0x1111, "none" },
	{ 0x0000, "none" },
};

static void ids_are_of_their_generation(void)
{
	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++)
		CU_ASSERT_STRING_EQUAL(NAME(listed[i].device), listed[i].name);
}

static CU_TestInfo tests[] = {
	{ "ids are of their generation", ids_are_of_their_generation },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("generation", tests);
}
