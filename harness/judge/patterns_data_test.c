/*
 * The patterns that are shipped: each knows its samples, and none takes another's for its own. The
 * program does not try these samples when it loads the file; here they are.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "harness/base/run_files.h"
#include "harness/judge/logs.h"
#include "src/document.h"
#include "src/suite.h"

static struct patterns *patterns;

static char *in_source(const char *name)
{
	const char *root = getenv("SOURCE_ROOT");
	char *path = NULL;

	return asprintf(&path, "%s/%s", root ? root : ".", name) < 0 ? NULL : path;
}

static void the_file_is_right(void)
{
	char *path = in_source("results/data/" PATTERNS_FILE);
	struct problem why = { "" };
	json_t *labels;

	CU_ASSERT_EQUAL(patterns_load(path, &patterns, &why), 0);
	if (why.text[0])
		printf("\n  %s\n", why.text);
	free(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(patterns);
	labels = patterns_labels(patterns);
	CU_ASSERT(json_array_size(labels) >= 15);
	json_decref(labels);
}

/* What a line means in a log: how often `label` is among the matches, and which other causes are.
 */
static size_t look(enum pattern_log log, const char *line, const char *label, const char **other_r)
{
	struct pattern_input input = { log, "sample", line, strlen(line) };
	json_t *matches = patterns_match(patterns, &input, 1, NULL, NULL);
	const json_t *match;
	size_t i, own = 0;

	json_array_foreach(matches, i, match)
	{
		const char *name = json_string_value(json_object_get(match, "label"));

		if (strcmp(name, label) == 0) {
			own++;
		} else if (pattern_is_cause(match)) {
			printf("\n  %s is also the cause %s: %s\n", label, name, line);
			*other_r = "another";
		}
	}
	json_decref(matches);
	return own;
}

static void a_sample_matches_its_pattern_and_no_other_cause(void)
{
	const json_t *label, *sample;
	json_t *labels;
	size_t i, k;

	CU_ASSERT_PTR_NOT_NULL_FATAL(patterns);
	labels = patterns_labels(patterns);
	json_array_foreach(labels, i, label)
	{
		const char *name = json_string_value(label);
		const json_t *samples = patterns_samples(patterns, name);

		CU_ASSERT(json_array_size(samples) > 0);
		json_array_foreach(samples, k, sample)
		{
			const char *other = NULL;
			size_t own = 0;

			for (int log = 0; log < PATTERN_LOGS; log++)
				own += look((enum pattern_log)log, json_string_value(sample), name,
					&other);
			CU_ASSERT(own > 0);
			CU_ASSERT_PTR_NULL(other);
		}
	}
	json_decref(labels);
}

/* Lines that people sent, and whose they are: the log, the line, the pattern, its severity and
 * layer. */
static const struct {
	enum pattern_log log;
	const char *line, *label, *severity, *layer;
} reported[] = {
	{ PATTERN_QEMU,
		"[00:05.0] msi_msix_setup: Error: Mapping of MSI (err: 19, vec: 0x30, "
		"entry 0x0)",
		"msi-not-mapped", "cause", "Xen" },
	{ PATTERN_QEMU, "[00:05.0] If the device doesn't work, try enabling permissive mode",
		"config-write-dropped", "sign", "config" },
	{ PATTERN_LIBXL,
		"error: libxl_pci.c:1491:pci_add_dm_done: Domain 1:"
		"xc_physdev_map_pirq irq=18 (error=-1): Not supported",
		"irq-map-refused", "cause", "Xen" },
	{ PATTERN_LIBXL,
		"error: libxl_pci.c:1473:libxl__device_pci_reset: write to "
		"/sys/bus/pci/devices/0000:00:02.0/reset failed: Invalid argument",
		"reset-failed", "sign", "host" },
	{ PATTERN_XEN, "(XEN) d3: assign (0000:00:02.0) failed (-1)", "assign-refused", "cause",
		"Xen" },
	{ PATTERN_XEN, "(d3) pci dev 02:0 bar 18 size 010000000: no space for resource!",
		"bar-without-address", "cause", "config" },
	{ PATTERN_XEN, "(XEN) [VT-D]Passed iommu=no-igfx option.  Disabling IGD VT-d engine.",
		"igd-without-vtd", "sign", "host" },
	{ PATTERN_XEN,
		"(XEN) [VT-D]DMAR:[DMA Write] Request device [0000:00:02.0] fault addr "
		"2cd9000, iommu reg = ffff82c0008e0000",
		"vtd-fault", "grave", "Xen" },
	{ PATTERN_XEN, "(XEN) Domain 3 reported crashed by domain 0 on cpu#1:",
		"domain-killed-for-qemu", "cause", "QEMU" },
	{ PATTERN_CONSOLE, "i915 0000:00:02.0: Device initialization failed (-19)",
		"igd-probe-failed", "grave", "guest kernel" },
	{ PATTERN_CONSOLE, "i915 0000:00:02.0: [drm] GPU HANG: ecode 12:1:85dffffb, in Xorg",
		"gpu-hang", "grave", "guest kernel" },
	{ PATTERN_CONSOLE, "i915 0000:00:02.0: [drm] *ERROR* Fault errors on pipe A: 0x00000080",
		"igd-pipe-fault", "grave", "guest kernel" },
	{ PATTERN_CONSOLE,
		"xe 0000:00:02.0: [drm] *ERROR* CRITICAL: Xe has declared device "
		"0000:00:02.0 as wedged.",
		"igd-wedged", "grave", "guest kernel" },
	{ PATTERN_CONSOLE, "[    1.2] [drm] failed to find VBIOS tables", "i915-no-vbt", "sign",
		"firmware" },
	{ PATTERN_DOM0, "[  812.1] BUG: kernel NULL pointer dereference, address: 0000000000000010",
		"dom0-oops", "grave", "host" },
};

static void a_line_that_was_reported_names_the_right_party(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(patterns);
	for (size_t i = 0; i < sizeof(reported) / sizeof(reported[0]); i++) {
		struct pattern_input input = { reported[i].log, "log", reported[i].line,
			strlen(reported[i].line) };
		json_t *matches = patterns_match(patterns, &input, 1, NULL, NULL);
		const json_t *match = json_array_get(matches, 0);

		CU_ASSERT_STRING_EQUAL(document_text(match, "label"), reported[i].label);
		CU_ASSERT_STRING_EQUAL(document_text(match, "severity"), reported[i].severity);
		CU_ASSERT_STRING_EQUAL(document_text(match, "layer"), reported[i].layer);
		json_decref(matches);
	}
}

/* What a guest can write is no word of dom0's or of Xen's. */
static void a_guest_cannot_speak_for_dom0_or_xen(void)
{
	static const char *const lines[] = {
		"(d3) BUG: kernel NULL pointer dereference, address: 0",
		"(d3) [  812.1] Oops: 0000 [#1] PREEMPT SMP", "(d3) Xen WARN at a.c:1",
		"(d3) (XEN) Xen BUG at a.c:1", "(d3) x: not ready 65535ms after FLR; giving up",
		"(d3) [VT-D]DMAR:[DMA Write] Request device [0000:00:02.0] fault addr 0"
	};

	CU_ASSERT_PTR_NOT_NULL_FATAL(patterns);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct pattern_input input = { PATTERN_XEN, "xen.log", lines[i], strlen(lines[i]) };
		json_t *matches = patterns_match(patterns, &input, 1, NULL, NULL);

		if (json_array_size(matches) > 0)
			printf("\n  %s", lines[i]);
		CU_ASSERT_EQUAL(json_array_size(matches), 0);
		json_decref(matches);
	}
}

static bool ended_well(int cell_fd)
{
	json_t *end = NULL;
	const char *ending;
	bool well;

	if (fileio_read_json(cell_fd, "end.json", DOCUMENT_END, &end, NULL) < 0)
		return false;
	ending = json_string_value(json_object_get(end, "ending"));
	well = ending && strcmp(ending, "done") == 0;
	json_decref(end);
	return well;
}

/* Runs with a GPU that fails on purpose: their logs have to decide. */
static bool fails_on_purpose(const char *cell)
{
	return strstr(cell, "/gpu-fault-") != NULL;
}

/* A recorded cell that ended well. */
static void check_recorded(const char *cell)
{
	int fd = open(cell, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	json_t *matches, *cut = NULL, *report = NULL;
	const json_t *match;
	size_t i;

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(fileio_read_json(fd, "report.json", DOCUMENT_REPORT, &report, NULL), 0);
	matches = judge_logs(patterns, fd, report, NULL, NULL, &cut);
	CU_ASSERT_PTR_NOT_NULL(matches);
	json_array_foreach(matches, i, match)
	{
		const char *severity = document_text(match, "severity");

		CU_ASSERT_FALSE(pattern_is_cause(match) || strcmp(severity, "grave") == 0);
		printf("\n  %s: %s\n", cell, json_string_value(json_object_get(match, "label")));
	}
	CU_ASSERT_EQUAL(json_array_size(cut), 0);
	json_decref(report);
	json_decref(matches);
	json_decref(cut);
	close(fd);
}

static void good_runs_have_nothing_that_decides(void)
{
	char *pattern = in_source("results/recorded/*/cells/*");
	size_t cells = 0;
	glob_t found = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(patterns);
	CU_ASSERT_EQUAL(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int fd = open(found.gl_pathv[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0 && ended_well(fd) && !fails_on_purpose(found.gl_pathv[i])) {
			check_recorded(found.gl_pathv[i]);
			cells++;
		}
		if (fd >= 0)
			close(fd);
	}
	printf("\n  %zu recorded cells", cells);
	CU_ASSERT(cells >= 3);
	globfree(&found);
	free(pattern);
}

#define SEARCHED (PATTERNS_LOG_MAX / 4) /* the time is in proportion */

static double search_seconds(const char *unit)
{
	char *log = malloc(SEARCHED);
	struct pattern_input input = { .file = "log", .length = SEARCHED };
	clock_t begin = clock();

	CU_ASSERT_PTR_NOT_NULL_FATAL(log);
	/* Lines as long as they are searched: a shorter one takes less. */
	for (size_t i = 0; i < SEARCHED; i++)
		log[i] = i % PATTERNS_LINE_MAX == PATTERNS_LINE_MAX - 1 ? '\n'
									: unit[i % strlen(unit)];
	input.bytes = log;
	for (int which = 0; which < PATTERN_LOGS; which++) {
		input.log = (enum pattern_log)which;
		json_decref(patterns_match(patterns, &input, 1, NULL, NULL));
	}
	free(log);
	return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

static void no_log_takes_long(void)
{
	static const char *const units[] = { "aaaaaaa\n", "PCI: slot 1 function ",
		"(XEN) [VT-D]DMAR: Request device [", "0", "Region: 1 (addr: ", "write to /reset/",
		"(XEN) [VT-D]\n", "not ready 1ms after ", "i915 ", "(d1) pci dev bar ",
		"[1] WARNING: a:1 at ", "(XEN) d1: assign RMRR ", "[1] BUG: general protection " };

	CU_ASSERT_PTR_NOT_NULL_FATAL(patterns);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		double seconds = search_seconds(units[i]);

		printf("\n  five logs of 256 KiB of %.20s...: %.2f s", units[i], seconds);
		CU_ASSERT(seconds < 15); /* sanitizers and a busy machine included */
	}
}

static CU_TestInfo tests[] = {
	{ "the file is right", the_file_is_right },
	{ "a sample matches its pattern and no other cause",
		a_sample_matches_its_pattern_and_no_other_cause },
	{ "a line that was reported names the right party",
		a_line_that_was_reported_names_the_right_party },
	{ "a guest cannot speak for dom0 or Xen", a_guest_cannot_speak_for_dom0_or_xen },
	{ "good runs have no cause and nothing grave", good_runs_have_nothing_that_decides },
	{ "no log takes long", no_log_takes_long },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status = suite_main("patterns_data", tests);

	patterns_free(patterns);
	return status;
}
