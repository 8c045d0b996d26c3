#include "harness/backend/libxl/identity.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "harness/backend/firmware.h"
#include "harness/backend/libxl/host.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/session.h"
#include "harness/base/digest.h"
#include "harness/process/program.h"
#include "src/problem.h"

bool dotted_number(const char *text, char *number, size_t size)
{
	size_t length = 0;

	while (isdigit((unsigned char)text[length]) ||
		(text[length] == '.' && length > 0 && isdigit((unsigned char)text[length + 1])))
		length++;
	snprintf(number, size, "%.*s", (int)length, text);
	return length > 0 && length < size;
}

static void identify_xen(const libxl_version_info *info, json_t *versions, json_t *texts)
{
	char text[128], number[64];

	/* "extra" goes on where the minor number ends: ".7", ".5-pre", "-rc3". */
	snprintf(text, sizeof(text), "%d.%d%s", info->xen_version_major, info->xen_version_minor,
		info->xen_version_extra ? info->xen_version_extra : "");
	if (dotted_number(text, number, sizeof(number)))
		json_object_set_new(versions, "xen", json_string(number));
	json_object_set_new(texts, "xen", json_string(text));
	json_object_set_new(versions, "libxl", json_string(XEN_BUILT_FOR));
	json_object_set_new(texts, "libxl", json_string("libxenlight.so." XEN_BUILT_FOR));
	if (info->commandline)
		json_object_set_new(texts, "xen_cmdline", json_string(info->commandline));
	if (info->changeset)
		json_object_set_new(texts, "xen_changeset", json_string(info->changeset));
	if (info->capabilities)
		json_object_set_new(texts, "xen_capabilities", json_string(info->capabilities));
}

/*
 * Which build it is, of the same version: the hypervisor's own id, as `xl info` shows it, and what
 * the library is that this process has loaded.
 */
static void identify_builds(const libxl_version_info *info, json_t *identities)
{
	char sha256[DIGEST_TEXT_MAX];
	struct problem why = { 0 };
	json_t *builds = json_object();
	Dl_info library;

	if (info->build_id && info->build_id[0])
		json_object_set_new(builds, "xen", json_string(info->build_id));
	if (dladdr(dlsym(RTLD_DEFAULT, "libxl_ctx_alloc"), &library) && library.dli_fname &&
		digest_file(library.dli_fname, sha256, &why) == 0)
		json_object_set_new(builds, "libxl", json_sprintf("sha256:%s", sha256));
	json_object_set_new(identities, "builds", builds);
}

/*
 * libxl has the places of its firmware compiled in and exports them nowhere; these are what
 * distributions compile in (XENFIRMWAREDIR, SEABIOS_PATH, OVMF_PATH): Debian; upstream's own build;
 * its prefix of old. Which it was says libxl.log of each cell.
 */
static const char *const hvmloaders[] = { "/usr/lib/xen-" XEN_BUILT_FOR "/boot/hvmloader",
	"/usr/lib/xen/boot/hvmloader", "/usr/libexec/xen/boot/hvmloader",
	"/usr/local/lib/xen/boot/hvmloader", NULL };
static const char *const seabioses[] = { "/usr/lib/xen-" XEN_BUILT_FOR "/boot/seabios.bin",
	"/usr/lib/xen/boot/seabios.bin", "/usr/libexec/xen/boot/seabios.bin",
	"/usr/local/lib/xen/boot/seabios.bin", "/usr/share/seabios/bios-256k.bin", NULL };
static const char *const ovmfs[] = { "/usr/lib/xen-" XEN_BUILT_FOR "/boot/ovmf.bin",
	"/usr/lib/xen/boot/ovmf.bin", "/usr/libexec/xen/boot/ovmf.bin",
	"/usr/local/lib/xen/boot/ovmf.bin", "/usr/share/ovmf/OVMF.fd", NULL };

static void identify_firmware(const struct backend_host *host, json_t *identities)
{
	json_t *firmware = json_object();

	firmware_add(firmware, "hvmloader", hvmloaders);
	firmware_add(firmware, "seabios", seabioses);
	firmware_add(firmware, "ovmf", ovmfs);
	firmware_add_qemu(firmware, host->device_model, false);
	json_object_set_new(identities, "firmware", firmware);
}

static void identify_dom0(json_t *texts)
{
	struct utsname uts;

	if (uname(&uts) == 0)
		json_object_set_new(
			texts, "dom0_kernel", json_sprintf("%s %s", uts.release, uts.version));
}

static int identify_model(
	struct backend_host *host, json_t *identities, json_t *versions, struct problem *why)
{
	char option[] = "--version", line[PROGRAM_LINE_MAX], number[64];
	char *const argv[] = { host->device_model, option, NULL };
	const char *version;
	int r;

	if (!host->device_model[0])
		return problem_set(why, -ENOENT,
			"no QEMU for Xen is at the paths of the distributions: install "
			"QEMU (Debian: qemu-system-xen) or give its path with "
			"--device-model");
	r = program_line(argv, line, why);
	if (r < 0)
		return r;
	version = strstr(line, "version ");
	if (!version || !dotted_number(version + strlen("version "), number, sizeof(number)))
		return problem_set(why, -EPROTO,
			"%s --version printed \"%s\", which is not the "
			"version of a QEMU",
			host->device_model, line);
	json_object_set_new(versions, "qemu", json_string(number));
	json_object_set_new(json_object_get(identities, "texts"), "qemu", json_string(line));
	return program_identify(host->device_model, identities, why);
}

static int identify_capabilities(
	struct backend_host *host, json_t *capabilities, struct problem *why)
{
	libxl_physinfo info;
	int rc, r = 0;

	libxl_physinfo_init(&info);
	rc = libxl_get_physinfo(host->session->ctx, &info);
	if (rc) {
		r = problem_set(why, -EIO, "the hypervisor did not report its capabilities: %s",
			rc_text(rc));
		goto out;
	}
	if (info.cap_hvm)
		json_array_append_new(capabilities, json_string("hvm"));
	if (info.cap_hap)
		json_array_append_new(capabilities, json_string("hap"));
	if (info.cap_shadow)
		json_array_append_new(capabilities, json_string("shadow"));
	/* "directio" is xl info's word for an IOMMU that Xen uses. */
	if (info.cap_hvm_directio)
		json_array_append_new(capabilities, json_string("iommu"));
	if (info.cap_iommu_hap_pt_share)
		json_array_append_new(capabilities, json_string("iommu_hap_pt_share"));
out:
	libxl_physinfo_dispose(&info);
	return r;
}

int host_identify(struct backend_host *host, json_t *identities, struct problem *why)
{
	const libxl_version_info *info = libxl_get_version_info(host->session->ctx);
	json_t *versions = json_object(), *texts = json_object(), *capabilities = json_array();
	int r;

	json_object_set_new(identities, "backend", json_string("libxl"));
	json_object_set_new(identities, "versions", versions);
	json_object_set_new(identities, "texts", texts);
	json_object_set_new(identities, "capabilities", capabilities);
	if (!info || !versions || !texts || !capabilities)
		return problem_set(why, -ENOMEM, "out of memory");
	if (json_array_size(host->tidied) > 0)
		json_object_set(identities, "destroyed_at_start", host->tidied);
	identify_xen(info, versions, texts);
	identify_builds(info, identities);
	identify_dom0(texts);
	r = identify_capabilities(host, capabilities, why);
	if (r < 0)
		return r;
	r = identify_model(host, identities, versions, why);
	if (r < 0)
		return r;
	identify_firmware(host, identities);
	return 0;
}
