/*
 * The libxl back end, as the module that harness/run/backends.c loads. Only this folder includes a
 * Xen header, and no file outside includes one of its headers.
 *
 * Results: `rc` is libxl's code, `r` is 0 or a negative errno of a system call or of ours, as in
 * tools/libs/light/CODING_STYLE of xen.git.
 */
#include "harness/backend/libxl/cleanup.h"
#include "harness/backend/libxl/device.h"
#include "harness/backend/libxl/guest.h"
#include "harness/backend/libxl/host.h"
#include "harness/backend/libxl/hotplug.h"
#include "harness/backend/libxl/identity.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/memory.h"
#include "harness/backend/libxl/save.h"
#include "harness/backend/libxl/screenshot.h"
#include "harness/backend/libxl/survey.h"

static const struct backend libxl_backend = {
	.name = "libxl",
	.about = "Xen HVM guests through libxl; needs root in dom0",
	.boots_images = true,
	.open = host_open,
	.identify = host_identify,
	.survey = host_survey,
	.capacity = host_capacity_read,
	.start = guest_start,
	.hotplug = guest_hotplug,
	.save = guest_save,
	.destroy = guest_destroy,
	.release = guest_release,
	.picture = guest_screenshot,
	.read_memory = guest_read_memory,
	.reach = guest_reach,
	.close = host_close,
	.devices = &libxl_device_ops,
};

extern const struct backend_module igd_backend_module;

__attribute__((visibility("default"))) const struct backend_module igd_backend_module = {
	.abi = BACKEND_ABI,
	.backend = &libxl_backend,
};
