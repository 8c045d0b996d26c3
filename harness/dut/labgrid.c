/* A host that is a place of labgrid's: what its client is given to run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/dut/private.h"

/* What is kept in a list is freed by dut_free(); gcc 12's analyzer loses sight of it there. */
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

size_t dut_labgrid_words(
	const struct dut_labgrid *labgrid, bool configured, const char *words[DUT_LABGRID_WORDS])
{
	size_t used = 0;

	/* With a configuration the client says which part of it it has chosen, among the answer. */
	if (!configured) {
		words[used++] = "env";
		words[used++] = "-u";
		words[used++] = "LG_ENV";
	}
	words[used++] = "labgrid-client";
	if (labgrid->coordinator) {
		words[used++] = "-x";
		words[used++] = labgrid->coordinator;
	}
	if (configured && labgrid->config) {
		words[used++] = "-c";
		words[used++] = labgrid->config;
	}
	words[used++] = "-p";
	words[used++] = labgrid->place;
	return used;
}

/* The client as it is written in a line for a shell. */
static char *quoted_client(const struct dut_labgrid *labgrid)
{
	const char *words[DUT_LABGRID_WORDS];
	size_t count = dut_labgrid_words(labgrid, true, words), length = 0;
	char *line = NULL;
	FILE *stream = open_memstream(&line, &length);
	bool whole = stream;

	for (size_t i = 0; i < count && whole; i++) {
		char *quoted = dut_quote(words[i]);

		whole = quoted && fprintf(stream, "%s%s", i ? " " : "", i ? quoted : words[i]) > 0;
		free(quoted);
	}
	if (stream && (fclose(stream) != 0 || !whole)) {
		free(line);
		line = NULL;
	}
	return line;
}

static int fill_line(char **line, const char *before, const char *client, const char *after)
{
	if (asprintf(line, "%s%s%s", before, client, after) >= 0)
		return 0;
	*line = NULL;
	return -ENOMEM;
}

static int fill_reach(struct dut *dut)
{
	const char *words[DUT_LABGRID_WORDS];
	size_t count = dut_labgrid_words(&dut->labgrid, false, words);

	words[count++] = "ssh";
	dut->reach = calloc(count + 1, sizeof(*dut->reach));
	for (size_t i = 0; dut->reach && i < count; i++) {
		dut->reach[i] = strdup(words[i]);
		if (!dut->reach[i])
			return -ENOMEM;
	}
	return dut->reach ? 0 : -ENOMEM;
}

int dut_labgrid_fill(struct dut *dut, unsigned int what)
{
	char *client = quoted_client(&dut->labgrid);
	int r = client ? 0 : -ENOMEM;

	if (r == 0 && what & DUT_BY_CONSOLE)
		r = fill_line(&dut->console, "exec ", client, " console --listenonly");
	if (r == 0 && what & DUT_BY_POWER)
		r = fill_line(&dut->power_on, "exec ", client, " power on");
	if (r == 0 && what & DUT_BY_POWER)
		r = fill_line(&dut->power_off, "exec ", client, " power off");
	/* Not every switch can tell: then the client fails, and says neither. */
	if (r == 0 && what & DUT_BY_POWER)
		r = fill_line(&dut->power_status, "case $(", client,
			" power get) in *' is on') ;; *' is off') exit 1 ;; *) exit 2 ;; esac");
	if (r == 0 && what & DUT_BY_SSH)
		r = fill_reach(dut);
	free(client);
	return r;
}
