#include "harness/logs/host_watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/document.h"
#include "src/suite.h"

static char place[] = "/tmp/igd-watch-XXXXXX";
static struct patterns *patterns;

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", place, name);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

/* A watch of a kernel that is tainted `before`, looked at when it is tainted `now`. */
static json_t *look(const char *before, const char *now)
{
	struct host_watch watch;
	char path[128];
	int fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	json_t *sign;

	snprintf(path, sizeof(path), "%s/tainted", place);
	put("tainted", before);
	host_watch_begin(&watch, path);
	put("tainted", now);
	sign = host_watch_look(&watch, patterns, fd, NULL);
	close(fd);
	return sign;
}

static void is_label(json_t *sign, const char *label)
{
	CU_ASSERT_STRING_EQUAL(document_text(sign, "label"), label);
	json_decref(sign);
}

/* The bits by Documentation/admin-guide/tainted-kernels.rst. */
static void a_new_taint_of_an_error_breaks_the_host(void)
{
	static const unsigned int broken[] = { 4, 5, 7, 9, 14 };
	json_t *sign = look("4097\n", "4609\n");

	CU_ASSERT_PTR_NOT_NULL(strstr(document_text(sign, "text"), "changed from 4097"));
	CU_ASSERT_PTR_NOT_NULL(strstr(document_text(sign, "text"), "to 4609, W: "));
	json_decref(sign);
	for (unsigned int bit = 0; bit < 19; bit++) {
		bool breaks = false;
		char now[32];

		for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
			breaks = breaks || broken[i] == bit;
		snprintf(now, sizeof(now), "%lu\n", 1ul << bit);
		sign = look("0\n", now);
		CU_ASSERT_EQUAL(sign != NULL, breaks);
		json_decref(sign);
	}
}

static void a_taint_that_was_there_breaks_nothing(void)
{
	CU_ASSERT_PTR_NULL(look("640\n", "640\n"));
	CU_ASSERT_PTR_NULL(look("640\n", "0\n"));
}

static void a_taint_that_is_not_known_breaks_nothing(void)
{
	CU_ASSERT_PTR_NULL(look("", "512\n"));
	CU_ASSERT_PTR_NULL(look("what\n", "512\n"));
	CU_ASSERT_PTR_NULL(look("0\n", "512 and more\n"));
	CU_ASSERT_PTR_NULL(look("0\n", "99999999999999999999999999\n"));
}

static void the_taint_of_this_kernel_is_known(void)
{
	struct host_watch watch;

	host_watch_begin(&watch, HOST_TAINT_FILE);
	CU_ASSERT_TRUE(watch.taint_known);
}

static void lines_of_the_host_break_it(void)
{
	json_t *sign;

	put("console.log", "kernel BUG at drivers/gpu/x.c:1\n");
	put("dom0.log", "[    1.000000] all is well\n");
	CU_ASSERT_PTR_NULL(look("0\n", "0\n"));
	put("dom0.log", "[    1.000000] x\n[    2.000000] kernel BUG at drivers/xen/y.c:1001!\n");
	sign = look("0\n", "512\n");
	CU_ASSERT_STRING_EQUAL(document_text(sign, "file"), "dom0.log");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(sign, "line")), 2);
	is_label(sign, "dom0-oops");
	put("dom0.log", "");
	put("restored/xen.log", "(XEN) Xen BUG at drivers/passthrough/pci.c:1234\n");
	is_label(look("0\n", "0\n"), "xen-bug");
	/* A guest's own line, and a warning of Xen that goes on. */
	put("restored/xen.log", "(d3) (XEN) Xen BUG at pci.c:1\n(XEN) Xen WARN at pci.c:1\n");
	CU_ASSERT_PTR_NULL(look("0\n", "0\n"));
}

static void nothing_is_watched_that_was_not_begun(void)
{
	struct host_watch watch = { NULL };

	CU_ASSERT_PTR_NULL(host_watch_look(&watch, patterns, AT_FDCWD, NULL));
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a new taint of an error breaks the host",
			a_new_taint_of_an_error_breaks_the_host },
		{ "a taint that was there breaks nothing", a_taint_that_was_there_breaks_nothing },
		{ "a taint that is not known breaks nothing",
			a_taint_that_is_not_known_breaks_nothing },
		{ "the taint of this kernel is known", the_taint_of_this_kernel_is_known },
		{ "lines of the host break it", lines_of_the_host_break_it },
		{ "nothing is watched that was not begun", nothing_is_watched_that_was_not_begun },
		CU_TEST_INFO_NULL,
	};
	char file[512], restored[128];
	struct problem why = { "" };
	int status;

	if (!mkdtemp(place))
		return 1;
	snprintf(restored, sizeof(restored), "%s/restored", place);
	snprintf(file, sizeof(file), "%s/results/data/patterns.yaml", getenv("SOURCE_ROOT"));
	if (mkdir(restored, 0700) < 0 || patterns_load(file, &patterns, &why) < 0) {
		fprintf(stderr, "%s\n", why.text);
		return 1;
	}
	status = suite_remove(place, suite_main("host_watch", tests));
	patterns_free(patterns);
	return status;
}
