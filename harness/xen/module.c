/*
 * The libxl back end, as the module that harness/backends.c loads. Only this folder includes a Xen
 * header, and no file outside includes one of its headers.
 *
 * Results: `rc` is libxl's code, `r` is 0 or a negative errno of a system call or of ours, as in
 * tools/libs/light/CODING_STYLE of xen.git.
 */
#include "harness/xen/cleanup.h"
#include "harness/xen/device.h"
#include "harness/xen/guest.h"
#include "harness/xen/host.h"
#include "harness/xen/identity.h"
#include "harness/xen/libxl_compat.h"
#include "harness/xen/save.h"
#include "harness/xen/screenshot.h"
#include "harness/xen/survey.h"

static const struct backend libxl_backend = {
	.name = "libxl",
	.about = "Xen HVM guests by libxl, on this machine's Xen; needs root in dom0",
	.open = host_open,
	.identify = host_identify,
	.survey = host_survey,
	.room = host_room,
	.start = guest_start,
	.save = guest_save,
	.destroy = guest_destroy,
	.release = guest_release,
	.picture = guest_screenshot,
	.close = host_close,
	.devices = &device_hands,
};

extern const struct backend_module igd_backend_module;

__attribute__((visibility("default"))) const struct backend_module igd_backend_module = {
	.abi = BACKEND_ABI,
	.backend = &libxl_backend,
};
