#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/escape.h"
#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/config/config.h"
#include "harness/dut/driver.h"
#include "harness/dut/roster.h"
#include "src/document.h"

static const struct command_option options[] = {
	{ NULL },
};

static void print_labels(const struct config_entry *entry, const struct dut *dut)
{
	const char *between = "  labels ";
	const json_t *label;
	size_t i;

	for (const struct yaml_node *item = config_first_label(entry); item;
		item = yaml_next_item(entry->labels, item)) {
		fputs(between, stdout);
		escape_text(stdout, item->text);
		between = ", ";
	}
	json_array_foreach(dut ? dut->labels : NULL, i, label)
	{
		fputs(between, stdout);
		escape_text(stdout, json_string_value(label));
		between = ", ";
	}
}

/* What is known of its health. */
static void print_state(const json_t *known, const struct dut *dut)
{
	if (dut && roster_is_claimed(dut))
		fputs("  in use", stdout);
	if (!known)
		return;
	printf("  %s, %lld failed: ",
		json_is_true(json_object_get(known, "aside")) ? "set aside" : "to be tried again",
		(long long)json_integer_value(json_object_get(known, "failures")));
	escape_text(stdout, document_text(known, "reason"));
	fputs(" (", stdout);
	escape_text(stdout, document_text(known, "since"));
	fputs(")", stdout);
}

static void print_host(const struct config_entry *entry, const json_t *known)
{
	const struct dut_places places = { NULL };
	struct problem why = { "" };
	struct dut *dut = NULL;

	escape_text(stdout, entry->name);
	if (dut_find(entry->value->text, &places, &dut, &why) < 0)
		printf("  %s", why.text);
	print_labels(entry, dut);
	print_state(known, dut);
	putchar('\n');
	dut_free(dut);
}

static int list(struct problem *why)
{
	json_t *known = NULL;
	struct config config;
	int r = config_load(&config, why);

	if (r == 0)
		r = roster_read(&known, why);
	for (size_t i = 0; i < config.count && r == 0; i++) {
		if (!config.entries[i].command)
			print_host(
				&config.entries[i], json_object_get(known, config.entries[i].name));
	}
	json_decref(known);
	config_free(&config);
	return r;
}

static int run(int argc, char **argv)
{
	struct problem why = { 0 };
	int r = -EINVAL;

	if (argc == 0)
		r = list(&why);
	else if (argc == 2 && strcmp(argv[0], "clear") == 0)
		r = roster_clear(argv[1], &why);
	else
		problem_set(&why, r, "name nothing, or clear and the host that is to be cleared");
	return r < 0 ? command_fail(&command_hosts, exit_status_of(r), &why) : 0;
}

const struct command command_hosts = {
	.name = "hosts",
	.arguments = "[clear NAME]",
	.summary = "the hosts of the configuration, their labels, and which are set aside",
	.description =
		"Lists the hosts that the configuration files name, with their labels, whether a\n"
		"run of yours uses them, and which failed the health check of `run --dut\n"
		"label=LABEL`. A host that fails it twice is set aside, with its reason, until\n"
		"`hosts clear NAME`. Exit status: 0; 2 usage; 3 the state cannot be read.",
	.options = options,
	.run = run,
};
