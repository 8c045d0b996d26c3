#include "harness/evidence/fields.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"
#include "harness/evidence/passed.h"
#include "harness/evidence/unseen.h"
#include "harness/evidence/xen_domain.h"
#include "harness/logs/patterns.h"
#include "harness/store/ending.h"
#include "src/document.h"
#include "src/field.h"
#include "src/report.h"

/* One kind. `rest` is what follows the prefix. */
struct evidence_field {
	const char *prefix, *pattern, *meaning;
	int (*check)(const char *rest, struct problem *why); /* NULL: nothing may follow */
	int (*get)(const struct evidence *evidence, const char *rest, json_t **value_r,
		struct problem *why);
};

static int get_ending(
	const struct evidence *evidence, const char *rest, json_t **value_r, struct problem *why)
{
	const char *ending = document_text(evidence->end, "ending");
	const json_t *cause = NULL;

	if (!ending[0])
		return problem_set(why, -ENODATA, "the cell did not run to its end");
	if (strcmp(ending, ending_entry(ENDING_DONE)->name) != 0)
		cause = patterns_first_cause(evidence->logs);
	*value_r = cause ? json_sprintf("%s: %s", ending, document_text(cause, "label"))
			 : json_string(ending);
	return *value_r ? 0 : -ENOMEM;
}

static int get_host(
	const struct evidence *evidence, const char *rest, json_t **value_r, struct problem *why)
{
	int r = evidence->host ? field_get(evidence->host, rest, value_r, why) : -ENODATA;
	const char *unknown = document_text(evidence->host, "igd_unknown");

	if (r != -ENODATA)
		return r;
	/* Nothing is at fault where no driver of the host had the GPU. */
	if (evidence->host && field_of_driver(rest))
		r = -ENOTSUP;
	return problem_set(why, r, "the run did not record %s of its host%s%.200s", rest,
		unknown[0] && field_of_driver(rest) ? ": " : "",
		field_of_driver(rest) ? unknown : "");
}

static int get_restored(
	const struct evidence *evidence, const char *rest, json_t **value_r, struct problem *why)
{
	int r = evidence->restored ? field_get(evidence->restored, rest, value_r, why) : -ENODATA;

	if (r == -ENODATA)
		problem_set(why, r, "no second guest reported %s", rest);
	return r;
}

static int get_moved(
	const struct evidence *evidence, const char *key, json_t **value_r, struct problem *why)
{
	json_t *value = json_object_get(evidence->moved, key);

	if (!value)
		return problem_set(why, -ENODATA,
			"the report of the saved guest or of the restored guest is missing");
	*value_r = json_incref(value);
	return 0;
}

static int get_changed(
	const struct evidence *evidence, const char *rest, json_t **value_r, struct problem *why)
{
	return get_moved(evidence, "changed", value_r, why);
}

static const char *const work_keys[] = { "steps", "disk", "clock", NULL };

static int check_work(const char *rest, struct problem *why)
{
	for (size_t i = 0; work_keys[i]; i++) {
		if (strcmp(rest, work_keys[i]) == 0)
			return 0;
	}
	return problem_set(why, -EINVAL,
		"no field \"goes_on/%s\": `igd-harness plan --fields` lists them", rest);
}

/* Nobody compared anything where fewer than two layers are known. */
static int get_views(
	const struct evidence *evidence, const char *rest, json_t **value_r, struct problem *why)
{
	const json_t *first_difference = json_object_get(evidence->views, "parts_at");

	if (!first_difference || json_array_size(json_object_get(evidence->views, "layers")) < 2)
		return problem_set(why, -ENODATA, "the cell has no views to compare");
	*value_r = json_incref((json_t *)first_difference);
	return 0;
}

/* Their labels, each once, in the order of the data file. */
static json_t *sign_labels(const json_t *matches)
{
	json_t *labels = json_array();
	const json_t *match;
	size_t i;

	json_array_foreach(matches, i, match)
	{
		const char *label = document_text(match, "label");

		if (strcmp(document_text(match, "severity"), "note") != 0 &&
			!document_has_text(labels, label))
			json_array_append_new(labels, json_string(label));
	}
	return labels;
}

static int get_signs(
	const struct evidence *evidence, const char *rest, json_t **value_r, struct problem *why)
{
	json_t *labels, *text = json_string("");
	const json_t *label;
	size_t i;

	if (!evidence->logs)
		return problem_set(why, -ENODATA, "the logs were not searched for patterns");
	labels = sign_labels(evidence->logs);
	json_array_foreach(labels, i, label)
	{
		json_t *longer = json_sprintf("%s%s%s", json_string_value(text), i > 0 ? ", " : "",
			json_string_value(label));

		json_decref(text);
		text = longer;
	}
	if (json_array_size(labels) == 0) {
		json_decref(text);
		text = json_null();
	}
	json_decref(labels);
	*value_r = text;
	return text ? 0 : -ENOMEM;
}

static const char *const xen_keys[] = { "vga_ports", "vga_memory", NULL };

static int check_xen(const char *rest, struct problem *why)
{
	for (size_t i = 0; xen_keys[i]; i++) {
		if (strcmp(rest, xen_keys[i]) == 0)
			return 0;
	}
	return problem_set(
		why, -EINVAL, "no field \"xen/%s\": `igd-harness plan --fields` lists them", rest);
}

static int get_xen(
	const struct evidence *evidence, const char *rest, json_t **value_r, struct problem *why)
{
	json_t *value = json_object_get(evidence->xen, rest);

	if (!value)
		return problem_set(why, -ENODATA,
			"Xen's record of what the guest may access was "
			"not read");
	*value_r = json_incref(value);
	return 0;
}

static const struct evidence_field evidence_fields[] = {
	{ "ending", "ending",
		"\"done\", or how the cell ended and the first cause in its logs: \"create-failed: LABEL\"",
		NULL, get_ending },
	{ "host/", "host/FIELD", "a field of the host's own report, at the beginning of the run",
		field_check, get_host },
	{ "passed/",
		"passed/BB:DD.F[/class|/revision|/header_type|/driver|/subsystem|/bars|/config|/address]",
		"the host's device BB:DD.F in the guest, found by its ids: \"vendor:device\"; null "
		"if the guest does not have it",
		passed_check, passed_get },
	{ "restored/", "restored/FIELD", "of a transition: a field of the second guest's report",
		field_check, get_restored },
	{ "changed", "changed",
		"of a transition: where the second guest's machine differs, null if it is the same",
		NULL, get_changed },
	{ "goes_on/", "goes_on/steps|disk|clock",
		"of a transition: whether the guest's work continued after the "
		"restore; disk: null without a disk",
		check_work, get_moved },
	{ "views", "views",
		"the first layer at which the views of the guest's devices differ, null if they "
		"agree",
		NULL, get_views },
	{ "signs", "signs",
		"\"vtd-fault, gpu-hang\": the patterns that the logs match, without notes; null: none",
		NULL, get_signs },
	{ "xen/", "xen/vga_ports|vga_memory",
		"whether the guest may access the legacy VGA ranges (Xen's list of "
		"domains)",
		check_xen, get_xen },
};

#define COUNT (sizeof(evidence_fields) / sizeof(evidence_fields[0]))

/* The kind of that name with *rest_r, or NULL: then it is a field of the report or nothing. */
static const struct evidence_field *find(const char *name, const char **rest_r)
{
	for (size_t i = 0; i < COUNT; i++) {
		size_t length = strlen(evidence_fields[i].prefix);

		if (strncmp(name, evidence_fields[i].prefix, length) != 0)
			continue;
		if (!evidence_fields[i].check && name[length])
			continue;
		*rest_r = name + length;
		return &evidence_fields[i];
	}
	return NULL;
}

json_t *evidence_host(const json_t *identities)
{
	/* "igd_unknown" is no section: it is the reason for two that are not there. */
	static const char *const sections[] = { "pci", "igd", "display", "igd_unknown" };
	const json_t *recorded = json_object_get(identities, "host");
	struct problem why = { 0 };
	json_t *host;

	if (!json_object_get(recorded, "pci"))
		return NULL;
	host = json_object();
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		json_object_set(host, sections[i], json_object_get(recorded, sections[i]));
	if (host && report_check(host, &why) < 0) {
		json_decref(host);
		host = NULL;
	}
	return host;
}

json_t *evidence_xen(int cell_fd)
{
	struct xen_ranges ranges = { 0 };
	struct problem why = { 0 };
	json_t *libxl = NULL, *xen = NULL;
	size_t length = 0;
	char *log = NULL;

	if (fileio_read_json(cell_fd, "libxl.json", DOCUMENT_LIBXL, &libxl, &why) == 0 &&
		fileio_read(cell_fd, "xen.log", &log, &length, &why) == 0 &&
		xen_domain_ranges(log, length,
			(unsigned int)json_integer_value(json_object_get(libxl, "domid")),
			&ranges) == 0)
		xen = json_pack("{s:b, s:b}", "vga_ports", (int)ranges.vga_ports, "vga_memory",
			(int)ranges.vga_memory);
	free(log);
	json_decref(libxl);
	return xen;
}

int evidence_get(
	const struct evidence *evidence, const char *name, json_t **value_r, struct problem *why)
{
	const char *rest = "";
	const struct evidence_field *field = find(name, &rest);
	const char *undriven, *unanswered;
	int r;

	if (field)
		return field->get(evidence, rest, value_r, why);
	if (!evidence->report) {
		r = field_check(name, why);
		return r < 0 ? r : problem_set(why, -ENODATA, "no report has this field");
	}
	r = evidence_unseen(evidence->report, name, why);
	if (r < 0)
		return r;
	r = field_get(evidence->report, name, value_r, why);
	if (r != -ENODATA)
		return r;
	undriven = field_why_undriven(evidence->report);
	if (undriven && field_of_driver(name))
		return problem_set(why, -ENOTSUP, "%s", undriven);
	unanswered = field_why_unanswered(evidence->report, name);
	if (unanswered)
		return problem_set(
			why, -ENOTSUP, "%s: the guest is slow, or its driver hangs", unanswered);
	return problem_set(why, r, "the agent did not search for this field");
}

int evidence_check(const char *name, struct problem *why)
{
	const char *rest = "";
	const struct evidence_field *field = find(name, &rest);

	if (!field)
		return field_check(name, why);
	return field->check ? field->check(rest, why) : 0;
}

bool evidence_needs_report(const char *name)
{
	const char *rest;

	return !find(name, &rest);
}

void evidence_list(void (*each)(void *data, const char *pattern, const char *meaning), void *data)
{
	field_list(each, data);
	for (size_t i = 0; i < COUNT; i++)
		each(data, evidence_fields[i].pattern, evidence_fields[i].meaning);
}
