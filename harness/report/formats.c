#include "harness/report/formats.h"

#include <string.h>

#include "harness/report/formats/html.h"
#include "harness/report/formats/json.h"
#include "harness/report/formats/junit.h"
#include "harness/report/formats/kcidb.h"
#include "harness/report/formats/ktap.h"
#include "harness/report/formats/lava.h"
#include "harness/report/formats/mail.h"
#include "harness/report/formats/markdown.h"
#include "harness/report/formats/migration.h"
#include "harness/report/formats/qualification.h"
#include "harness/report/formats/table.h"
#include "harness/report/formats/tap.h"
#include "harness/report/formats/views.h"

const struct renderer renderers[] = {
	{ "table", "for people at a terminal", render_table, render_table_sink },
	{ "views", "the devices of each guest as each layer sees them", render_views },
	{ "json", "the findings document", render_json, render_json_sink },
	{ "junit", "JUnit XML, for GitLab and Jenkins", render_junit, render_junit_sink },
	{ "tap", "TAP version 13, for prove and meson", render_tap },
	{ "ktap", "KTAP version 1, expectations as subtests", render_ktap },
	{ "kcidb", "KCIDB 5.3, for kernelci.org", render_kcidb },
	{ "lava", "LAVA's signals, for a test shell", render_lava },
	{ "html", "one file for a browser", render_html, render_html_sink },
	{ "md", "Markdown for a comment on a merge request", render_markdown, .compares = true },
	{ "mail", "a mail in plain text: what to look at first, what changed", render_mail,
		.compares = true },
	{ "migration-md", "Markdown table of the guests that were saved and restored",
		render_migration },
	{ "qualification-md", "qualification of a release, Markdown", render_qualification_md,
		.compares = true },
	{ "qualification-html", "qualification of a release, HTML to print",
		render_qualification_html, .compares = true },
	{ NULL },
};

const struct renderer *renderer_find(const char *name)
{
	for (const struct renderer *renderer = renderers; renderer->name; renderer++) {
		if (strcmp(renderer->name, name) == 0)
			return renderer;
	}
	return NULL;
}

const char *renderer_name(size_t i)
{
	return i < sizeof(renderers) / sizeof(renderers[0]) ? renderers[i].name : NULL;
}
