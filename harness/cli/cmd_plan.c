#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend/boot/boot_disk.h"
#include "harness/backend/image.h"
#include "harness/backend/passed_igd.h"
#include "harness/base/escape.h"
#include "harness/base/install_paths.h"
#include "harness/cli/choice_options.h"
#include "harness/cli/commands.h"
#include "harness/cli/example.h"
#include "harness/cli/fail.h"
#include "harness/evidence/fields.h"
#include "harness/matrix/matrix.h"
#include "harness/plan/plan.h"
#include "harness/plan/settings.h"
#include "harness/plan/settings/boot_way.h"
#include "harness/plan/shard.h"
#include "harness/plan/xl_config.h"
#include "src/document.h"

static struct {
	struct plan_choice choice;
	const char *known, *shard, *xl, *boot_disk, *guests;
	bool json, fields, settings, example;
} opts;

static const struct command_option options[] = {
	CHOICE_OPTIONS(opts.choice),
	{ "shard", "INDEX/COUNT",
		"only this part of the cells, such as 2/4 for the second of four hosts;\n"
		"                          `merge` joins the runs",
		.text = &opts.shard },
	{ "json", NULL, "the plan document (docs/schema/plan.json) instead of text",
		.flag = &opts.json },
	{ "known", "FILE",
		"the known deviations (default: MATRIX.known.yaml beside the "
		"matrix,\n                          if it exists)",
		.text = &opts.known },
	{ "xl", "CELL",
		"the xl.cfg that makes the guest of this cell without the harness, in\n"
		"                          place of the plan",
		.text = &opts.xl },
	{ "boot-disk", "FILE",
		"also write the boot disk of this cell's guest into FILE, and what\n"
		"                          starts it into FILE.start, which the xl.cfg then names",
		.text = &opts.boot_disk },
	{ "guests", "DIR", "the guest images that the xl.cfg names (default: those installed)",
		.text = &opts.guests },
	{ "fields", NULL, "list the fields that an expectation can name, and exit",
		.flag = &opts.fields },
	{ "settings", NULL, "list the settings that a matrix can give, and exit",
		.flag = &opts.settings },
	{ "example", NULL, "print a small matrix with comments, to begin with, and exit",
		.flag = &opts.example },
	{ NULL },
};

static void print_field(void *data, const char *pattern, const char *meaning)
{
	printf("%s\n      %s\n", pattern, meaning);
}

static void print_settings(void)
{
	for (const struct setting *setting = setting_table; setting->name; setting++) {
		printf("%-6s %s, such as %s\n      %s\n", setting->backend, setting->name,
			setting->example, setting->meaning);
		for (size_t i = 0; setting->words && setting->words[i]; i++)
			printf("%s%s", i ? ", " : "      one of ", setting->words[i]);
		if (setting->words)
			putchar('\n');
		if (setting->path)
			printf("      libxl's %s\n", setting->path);
	}
}

static void print_values(const char *head, const json_t *values)
{
	const char *name;
	json_t *value;

	printf("    %-8s", head);
	json_object_foreach((json_t *)values, name, value)
	{
		printf(" %s=", name);
		escape_value(stdout, value);
	}
}

static void print_backends(const json_t *cell)
{
	const json_t *others = json_object_get(json_object_get(cell, "to"), "settings");
	const char *backend;
	json_t *values, *need;
	size_t i;

	json_object_foreach(json_object_get(cell, "settings"), backend, values)
	{
		const json_t *needs = json_object_get(json_object_get(cell, "requires"), backend);

		print_values(backend, values);
		if (others) {
			putchar('\n');
			print_values("   to", json_object_get(others, backend));
		}
		json_array_foreach(needs, i, need)
			printf("%s%s", i ? ", " : "; requires ", json_string_value(need));
		putchar('\n');
		if (json_object_get(values, "domain_config"))
			puts("             the libxl of the host says whether it knows domain_config, "
			     "when the cell runs");
	}
}

static void print_hosts(const json_t *conditions, const char *between)
{
	const char *field;
	json_t *values, *value;
	size_t i;

	json_object_foreach((json_t *)conditions, field, values)
	{
		printf("   on hosts whose %s %s", field, between);
		json_array_foreach(values, i, value)
		{
			printf(" ");
			escape_value(stdout, value);
		}
	}
}

static void print_expectation(const json_t *expectation)
{
	const json_t *same_as = json_object_get(expectation, "same_as");
	const char *name;
	json_t *range, *backend;
	size_t i;

	printf("    expect   %-22s ", json_string_value(json_object_get(expectation, "field")));
	if (same_as)
		printf("as %s", json_string_value(same_as));
	else
		escape_value(stdout, json_object_get(expectation, "value"));
	json_array_foreach(json_object_get(expectation, "backends"), i, backend)
		printf("%s%s", i ? ", " : "   by ", json_string_value(backend));
	json_object_foreach(json_object_get(expectation, "versions"), name, range)
		printf("   with %s %s", name, json_string_value(range));
	print_hosts(json_object_get(expectation, "on_host"), "is");
	print_hosts(json_object_get(expectation, "not_on_host"), "is none of");
	fputs("\n                 ", stdout);
	escape_value(stdout, json_object_get(expectation, "source"));
	putchar('\n');
}

static void print_tags(const json_t *tags)
{
	const json_t *tag;
	size_t i;

	json_array_foreach(tags, i, tag)
		printf("%s%s", i ? ", " : "    tags     ", json_string_value(tag));
	if (json_array_size(tags) > 0)
		putchar('\n');
}

static void print_plan(const json_t *plan)
{
	const json_t *cells = json_object_get(plan, "cells"), *cell, *expectation;
	size_t i, j;

	json_array_foreach(cells, i, cell)
	{
		if (shard_is_elsewhere(plan, cell))
			continue;
		printf("%s\n", json_string_value(json_object_get(cell, "name")));
		print_tags(json_object_get(cell, "tags"));
		print_backends(cell);
		json_array_foreach(json_object_get(cell, "expect"), j, expectation)
			print_expectation(expectation);
	}
	if (shard_size(plan) < json_array_size(cells))
		printf("%zu of ", shard_size(plan));
	printf("%zu cells\n", json_array_size(cells));
}

/* Opens a file that the file for xl names: --boot-disk, and what is behind it. */
static int open_for_xl(const char *suffix, struct problem *why)
{
	char *path = NULL;
	int fd;

	if (asprintf(&path, "%s%s", opts.boot_disk, suffix) < 0)
		return -ENOMEM;
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		fd = problem_set(why, -errno, "cannot write %s: %s", path, strerror(errno));
	free(path);
	return fd;
}

/* Writes the boot disk, and what starts it. */
static int write_boot_disk(const json_t *cell, const struct image *image, struct problem *why)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), "libxl");
	int disk = -1, starter = -1, r = -ENOMEM;
	char *cmdline;

	if (image->disk || !boot_way_is_disk("libxl", settings))
		return problem_set(why, -EINVAL, "the guest of cell %s has no boot disk", opts.xl);
	cmdline = image_cmdline(image, settings);
	if (!cmdline)
		goto out;
	r = disk = open_for_xl("", why);
	if (r < 0)
		goto out;
	r = starter = open_for_xl(BOOT_WAY_STARTER, why);
	if (r < 0)
		goto out;
	r = boot_disk_write(image, image->igd && passed_igd("", cell, "libxl"), cmdline, disk, why);
	if (r == 0)
		r = boot_disk_write_starter(disk, starter, why);
out:
	if (disk >= 0)
		close(disk);
	if (starter >= 0)
		close(starter);
	free(cmdline);
	return r;
}

static int print_xl(const json_t *plan, const char *name, struct problem *why)
{
	json_t *places = plan_places(plan);
	ssize_t place = places ? plan_place(places, name) : -1;
	struct image image = { 0 };
	const json_t *cell;
	char *guests;
	int r;

	json_decref(places);
	if (place < 0)
		return problem_set(why, -ENOENT,
			"there is no cell \"%.100s\": `igd-harness plan` lists them", name);
	cell = json_array_get(json_object_get(plan, "cells"), (size_t)place);
	guests = install_guests(opts.guests);
	r = guests ? image_find(guests, document_text(cell, "guest"), &image, why) : -ENOMEM;
	if (r == 0 && opts.boot_disk)
		r = write_boot_disk(cell, &image, why);
	if (r == 0)
		r = xl_config_write(cell,
			&(struct xl_guest){ image.kernel, image.initrd, image.cmdline, image.root,
				image.igd, image.disk, image.disk_is_qcow2 ? "qcow2" : "raw",
				opts.boot_disk },
			stdout, why);
	image_finish(&image);
	free(guests);
	return r;
}

static int run(int argc, char **argv)
{
	struct problem why = { 0 };
	json_t *plan = NULL;
	char *matrix = NULL;
	int r, status = 0;

	if (opts.fields)
		evidence_list(print_field, NULL);
	if (opts.settings)
		print_settings();
	if (opts.example)
		fwrite(example_matrix.bytes, 1, example_matrix.length, stdout);
	if (opts.fields || opts.settings || opts.example)
		return 0;
	if (opts.boot_disk && !opts.xl) {
		problem_set(&why, 0, "--boot-disk needs --xl CELL");
		return command_fail(&command_plan, EXIT_USAGE, &why);
	}
	if (argc != 1) {
		problem_set(&why, 0,
			"name one matrix file, such as results/matrices/seed-display.yaml");
		return command_fail(&command_plan, EXIT_USAGE, &why);
	}
	matrix = install_matrix(argv[0]);
	r = matrix ? matrix_plan(matrix, opts.known, &plan, &why) : -ENOMEM;
	if (r == 0)
		r = plan_choose(plan, &opts.choice, &why);
	if (r == 0)
		r = shard_cut(plan, opts.shard, &why);
	if (r == 0 && opts.xl)
		r = print_xl(plan, opts.xl, &why);
	if (r < 0) {
		status = command_fail(&command_plan, exit_status_of(r), &why);
		goto out;
	}
	if (opts.json && !opts.xl)
		json_dumpf(plan, stdout, JSON_INDENT(1));
	else if (!opts.xl)
		print_plan(plan);
out:
	json_decref(plan);
	free(matrix);
	return status;
}

const struct command command_plan = {
	.name = "plan",
	.arguments = "MATRIX",
	.summary = "read a matrix and print every cell; touches nothing",
	.description =
		"Reads a matrix file (docs/use/matrix.md) and prints each cell: its name, the\n"
		"settings for each back end, its requirements, and each expectation with its source.\n"
		"MATRIX is a file, or the name of an installed matrix, such as seed-igd.",
	.options = options,
	.run = run,
};
