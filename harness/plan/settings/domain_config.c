/*
 * What may not stand in `domain_config`. Whether libxl knows the rest is for the libxl of the host
 * to say: harness/backend/libxl/config_merge.c.
 */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/plan/settings.h"
#include "harness/plan/settings/forms.h"

#define PATH_MAX_BYTES 256
#define DEPTH_MAX      16 /* YAML_DEPTH_MAX; a plan may come from elsewhere */

/* By which the harness finds its guest, talks to it and ends it; and what follows from a setting.
 */
static const struct {
	const char *path, *chosen_by;
} owned[] = {
	{ "c_info/type", "the harness" },
	{ "c_info/name", "the harness" },
	{ "c_info/uuid", "the harness" },
	{ "c_info/domid", "the harness" },
	{ "b_info/type", "the harness" },
	{ "b_info/type.pv", "the harness" },
	{ "b_info/type.pvh", "the harness" },
	{ "b_info/type.hvm/serial", "the harness" },
	{ "b_info/type.hvm/serial_list", "the harness" },
	{ "b_info/device_model_version", "the harness" },
	{ "b_info/kernel", "the guest's image" },
	{ "b_info/ramdisk", "the guest's image" },
	{ "b_info/avail_vcpus", "the setting vcpus" },
	{ "b_info/type.hvm/gfx_passthru_kind", "the setting gfx_passthru" },
	{ "on_poweroff", "the harness" },
	{ "on_reboot", "the harness" },
	{ "on_watchdog", "the harness" },
	{ "on_crash", "the harness" },
	{ "on_soft_reset", "the harness" },
};

/* Whether one of the two is the other, or is in it. */
static bool meet(const char *a, const char *b)
{
	size_t length = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

	return strncmp(a, b, length) == 0 && (!a[length] || a[length] == '/') &&
	       (!b[length] || b[length] == '/');
}

static int check_path(const char *path, struct problem *why)
{
	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {
		if (meet(owned[i].path, path))
			return problem_set(why, -EINVAL, "%s is chosen by %s: leave the key out",
				path, owned[i].chosen_by);
	}
	for (const struct setting *setting = setting_table; setting->name; setting++) {
		if (setting->path && meet(setting->path, path))
			return problem_set(why, -EINVAL,
				"%s is chosen by the setting %s: write it there", path,
				setting->name);
	}
	return 0;
}

/* Goes over all that is no mapping. */
static int check_below(const json_t *map, const char *above, int depth, struct problem *why)
{
	char path[PATH_MAX_BYTES];
	const char *key;
	json_t *value;
	int r;

	if (depth == DEPTH_MAX)
		return problem_set(why, -EINVAL, "%s has too many nested mappings", above);
	json_object_foreach((json_t *)map, key, value)
	{
		int length =
			snprintf(path, sizeof(path), "%s%s%s", above, above[0] ? "/" : "", key);

		if (length < 0 || (size_t)length >= sizeof(path) || !key[0] || strchr(key, '/'))
			return problem_set(why, -EINVAL,
				"\"%.60s\" is not a key of a libxl_domain_config", key);
		if (json_is_array(value) && json_array_size(value) == 0)
			return problem_set(why, -EINVAL,
				"%s is an empty list: write null to remove the key", path);
		r = json_is_object(value) ? check_below(value, path, depth + 1, why)
					  : check_path(path, why);
		if (r < 0)
			return r;
	}
	return 0;
}

int form_domain_config(const json_t *piece, size_t *item_r, struct problem *why)
{
	return check_below(piece, "", 0, why);
}
