#include "harness/cli/free_host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/config/config.h"
#include "harness/dut/roster.h"
#include "src/document.h"

struct search {
	const struct free_host_request *request;
	json_t *roster;   /* roster_read() */
	size_t found;     /* hosts with the label */
	const char *name; /* the host that is tried */
	bool is_believed; /* it passed its health check */
	char passed[256]; /* why others were not taken, as a list */
};

static void pass_over(struct search *search, const char *reason)
{
	size_t used = strlen(search->passed);

	snprintf(search->passed + used, sizeof(search->passed) - used, "%s%.40s %.120s",
		used ? "; " : "", search->name, reason);
}

/* The word itself, or the key or the value of "KEY=VALUE". */
static bool is_tag(const char *tag, const char *label)
{
	const char *equals = strchr(tag, '=');
	size_t length = strlen(label);

	return strcmp(tag, label) == 0 || (equals && strcmp(equals + 1, label) == 0) ||
	       (equals && length == (size_t)(equals - tag) && strncmp(tag, label, length) == 0);
}

/* Returns 1 if the host has the label, 0 if not, or a negative errno with the sentence. */
static int has_label(const struct search *search, const struct config_entry *entry,
	const struct dut *dut, struct problem *why)
{
	const char *label = search->request->label;
	json_t *tags = NULL;
	const json_t *tag;
	size_t i;
	int r;

	for (const struct yaml_node *item = config_first_label(entry); item;
		item = yaml_next_item(entry->labels, item)) {
		if (strcmp(item->text, label) == 0)
			return 1;
	}
	if (document_has_text(dut->labels, label))
		return 1;
	r = dut_tags(dut, &tags, why);
	json_array_foreach(tags, i, tag)
	{
		if (is_tag(json_string_value(tag), label))
			r = 1;
	}
	json_decref(tags);
	return r;
}

static void on_passed(void *data)
{
	struct search *search = data;
	struct problem why = { "" };

	search->is_believed = true;
	if (json_object_get(search->roster, search->name) &&
		roster_note(search->name, NULL, NULL, &why) < 0)
		fprintf(stderr, "igd-harness: %s\n", why.text);
}

/* Notes that the host failed. Returns 0, or a negative errno with the sentence. */
static int note_failure(struct search *search, const char *reason, struct problem *why)
{
	bool aside = false;
	int r = roster_note(search->name, reason, &aside, why);

	if (r < 0)
		return r;
	if (aside)
		fprintf(stderr,
			"igd-harness: %s failed its health check %d times and is set aside: %s; "
			"`igd-harness hosts clear %s` takes it back\n",
			search->name, ROSTER_FAILURES, reason, search->name);
	else
		fprintf(stderr, "igd-harness: %s failed its health check: %s\n", search->name,
			reason);
	pass_over(search, aside ? "is set aside" : "failed its health check");
	return 0;
}

/* Returns 1 if the next host is to be tried; else what free_host_run() returns, in *result_r. */
static int try_host(struct search *search, const struct config_entry *entry, const struct dut *dut,
	int *result_r, struct problem *why)
{
	const struct free_host_request *request = search->request;
	const struct dut_health health = { .ask_host = request->ask_host,
		.matrix = entry->known_good_matrix,
		.cell = entry->known_good_cell,
		.options = request->options,
		.passed = on_passed,
		.data = search };
	struct problem inner = { "" };
	int r;

	if (json_is_true(json_object_get(json_object_get(search->roster, entry->name), "aside"))) {
		pass_over(search, "is set aside");
		return 1;
	}
	search->is_believed = false;
	r = request->run(request->data, dut, &health, &inner);
	if (!search->is_believed && r == -EBUSY) {
		pass_over(search, "is in use");
		return 1;
	}
	if (!search->is_believed && r == -EHOSTDOWN) {
		r = note_failure(search, inner.text, why);
		*result_r = r;
		return r == 0;
	}
	/* What goes wrong there is no wrong usage, but for a run directory that exists. */
	*result_r = r < 0 ? problem_set(why, r == -EEXIST ? r : -EIO, "%s", inner.text) : r;
	return 0;
}

static int search_hosts(struct search *search, const struct config *config, struct problem *why)
{
	int result = 0;

	for (size_t i = 0; i < config->count; i++) {
		const struct config_entry *entry = &config->entries[i];
		struct dut *dut = NULL;
		int r;

		if (entry->command)
			continue;
		search->name = entry->name;
		r = dut_find(entry->value->text, search->request->places, &dut, why);
		if (r == 0)
			r = has_label(search, entry, dut, why);
		if (r == -EIO) {
			/* It may have the label by a tag. */
			search->found++;
			pass_over(search, "has a coordinator that does not answer");
			r = 0;
		}
		search->found += r == 1;
		if (r == 1)
			r = try_host(search, entry, dut, &result, why) ? 0 : 1;
		dut_free(dut);
		if (r != 0)
			return r < 0 ? r : result;
	}
	if (search->found == 0)
		return problem_set(why, -EINVAL,
			"no host of the configuration has the label \"%.60s\": `igd-harness hosts` "
			"lists the hosts and their labels",
			search->request->label);
	return problem_set(why, -EHOSTDOWN, "no host with the label %.60s is free: %s",
		search->request->label, search->passed);
}

int free_host_run(const struct free_host_request *request, struct problem *why)
{
	struct search search = { .request = request };
	struct config config;
	int r = config_load(&config, why);

	if (r == 0)
		r = roster_read(&search.roster, why);
	if (r == 0)
		r = search_hosts(&search, &config, why);
	json_decref(search.roster);
	config_free(&config);
	return r;
}
