/*
 * domain_config against the installed libxl: names, types and words are libxl_types.idl's of Xen
 * 4.14 to 4.22, and the JSON that results is libxl's own.
 */
#include "harness/backend/libxl/config_merge.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xentoollog.h>

#include "harness/backend/libxl/config.h"
#include "src/suite.h"

/*
 * libxl_ctx_alloc() needs a Xen. libxl's readers of JSON use a context only for its logger, which
 * is its first member (struct libxl__ctx, libxl_internal.h).
 */
static struct {
	xentoollog_logger *logger;
	char rest[65536];
} context;

static libxl_domain_config config;
static struct problem why;

/* A configuration as a cell makes it. */
static void begin(void)
{
	static const struct guest_image image = { "/g/vmlinuz", "/g/initrd", "quiet", .disk_fd = -1,
		.boot_fd = -1 };
	json_t *cell =
		json_loads("{\"name\": \"x\", \"settings\": {\"libxl\": {\"memory\": 256,"
			   " \"vga\": \"stdvga\", \"nic\": \"e1000\", \"gfx_passthru\": \"igd\","
			   " \"vcpus\": 2, \"pci\": [\"00:02.0@02,permissive=1\"]}}}",
			0, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(cell);
	libxl_domain_config_dispose(&config);
	libxl_domain_config_init(&config);
	why.text[0] = '\0';
	CU_ASSERT_EQUAL_FATAL(config_fill(&config, "igd-x-1", &image, "/opt/qemu", cell, &why), 0);
	json_decref(cell);
}

static json_t *now(void)
{
	json_t *json = config_to_json((libxl_ctx *)&context, &config);

	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	return json;
}

static int merge(const char *text)
{
	json_t *piece = json_loads(text, 0, NULL);
	int r;

	CU_ASSERT_PTR_NOT_NULL_FATAL(piece);
	why.text[0] = '\0';
	r = config_merge((libxl_ctx *)&context, &config, piece, &why);
	json_decref(piece);
	return r;
}

static void what_libxl_knows_is_merged(void)
{
	begin();
	CU_ASSERT_EQUAL(
		merge("{\"b_info\": {\"shadow_memkb\": 16384, \"tsc_mode\": \"native\","
		      " \"type.hvm\": {\"hpet\": false, \"acpi_s4\": \"True\","
		      " \"vga\": {}, \"timeoffset\": \"7\"}}, \"c_info\": {\"oos\": true}}"),
		0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	CU_ASSERT_EQUAL(config.b_info.shadow_memkb, 16384);
	CU_ASSERT_EQUAL(config.b_info.tsc_mode, LIBXL_TSC_MODE_NATIVE);
	CU_ASSERT_FALSE(libxl_defbool_val(config.b_info.u.hvm.hpet));
	CU_ASSERT_TRUE(libxl_defbool_val(config.b_info.u.hvm.acpi_s4));
	CU_ASSERT_STRING_EQUAL(config.b_info.u.hvm.timeoffset, "7");
	CU_ASSERT_TRUE(libxl_defbool_val(config.c_info.oos));
	/* The rest is as the settings made it. */
	CU_ASSERT_EQUAL(config.b_info.type, LIBXL_DOMAIN_TYPE_HVM);
	CU_ASSERT_EQUAL(config.b_info.target_memkb, 256 * 1024);
	CU_ASSERT_EQUAL(config.b_info.u.hvm.vga.kind, LIBXL_VGA_INTERFACE_TYPE_STD);
	CU_ASSERT_STRING_EQUAL(config.b_info.kernel, "/g/vmlinuz");
	CU_ASSERT_EQUAL(config.num_nics, 1);
	CU_ASSERT_EQUAL_FATAL(config.num_pcidevs, 1);
	CU_ASSERT_EQUAL(config.pcidevs[0].vdevfn, 0x10);
}

/* What goes through libxl's JSON and back is the same. */
static void an_empty_piece_changes_nothing(void)
{
	json_t *before, *after;

	begin();
	before = now();
	CU_ASSERT_EQUAL(merge("{\"b_info\": {\"type.hvm\": {}}}"), 0);
	after = now();
	CU_ASSERT_TRUE(json_equal(before, after));
	CU_ASSERT_EQUAL(config_uuid_pid(&config.c_info.uuid), getpid());
	json_decref(before);
	json_decref(after);
}

static void a_default_may_be_written_out(void)
{
	begin();
	CU_ASSERT_EQUAL(merge("{\"b_info\": {\"exec_ssidref\": 0}}"), 0);
	CU_ASSERT_EQUAL(merge("{\"b_info\": {\"localtime\": \"<default>\"}}"), 0);
	CU_ASSERT_EQUAL(merge("{\"b_info\": {\"tsc_mode\": \"default\"}}"), 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
}

static void null_takes_a_key_away(void)
{
	begin();
	CU_ASSERT_EQUAL(merge("{\"b_info\": {\"cmdline\": null}}"), 0);
	CU_ASSERT_PTR_NULL(config.b_info.cmdline);
	CU_ASSERT_STRING_EQUAL(config.b_info.kernel, "/g/vmlinuz");
}

static void lists(void)
{
	begin();
	CU_ASSERT_EQUAL(merge("{\"channels\": [{\"name\": \"c\", \"connection.pty\": {}}],"
			      " \"p9s\": [{\"tag\": \"t\", \"path\": \"/p\"}]}"),
		0);
	CU_ASSERT_EQUAL(config.num_channels, 1);
	CU_ASSERT_EQUAL_FATAL(config.num_p9s, 1);
	CU_ASSERT_STRING_EQUAL(config.p9s[0].path, "/p");
}

static void what_it_does_not_know_is_named(void)
{
	static const char *const cases[][2] = {
		{ "{\"nosuch\": 1}", ": nosuch: " },
		{ "{\"b_info\": {\"nosuch\": 1}}", ": b_info/nosuch: " },
		{ "{\"b_info\": {\"nosuch\": true}}", ": b_info/nosuch: " },
		{ "{\"b_info\": {\"nosuch\": \"x\"}}", ": b_info/nosuch: " },
		{ "{\"b_info\": {\"nosuch\": []}}", ": b_info/nosuch: " },
		{ "{\"b_info\": {\"nosuch\": null}}", ": b_info/nosuch: " },
		{ "{\"b_info\": {\"nosuch\": {\"x\": 1}}}", ": b_info/nosuch/x: " },
		{ "{\"b_info\": {\"shadow_memkb\": 1, \"type.hvm\": {\"hpett\": true}}}",
			": b_info/type.hvm/hpett: " },
		{ "{\"b_info\": {\"shadow_memkb\": \"16\"}}", ": b_info/shadow_memkb: " },
		{ "{\"b_info\": {\"shadow_memkb\": {\"x\": 1}}}", ": b_info/shadow_memkb/x: " },
		{ "{\"b_info\": {\"tsc_mode\": \"banana\"}}", ": b_info/tsc_mode: " },
		{ "{\"b_info\": {\"tsc_mode\": 1}}", ": b_info/tsc_mode: " },
		{ "{\"b_info\": {\"type.hvm\": {\"hpet\": \"yes\"}}}", ": b_info/type.hvm/hpet: " },
		{ "{\"b_info\": {\"type.hvm\": {\"hpet\": 1}}}", ": b_info/type.hvm/hpet: " },
		{ "{\"b_info\": {\"timer_mode\": 1.5}}", ": b_info/timer_mode: " },
		{ "{\"p9s\": [{\"tag\": \"t\", \"nosuch\": 1}]}", ": p9s: " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *before, *after;

		begin();
		before = now();
		CU_ASSERT_EQUAL(merge(cases[i][0]), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i][1]));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "this libxl, of Xen "));
		if (!strstr(why.text, cases[i][1]))
			printf("\n  %s: %s\n", cases[i][0], why.text);
		after = now();
		CU_ASSERT_TRUE(json_equal(before, after));
		json_decref(before);
		json_decref(after);
	}
}

/* A foreign plan is bounded too. */
static void too_deep(void)
{
	char text[1024] = "";

	for (int i = 0; i < 40; i++)
		strcat(text, "{\"a\": ");
	strcat(text, "1");
	for (int i = 0; i < 40; i++)
		strcat(text, "}");
	begin();
	CU_ASSERT_EQUAL(merge(text), -EINVAL);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "what libxl knows is merged", what_libxl_knows_is_merged },
		{ "an empty piece changes nothing", an_empty_piece_changes_nothing },
		{ "a default may be written out", a_default_may_be_written_out },
		{ "null takes a key away", null_takes_a_key_away },
		{ "lists", lists },
		{ "what it does not know is named", what_it_does_not_know_is_named },
		{ "too deep", too_deep },
		CU_TEST_INFO_NULL,
	};
	xentoollog_logger_stdiostream *logger =
		xtl_createlogger_stdiostream(stderr, XTL_CRITICAL, 0);
	int status;

	context.logger = (xentoollog_logger *)logger;
	libxl_domain_config_init(&config);
	status = suite_main("xen-config-merge", tests);
	libxl_domain_config_dispose(&config);
	xtl_logger_destroy(context.logger);
	return status;
}
