#include "harness/config/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/suite.h"

#define HEAD "format: igd-harness config\nversion: 1\n"

static char folder[] = "/tmp/igd-config-XXXXXX";

static const char *put(const char *name, const char *text)
{
	static char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
	return path;
}

/* The entry of that command and option, or host. */
static const struct config_entry *entry_of(
	const struct config *config, const char *command, const char *name)
{
	for (size_t i = 0; i < config->count; i++) {
		const struct config_entry *entry = &config->entries[i];

		if (strcmp(entry->name, name) == 0 && !command == !entry->command &&
			(!command || strcmp(entry->command, command) == 0))
			return entry;
	}
	return NULL;
}

static void hosts_and_options_are_read_with_their_places(void)
{
	struct problem why = { "" };
	const struct config_entry *entry;
	struct config config;

	setenv("IGD_CONFIG",
		put("whole.yaml", HEAD "hosts:\n  rack-3: ssh:root@rack-3\n"
				       "options:\n  run:\n    slow: 2\n    quiet: true\n"),
		1);
	CU_ASSERT_EQUAL(config_load(&config, &why), 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	CU_ASSERT_EQUAL(config.count, 3);
	CU_ASSERT_STRING_EQUAL(config_host(&config, "rack-3"), "ssh:root@rack-3");
	CU_ASSERT_PTR_NULL(config_host(&config, "slow"));
	entry = entry_of(&config, "run", "slow");
	CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
	CU_ASSERT_STRING_EQUAL(entry->value->text, "2");
	CU_ASSERT_EQUAL(entry->place.line, 7);
	CU_ASSERT_EQUAL(entry->command_place.line, 6);
	config_free(&config);
}

static void a_host_may_have_labels_and_a_known_good_cell(void)
{
	struct problem why = { "" };
	const struct config_entry *entry;
	const struct yaml_node *label;
	struct config config;

	setenv("IGD_CONFIG",
		put("labels.yaml",
			HEAD "hosts:\n  one: lab:a\n  two:\n    dut: ssh:root@two\n"
			     "    labels: [coffee-lake, uefi]\n"
			     "    known_good: {matrix: seed-display, cell: pc-none-std-linux}\n"),
		1);
	CU_ASSERT_EQUAL(config_load(&config, &why), 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	CU_ASSERT_STRING_EQUAL(config_host(&config, "two"), "ssh:root@two");
	entry = entry_of(&config, NULL, "one");
	CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
	CU_ASSERT_PTR_NULL(config_first_label(entry));
	CU_ASSERT_PTR_NULL(entry->known_good_cell);
	entry = entry_of(&config, NULL, "two");
	CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
	label = config_first_label(entry);
	CU_ASSERT_PTR_NOT_NULL_FATAL(label);
	CU_ASSERT_STRING_EQUAL(label->text, "coffee-lake");
	CU_ASSERT_STRING_EQUAL(yaml_next_item(entry->labels, label)->text, "uefi");
	CU_ASSERT_STRING_EQUAL(entry->known_good_matrix, "seed-display");
	CU_ASSERT_STRING_EQUAL(entry->known_good_cell, "pc-none-std-linux");
	config_free(&config);
}

/* XDG base directory specification: $XDG_CONFIG_HOME, or $HOME/.config. */
static void the_users_file_is_where_xdg_has_it(void)
{
	static const char *const variables[] = { "XDG_CONFIG_HOME", "HOME" };
	char path[256], wanted[300];
	struct problem why = { "" };
	struct config config;

	unsetenv("IGD_CONFIG");
	for (size_t i = 0; i < 2; i++) {
		unsetenv("XDG_CONFIG_HOME");
		setenv(variables[i], folder, 1);
		snprintf(path, sizeof(path), "%s/%s", folder, i ? ".config" : "igd-harness");
		mkdir(path, 0755);
		snprintf(path, sizeof(path), "%s%s/igd-harness", folder, i ? "/.config" : "");
		mkdir(path, 0755);
		put(i ? ".config/igd-harness/config.yaml" : "igd-harness/config.yaml",
			HEAD "hosts:\n  a: lab:bookworm\n");
		CU_ASSERT_EQUAL(config_load(&config, &why), 0);
		snprintf(wanted, sizeof(wanted), "%s/config.yaml", path);
		CU_ASSERT_STRING_EQUAL(config.files[1].path, wanted);
		CU_ASSERT_TRUE(config.files[1].read);
		CU_ASSERT_STRING_EQUAL(config.files[0].path, "/etc/igd-harness/config.yaml");
		CU_ASSERT_PTR_NOT_NULL(config_host(&config, "a"));
		config_free(&config);
	}
}

static void no_file_is_no_trouble(void)
{
	struct problem why = { "" };
	struct config config;

	setenv("IGD_CONFIG", "", 1);
	CU_ASSERT_EQUAL(config_load(&config, &why), 0);
	CU_ASSERT_EQUAL(config.count, 0);
	config_free(&config);
	setenv("IGD_CONFIG", "/nonexistent/config.yaml", 1);
	CU_ASSERT_EQUAL(config_load(&config, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "/nonexistent/config.yaml, which does not exist"));
	config_free(&config);
}

static void a_bad_file_is_named_with_its_line(void)
{
	static const struct {
		const char *text, *at, *what;
	} wrong[] = {
		{ "format: igd-harness config\n", ":1:1: ", "version" },
		{ HEAD "host: {}\n", ":3:1: ", "hosts" },
		{ HEAD "hosts:\n  a b: ssh:x\n", ":4:3: ", "a host" },
		{ HEAD "hosts:\n  a: rack-3\n", ":4:6: ", "neither ssh:USER@HOST" },
		{ HEAD "hosts:\n  a: {labels: x}\n", ":4:6: ", "dut" },
		{ HEAD "hosts:\n  a: {dut: rack-3}\n", ":4:12: ", "neither ssh:USER@HOST" },
		{ HEAD "hosts:\n  a: {dut: ssh:x, labels: [b c]}\n", ":4:28: ", "a label" },
		{ HEAD "hosts:\n  a: {dut: ssh:x, known_good: {matrix: m, cell: -x}}\n",
			":4:49: ", "like an option" },
		{ HEAD "hosts:\n  a: [x]\n", ":4:6: ", "a" },
		{ HEAD "options:\n  run: 2\n", ":4:8: ", "run" },
		{ HEAD "options:\n  run:\n    slow: {}\n", ":5:11: ", "slow" },
		{ "format: igd-harness matrix\nversion: 1\n", ":1:9: ", "igd-harness config" },
		{ HEAD "hosts: {a: ssh:x, a: ssh:y}\n", ":3:19: ", "a" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct problem why = { "" };
		struct config config;
		char at[160];

		setenv("IGD_CONFIG", put("wrong.yaml", wrong[i].text), 1);
		snprintf(at, sizeof(at), "%s/wrong.yaml%s", folder, wrong[i].at);
		CU_ASSERT_EQUAL(config_load(&config, &why), -EINVAL);
		if (strncmp(why.text, at, strlen(at)) != 0 || !strstr(why.text, wrong[i].what))
			printf("\n%zu: %s\n", i, why.text);
		CU_ASSERT_EQUAL(strncmp(why.text, at, strlen(at)), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, wrong[i].what));
		config_free(&config);
	}
}

static CU_TestInfo tests[] = {
	{ "a host may have labels and a known good cell",
		a_host_may_have_labels_and_a_known_good_cell },
	{ "hosts and options are read with their places",
		hosts_and_options_are_read_with_their_places },
	{ "the user's file is where XDG has it", the_users_file_is_where_xdg_has_it },
	{ "no file is no trouble", no_file_is_no_trouble },
	{ "a bad file is named with its line", a_bad_file_is_named_with_its_line },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	return suite_remove(folder, suite_main("config", tests));
}
