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
	int r = collectors[index].collect(guest, &section, &why);

	if (r == 0)
		return json_object_set_new(report, name, section);
	if (!why.text[0])
		problem_set(&why, r, "%s", strerror(-r));
	return json_array_append_new(
		errors, json_pack("{s:s, s:s}", "section", name, "text", why.text));
}

/* `begin` is the uptime at which collecting began, in microseconds. Returns 0, or -1 without
 * memory. */
static int describe_agent(json_t *agent, const struct guest *guest, int64_t begin, json_t *errors)
{
	json_t *more = json_pack("{s:s, s:I, s:I, s:O, s:I}", "version", IGD_VERSION, "request",
		(json_int_t)guest->request, "uptime_ms", (json_int_t)(begin / 1000), "errors",
		errors, "collect_ms", (json_int_t)((uptime_us() - begin + 999) / 1000));
	int r = json_object_update(agent, more);

	json_decref(more);
	return r;
}

int collect_report(const struct guest *guest, json_t **report_r, struct problem *why)
{
	int64_t begin = uptime_us();
	json_t *report = document_new(DOCUMENT_REPORT, REPORT_VERSION);
	json_t *agent = json_object(), *errors = json_array();
	int r = report && agent && errors ? 0 : -ENOMEM;

	/* The report holds `agent` from here on, so that it comes first; it is filled at the end.
	 */
	if (r == 0)
		r = json_object_set(report, "agent", agent);
	for (size_t i = 0; r == 0 && i < sizeof(collectors) / sizeof(collectors[0]); i++)
		r = add_section(report, errors, i, guest);
	if (r == 0)
		r = describe_agent(agent, guest, begin, errors);
	json_decref(agent);
	json_decref(errors);
	if (r < 0) {
		json_decref(report);
		return problem_set(why, -ENOMEM, "no memory for a report");
	}
	*report_r = report;
	return 0;
}
