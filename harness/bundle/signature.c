#include "harness/bundle/signature.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "harness/process/subprocess.h"

#define ANSWER_MAX                                                                                 \
	(32u << 10)     /* bytes that are kept of what gpg prints; it prints some hundred          \
			 */
#define SIGN_MS  300000 /* somebody may have to enter a passphrase */
#define CHECK_MS 600000 /* a bundle has up to 64 GiB */

/* From GnuPG's doc/DETAILS: a line of its status, and what follows its word. */
#define STATUS "[GNUPG:] "

struct answer {
	char text[ANSWER_MAX]; /* ends with 0 */
	size_t length;
};

static void hear(void *data, const char *bytes, size_t length)
{
	struct answer *answer = data;
	size_t left = sizeof(answer->text) - 1 - answer->length;

	if (length > left)
		length = left;
	memcpy(answer->text + answer->length, bytes, length);
	answer->length += length;
}

/* Both streams of gpg, in the order it writes: its status, and its words. Its exit status. */
static int ask(
	const char *const argv[], uint64_t limit_ms, struct answer *answer, struct problem *why)
{
	const struct subprocess_spec order = {
		.argv = (char *const *)argv, .in_fd = -1, .out = hear, .err = hear, .data = answer
	};
	const struct subprocess_limits limits = { .limit_ms = limit_ms };
	struct problem inner = { 0 };
	sd_event *loop = NULL;
	int r = sd_event_new(&loop);

	if (r == 0)
		r = subprocess_run(loop, &order, &limits, &inner);
	sd_event_unref(loop);
	if (r == 127)
		return problem_set(why, -ENOENT, "there is no gpg: install gnupg");
	return r < 0 ? problem_set(why, r, "gpg: %s", inner.text[0] ? inner.text : strerror(-r))
		     : r;
}

/* What follows the word of a status line, or NULL: that of line `nth`, from 0, with that word. */
static const char *status_of(const struct answer *answer, const char *word, size_t nth)
{
	size_t length = strlen(word);

	for (const char *line = answer->text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, STATUS, strlen(STATUS)) != 0)
			continue;
		const char *rest = line + strlen(STATUS);

		if (strncmp(rest, word, length) == 0 && strchr(" \r\n", rest[length]) && nth-- == 0)
			return rest + length + (rest[length] == ' ');
	}
	return NULL;
}

/* The last line of gpg's that is no status. */
static void last_words(const struct answer *answer, char *text, size_t size)
{
	const char *found = "";

	for (const char *line = answer->text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (*line && strncmp(line, STATUS, strlen(STATUS)) != 0)
			found = line;
	}
	snprintf(text, size, "%.*s", (int)strcspn(found, "\r\n"), found);
}

static int path_of(const char *path, char signature[static PATH_MAX], struct problem *why)
{
	int length = snprintf(signature, PATH_MAX, "%s" SIGNATURE_SUFFIX, path);

	return length < PATH_MAX ? 0 : problem_set(why, -EINVAL, "the path is too long");
}

int signature_make(const char *path, const char *key, struct problem *why)
{
	struct answer *answer = calloc(1, sizeof(*answer));
	char signature[PATH_MAX], said[200];
	int r = answer ? path_of(path, signature, why) : -ENOMEM;

	if (r == 0 && access(signature, F_OK) == 0)
		r = problem_set(why, -EEXIST, "%s exists", signature);
	if (r == 0) {
		const char *argv[] = { "gpg", "--no-tty", "--batch", "--armor", "--local-user", key,
			"--output", signature, "--detach-sign", "--", path, NULL };

		r = ask(argv, SIGN_MS, answer, why);
	}
	if (r > 0) {
		last_words(answer, said, sizeof(said));
		r = problem_set(
			why, -EINVAL, "gpg cannot sign with the key \"%.60s\": %s", key, said);
	}
	free(answer);
	return r;
}

/* Of VALIDSIG's ten words the last is the fingerprint of the primary key. */
static void take_key(const char *valid, char key[static SIGNATURE_KEY_MAX])
{
	size_t length = strcspn(valid, "\r\n");

	while (length > 0 && valid[length - 1] == ' ')
		length--;
	const char *word = valid + length;

	while (word > valid && word[-1] != ' ')
		word--;
	snprintf(key, SIGNATURE_KEY_MAX, "%.*s", (int)(valid + length - word), word);
}

/* One good signature, and nothing else: of several the reader could mean a different one. */
static void decide(const struct answer *answer, int status, struct signature *signature)
{
	const char *valid = status_of(answer, "VALIDSIG", 0);
	bool several = status_of(answer, "NEWSIG", 1) != NULL;
	bool fails = status_of(answer, "BADSIG", 0) || status_of(answer, "REVKEYSIG", 0) ||
		     status_of(answer, "EXPSIG", 0);

	if (valid)
		take_key(valid, signature->key);
	signature->key_expired = status_of(answer, "EXPKEYSIG", 0) != NULL;
	if (status == 0 && valid && !several && !fails && signature_is_fingerprint(signature->key))
		signature->state = SIGNATURE_GOOD;
	else if (!valid && !several && !fails && status_of(answer, "NO_PUBKEY", 0))
		signature->state = SIGNATURE_UNKNOWN;
	else
		signature->state = SIGNATURE_BAD;
	if (several)
		snprintf(signature->sentence, sizeof(signature->sentence),
			"the file has more than one signature");
	else if (signature->state == SIGNATURE_GOOD)
		snprintf(signature->sentence, sizeof(signature->sentence), "signed by %s%s",
			signature->key, signature->key_expired ? ", a key that has expired" : "");
	else
		last_words(answer, signature->sentence, sizeof(signature->sentence));
}

int signature_check(const char *path, struct signature *signature_r, struct problem *why)
{
	struct answer *answer = NULL;
	char signature[PATH_MAX];
	int r = path_of(path, signature, why);

	*signature_r = (struct signature){ .state = SIGNATURE_NONE, .sentence = "not signed" };
	if (r < 0)
		return r;
	if (access(signature, F_OK) < 0)
		return errno == ENOENT ? 0
				       : problem_set(why, -errno, "cannot read %s: %s", signature,
						 strerror(errno));
	answer = calloc(1, sizeof(*answer));
	if (!answer)
		return -ENOMEM;

	const char *argv[] = { "gpg", "--no-tty", "--batch", "--status-fd", "1", "--verify", "--",
		signature, path, NULL };

	r = ask(argv, CHECK_MS, answer, why);
	if (r >= 0)
		decide(answer, r, signature_r);
	free(answer);
	return r < 0 ? r : 0;
}

bool signature_is_fingerprint(const char *text)
{
	size_t length = strspn(text, "0123456789abcdefABCDEF");

	return text[length] == '\0' && (length == 40 || length == SIGNATURE_KEY_MAX - 1);
}
