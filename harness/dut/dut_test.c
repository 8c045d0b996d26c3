#include "harness/dut/dut.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/suite.h"

#define HEAD "format: igd-harness host-description\nversion: 1\nname: rack-3\n"

static struct problem why;

static struct dut *read_text(const char *text)
{
	struct dut *dut = NULL;
	int r;

	why.text[0] = 0;
	r = dut_parse("rack.yaml", text, strlen(text), &dut, &why);
	CU_ASSERT_EQUAL(r == 0, dut != NULL);
	CU_ASSERT_EQUAL(r == 0, !why.text[0]);
	return dut;
}

static void all_that_is_said_is_taken(void)
{
	struct dut *dut =
		read_text(HEAD "about: the one by the door\n"
			       "labels: [coffee-lake, uefi]\n"
			       "ssh: {address: root@rack-3, options: [-p, \"2222\"]}\n"
			       "console: conserver -M head rack-3\n"
			       "power: {on: pdu on 3, off: pdu off 3, status: pdu get 3}\n"
			       "prepare: modprobe xen-pciback\n"
			       "tree: /srv/igd/tree\nwork: /srv/igd/work\n"
			       "limits: {boot: 900, silence: 30}\n");
	const char *const first[] = { "ssh", "-p", "2222", "-o", "BatchMode=yes" };
	size_t words = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dut);
	CU_ASSERT_STRING_EQUAL(dut->name, "rack-3");
	CU_ASSERT_EQUAL(json_array_size(dut->labels), 2);
	for (size_t i = 0; i < 5; i++)
		CU_ASSERT_STRING_EQUAL(dut->reach[i], first[i]);
	while (dut->reach[words])
		words++;
	CU_ASSERT_STRING_EQUAL(dut->reach[words - 2], "--");
	CU_ASSERT_STRING_EQUAL(dut->reach[words - 1], "root@rack-3");
	CU_ASSERT_STRING_EQUAL(dut->console, "conserver -M head rack-3");
	CU_ASSERT_STRING_EQUAL(dut->power_on, "pdu on 3");
	CU_ASSERT_STRING_EQUAL(dut->power_off, "pdu off 3");
	CU_ASSERT_STRING_EQUAL(dut->power_status, "pdu get 3");
	CU_ASSERT_STRING_EQUAL(dut->prepare, "modprobe xen-pciback");
	CU_ASSERT_STRING_EQUAL(dut->tree, "/srv/igd/tree");
	CU_ASSERT_STRING_EQUAL(dut->work, "/srv/igd/work");
	CU_ASSERT_EQUAL(dut->limits[DUT_BOOT], 900);
	CU_ASSERT_EQUAL(dut->limits[DUT_SILENCE], 30);
	CU_ASSERT_EQUAL(dut->limits[DUT_ANSWER], 60);
	dut_free(dut);
}

static void the_least_is_an_address(void)
{
	struct dut *dut = read_text(HEAD "reach: [fake, --, host]\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(dut);
	CU_ASSERT_STRING_EQUAL(dut->reach[0], "fake");
	CU_ASSERT_STRING_EQUAL(dut->reach[2], "host");
	CU_ASSERT_PTR_NULL(dut->reach[3]);
	CU_ASSERT_PTR_NULL(dut->console);
	CU_ASSERT_PTR_NULL(dut->power_on);
	CU_ASSERT_STRING_EQUAL(dut->tree, "/opt/igd-harness");
	dut_free(dut);
}

static void a_place_of_labgrids_is_its_switch_and_console(void)
{
	struct dut *dut = read_text(HEAD "labgrid: {place: rack-3, coordinator: \"head:20408\"}\n"
					 "limits: {place: 600}\n");
	const char *const reach[] = { "env", "-u", "LG_ENV", "labgrid-client", "-x", "head:20408",
		"-p", "rack-3", "ssh" };

	CU_ASSERT_PTR_NOT_NULL_FATAL(dut);
	CU_ASSERT_STRING_EQUAL(dut->labgrid.place, "rack-3");
	CU_ASSERT_STRING_EQUAL(dut->labgrid.coordinator, "head:20408");
	CU_ASSERT_PTR_NULL(dut->labgrid.config);
	CU_ASSERT_STRING_EQUAL(
		dut->power_on, "exec labgrid-client '-x' 'head:20408' '-p' 'rack-3' power on");
	CU_ASSERT_STRING_EQUAL(
		dut->power_off, "exec labgrid-client '-x' 'head:20408' '-p' 'rack-3' power off");
	CU_ASSERT_STRING_EQUAL(dut->console,
		"exec labgrid-client '-x' 'head:20408' '-p' 'rack-3' console --listenonly");
	for (size_t i = 0; i < sizeof(reach) / sizeof(reach[0]); i++)
		CU_ASSERT_STRING_EQUAL(dut->reach[i], reach[i]);
	CU_ASSERT_PTR_NULL(dut->reach[sizeof(reach) / sizeof(reach[0])]);
	CU_ASSERT_EQUAL(dut->limits[DUT_PLACE], 600);
	dut_free(dut);
}

/* labgrid's own words, as its client of version 26.0 says them, and a client that cannot say. */
static void its_switch_says_on_and_off(void)
{
	static const struct {
		const char *said;
		int status;
	} words[] = { { "echo 'power for place rack-3 is on'", 0 },
		{ "echo 'power for place rack-3 is off'", 1 },
		{ "echo 'Selected role on from configuration file'; "
		  "echo 'power for place rack-3 is off'",
			1 },
		{ "false", 2 } };
	char place[] = "/tmp/igd-dut-XXXXXX", file[64];
	struct dut *dut = read_text(HEAD "labgrid: {place: rack-3}\n");
	FILE *stream;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dut);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place));
	snprintf(file, sizeof(file), "%s/labgrid-client", place);
	stream = fopen(file, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	fputs("#!/bin/sh\neval \"$SAID\"\n", stream);
	fclose(stream);
	CU_ASSERT_EQUAL(chmod(file, 0755), 0);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char line[512];
		int status;

		snprintf(line, sizeof(line), "PATH=%s:$PATH; %s", place, dut->power_status);
		setenv("SAID", words[i].said, 1);
		status = system(line);
		CU_ASSERT_TRUE(WIFEXITED(status));
		CU_ASSERT_EQUAL(WEXITSTATUS(status), words[i].status);
	}
	CU_ASSERT_EQUAL(suite_remove(place, 0), 0);
	dut_free(dut);
}

static void what_a_description_says_itself_is_not_labgrids(void)
{
	struct dut *dut = read_text(HEAD "ssh: {address: root@rack-3}\n"
					 "labgrid: {place: rack-3, config: \"it's.yaml\"}\n"
					 "console: conserver rack-3\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(dut);
	CU_ASSERT_STRING_EQUAL(dut->reach[0], "ssh");
	CU_ASSERT_STRING_EQUAL(dut->console, "conserver rack-3");
	CU_ASSERT_STRING_EQUAL(
		dut->power_on, "exec labgrid-client '-c' 'it'\\''s.yaml' '-p' 'rack-3' power on");
	CU_ASSERT_EQUAL(dut->limits[DUT_PLACE], 0);
	dut_free(dut);
	/* Of `use` it takes no more than is named. */
	dut = read_text(HEAD "reach: a\nlabgrid: {place: rack-3, use: [console]}\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(dut);
	CU_ASSERT_PTR_NULL(dut->power_on);
	CU_ASSERT_PTR_NULL(dut->power_status);
	CU_ASSERT_PTR_NOT_NULL(dut->console);
	dut_free(dut);
}

/* What is wrong, where, and a word of what to do. */
static const struct {
	const char *text, *place, *sentence;
} wrongs[] = {
	{ "", "rack.yaml:1:1: ", "docs/labs/hosts-under-test.md has an example" },
	{ HEAD, "rack.yaml:1:1: ", "give one of them" },
	{ HEAD "ssh: {address: a}\nreach: b\n", "rack.yaml:1:1: ", "one, not both" },
	{ HEAD "ssh: root@rack-3\n", "rack.yaml:4:6: ", "write a mapping" },
	{ HEAD "ssh: {address: -oProxyCommand=x}\n", "rack.yaml:4:16: ", "not an address" },
	{ HEAD "ssh: {adress: a}\n", "rack.yaml:4:7: ", "did you mean `address`" },
	{ HEAD "reach: a\npower: {on: x}\n", "rack.yaml:5:8: ", "`power` needs `off`" },
	{ HEAD "reach: a\nconsole: \"\"\n", "rack.yaml:5:10: ", "is empty" },
	{ HEAD "reach: a\nlabels: [\"a b\"]\n", "rack.yaml:5:10: ", "cannot be a label" },
	{ HEAD "reach: a\nlimits: {boot: 0}\n", "rack.yaml:5:16: ", "whole number from 1" },
	{ HEAD "reach: a\nlimits: {boots: 5}\n", "rack.yaml:5:10: ", "did you mean `boot`" },
	{ "format: igd-harness host-description\nversion: 2\nname: a\nreach: a\n",
		"rack.yaml:2:10: ", "use a newer igd-harness" },
	{ "format: igd-harness matrix\nversion: 1\nname: a\nreach: a\n",
		"rack.yaml:1:9: ", "write \"igd-harness host-description\"" },
	{ "format: igd-harness host-description\nversion: 1\nname: a/b\nreach: a\n",
		"rack.yaml:3:7: ", "cannot be the name of a host" },
	{ HEAD "labgrid: {coordinator: a}\n", "rack.yaml:4:10: ", "`labgrid` needs `place`" },
	{ HEAD "labgrid: {place: a b}\n", "rack.yaml:4:18: ", "cannot be a place" },
	{ HEAD "labgrid: {place: -k}\n", "rack.yaml:4:18: ", "begins with a dash" },
	{ HEAD "labgrid: {place: a, coordinator: -v}\n", "rack.yaml:4:34: ", "begins with a dash" },
	{ HEAD "labgrid: {place: a, config: \"\"}\n", "rack.yaml:4:29: ", "is empty" },
	{ HEAD "labgrid: {place: a, use: [power, konsole]}\n", "rack.yaml:4:34: ", "console" },
	{ HEAD "labgrid: {place: a, use: [power, console]}\n",
		"rack.yaml:1:1: ", "give one of them" },
	{ HEAD "reach: a\nlabgrid: {place: a, use: [ssh]}\n",
		"rack.yaml:5:27: ", "`reach` is given too" },
	{ HEAD "reach: a\nconsole: c\nlabgrid: {place: a, use: console}\n",
		"rack.yaml:6:26: ", "`console` is given too" },
	/* A folder that is emptied, in a line for root's shell. */
	{ HEAD "reach: a\ntree: /opt\n", "rack.yaml:5:7: ", "a separate folder" },
	{ HEAD "reach: a\ntree: opt/x\n", "rack.yaml:5:7: ", "absolute path of a separate folder" },
	{ HEAD "reach: a\nwork: /a/../etc\n", "rack.yaml:5:7: ", "a separate folder" },
	{ HEAD "reach: a\nwork: /a/b/\n", "rack.yaml:5:7: ", "a separate folder" },
	{ HEAD "reach: a\nwork: /a/$(reboot)\n", "rack.yaml:5:7: ", "cannot be a folder" },
};

static void what_is_wrong_is_said_with_its_place(void)
{
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		struct dut *dut = read_text(wrongs[i].text);

		CU_ASSERT_PTR_NULL(dut);
		CU_ASSERT_EQUAL(strncmp(why.text, wrongs[i].place, strlen(wrongs[i].place)), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, wrongs[i].sentence));
		if (!strstr(why.text, wrongs[i].sentence) ||
			strncmp(why.text, wrongs[i].place, strlen(wrongs[i].place)) != 0)
			printf("\n%zu: %s\n", i, why.text);
		dut_free(dut);
	}
}

static int find(const char *word, const struct dut_places *places, struct dut **dut_r)
{
	*dut_r = NULL;
	why.text[0] = 0;
	return dut_find(word, places, dut_r, &why);
}

static void an_address_is_a_host_without_a_switch(void)
{
	const struct dut_places nowhere = { 0 };
	struct dut *dut;

	CU_ASSERT_EQUAL_FATAL(find("ssh:root@10.0.0.3", &nowhere, &dut), 0);
	CU_ASSERT_STRING_EQUAL(dut->name, "ssh:root@10.0.0.3");
	CU_ASSERT_STRING_EQUAL(dut->reach[0], "ssh");
	CU_ASSERT_PTR_NULL(dut->power_on);
	CU_ASSERT_PTR_NULL(dut->console);
	dut_free(dut);
	CU_ASSERT_EQUAL(find("ssh:", &nowhere, &dut), -EINVAL);
	CU_ASSERT_EQUAL(find("ssh:-oProxyCommand=x", &nowhere, &dut), -EINVAL);
}

static void the_lab_is_its_commands(void)
{
	char lab[PATH_MAX], shell[PATH_MAX + 16];
	const struct dut_places places = { .lab = lab }, wrong = { .lab = "/nowhere" };
	struct dut *dut;

	snprintf(lab, sizeof(lab), "%s/ci/lab", getenv("SOURCE_ROOT"));
	snprintf(shell, sizeof(shell), "%s/shell", lab);
	CU_ASSERT_EQUAL_FATAL(find("lab:trixie", &places, &dut), 0);
	CU_ASSERT_STRING_EQUAL(dut->reach[0], shell);
	CU_ASSERT_STRING_EQUAL(dut->reach[2], "trixie");
	CU_ASSERT_STRING_EQUAL(dut->power_on, "exec ./up --lab trixie");
	CU_ASSERT_STRING_EQUAL(dut->power_off, "exec ./down --lab trixie");
	CU_ASSERT_STRING_EQUAL(dut->power_status, "exec ./status --lab trixie");
	CU_ASSERT_STRING_EQUAL(dut->console, "exec ./console --lab trixie");
	CU_ASSERT_EQUAL(access(shell, X_OK), 0);
	dut_free(dut);
	CU_ASSERT_EQUAL(find("lab:", &places, &dut), -EINVAL);
	CU_ASSERT_EQUAL(find("lab:a b", &places, &dut), -EINVAL);
	CU_ASSERT_EQUAL(find("lab:$(reboot)", &places, &dut), -EINVAL);
	CU_ASSERT_EQUAL(find("lab:trixie", &wrong, &dut), -ENOENT);
}

static void a_name_is_a_file_of_the_folder(void)
{
	char place[] = "/tmp/igd-dut-XXXXXX", file[64], absolute[PATH_MAX];
	struct dut_places places = { .hosts = place };
	struct dut *dut;
	FILE *stream;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place));
	snprintf(file, sizeof(file), "%s/rack-3.yaml", place);
	stream = fopen(file, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	fputs(HEAD "reach: ./mine\n", stream);
	fclose(stream);
	CU_ASSERT_EQUAL_FATAL(find("rack-3", &places, &dut), 0);
	/* Its lines run where the file is, and it can be named again from anywhere. */
	CU_ASSERT_STRING_EQUAL(dut->folder, realpath(place, absolute));
	CU_ASSERT_STRING_EQUAL(dut->given, realpath(file, absolute));
	dut_free(dut);
	CU_ASSERT_EQUAL_FATAL(find(file, &places, &dut), 0);
	dut_free(dut);
	CU_ASSERT_EQUAL(find("rack-4", &places, &dut), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "rack-4.yaml"));
	CU_ASSERT_EQUAL(suite_remove(place, 0), 0);
}

static CU_TestInfo tests[] = {
	{ "all that is said is taken", all_that_is_said_is_taken },
	{ "the least is an address", the_least_is_an_address },
	{ "a place of labgrid's is its switch and console",
		a_place_of_labgrids_is_its_switch_and_console },
	{ "its switch says on and off", its_switch_says_on_and_off },
	{ "what a description says itself is not labgrid's",
		what_a_description_says_itself_is_not_labgrids },
	{ "what is wrong is said with its place", what_is_wrong_is_said_with_its_place },
	{ "an address is a host without a switch", an_address_is_a_host_without_a_switch },
	{ "the lab is its commands", the_lab_is_its_commands },
	{ "a name is a file of the folder", a_name_is_a_file_of_the_folder },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	unsetenv("IGD_HOSTS");
	return suite_main("dut", tests);
}
