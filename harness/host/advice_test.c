/*
 * The advice of the checks, as it is in their sources: every setting that one names exists, and
 * none says that the IGD must not be the primary display.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"
#include "src/suite.h"

/* What an advice may name, and where it is. */
static const struct {
	const char *word, *source;
} settings[] = {
	{ "conring_size=1M", "xen.git docs/misc/xen-command-line.pandoc" },
	{ "iommu=0", "the same" },
	{ "iommu=verbose", "the same" },
	{ "hap=0", "the same" },
	{ "no-igfx", "the same, iommu=" },
	{ "loglvl=all", "the same" },
	{ "xen-pciback.hide=(00:02.0)", "Linux, drivers/xen/xen-pciback/pci_stub.c" },
	{ "iomem=relaxed", "Linux, kernel-parameters.txt" },
	{ "xen-pciback", "Linux, the module" },
	{ "/sriov_numvfs", "Linux, Documentation/ABI/testing/sysfs-bus-pci" },
	{ "rdm_policy", "xl.cfg(5), and a setting of `pci` in docs/use/matrix.md" },
	{ "dm_restrict", "xl.cfg(5), device_model_args; a setting of libxl" },
	{ "--device-model", "igd-harness host --help" },
	{ "--enable-xen-pci-passthrough", "QEMU's configure" },
	{ "bios_path_override", "xl.cfg(5), and a setting of libxl in docs/use/matrix.md" },
	{ "--enable-xen", "QEMU's configure" },
	{ "/driver", "sysfs" },
	{ "/dev/mem", "mem(4)" },
	{ "qemu-system-xen", "Debian" },
	{ "igd-harness", "this program" },
};

static bool is_known(const char *word)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (strcmp(settings[i].word, word) == 0)
			return true;
	}
	return false;
}

/* Does the word look like a setting: a value, a name with "_", an option, a file? */
static bool is_setting(const char *word)
{
	return strchr(word, '=') || strchr(word, '_') || strncmp(word, "--", 2) == 0 ||
	       (word[0] == '/' && word[1]);
}

static unsigned int looked_at;

static void check_text(const char *file, const char *text)
{
	char word[64];
	size_t length;

	looked_at++;
	/* The ROM of an IGD is there only where it is the primary display, as its class is 0x0300.
	 */
	CU_ASSERT_PTR_NULL(strstr(text, "not as its primary"));
	/* Hosts since Ice Lake have no legacy boot. */
	CU_ASSERT_PTR_NULL(strstr(text, "CSM"));
	for (; *text; text += length) {
		/* A macro between two literals leaves "//". */
		text += strspn(text, " ,;`:");
		text += strncmp(text, "//", 2) == 0 || text[0] == '(';
		length = strcspn(text, " ,;`");
		if (length >= sizeof(word))
			continue;
		snprintf(word, sizeof(word), "%.*s", (int)length, text);
		if (length > 0 && strchr(":)", word[length - 1]) && !strchr(word, '('))
			word[length - 1] = '\0';
		if (is_setting(word) && !is_known(word)) {
			printf("%s: an advice names %s\n", file, word);
			CU_FAIL("an advice names what is not known to exist");
		}
	}
}

/* Gathers the string literals of one advice, up to the end of its expression. */
static const char *read_advice(const char *at, char *text, size_t size)
{
	bool quoted = false;
	size_t used = 0;

	for (; *at; at++) {
		if (*at == '\\' && quoted && at[1]) {
			at++;
		} else if (*at == '"') {
			quoted = !quoted;
			continue;
		} else if (!quoted && (*at == ';' || *at == '}' || strncmp(at, ".look", 5) == 0 ||
					      strncmp(at, ".decides", 8) == 0)) {
			break;
		} else if (!quoted) {
			/* An alternative is a text of its own. */
			if (*at == ':' && used + 1 < size)
				text[used++] = ' ';
			continue;
		}
		if (used + 1 < size)
			text[used++] = *at;
	}
	text[used] = '\0';
	return at;
}

static void check_file(const char *name)
{
	static const char *const begins[] = { "advice = ", "return \"use ", "return \"make " };
	char text[2048], *source = NULL;
	struct problem why = { 0 };
	size_t length = 0;
	bool more = false;

	CU_ASSERT_EQUAL_FATAL(
		fileio_read_head(AT_FDCWD, name, 1 << 20, &source, &length, &more, &why), 0);
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		for (const char *at = strstr(source, begins[i]); at; at = strstr(at, begins[i])) {
			at = read_advice(at, text, sizeof(text));
			if (text[0])
				check_text(name, text);
		}
	}
	free(source);
}

static void every_setting_that_is_named_exists(void)
{
	const char *source = getenv("SOURCE_ROOT");
	char pattern[256];
	glob_t files = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(source);
	snprintf(pattern, sizeof(pattern), "%s/harness/host/check_*.c", source);
	CU_ASSERT_EQUAL_FATAL(glob(pattern, 0, NULL, &files), 0);
	CU_ASSERT(files.gl_pathc >= 8);
	for (size_t i = 0; i < files.gl_pathc; i++)
		check_file(files.gl_pathv[i]);
	CU_ASSERT(looked_at >= 35);
	globfree(&files);
}

static CU_TestInfo tests[] = {
	{ "every setting that is named exists", every_setting_that_is_named_exists },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	return suite_main("advice", tests);
}
