#include "harness/store/stopped.h"

#include <errno.h>

#include "harness/base/below/below.h"
#include "harness/base/escape.h"
#include "harness/base/fileio.h"
#include "src/document.h"

#define LIMIT_MAX 512 /* bytes, as docs/schema/stopped.json has it */

int stopped_write(const struct store *store, const char *limit, struct problem *why)
{
	json_t *stopped = document_new(DOCUMENT_STOPPED, DOCUMENT_VERSION);
	int r = -ENOMEM;

	if (stopped && json_object_set_new(stopped, "limit", json_string(limit)) == 0)
		r = fileio_write_json(store->dir_fd, STOPPED_FILE, stopped, why);
	else
		problem_set(why, r, "no memory for " STOPPED_FILE);
	json_decref(stopped);
	return r;
}

int stopped_read(const struct store *store, json_t **stopped_r, struct problem *why)
{
	json_t *stopped = NULL;
	int r = fileio_read_json(store->dir_fd, STOPPED_FILE, DOCUMENT_STOPPED, &stopped, why);

	if (r == 0 && !escape_is_needless(document_text(stopped, "limit"), LIMIT_MAX))
		r = problem_set(why, -EBADMSG,
			STOPPED_FILE ": `limit` is not a text of at most %d printable characters",
			LIMIT_MAX);
	if (r == 0)
		*stopped_r = json_incref(stopped);
	json_decref(stopped);
	return r;
}

int stopped_remove(const struct store *store, struct problem *why)
{
	int r = below_remove(store->dir_fd, STOPPED_FILE, false);

	return r == 0 || r == -ENOENT
		       ? 0
		       : problem_set(why, r, "cannot remove " STOPPED_FILE ": %s", below_error(r));
}

json_t *stopped_sentence(const json_t *stopped)
{
	return json_sprintf("the run had reached its limit: %s", document_text(stopped, "limit"));
}
