#include "harness/run/console/stored_report.h"

#include <errno.h>
#include <stdlib.h>

#include "src/stored.h"

#define NOT_THERE "the report is said to be in memory where it cannot be: %s"

/* Copies the pages, and sees whether they hold what the guest said. */
static int copy(const struct backend *backend, struct backend_guest *guest,
	const struct stored *stored, char *pages, struct problem *why)
{
	struct problem inner = { 0 };
	int r = backend->read_memory(guest, stored->frames, stored->count, pages, &inner);

	if (r == -ERANGE)
		return problem_set(why, -EINVAL, NOT_THERE, inner.text);
	if (r == -ENOMEM)
		return problem_set(why, r, "cannot read the report in memory: %s", inner.text);
	if (r < 0)
		return problem_set(why, -EAGAIN, "%s", inner.text);
	if (stored_crc(pages, stored->length) != stored->crc)
		return problem_set(why, -EAGAIN,
			"the %zu pages of the report have a different checksum", stored->count);
	return 0;
}

int stored_report_read(const struct backend *backend, struct backend_guest *guest, const char *said,
	size_t said_length, char **text_r, size_t *length_r, struct problem *why)
{
	struct stored stored;
	const char *wrong = stored_read(said, said_length, &stored);
	char *pages;
	int r;

	if (wrong)
		return problem_set(why, -EINVAL, NOT_THERE, wrong);
	pages = malloc(stored.count * STORED_PAGE + 1);
	if (!pages)
		return problem_set(why, -ENOMEM, "no memory for a report");
	r = copy(backend, guest, &stored, pages, why);
	if (r < 0) {
		free(pages);
		return r;
	}
	pages[stored.length] = 0;
	*text_r = pages;
	*length_r = stored.length;
	return 0;
}
