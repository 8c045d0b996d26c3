/* The device model that libxl will start. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/version_range.h"
#include "harness/host/check.h"
#include "src/document.h"

#define BINARY_MAX (256u << 20) /* bytes; Debian's has 18 MiB */
#define BLOCK      (64u << 10)  /* bytes that are searched at a time */
#define TEXT_MAX   64           /* bytes of a text that is looked for */

static const char *model(const struct host_view *view)
{
	const json_t *known = json_object_get(view->sources->identities, "device_model");

	return view->sources->device_model ? view->sources->device_model
					   : document_text(known, "path");
}

static void look_binary(const struct host_view *view, struct host_answer *answer)
{
	const char *version = host_xen_text(view, "versions", "qemu");

	if (version[0])
		host_answer(answer, HOST_PASS, json_string(version), model(view), "%s", "");
	else if (view->sources->model_trouble[0])
		host_answer(answer, HOST_FAIL, NULL, model(view), "%.300s",
			view->sources->model_trouble);
	else
		host_answer(answer, HOST_UNKNOWN, NULL, model(view),
			"it is unknown which QEMU libxl starts");
}

/* Marks which of the texts are in the bytes; bit n: texts[n]. */
static void mark(const char *bytes, size_t length, const char *const *texts, unsigned int *found_r)
{
	for (unsigned int i = 0; texts[i]; i++)
		if (!(*found_r >> i & 1) && memmem(bytes, length, texts[i], strlen(texts[i])))
			*found_r |= 1u << i;
}

/* Searches what can be read of a file, block by block: mapped as a whole it would count as ours,
 * and be most of the memory that a run has. Returns 0 or a negative errno. */
static int search_blocks(int fd, const char *const *texts, unsigned int *found_r)
{
	/* One thread, and used up before it returns; a text may lie across two blocks. */
	static char bytes[TEXT_MAX + BLOCK];
	size_t kept = 0;
	ssize_t n;

	while ((n = read(fd, bytes + kept, BLOCK)) != 0) {
		size_t length;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		length = kept + (size_t)n;
		mark(bytes, length, texts, found_r);
		kept = length < TEXT_MAX ? length : TEXT_MAX;
		memmove(bytes, bytes + length - kept, kept);
	}
	return 0;
}

/* Which of the texts, none longer than TEXT_MAX, are in the file; bit n: texts[n]. Returns 0 or a
 * negative errno. */
static int search(const char *path, const char *const *texts, unsigned int *found_r)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), r = 0;
	struct stat st;

	*found_r = 0;
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > BINARY_MAX)
		r = -ENOEXEC;
	else
		r = search_blocks(fd, texts, found_r);
	close(fd);
	return r;
}

/* As search(), or an answer if there is nothing to search. */
static bool search_model(const struct host_view *view, const char *const *texts,
	unsigned int *found_r, struct host_answer *answer)
{
	const char *path = model(view);
	int r = path[0] ? search(path, texts, found_r) : -ENODATA;

	if (r == 0)
		return true;
	if (path[0])
		host_answer(answer, HOST_UNKNOWN, NULL, path, "this QEMU cannot be read: %s",
			strerror(-r));
	else
		host_answer(
			answer, HOST_UNKNOWN, NULL, path, "it is unknown which QEMU libxl starts");
	answer->advice = "see qemu/binary";
	return false;
}

static void look_passthrough(const struct host_view *view, struct host_answer *answer)
{
	/* TYPE_XEN_PT_DEVICE of hw/xen/xen_pt.h; the text of hw/xen/xen_pt_stub.c. */
	static const char *const texts[] = { "xen-pci-passthrough",
		"Xen PCI passthrough support not built in", NULL };
	unsigned int found;

	if (!search_model(view, texts, &found, answer))
		return;
	if (found == 1)
		host_answer(answer, HOST_PASS, json_true(), model(view), "%s", "");
	else
		host_answer(answer, HOST_FAIL, json_false(), model(view),
			"this QEMU was built without PCI passthrough for Xen");
}

static void look_machines(const struct host_view *view, struct host_answer *answer)
{
	static const char *const texts[] = { "xenfv-3.1-machine", "xenfv-4.2-machine", NULL };
	static const char *const names[] = { "xenfv", "xenfv-4.2" };
	json_t *machines;
	unsigned int found;

	if (!search_model(view, texts, &found, answer))
		return;
	machines = json_array();
	for (unsigned int i = 0; texts[i]; i++)
		if (found >> i & 1)
			json_array_append_new(machines, json_string(names[i]));
	host_answer(answer, found & 1 ? HOST_PASS : HOST_FAIL, machines, model(view), "%s",
		found & 1 ? "" : "this QEMU has no machine xenfv, which libxl starts");
}

static void look_option_rom(const struct host_view *view, struct host_answer *answer)
{
	const char *version = host_xen_text(view, "versions", "qemu");
	bool aborts;

	/* f6fc01c786 asserts that a BAR is registered once; load_option_rom and
	 * xen_pt_register_regions both register the ROM's. Measured with 10.0.13. */
	if (!version[0] || version_range_match(">=10.0", version, &aborts) < 0)
		host_answer(answer, HOST_UNKNOWN, NULL, model(view), "QEMU's version is unknown");
	else if (aborts)
		host_answer(answer, HOST_FAIL, json_string(version), model(view),
			"QEMU 10.0 and later abort when an IGD with an option "
			"ROM is attached (Assertion `!r->size' failed; QEMU's "
			"commit f6fc01c786), and refuse an IGD without one");
	else
		host_answer(answer, HOST_PASS, json_string(version), model(view), "%s", "");
}

const struct host_check host_checks_qemu[] = {
	{ "qemu/binary", "QEMU that libxl starts",
		.advice = "install QEMU (Debian: qemu-system-xen), or give its path with "
			  "--device-model",
		.look = look_binary },
	{ "qemu/passthrough", "PCI passthrough in QEMU",
		.advice = "use a QEMU that was built with --enable-xen-pci-passthrough",
		.look = look_passthrough },
	{ "qemu/machines", "machine types that libxl starts", .look = look_machines,
		.advice = "use a QEMU for i386 that was built with --enable-xen" },
	{ "qemu/option-rom", "option ROM of an IGD in QEMU",
		.advice = "use a different QEMU, --device-model PATH, or one with "
			  "the patches of 2026-07-09",
		.look = look_option_rom, .needs_igd = true },
	{ NULL },
};
