/*
 * A detached signature of a bundle, by gpg: FILE.asc beside FILE. gpg looks for keys where it does
 * for its user.
 */
#ifndef IGD_BUNDLE_SIGNATURE_H
#define IGD_BUNDLE_SIGNATURE_H

#include <stdbool.h>

#include "src/problem.h"

#define SIGNATURE_SUFFIX ".asc"

/* A key's fingerprint in hex: 40 digits of version 4 of OpenPGP, 64 of version 5 (RFC 9580, 5.5.4).
 */
#define SIGNATURE_KEY_MAX 65

enum signature_state {
	SIGNATURE_NONE,    /* there is no signature beside the file */
	SIGNATURE_GOOD,    /* of a key that gpg has */
	SIGNATURE_UNKNOWN, /* gpg has not the key, so nobody can say */
	SIGNATURE_BAD,     /* the file is not what was signed, or the signature does not hold */
};

struct signature {
	enum signature_state state;
	char key[SIGNATURE_KEY_MAX]; /* if GOOD: of the primary key */
	bool key_expired;            /* if GOOD */
	char sentence[160];          /* for people, of each state; to be escaped */
};

/*
 * Signs the file with the secret key that gpg knows by `key`: a fingerprint, a key id, or a user
 * id. Returns 0, or a negative errno with the sentence: -EEXIST if there is a signature, -EINVAL if
 * gpg cannot sign with that key, -ENOENT without gpg.
 */
int signature_make(const char *path, const char *key, struct problem *why);

/*
 * Looks for the signature of the file and verifies it. Returns 0 and what it is, whatever it is; a
 * negative errno with the sentence if gpg could not be asked.
 */
int signature_check(const char *path, struct signature *signature_r, struct problem *why);

/* Is that a whole fingerprint? A shorter id can be made for a key of somebody else. */
bool signature_is_fingerprint(const char *text);

#endif
