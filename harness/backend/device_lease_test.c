/*
 * The lease against a host made of a folder: its sys/ shows which driver a device has, and the
 * made-up ops move a link, as libxl and the kernel do.
 */
#include "harness/backend/device_lease.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

static char root[] = "/tmp/igd-lease-XXXXXX";
static const struct bdf igd = { .slot = 2 }, audio = { .slot = 0x1f, .function = 3 };
static const struct lease_list only_igd = { .list = { { .slot = 2 } }, .count = 1 };
static const struct lease_list both = { .list = { { .slot = 2 }, { .slot = 0x1f, .function = 3 } },
	.count = 2 };

/* How the host behaves in a test. */
static struct {
	bool no_pciback; /* make_assignable() fails */
	bool forgets;    /* give_back() leaves the device without its driver */
	bool keeps;      /* give_back() says well done and does nothing */
	bool half;       /* a killed run left it so that give_back() refuses */
	bool no_second;  /* make_assignable() fails for the second device */
	const char *holder;
	int made, gave;
} host;

static void run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void run(const char *fmt, ...)
{
	char command[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
}

static void bind_at(struct bdf device, const char *driver)
{
	char bdf[BDF_TEXT_MAX];

	bdf_format(device, bdf);
	run("ln -sfn ../../drivers/%s %s/sys/bus/pci/devices/%s/driver", driver, root, bdf);
}

static void bind(const char *driver)
{
	bind_at(igd, driver);
}

static const char *driver_of(struct bdf device)
{
	static char target[256];
	char path[256], bdf[BDF_TEXT_MAX];
	ssize_t n;

	bdf_format(device, bdf);
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/driver", root, bdf);
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = 0;
	return n > 0 ? strrchr(target, '/') + 1 : "";
}

static const char *driver(void)
{
	return driver_of(igd);
}

static int make_assignable(void *data, struct bdf device, struct problem *why)
{
	host.made++;
	if (host.no_pciback)
		return problem_set(why, -ENODEV, "no pciback in this kernel");
	if (host.no_second && bdf_equal(device, audio))
		return problem_set(why, -EIO, "the second one cannot");
	host.half = false;
	bind_at(device, "pciback");
	return 0;
}

static int give_back(void *data, struct bdf device, struct problem *why)
{
	host.gave++;
	if (host.half)
		return problem_set(why, -EIO, "failed to de-quarantine");
	if (host.keeps)
		return 0;
	if (host.forgets)
		run("rm -f %s/sys/bus/pci/devices/0000:00:02.0/driver", root);
	else
		bind_at(device, bdf_equal(device, igd) ? "i915" : "snd_hda_intel");
	return 0;
}

static int is_assignable(void *data, struct bdf device, bool *assignable_r, struct problem *why)
{
	*assignable_r = strcmp(driver_of(device), "pciback") == 0;
	return 0;
}

static int find_holder(
	void *data, struct bdf device, char holder[static LEASE_HOLDER_MAX], struct problem *why)
{
	snprintf(holder, LEASE_HOLDER_MAX, "%s", host.holder ? host.holder : "");
	return 0;
}

static const struct device_ops ops = { make_assignable, give_back, is_assignable, find_holder };

static void begin(const char *bound)
{
	memset(&host, 0, sizeof(host));
	run("rm -rf %s/run %s/sys && mkdir -p %s/run %s/sys/bus/pci/devices/0000:00:02.0 "
	    "%s/sys/bus/pci/drivers/i915",
		root, root, root, root, root);
	if (bound)
		bind(bound);
}

static void take(struct lease *lease)
{
	struct problem why = { 0 };

	CU_ASSERT_EQUAL_FATAL(lease_take(lease, &ops, NULL, root, &only_igd, &why), 0);
}

static off_t note_size(void)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s" LEASE_FILE, root);
	return stat(path, &st) == 0 ? st.st_size : -1;
}

static void there_and_back(void)
{
	struct problem why = { 0 };
	struct lease lease;

	begin("i915");
	take(&lease);
	CU_ASSERT_STRING_EQUAL(driver(), "pciback");
	CU_ASSERT_EQUAL(lease_lend(&lease, &why), 0);
	CU_ASSERT_EQUAL(lease.state, LEASE_GUEST);
	CU_ASSERT_EQUAL(lease_return(&lease, &why), 0);
	CU_ASSERT_EQUAL(lease_give_back(&lease, &why), 0);
	CU_ASSERT_STRING_EQUAL(driver(), "i915");
	CU_ASSERT_EQUAL(note_size(), -1);
	CU_ASSERT_EQUAL(lease_give_back(&lease, &why), 0);
	CU_ASSERT_EQUAL(host.gave, 1);
	/* And once more, right after. */
	take(&lease);
	CU_ASSERT_EQUAL(lease_give_back(&lease, &why), 0);
	CU_ASSERT_STRING_EQUAL(driver(), "i915");
}

static void what_was_assignable_stays_so(void)
{
	struct problem why = { 0 };
	struct lease lease;

	begin("pciback");
	take(&lease);
	CU_ASSERT_EQUAL(lease_give_back(&lease, &why), 0);
	CU_ASSERT_STRING_EQUAL(driver(), "pciback");
	CU_ASSERT_EQUAL(host.made + host.gave, 0);
}

static void a_killed_run_is_undone(void)
{
	struct problem why = { 0 };
	struct lease lease, second;
	struct lease_list devices;

	begin("i915");
	take(&lease);
	CU_ASSERT_EQUAL(lease_lend(&lease, &why), 0);
	CU_ASSERT_EQUAL(lease_restore(&ops, NULL, root, &devices, &why), -EBUSY);
	close(lease.fd); /* SIGKILL */

	memset(&why, 0, sizeof(why));
	CU_ASSERT_EQUAL(lease_take(&second, &ops, NULL, root, &only_igd, &why), -EBUSY);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "host restore"));
	memset(&why, 0, sizeof(why));
	CU_ASSERT_EQUAL(lease_restore(&ops, NULL, root, &devices, &why), 1);
	CU_ASSERT_EQUAL_FATAL(devices.count, 1);
	CU_ASSERT(bdf_equal(devices.list[0], igd));
	CU_ASSERT_STRING_EQUAL(driver(), "i915");
	CU_ASSERT_EQUAL(lease_restore(&ops, NULL, root, &devices, &why), 0);
	take(&second);
	CU_ASSERT_EQUAL(lease_give_back(&second, &why), 0);
}

/* As measured: libxl's "failed to de-quarantine", after a SIGKILL between pciback and Xen. */
static void what_a_killed_run_half_did_is_completed(void)
{
	struct problem why = { 0 };
	struct lease_list devices;
	struct lease lease;

	begin("i915");
	take(&lease);
	close(lease.fd);
	host.half = true;
	CU_ASSERT_EQUAL(lease_restore(&ops, NULL, root, &devices, &why), 1);
	CU_ASSERT_STRING_EQUAL(driver(), "i915");
	CU_ASSERT_EQUAL(note_size(), -1);
	/* Killed while no driver had it: there is nothing to complete, only a driver to ask. */
	begin("i915");
	take(&lease);
	close(lease.fd);
	run("rm %s/sys/bus/pci/devices/0000:00:02.0/driver && touch %s/sys/bus/pci/drivers/i915/bind",
		root, root);
	CU_ASSERT_EQUAL(lease_restore(&ops, NULL, root, &devices, &why), -ENODEV);
	CU_ASSERT_EQUAL(host.made, 1);
	run("cat %s/sys/bus/pci/drivers/i915/bind | grep -qx 0000:00:02.0", root);
}

static void a_guest_that_has_it_is_named_and_left_alone(void)
{
	struct problem why = { 0 };
	struct lease_list devices;
	struct lease lease;

	begin("pciback");
	host.holder = "domain 4 (other)";
	CU_ASSERT_EQUAL(lease_take(&lease, &ops, NULL, root, &only_igd, &why), -EBUSY);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "0000:00:02.0 is in use by domain 4 (other)"));
	CU_ASSERT_EQUAL(host.made + host.gave, 0);
	CU_ASSERT_EQUAL(note_size(), -1);
	/* Nor is it taken from a guest because a killed run had it once. */
	begin("i915");
	take(&lease);
	close(lease.fd);
	memset(&why, 0, sizeof(why));
	host.holder = "domain 5 (other)";
	CU_ASSERT_EQUAL(lease_restore(&ops, NULL, root, &devices, &why), -EBUSY);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "domain 5 (other)"));
	CU_ASSERT_EQUAL(host.gave, 0);
	CU_ASSERT(note_size() > 0);
}

static void a_host_without_pciback_is_left_as_it_was(void)
{
	struct problem why = { 0 };
	struct lease lease;

	begin("i915");
	host.no_pciback = true;
	CU_ASSERT_EQUAL(lease_take(&lease, &ops, NULL, root, &only_igd, &why), -ENODEV);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "no pciback"));
	CU_ASSERT_STRING_EQUAL(driver(), "i915");
	CU_ASSERT_EQUAL(note_size(), -1);
	host.no_pciback = false;
	take(&lease);
	CU_ASSERT_EQUAL(lease_give_back(&lease, &why), 0);
}

static void a_driver_that_did_not_come_back_is_said(void)
{
	struct problem why = { 0 };
	struct lease lease;

	begin("i915");
	take(&lease);
	host.forgets = true;
	CU_ASSERT_EQUAL(lease_give_back(&lease, &why), -ENODEV);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "\"i915\" and now has \"\""));
	CU_ASSERT(note_size() > 0);
	close(lease.fd);
	memset(&why, 0, sizeof(why));
	begin("i915");
	take(&lease);
	host.keeps = true;
	CU_ASSERT_EQUAL(lease_give_back(&lease, &why), -ENODEV);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "still assignable"));
	close(lease.fd);
}

static void what_is_not_there_is_not_leased(void)
{
	static const struct lease_list other = { .list = { { .slot = 3 } }, .count = 1 };
	struct problem why = { 0 };
	struct lease lease = LEASE_NONE;

	begin(NULL);
	CU_ASSERT_EQUAL(lease_give_back(&lease, &why), 0);
	CU_ASSERT_EQUAL(lease_take(&lease, &ops, NULL, root, &other, &why), -ENODEV);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "0000:00:03.0"));
	/* A device without a driver goes and comes back without one. */
	take(&lease);
	host.forgets = true;
	CU_ASSERT_EQUAL(lease_give_back(&lease, &why), 0);
	CU_ASSERT_STRING_EQUAL(driver(), "");
}

static void a_guest_that_kept_it(void)
{
	struct problem why = { 0 };
	struct lease lease;

	begin("i915");
	take(&lease);
	CU_ASSERT_EQUAL(lease_lend(&lease, &why), 0);
	run("rm %s/sys/bus/pci/devices/0000:00:02.0/driver", root);
	CU_ASSERT_EQUAL(lease_return(&lease, &why), -ENODEV);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "not assignable"));
	close(lease.fd);
}

static void a_spoilt_note_names_the_way_out(void)
{
	struct problem why = { 0 };
	struct lease_list devices;

	begin("i915");
	run("mkdir -p %s" LEASE_FOLDER
	    " && echo '{\"format\": \"igd-harness lease\", \"version\": 1}' >%s" LEASE_FILE,
		root, root);
	CU_ASSERT_EQUAL(lease_restore(&ops, NULL, root, &devices, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "pci-assignable-remove"));
}

/* Two devices of one guest, each with its driver. */
static void begin_two(void)
{
	begin("i915");
	run("mkdir -p %s/sys/bus/pci/devices/0000:00:1f.3 %s/sys/bus/pci/drivers/snd_hda_intel",
		root, root);
	bind_at(audio, "snd_hda_intel");
}

static void two_devices_go_together(void)
{
	struct problem why = { 0 };
	struct lease lease;

	begin_two();
	CU_ASSERT_EQUAL_FATAL(lease_take(&lease, &ops, NULL, root, &both, &why), 0);
	CU_ASSERT_TRUE(lease_is_of(&lease, &both));
	CU_ASSERT_FALSE(lease_is_of(&lease, &only_igd));
	CU_ASSERT_STRING_EQUAL(driver_of(igd), "pciback");
	CU_ASSERT_STRING_EQUAL(driver_of(audio), "pciback");
	CU_ASSERT_EQUAL(lease_lend(&lease, &why), 0);
	CU_ASSERT_EQUAL(lease_return(&lease, &why), 0);
	CU_ASSERT_EQUAL(lease_give_back(&lease, &why), 0);
	CU_ASSERT_STRING_EQUAL(driver_of(igd), "i915");
	CU_ASSERT_STRING_EQUAL(driver_of(audio), "snd_hda_intel");
	CU_ASSERT_EQUAL(note_size(), -1);
	CU_ASSERT_FALSE(lease_is_of(&lease, &both));
	/* One was assignable before, and stays so. */
	bind_at(audio, "pciback");
	CU_ASSERT_EQUAL_FATAL(lease_take(&lease, &ops, NULL, root, &both, &why), 0);
	CU_ASSERT_EQUAL(lease_give_back(&lease, &why), 0);
	CU_ASSERT_STRING_EQUAL(driver_of(igd), "i915");
	CU_ASSERT_STRING_EQUAL(driver_of(audio), "pciback");
}

static void the_first_goes_back_if_the_second_cannot(void)
{
	struct problem why = { 0 };
	struct lease lease;

	begin_two();
	host.no_second = true;
	CU_ASSERT_EQUAL(lease_take(&lease, &ops, NULL, root, &both, &why), -EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "the second one cannot"));
	CU_ASSERT_STRING_EQUAL(driver_of(igd), "i915");
	CU_ASSERT_STRING_EQUAL(driver_of(audio), "snd_hda_intel");
	CU_ASSERT_EQUAL(note_size(), -1);
}

static void both_of_a_killed_run_go_back(void)
{
	struct problem why = { 0 };
	struct lease_list devices;
	struct lease lease;

	begin_two();
	CU_ASSERT_EQUAL_FATAL(lease_take(&lease, &ops, NULL, root, &both, &why), 0);
	CU_ASSERT_EQUAL(lease_lend(&lease, &why), 0);
	close(lease.fd); /* SIGKILL */
	CU_ASSERT_EQUAL(lease_restore(&ops, NULL, root, &devices, &why), 1);
	CU_ASSERT_EQUAL_FATAL(devices.count, 2);
	CU_ASSERT(bdf_equal(devices.list[1], audio));
	CU_ASSERT_STRING_EQUAL(driver_of(igd), "i915");
	CU_ASSERT_STRING_EQUAL(driver_of(audio), "snd_hda_intel");
	CU_ASSERT_EQUAL(note_size(), -1);
}

/* As every version before wrote it, when a cell had one device. */
static void an_old_note_is_read(void)
{
	struct problem why = { 0 };
	struct lease_list devices;

	begin("pciback");
	run("mkdir -p %s" LEASE_FOLDER
	    " && echo '{\"format\": \"igd-harness lease\", \"version\": 1, \"device\": "
	    "\"0000:00:02.0\", \"state\": \"guest\", \"driver\": \"i915\", "
	    "\"was_assignable\": false, \"pid\": 1}' >%s" LEASE_FILE,
		root, root);
	CU_ASSERT_EQUAL(lease_restore(&ops, NULL, root, &devices, &why), 1);
	CU_ASSERT_EQUAL(devices.count, 1);
	CU_ASSERT_STRING_EQUAL(driver(), "i915");
}

static void too_many_or_none(void)
{
	struct lease_list devices = { .count = 0 };
	struct problem why = { 0 };
	struct lease lease;

	begin("i915");
	CU_ASSERT_EQUAL(lease_take(&lease, &ops, NULL, root, &devices, &why), -EINVAL);
	devices.count = LEASE_DEVICES_MAX + 1;
	CU_ASSERT_EQUAL(lease_take(&lease, &ops, NULL, root, &devices, &why), -EINVAL);
	CU_ASSERT_EQUAL(lease_give_back(&lease, &why), 0);
}

static CU_TestInfo tests[] = {
	{ "there and back", there_and_back },
	{ "what was assignable stays so", what_was_assignable_stays_so },
	{ "a killed run is undone", a_killed_run_is_undone },
	{ "what a killed run half did is completed", what_a_killed_run_half_did_is_completed },
	{ "a guest that has it is named and left alone",
		a_guest_that_has_it_is_named_and_left_alone },
	{ "a host without pciback is left as it was", a_host_without_pciback_is_left_as_it_was },
	{ "a driver that did not come back is said", a_driver_that_did_not_come_back_is_said },
	{ "what is not there is not leased", what_is_not_there_is_not_leased },
	{ "a guest that kept it", a_guest_that_kept_it },
	{ "a spoilt note names the way out", a_spoilt_note_names_the_way_out },
	{ "two devices go together", two_devices_go_together },
	{ "the first goes back if the second cannot", the_first_goes_back_if_the_second_cannot },
	{ "both of a killed run go back", both_of_a_killed_run_go_back },
	{ "an old note is read", an_old_note_is_read },
	{ "too many or none", too_many_or_none },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (!mkdtemp(root))
		return 1;
	status = suite_main("lease", tests);
	return suite_remove(root, status);
}
