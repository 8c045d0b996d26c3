/* The journal of a cell: harness/store/run_dir.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/clock.h"
#include "harness/store/journal.h"

int journal_open(int dir_fd, struct journal *journal_r, struct problem *why)
{
	journal_r->began_us = clock_us();
	journal_r->error = 0;
	journal_r->fd = below_append(dir_fd, "journal.jsonl");
	if (journal_r->fd < 0)
		return problem_set(why, journal_r->fd, "cannot make the cell's journal: %s",
			below_error(journal_r->fd));
	return 0;
}

/* One write: two lines never mix, and a cut one is the last. */
static int append(int fd, const char *line, size_t length)
{
	ssize_t n;

	do
		n = write(fd, line, length);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if ((size_t)n < length)
		return -ENOSPC;
	return fdatasync(fd) < 0 ? -errno : 0;
}

int journal_note(struct journal *journal, json_t *entry)
{
	uint64_t now = clock_us();
	char *text = NULL, *line = NULL;
	int length, r = -ENOMEM;

	if (entry)
		json_object_set_new(
			entry, "ms", json_integer((json_int_t)((now - journal->began_us) / 1000)));
	text = entry ? json_dumps(entry, JSON_COMPACT) : NULL;
	json_decref(entry);
	length = text ? asprintf(&line, "%s\n", text) : -1;
	if (length >= 0) {
		r = append(journal->fd, line, (size_t)length);
		free(line);
	}
	free(text);
	if (r < 0 && !journal->error)
		journal->error = r;
	return r;
}

void journal_close(struct journal *journal)
{
	if (journal->fd >= 0)
		close(journal->fd);
	journal->fd = -1;
}
