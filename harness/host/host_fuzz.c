/*
 * What a host's checks parse, and anybody may have written: an option ROM, a DMAR, Xen's messages,
 * and a dump of configuration space, through libpci. The same bytes are given to each.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/dmar.h"
#include "harness/host/document.h"
#include "harness/host/option_rom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct host_sources sources = {
		.root = "/dev/null", .ids = "/dev/null", .xen_trouble = "", .model_trouble = ""
	};
	struct record record = { .name = "fuzz", .length = size };
	struct option_rom rom;
	struct dmar dmar;

	option_rom_parse(data, size, &rom, NULL);
	dmar_parse(data, size, &dmar, NULL);
	record.text = malloc(size + 1);
	if (!record.text)
		abort();
	memcpy(record.text, data, size);
	record.text[size] = '\0';
	sources.lspci = sources.xen_log = &record;
	json_decref(host_document(&sources));
	record_free(&record);
	return 0;
}
