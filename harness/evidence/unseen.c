#include "harness/evidence/unseen.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/host/igd_ids.h"
#include "src/document.h"
#include "src/field.h"

static bool is_known(const char *device)
{
	return igd_ids_find(igd_ids_builtin(), (uint16_t)strtoul(device, NULL, 16)) != NULL;
}

/* Has a driver, or who loaded it, said what went wrong? */
static bool has_complained(const json_t *igd)
{
	return json_array_size(json_object_get(igd, "errors")) > 0 ||
	       json_array_size(json_object_get(json_object_get(igd, "modules"), "failed")) > 0;
}

int evidence_unseen(const json_t *report, const char *name, struct problem *why)
{
	const json_t *igd = json_object_get(report, "igd"), *function;
	const json_t *engine = json_object_get(igd, "engine");
	const char *device, *driver;

	if (!json_is_object(igd) || !field_of_driver(name))
		return 0;
	function = field_igd(report);
	device = document_text(function, "device");
	driver = document_text(function, "driver");
	if (strcmp(name, "igd/engine") == 0 &&
		strcmp(document_text(engine, "result"), "untried") == 0)
		return problem_set(
			why, -ENOTSUP, "the agent executes no batch on the driver %.40s", driver);
	if (!device[0] || is_known(device))
		return 0;
	if (strcmp(name, "igd/driver") == 0 && driver[0] && strcmp(driver, "i915") != 0)
		return problem_set(why, -ENOTSUP,
			"results/data/igd-ids.yaml does not have the GPU %.8s: which driver it needs is "
			"not known, and the guest has %.40s",
			device, driver);
	if (!driver[0] && !has_complained(igd))
		return problem_set(why, -ENOTSUP,
			"results/data/igd-ids.yaml does not have the GPU %.8s, and the guest's kernel has "
			"no driver for it",
			device);
	return 0;
}
