#include "harness/host/own_display.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "src/child_json.h"
#include "src/clock.h"
#include "src/document.h"
#include "src/igd.h"
#include "src/tree.h"

/* i915 answers within a few milliseconds. */
#define ANSWER_MS 10000
#define AGAIN_US  200000

struct asked {
	const char *root;
	struct bdf where;
	unsigned int minor;
};

/* In the child. */
static json_t *ask_driver(void *data)
{
	const struct asked *asked = data;
	char address[BDF_TEXT_MAX];
	json_t *igd, *vbt;
	bool known;

	bdf_format(asked->where, address);
	igd = json_pack("{s:s}", "address", address);
	vbt = igd_driver_vbt_json(asked->root, asked->where, asked->minor);
	/* Without debugfs nobody knows what the driver has. */
	known = igd_debugfs_is_there(asked->root, asked->minor);
	if (known) {
		json_object_set_new(igd, "device", igd_device_json(asked->root, asked->minor));
		json_object_set_new(igd, "stolen", igd_stolen_json(asked->root, asked->minor));
	}
	if (known || !json_is_null(vbt))
		json_object_set(igd, "vbt", vbt);
	json_decref(vbt);
	return json_pack("{s:o, s:{s:[o]}}", "igd", igd, "display", "cards",
		igd_card_json(asked->root, asked->where, asked->minor));
}

static bool has_sysfs(const char *root)
{
	int fd = tree_open(root, O_RDONLY | O_DIRECTORY, "sys/bus/pci/devices");

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Why nobody can be asked about the GPU, as a new string; NULL: it can be. */
static json_t *find_card(struct asked *asked)
{
	char address[BDF_TEXT_MAX], driver[TREE_TEXT_MAX];

	bdf_format(asked->where, address);
	if (tree_link(asked->root, driver, "sys/bus/pci/devices/%s/driver", address))
		return json_sprintf("%s has no driver on the host", address);
	/* A phantom of the lab has that of the emulated VGA that it is. */
	if (strcmp(driver, "i915") != 0 && strcmp(driver, "xe") != 0)
		return json_sprintf(
			"%s has the driver %.64s on the host, which is neither i915 nor xe",
			address, driver);
	if (igd_card_find(asked->root, asked->where, &asked->minor) < 0)
		return json_sprintf(
			"%s has the driver %.64s on the host, but no DRM card", address, driver);
	return NULL;
}

void own_display_add(const char *root, json_t *host)
{
	struct asked asked = { .root = root };
	json_t *answer = NULL, *unknown;
	int r;

	if (!has_sysfs(root))
		return;
	if (!igd_find(root, &asked.where)) {
		json_object_set_new(host, "igd", json_null());
		return;
	}
	unknown = find_card(&asked);
	if (unknown) {
		json_object_set_new(host, "igd_unknown", unknown);
		return;
	}
	r = child_json(ask_driver, &asked, CHILD_JSON_MAX, ANSWER_MS, &answer);
	if (r == 0)
		json_object_update(host, answer);
	else if (r == -ETIMEDOUT)
		json_object_set_new(host, "igd_unknown",
			json_sprintf(
				"the host's driver of the Intel GPU did not answer within %d s",
				ANSWER_MS / 1000));
	else
		json_object_set_new(host, "igd_unknown",
			json_sprintf("the host's driver of the Intel GPU could not be read: %s",
				strerror(-r)));
	json_decref(answer);
}

static const json_t *connectors_of(const json_t *host)
{
	const json_t *cards = json_object_get(json_object_get(host, "display"), "cards");

	return json_object_get(json_array_get(cards, 0), "connectors");
}

static const json_t *find_connector(const json_t *host, const char *name)
{
	const json_t *connector;
	size_t i;

	json_array_foreach(connectors_of(host), i, connector)
	{
		if (strcmp(document_text(connector, "name"), name) == 0)
			return connector;
	}
	return NULL;
}

static bool has_monitor(const json_t *connector)
{
	return strcmp(document_text(connector, "status"), "connected") == 0;
}

static bool has_mode(const json_t *connector)
{
	return json_is_object(json_object_get(json_object_get(connector, "crtc"), "mode"));
}

static const char *edid_of(const json_t *connector)
{
	return document_text(json_object_get(connector, "edid"), "sha256");
}

/* Does the connector drive what it drove before? The mode may differ: who set it may be gone. */
static int check_connector(const json_t *before, const json_t *now, struct problem *why)
{
	const char *name = document_text(before, "name");

	if (!has_monitor(before))
		return 0;
	if (!now || !has_monitor(now))
		return problem_set(why, -ENODEV,
			"the host's driver no longer finds the monitor at %.40s that it "
			"found before the first cell",
			name);
	if (strcmp(edid_of(before), edid_of(now)) != 0)
		return problem_set(why, -ENODEV,
			"the host's driver reads a different EDID at %.40s than before the first cell",
			name);
	if (has_mode(before) && !has_mode(now))
		return problem_set(why, -ENODEV,
			"the host's driver no longer sets a mode at %.40s, as it did "
			"before the first cell",
			name);
	return 0;
}

static int check_all(const json_t *before, const json_t *now, struct problem *why)
{
	const json_t *connector, *unknown = json_object_get(now, "igd_unknown");
	size_t i;
	int r = 0;

	if (unknown)
		return problem_set(why, -ENODEV,
			"the host's driver had the Intel GPU before the first cell and no "
			"longer has it: %.200s",
			json_string_value(unknown));
	json_array_foreach(connectors_of(before), i, connector)
	{
		r = check_connector(
			connector, find_connector(now, document_text(connector, "name")), why);
		if (r < 0)
			return r;
	}
	return 0;
}

int own_display_check(
	const char *root, const json_t *before, unsigned int limit_ms, struct problem *why)
{
	long long until = clock_ms(CLOCK_MONOTONIC) + limit_ms;
	int r;

	if (!json_is_object(json_object_get(before, "igd")))
		return 0;
	for (;;) {
		struct problem trouble = { 0 };
		json_t *now = json_object();

		own_display_add(root, now);
		r = check_all(before, now, &trouble);
		json_decref(now);
		if (r < 0 && clock_ms(CLOCK_MONOTONIC) >= until)
			return problem_set(why, r, "%s", trouble.text);
		if (r == 0)
			return 0;
		usleep(AGAIN_US);
	}
}
