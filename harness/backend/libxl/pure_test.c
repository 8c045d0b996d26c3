/* What is pure in the rest of the back end: names, versions, log lines, processes. */
#include <CUnit/CUnit.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xentoollog.h>

#include "harness/backend/libxl/evidence.h"
#include "harness/backend/libxl/identity.h"
#include "harness/backend/libxl/kmsg.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/log.h"
#include "harness/backend/libxl/memory.h"
#include "harness/backend/libxl/names.h"
#include "harness/backend/libxl/observe.h"
#include "harness/backend/libxl/process.h"
#include "harness/backend/libxl/watch.h"
#include "harness/store/ending.h"
#include "src/suite.h"

static void test_dotted_number(void)
{
	static const struct {
		const char *text, *number;
	} cases[] = {
		{ "4.17.7", "4.17.7" },
		{ "4.20.5-pre", "4.20.5" },
		{ "4.18-rc3", "4.18" },
		{ "7.2.22 (Debian 1:7.2+dfsg-7)", "7.2.22" },
		{ "8.0.", "8.0" },
		{ "9..1", "9" },
	};
	char number[16];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_TRUE(dotted_number(cases[i].text, number, sizeof(number)));
		CU_ASSERT_STRING_EQUAL(number, cases[i].number);
	}
	CU_ASSERT_FALSE(dotted_number("", number, sizeof(number)));
	CU_ASSERT_FALSE(dotted_number(".7", number, sizeof(number)));
	CU_ASSERT_FALSE(dotted_number("unstable", number, sizeof(number)));
	CU_ASSERT_FALSE(dotted_number("1.2.3.4.5.6.7.8.9", number, sizeof(number)));
}

/* 512 MiB and 6 GiB: the numbers are 512 MiB, 4 GiB and both sums in pages. */
static void test_memory(void)
{
	const uint64_t small = 512 * 1024, large = 6 * 1024 * 1024;

	CU_ASSERT_TRUE(memory_can_be_at(0, small));
	CU_ASSERT_TRUE(memory_can_be_at(0x9f, small));
	CU_ASSERT_FALSE(memory_can_be_at(0xa0, small));
	CU_ASSERT_FALSE(memory_can_be_at(0xff, small));
	CU_ASSERT_TRUE(memory_can_be_at(0x100, small));
	CU_ASSERT_TRUE(memory_can_be_at(0x1ffff, small));
	CU_ASSERT_FALSE(memory_can_be_at(0x20000, small));
	CU_ASSERT_FALSE(memory_can_be_at(0xfee00, small)); /* the local APIC */
	CU_ASSERT_TRUE(memory_can_be_at(0x100000, small));
	CU_ASSERT_TRUE(memory_can_be_at(0x11ffff, small));
	CU_ASSERT_FALSE(memory_can_be_at(0x120000, small));
	CU_ASSERT_FALSE(memory_can_be_at(UINT64_MAX, small));
	CU_ASSERT_TRUE(memory_can_be_at(0x27ffff, large));
	CU_ASSERT_FALSE(memory_can_be_at(0x280000, large));
	CU_ASSERT_FALSE(memory_can_be_at(0xff, large));
}

static void test_debris(void)
{
	char name[64];
	pid_t dead = fork();

	if (dead == 0)
		_exit(0);
	CU_ASSERT_EQUAL_FATAL(waitpid(dead, NULL, 0), dead);
	snprintf(name, sizeof(name), "igd-xenfv-own-std-linux-%d", (int)dead);
	CU_ASSERT_TRUE(name_is_debris(name, getpid()));
	/* Somebody else's run, alive. */
	snprintf(name, sizeof(name), "igd-xenfv-%d", (int)getppid());
	CU_ASSERT_FALSE(name_is_debris(name, getpid()));
	/* Ours: at open() there is no guest yet, so it was another process of that number. */
	snprintf(name, sizeof(name), "igd-xenfv-%d", (int)getpid());
	CU_ASSERT_TRUE(name_is_debris(name, getpid()));
	/* Never a domain that is not of this program. */
	snprintf(name, sizeof(name), "web-%d", (int)dead);
	CU_ASSERT_FALSE(name_is_debris(name, getpid()));
	CU_ASSERT_FALSE(name_is_debris("Domain-0", getpid()));
	CU_ASSERT_FALSE(name_is_debris("igd-", getpid()));
	CU_ASSERT_FALSE(name_is_debris("igd-test", getpid()));
	CU_ASSERT_FALSE(name_is_debris("igd-test-1", getpid()));
	CU_ASSERT_FALSE(name_is_debris("igd-test-0", getpid()));
	CU_ASSERT_FALSE(name_is_debris("igd-test-12x", getpid()));
	CU_ASSERT_FALSE(name_is_debris("igd-test-99999999999999999999", getpid()));
}

static void test_reasons(void)
{
	const char *words = NULL;

	CU_ASSERT_EQUAL(watch_reason(LIBXL_SHUTDOWN_REASON_POWEROFF, &words), ENDING_GUEST_OFF);
	CU_ASSERT_EQUAL(watch_reason(LIBXL_SHUTDOWN_REASON_REBOOT, &words), ENDING_GUEST_REBOOTED);
	for (int reason = LIBXL_SHUTDOWN_REASON_SUSPEND; reason < 300; reason++) {
		words = NULL;
		CU_ASSERT_EQUAL(watch_reason(reason, &words), ENDING_GUEST_CRASHED);
		CU_ASSERT_PTR_NOT_NULL(words);
	}
}

static void say(struct xen_log *log, xentoollog_level level, int errnoval, const char *text)
{
	xtl_log(&log->logger, level, errnoval, "xl", "%s", text);
}

static void test_log(void)
{
	struct xen_log log;
	char *text = NULL, errors[300];
	size_t size = 0;

	xen_log_init(&log, open_memstream(&text, &size));
	xen_log_errors(&log, errors, sizeof(errors));
	CU_ASSERT_STRING_EQUAL(errors, "");
	say(&log, XTL_DEBUG, -1, "all is well");
	say(&log, XTL_ERROR, ENOENT, "libxl_dm.c:31:a_function: the cause");
	say(&log, XTL_ERROR, -1, "second in x.c:9: no place");
	say(&log, XTL_ERROR, -1, "third");
	say(&log, XTL_CRITICAL, -1, "last\x1b[2J");
	xen_log_errors(&log, errors, sizeof(errors));
	CU_ASSERT_STRING_EQUAL(errors,
		"the cause: No such file or directory; second in x.c:9: no place; last?[2J");
	xen_log_note(&log, "a note %d", 7);
	xen_log_finish(&log);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "debug: all is well\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "error: third\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "igd-harness: a note 7\n"));
	free(text);
}

static void test_log_bounded(void)
{
	struct xen_log log;
	char *text = NULL, line[900];
	size_t size = 0;

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	xen_log_init(&log, open_memstream(&text, &size));
	for (int i = 0; i < 2000; i++)
		say(&log, XTL_DEBUG, -1, line);
	xen_log_finish(&log);
	CU_ASSERT_TRUE(size < EVIDENCE_MAX + 2048);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "(the rest is cut)"));
	free(text);
}

static bool is_equal(const char *argument, const void *data)
{
	return strcmp(argument, data) == 0;
}

static void test_process(void)
{
	char arguments[4096];
	int pidfd;
	pid_t child = fork();

	if (child == 0) {
		execl("/bin/sleep", "qemu-not", "60", NULL);
		_exit(1);
	}
	pidfd = process_open(child);
	CU_ASSERT_TRUE_FATAL(pidfd >= 0);
	/* exec() takes its moment */
	for (int i = 0; i < 200; i++) {
		if (process_arguments(child, arguments, sizeof(arguments)) == 12)
			break;
		usleep(10000);
	}
	CU_ASSERT_EQUAL(process_arguments(child, arguments, sizeof(arguments)), 12);
	CU_ASSERT_EQUAL(memcmp(arguments,
				"qemu-not\0"
				"60",
				12),
		0);
	CU_ASSERT_EQUAL(process_find(is_equal, "no process has this argument 8d1f"), 0);
	CU_ASSERT_EQUAL(process_find(is_equal, "qemu-not"), child);
	CU_ASSERT_TRUE(process_alive(pidfd));
	process_kill(pidfd);
	CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
	CU_ASSERT_FALSE(process_alive(pidfd));
	CU_ASSERT_FALSE(process_alive(-1));
	close(pidfd);
	CU_ASSERT_EQUAL(process_open(child), -ESRCH);
}

/* libxl.json; a devfn is slot << 3 | function (PCI Local Bus Specification 3.0, 3.2.2.3.2). */
static void test_describe(void)
{
	static const char *const expected =
		"{\"format\": \"igd-harness libxl\", \"version\": 1, \"domid\": 5, \"pci\": ["
		"{\"host\": \"0000:00:02.0\", \"guest\": \"0000:00:02.0\"},"
		"{\"host\": \"0001:03:1f.7\", \"guest\": null},"
		"{\"host\": \"0000:00:14.0\", \"guest\": \"0000:00:1f.1\"}]}";
	const libxl_device_pci devices[] = {
		{ .dev = 2, .vdevfn = 0x10 },
		{ .domain = 1, .bus = 3, .dev = 0x1f, .func = 7 },
		{ .dev = 0x14, .vdevfn = 0xf9 },
	};
	json_t *document = observe_describe(5, devices, 3), *wanted = json_loads(expected, 0, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(wanted);
	CU_ASSERT_TRUE(json_equal(document, wanted));
	json_decref(document);
	document = observe_describe(5, NULL, 0);
	json_array_clear(json_object_get(wanted, "pci"));
	CU_ASSERT_TRUE(json_equal(document, wanted));
	json_decref(document);
	json_decref(wanted);
}

/* Records as in Documentation/ABI/testing/dev-kmsg; a packet a record, as the device has it. */
static void test_kmsg(void)
{
	static const char *const records[] = {
		"7,160,424069,-;pci_root PNP0A03:00: host bridge window\n SUBSYSTEM=acpi\n",
		"6,161,1000001,-;two\\x0alines; and a semicolon\n",
		"no record",
		"4,165,5140900,-;after a gap",
	};
	static const char expected[] = "[    0.424069] pci_root PNP0A03:00: host bridge window\n"
				       "[    1.000001] two\\x0alines; and a semicolon\n"
				       "(3 records are lost: the kernel's ring was overwritten)\n"
				       "[    5.140900] after a gap\n";
	struct kmsg log = { .next = 160 };
	char *text = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&text, &length);
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
	log.fd = pair[0];
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		CU_ASSERT_TRUE(send(pair[1], records[i], strlen(records[i]), 0) > 0);
	kmsg_copy(&log, file);
	fclose(file);
	CU_ASSERT_STRING_EQUAL(text, expected);
	CU_ASSERT_EQUAL(log.next, 166);
	/* What is only marked is not written later. */
	CU_ASSERT_TRUE(send(pair[1], "4,166,1,-;before the mark", 25, 0) > 0);
	kmsg_copy(&log, NULL);
	CU_ASSERT_EQUAL(log.next, 167);
	free(text);
	close(pair[1]);
	kmsg_finish(&log);
	CU_ASSERT_EQUAL(log.fd, -1);
}

/* A kernel that does not stop: one megabyte, and the word that more was there. */
static void test_kmsg_bounded(void)
{
	char record[4096], *text = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&text, &length);
	struct kmsg log = { 0 };
	int pair[2], status;
	pid_t child;

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	child = fork();
	if (child == 0) {
		close(pair[0]);
		memset(record, 'x', sizeof(record));
		for (int i = 0; i < 4 * EVIDENCE_MAX / (int)sizeof(record); i++) {
			record[snprintf(record, 64, "4,%d,1,-;", i)] = 'y';
			if (send(pair[1], record, sizeof(record), MSG_NOSIGNAL) < 0)
				break;
		}
		_exit(0);
	}
	close(pair[1]);
	log.fd = pair[0];
	kmsg_copy(&log, file);
	fclose(file);
	CU_ASSERT_TRUE(length >= EVIDENCE_MAX && length < EVIDENCE_MAX + sizeof(record) + 64);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n(the rest is cut)\n"));
	kmsg_finish(&log);
	CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
	free(text);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "dotted numbers", test_dotted_number },
		{ "names of debris", test_debris },
		{ "where memory can be", test_memory },
		{ "shutdown reasons", test_reasons },
		{ "log", test_log },
		{ "log is bounded", test_log_bounded },
		{ "processes", test_process },
		{ "dom0's kernel log", test_kmsg },
		{ "dom0's kernel log is bounded", test_kmsg_bounded },
		{ "what libxl says of devices", test_describe },
		CU_TEST_INFO_NULL,
	};

	return suite_main("xen-pure", tests);
}
