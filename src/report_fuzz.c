/* report_parse() and the reader behind it, fed with anything. */
#include <stdint.h>

#include "src/field.h"
#include "src/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "slot/02", "slot/02/subsystem", "host_bridge/0x50",
		"display/mode", "display/preferred", "display/framebuffer", "display/edid_bytes",
		"display@igd/mode", "display@vga/card", "igd/display/connectors",
		"igd/display/set_by", "igd/bars", "igd/rom", "igd/vbt/ports", "igd/vbt/bytes",
		"igd/frames", "igd/interrupts", "igd/engine", "igd/errors", "igd/firmware/missing",
		"iomem/stolen", "iomem/opregion", "function/02.0/bars" };
	struct problem why = { "" };
	json_t *report = NULL, *value;

	if (report_parse((const char *)data, size, &report, &why))
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = NULL;
		if (!field_get(report, names[i], &value, NULL))
			json_decref(value);
	}
	json_decref(report);
	return 0;
}
