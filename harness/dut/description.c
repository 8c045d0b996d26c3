#include "harness/dut/description.h"

#include <stdlib.h>
#include <string.h>

/* What is kept in a list is freed by dut_free(); gcc 12's analyzer loses sight of it there. */
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

static const unsigned int usual_limits[DUT_LIMITS] = {
	[DUT_ANSWER] = 60,
	[DUT_BOOT] = 600,
	[DUT_POWER] = 300,
	[DUT_COPY] = 600,
	[DUT_SILENCE] = 120,
};

/* A dead peer is noticed after two minutes: an emulated machine may well stall for one. */
static const char *const ssh_options[] = { "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o",
	"ServerAliveInterval=10", "-o", "ServerAliveCountMax=12", "-o", "LogLevel=ERROR" };

#define SSH_OPTIONS (sizeof(ssh_options) / sizeof(ssh_options[0]))

char **dut_ssh(const char *const *options, size_t count, const char *address)
{
	char **words = calloc(count + SSH_OPTIONS + 4, sizeof(*words));
	size_t used = 0, all = count + SSH_OPTIONS + 3;

	if (!words)
		return NULL;
	words[used++] = strdup("ssh");
	for (size_t i = 0; i < count; i++)
		words[used++] = strdup(options[i]);
	for (size_t i = 0; i < SSH_OPTIONS; i++)
		words[used++] = strdup(ssh_options[i]);
	words[used++] = strdup("--");
	words[used++] = strdup(address);
	for (size_t i = 0; i < all; i++) {
		if (!words[i]) {
			dut_free_words(words, all);
			return NULL;
		}
	}
	return words;
}

void dut_free_words(char **words, size_t count)
{
	for (size_t i = 0; words && i < count; i++)
		free(words[i]);
	free(words);
}

struct dut *dut_new(void)
{
	struct dut *dut = calloc(1, sizeof(*dut));

	if (!dut)
		return NULL;
	memcpy(dut->limits, usual_limits, sizeof(usual_limits));
	dut->labels = json_array();
	dut->tree = strdup(DUT_TREE);
	dut->work = strdup(DUT_WORK);
	return dut;
}

void dut_free(struct dut *dut)
{
	size_t words = 0;

	if (!dut)
		return;
	while (dut->reach && dut->reach[words])
		words++;
	dut_free_words(dut->reach, words);
	json_decref(dut->labels);
	free(dut->given);
	free(dut->name);
	free(dut->console);
	free(dut->power_on);
	free(dut->power_off);
	free(dut->power_status);
	free(dut->labgrid.place);
	free(dut->labgrid.coordinator);
	free(dut->labgrid.config);
	free(dut->prepare);
	free(dut->tree);
	free(dut->work);
	free(dut->folder);
	free(dut);
}
