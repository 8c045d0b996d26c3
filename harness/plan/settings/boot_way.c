#include "harness/plan/settings/boot_way.h"

#include <errno.h>
#include <string.h>

#include "src/document.h"

/* Arguments of QEMU that choose another firmware or boot order. */
static const char *const own_boot[] = { "-bios", "-pflash", "-boot", "-kernel", NULL };

static const char *libxl_reason(const json_t *settings)
{
	if (strcmp(document_text(settings, "bios"), "ovmf") == 0)
		return "`bios: ovmf` starts no loader of a BIOS";
	if (json_is_true(json_object_get(settings, "device_model_stubdomain_override")))
		return "a QEMU in a stub domain cannot read a disk of the harness";
	return NULL;
}

static const char *qemu_reason(const json_t *settings)
{
	const char *machine = document_text(settings, "machine");
	const json_t *argument;
	size_t i;

	if (machine[0] && strncmp(machine, "pc", 2) != 0 && strncmp(machine, "q35", 3) != 0)
		return "the loader needs a machine pc or q35";
	json_array_foreach(json_object_get(settings, "args"), i, argument)
	{
		const char *text = json_string_value(argument);

		for (size_t k = 0; own_boot[k]; k++) {
			if (strcmp(text, own_boot[k]) == 0)
				return "`args` choose a firmware, a kernel or a boot order";
		}
		if (strstr(text, "if=pflash") || strstr(text, "pflash0="))
			return "`args` choose a firmware, a kernel or a boot order";
	}
	return NULL;
}

/* Why the guest can have no boot disk; NULL if it can. */
static const char *reason_against(const char *backend, const json_t *settings)
{
	return strcmp(backend, "libxl") == 0 ? libxl_reason(settings) : qemu_reason(settings);
}

bool boot_way_is_disk(const char *backend, const json_t *settings)
{
	const char *way = document_text(settings, "boot");

	return way[0] ? strcmp(way, "disk") == 0 : !reason_against(backend, settings);
}

int boot_way_check(const char *backend, const json_t *settings, struct problem *why)
{
	const char *reason = reason_against(backend, settings);

	if (!reason || strcmp(document_text(settings, "boot"), "disk") != 0)
		return 0;
	return problem_set(
		why, -EINVAL, "`boot: disk` is not possible: %s; write boot: direct", reason);
}
