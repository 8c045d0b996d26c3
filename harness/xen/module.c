#include "harness/xen/xen.h"

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
