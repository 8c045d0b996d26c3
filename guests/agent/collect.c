#include "guests/agent/collect.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "src/document.h"
#include "src/report.h"

#define COLLECTOR_ROW(name) { #name, collect_##name },

static const struct {
	const char *name;
	collect_fn *collect;
} collectors[] = { COLLECTORS(COLLECTOR_ROW) };

static int64_t uptime_us(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Adds one section, or the reason why there is none. */
static int add_section(json_t *report, json_t *errors, size_t index, const struct guest *guest)
{
	const char *name = collectors[index].name;
	struct problem why = { "" };
	json_t *section = NULL;
	int ret = collectors[index].collect(guest, &section, &why);

	if (!ret)
		return json_object_set_new(report, name, section);
	if (!why.text[0])
		problem_set(&why, ret, "%s", strerror(-ret));
	return json_array_append_new(
		errors, json_pack("{s:s, s:s}", "section", name, "text", why.text));
}

int collect_report(const struct guest *guest, json_t **report_r, struct problem *why)
{
	int64_t begin = uptime_us();
	json_t *report = document_new(DOCUMENT_REPORT, REPORT_VERSION);
	json_t *agent = json_object(), *errors = json_array();
	int failed = !report || !agent || !errors;

	/* The report holds `agent` from here on, so that it comes first; it is filled at the end.
	 */
	failed = failed || json_object_set(report, "agent", agent);
	for (size_t i = 0; !failed && i < sizeof(collectors) / sizeof(collectors[0]); i++)
		failed = add_section(report, errors, i, guest);
	failed = failed || json_object_set_new(agent, "version", json_string(IGD_VERSION)) ||
		 json_object_set_new(agent, "request", json_integer(guest->request)) ||
		 json_object_set_new(agent, "uptime_ms", json_integer(begin / 1000)) ||
		 json_object_set(agent, "errors", errors) ||
		 json_object_set_new(
			 agent, "collect_ms", json_integer((uptime_us() - begin + 999) / 1000));
	json_decref(agent);
	json_decref(errors);
	if (failed) {
		json_decref(report);
		return problem_set(why, -ENOMEM, "no memory for a report");
	}
	*report_r = report;
	return 0;
}
