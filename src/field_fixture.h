/* Reports for the suites of fields, and how they ask them. */
#ifndef IGD_FIELD_FIXTURE_H
#define IGD_FIELD_FIXTURE_H

#include <errno.h>
#include <string.h>

#include "src/field.h"
#include "src/suite.h"

/*
 * Two guests, cut down to what fields speak of. Ids, slots, modes and EDID sizes are those of
 * bookworm's xenfv and pc guests as measured with other programs (lspci and a shell script).
 */
#define FUNCTION(address, vendor, device, class)                                                   \
	"{\"address\": \"" address "\", \"vendor\": \"" vendor "\", \"device\": \"" device         \
	"\", \"class\": \"" class                                                                  \
		"\", \"revision\": \"0x01\", \"header_type\": \"0x00\","                           \
		" \"subsystem_vendor\": \"0x5853\", \"subsystem\": \"0x0001\", \"driver\": null"

static const char xenfv[] =
	"{\"format\": \"igd-harness report\", \"version\": 1,"
	" \"agent\": {\"version\": \"0\", \"request\": 1, \"uptime_ms\": 1, \"collect_ms\": 1},"
	" \"kernel\": {\"release\": \"6.1.0\", \"version\": \"#1\", \"cmdline\": \"\"},"
	" \"hypervisor\": {\"type\": \"xen\"},"
	" \"pci\": {\"slot2\": \"0000:00:02.0\", \"lpc\": null, \"functions\": [" FUNCTION(
		"0000:00:00.0", "0x8086", "0x1237",
		"0x060000") ", \"registers\": {\"0x50\": \"0x00000000\"}}," FUNCTION("0000:00:02.0",
		"0x5853", "0x0001",
		"0xff8000") "}]},"
			    " \"display\": {\"cards\": [{\"name\": \"card0\", \"observer\": \"kms\","
			    "  \"driver\": \"bochs-drm\", \"pci\": \"0000:00:03.0\", \"connectors\": ["
			    "  {\"name\": \"Virtual-1\", \"observer\": \"kms\", \"status\": \"connected\","
			    "   \"edid\": null, \"modes\": [], \"framebuffer\": null,"
			    "   \"crtc\": {\"observer\": \"kms\", \"id\": 1, \"mode\": {\"name\": \"1024x768\","
			    "    \"width\": 1024, \"height\": 768, \"refresh_mhz\": 60000}}}]}],"
			    "  \"framebuffers\": [{\"name\": \"fb0\", \"observer\": \"fbdev\", \"driver\": \"x\","
			    "   \"width\": 1024, \"height\": 768, \"bits_per_pixel\": 32}]}}";

/* The field as compact JSON in `text`, or "-NAME" of the error. */
static inline const char *ask(const char *json, const char *name)
{
	static char text[256];
	json_error_t error;
	json_t *report = json_loads(json, 0, &error), *value = NULL;
	char *dumped;
	int r;

	CU_ASSERT_PTR_NOT_NULL_FATAL(report);
	r = field_get(report, name, &value, NULL);
	strcpy(text, r == -ENODATA ? "-ENODATA" : r == -EINVAL ? "-EINVAL" : "-?");
	if (r == 0) {
		dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		strncpy(text, dumped, sizeof(text) - 1);
		free(dumped);
	}
	json_decref(value);
	json_decref(report);
	return text;
}

#endif
