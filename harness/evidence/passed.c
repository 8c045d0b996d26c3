#include "harness/evidence/passed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/bdf.h"
#include "src/document.h"
#include "src/field.h"
#include "src/report.h"

/* Splits "00:1b.0/driver"; *key_r is "/driver", or "" if there is no key. */
static int split(const char *rest, struct bdf *host_r, const char **key_r)
{
	const char *slash = strchr(rest, '/');
	size_t length = slash ? (size_t)(slash - rest) : strlen(rest);
	char address[BDF_TEXT_MAX];

	if (length >= sizeof(address))
		return -EINVAL;
	memcpy(address, rest, length);
	address[length] = '\0';
	*key_r = rest + length;
	return bdf_parse(address, host_r) < 0 || !field_is_function_key(*key_r) ? -EINVAL : 0;
}

int passed_check(const char *rest, struct problem *why)
{
	struct bdf host;
	const char *key;

	if (split(rest, &host, &key) < 0)
		return problem_set(why, -EINVAL,
			"no field \"passed/%s\": `igd-harness plan --fields` lists them", rest);
	return 0;
}

/* Have both the ids that tell one device from others? */
static bool is_same(const json_t *one, const json_t *other)
{
	static const char *const ids[] = { "vendor", "device", "subsystem_vendor", "subsystem" };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		const char *id = document_text(one, ids[i]);

		if (!id[0] || strcmp(id, document_text(other, ids[i])) != 0)
			return false;
	}
	return true;
}

int passed_get(
	const struct evidence *evidence, const char *rest, json_t **value_r, struct problem *why)
{
	const json_t *list = json_object_get(json_object_get(evidence->report, "pci"), "functions");
	const json_t *device, *function, *found = NULL;
	char address[BDF_TEXT_MAX];
	struct bdf host;
	const char *key;
	size_t i;
	int r;

	if (split(rest, &host, &key) < 0)
		return passed_check(rest, why);
	bdf_format(host, address);
	if (!list)
		return problem_set(why, -ENODATA, "no report has this field");
	device = evidence->host ? report_function(evidence->host, host) : NULL;
	if (!device)
		return problem_set(why, -ENODATA, "the run did not record %s of its host", address);
	json_array_foreach(list, i, function)
	{
		if (!is_same(device, function))
			continue;
		if (found)
			return problem_set(why, -ENODATA,
				"the guest has more than one function with the ids of the host's %s",
				address);
		found = function;
	}
	r = field_give_function(found, key, value_r);
	return r == -ENODATA ? problem_set(why, r, "the agent did not search for this field") : r;
}
