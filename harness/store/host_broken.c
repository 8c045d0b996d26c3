#include "harness/store/host_broken.h"

#include <errno.h>
#include <string.h>

#include "harness/base/below/below.h"
#include "harness/base/escape.h"
#include "harness/base/fileio.h"
#include "src/document.h"

#define SHOWN_MAX 512 /* bytes; a line of a log has PATTERNS_TEXT_MAX, a cell's name fewer */

int host_broken_write(const struct store *store, const char *cell, const char *boot_id,
	const json_t *sign, struct problem *why)
{
	static const char *const keys[] = { "label", "text", "file", "line" };
	json_t *broken = document_new(DOCUMENT_HOST_BROKEN, DOCUMENT_VERSION);
	int r = broken ? 0 : -ENOMEM;

	if (r == 0 && (json_object_set_new(broken, "cell", json_string(cell)) < 0 ||
			      json_object_set_new(broken, "boot_id", json_string(boot_id)) < 0))
		r = -ENOMEM;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && r == 0; i++) {
		json_t *value = json_object_get(sign, keys[i]);

		if (value && json_object_set(broken, keys[i], value) < 0)
			r = -ENOMEM;
	}
	r = r < 0 ? problem_set(why, r, "no memory for " HOST_BROKEN_FILE)
		  : fileio_write_json(store->dir_fd, HOST_BROKEN_FILE, broken, why);
	json_decref(broken);
	return r;
}

int host_broken_read(const struct store *store, json_t **broken_r, struct problem *why)
{
	static const char *const shown[] = { "cell", "boot_id", "label", "text" };
	json_t *broken = NULL;
	int r = fileio_read_json(
		store->dir_fd, HOST_BROKEN_FILE, DOCUMENT_HOST_BROKEN, &broken, why);

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]) && r == 0; i++) {
		if (!escape_is_needless(document_text(broken, shown[i]), SHOWN_MAX))
			r = problem_set(why, -EBADMSG,
				HOST_BROKEN_FILE
				": `%s` is not a text of at most %d printable characters",
				shown[i], SHOWN_MAX);
	}
	if (r == 0)
		*broken_r = json_incref(broken);
	json_decref(broken);
	return r;
}

int host_broken_check(const struct store *store, const char *boot_id, struct problem *why)
{
	json_t *broken = NULL;
	int r = host_broken_read(store, &broken, why);

	if (r == -ENOENT)
		return 0;
	if (r == 0 && strcmp(document_text(broken, "boot_id"), boot_id) == 0)
		r = problem_set(why, -EHOSTDOWN,
			"this host broke during cell %.100s (%.60s: %.150s): reboot it, then "
			"`igd-harness resume %.120s` continues the run",
			document_text(broken, "cell"), document_text(broken, "label"),
			document_text(broken, "text"), store->dir);
	else if (r == 0 && (r = below_remove(store->dir_fd, HOST_BROKEN_FILE, false)) < 0)
		problem_set(why, r, "cannot remove " HOST_BROKEN_FILE ": %s", below_error(r));
	json_decref(broken);
	return r;
}

json_t *host_broken_sentence(const json_t *broken)
{
	return json_sprintf("the host broke during cell %s: %s: %s", document_text(broken, "cell"),
		document_text(broken, "label"), document_text(broken, "text"));
}
