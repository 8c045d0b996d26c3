/*
 * What a host's checks parse, and anybody may have written: an option ROM, a DMAR, Xen's messages,
 * and a dump of configuration space, through libpci. The same bytes are given to each.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/host/dmar.h"
#include "harness/host/document.h"
#include "harness/host/option_rom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file in memory, made once. */
static const char *file_of(const uint8_t *data, size_t size)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("dump", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	return path;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct host_sources sources = {
		.root = "/dev/null", .ids = "/dev/null", .xen_trouble = "", .model_trouble = ""
	};
	struct option_rom rom;
	struct dmar dmar;

	option_rom_parse(data, size, &rom, NULL);
	dmar_parse(data, size, &dmar, NULL);
	sources.lspci = sources.xen_log = file_of(data, size);
	json_decref(host_document(&sources));
	return 0;
}
