#include "harness/igd_ids.h"

#include <stdbool.h>
#include <string.h>

#include "harness/coverage.h"
#include "src/document.h"
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

/* The entry that a report has of a host with that IGD. */
static json_t *reported(uint16_t device)
{
	json_t *findings = json_pack("{s:{s:{s:{s:[{s:s, s:s, s:o, s:s}]}}}, s:[]}", "identities",
		"host", "pci", "functions", "address", "0000:00:02.0", "vendor", "0x8086", "device",
		json_sprintf("0x%04x", device), "class", "0x030000", "cells");
	json_t *coverage = coverage_of(findings), *entry;

	CU_ASSERT_PTR_NOT_NULL_FATAL(findings);
	entry = json_incref(json_array_get(coverage, 0));
	json_decref(coverage);
	json_decref(findings);
	return entry;
}

/* Is there a line for it in the report's table? */
static bool has_line(const char *title, const char *graphics)
{
	const struct igd_platform *line;
	size_t number = 0;

	while ((line = coverage_next(&number))) {
		if (strcmp(line->title, title) == 0 && strcmp(line->graphics, graphics) == 0)
			return true;
	}
	return false;
}

static void every_id_has_its_line_in_the_report(void)
{
	const struct igd_platform *platform;
	size_t count = 0, platforms = 0;
	uint16_t device;

	for (size_t i = 0; (device = igd_ids_device(igd_ids_builtin(), i, &platform)); i++) {
		json_t *entry;

		if (!platform)
			continue;
		entry = reported(device);
		CU_ASSERT(platform->title[0] && platform->graphics[0]);
		CU_ASSERT_STRING_EQUAL(document_text(entry, "generation"), platform->title);
		CU_ASSERT_STRING_EQUAL(document_text(entry, "graphics"), platform->graphics);
		CU_ASSERT(has_line(platform->title, platform->graphics));
		json_decref(entry);
		count++;
	}
	while (igd_ids_platform(igd_ids_builtin(), platforms))
		platforms++;
	/* What the two files of Linux list: a table that was not read has none. */
	CU_ASSERT(count > 300);
	CU_ASSERT(platforms > 30);
}

static void a_title_stands_in_one_line(void)
{
	const struct igd_platform *line, *other;
	size_t number = 0, rest;

	while ((line = coverage_next(&number))) {
		rest = number;
		while ((other = coverage_next(&rest)))
			CU_ASSERT_STRING_NOT_EQUAL(line->title, other->title);
	}
}

static CU_TestInfo tests[] = {
	{ "ids have the platform of Linux", ids_have_the_platform_of_linux },
	{ "every id has its line in the report", every_id_has_its_line_in_the_report },
	{ "a title stands in one line", a_title_stands_in_one_line },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("igd_ids", tests);
}
