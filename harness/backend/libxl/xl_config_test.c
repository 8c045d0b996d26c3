/*
 * A written xl.cfg, read by libxlutil, which is what xl reads it with: the values are the cell's,
 * and a device is the one that the harness itself would pass.
 */
#include "harness/plan/xl_config.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/backend/libxl/config.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/plan/settings.h"
#include "src/suite.h"

/* It includes libxl.h, whose API libxl_compat.h chooses. */
#include <libxlutil.h>

static const struct xl_guest image = { "/g/vmlinuz", "/g/initrd", "console=ttyS0 x=\"a\\b\"" };

static json_t *cell_of(const char *settings)
{
	json_t *cell = json_pack("{s:s, s:{s:o}}", "name", "a-b", "settings", "libxl",
		json_loads(settings, 0, NULL));

	CU_ASSERT_PTR_NOT_NULL_FATAL(cell);
	return cell;
}

/* What libxlutil reads of the cell's file; NULL after a failed assertion. */
static XLU_Config *read_cell(const char *settings)
{
	json_t *cell = cell_of(settings);
	struct problem why = { "" };
	char *text = NULL;
	size_t length = 0;
	FILE *to = open_memstream(&text, &length);
	XLU_Config *config = xlu_cfg_init(stderr, "written");

	CU_ASSERT_PTR_NOT_NULL_FATAL(to);
	CU_ASSERT_PTR_NOT_NULL_FATAL(config);
	CU_ASSERT_EQUAL(xl_config_write(cell, &image, to, &why), 0);
	fclose(to);
	CU_ASSERT_EQUAL_FATAL(xlu_cfg_readdata(config, text, (int)length), 0);
	free(text);
	json_decref(cell);
	return config;
}

static void texts_come_back(void)
{
	XLU_Config *config = read_cell("{\"cmdline\": \"y='z'\", \"vga\": \"stdvga\","
				       " \"boot\": \"direct\"}");
	const char *text = NULL;
	long number = 7;

	CU_ASSERT_EQUAL(xlu_cfg_get_string(config, "cmdline", &text, 0), 0);
	CU_ASSERT_STRING_EQUAL(text, "console=ttyS0 x=\"a\\b\" y='z'");
	CU_ASSERT_EQUAL(xlu_cfg_get_string(config, "name", &text, 0), 0);
	CU_ASSERT_STRING_EQUAL(text, "a-b");
	CU_ASSERT_EQUAL(xlu_cfg_get_string(config, "vga", &text, 0), 0);
	CU_ASSERT_STRING_EQUAL(text, "stdvga");
	CU_ASSERT_EQUAL(xlu_cfg_get_long(config, "memory", &number, 0), 0);
	CU_ASSERT_EQUAL(number, 512);
	CU_ASSERT_EQUAL(xlu_cfg_get_long(config, "vnc", &number, 0), 0);
	CU_ASSERT_EQUAL(number, 0);
	xlu_cfg_destroy(config);
}

/* xl reads gfx_passthru as a number first, and then as a text (xl_parse.c). */
static void words_or_numbers(void)
{
	XLU_Config *config = read_cell("{\"gfx_passthru\": \"igd\", \"hap\": false}");
	libxl_defbool hap = { 0 };
	const char *text = NULL;
	long number;

	CU_ASSERT_NOT_EQUAL(xlu_cfg_get_long(config, "gfx_passthru", &number, 1), 0);
	CU_ASSERT_EQUAL(xlu_cfg_get_string(config, "gfx_passthru", &text, 0), 0);
	CU_ASSERT_STRING_EQUAL(text, "igd");
	CU_ASSERT_EQUAL(xlu_cfg_get_defbool(config, "hap", &hap, 0), 0);
	CU_ASSERT_FALSE(libxl_defbool_val(hap));
	xlu_cfg_destroy(config);
}

/* Before Xen 4.15 one function read both the address and the options. */
static int parse_spec(XLU_Config *config, libxl_device_pci *pci, const char *text)
{
#ifdef LIBXL_HAVE_DEVICE_PCI_LIST_FREE
	return xlu_pci_parse_spec_string(config, pci, text);
#else
	return xlu_pci_parse_bdf(config, pci, text);
#endif
}

/* The texts of `pci` go to xl as they are; both readers make the same of them. */
static void devices(void)
{
	static const char *const texts[] = { "00:02.0", "00:02.0@02",
		"0000:00:02.0@1f,permissive=1", "00:1f.3,seize=1,msitranslate=1,power_mgmt=1",
		"0001:03:00.1,rdm_policy=relaxed", "00:02.0@02,rdm_policy=strict,permissive=0" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct guest_image own = { "/g/vmlinuz", "/g/initrd", "", .disk_fd = -1,
			.boot_fd = -1 };
		struct problem why = { "" };
		libxl_domain_config filled;
		XLU_Config *config;
		XLU_ConfigList *list = NULL;
		libxl_device_pci pci;
		char settings[128], *xls, *ours;
		json_t *cell;
		int count = 0;

		snprintf(settings, sizeof(settings), "{\"pci\": [\"%s\"]}", texts[i]);
		config = read_cell(settings);
		CU_ASSERT_EQUAL(xlu_cfg_get_list(config, "pci", &list, &count, 0), 0);
		CU_ASSERT_EQUAL_FATAL(count, 1);
		libxl_device_pci_init(&pci);
		CU_ASSERT_EQUAL(parse_spec(config, &pci, xlu_cfg_get_listitem(list, 0)), 0);
		cell = cell_of(settings);
		libxl_domain_config_init(&filled);
		CU_ASSERT_EQUAL(config_fill(&filled, "x", &own, NULL, cell, &why), 0);
		CU_ASSERT_EQUAL_FATAL(filled.num_pcidevs, 1);
		xls = libxl_device_pci_to_json(NULL, &pci);
		ours = libxl_device_pci_to_json(NULL, &filled.pcidevs[0]);
		CU_ASSERT_STRING_EQUAL(ours, xls);
		free(xls);
		free(ours);
		libxl_device_pci_dispose(&pci);
		libxl_domain_config_dispose(&filled);
		json_decref(cell);
		xlu_cfg_destroy(config);
	}
}

/* The example of each row of the table is a line that libxlutil reads. */
static void every_setting(void)
{
	static const char *const elsewhere[] = { "policy", "device_model", "domain_config" };

	for (const struct setting *setting = setting_table; setting->name; setting++) {
		bool skip = strcmp(setting->backend, "libxl") != 0;
		char settings[256];

		for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
			skip = skip || strcmp(setting->name, elsewhere[i]) == 0;
		if (skip)
			continue;
		snprintf(settings, sizeof(settings), "{\"%s\": %s}", setting->name,
			setting->example);
		xlu_cfg_destroy(read_cell(settings));
	}
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "texts come back", texts_come_back },
		{ "words or numbers", words_or_numbers },
		{ "devices", devices },
		{ "every setting", every_setting },
		CU_TEST_INFO_NULL,
	};

	return suite_main("xl-config-read", tests);
}
