#include "harness/bundle/signature.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

static char folder[] = "/tmp/igd-signature-XXXXXX";
static char bundle[PATH_MAX];

/* gpg of this test's own: it prints what the test says that GnuPG prints, doc/DETAILS there. */
static void gpg_prints(const char *text, int status)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/gpg", folder);
	file = fopen(path, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fprintf(file, "#!/bin/sh\ncat <<'END'\n%sEND\nexit %d\n", text, status);
	fclose(file);
	chmod(path, 0755);
}

static void sign(bool is_signed)
{
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s" SIGNATURE_SUFFIX, bundle);
	if (is_signed)
		close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	else
		unlink(path);
}

#define KEY   "8146ED4DC073F539466FA1DF635AAF8E6801CE63"
#define VALID "[GNUPG:] VALIDSIG " KEY " 2026-11-29 1795984249 0 4 0 22 8 00 " KEY "\n"
#define GOOD  "[GNUPG:] GOODSIG 635AAF8E6801CE63 Lab <lab@example.org>\n"
#define NEW   "[GNUPG:] NEWSIG\n"

static const struct {
	const char *printed;
	int status;
	enum signature_state state;
	const char *sentence;
} answers[] = {
	{ NEW GOOD VALID "gpg: Good signature\n", 0, SIGNATURE_GOOD, "signed by " KEY },
	{ NEW "[GNUPG:] EXPKEYSIG 635AAF8E6801CE63 Lab\n" VALID, 0, SIGNATURE_GOOD, "has expired" },
	{ NEW "[GNUPG:] BADSIG 635AAF8E6801CE63 Lab\ngpg: BAD signature from \"Lab\"\n", 1,
		SIGNATURE_BAD, "gpg: BAD signature from \"Lab\"" },
	{ NEW "[GNUPG:] REVKEYSIG 635AAF8E6801CE63 Lab\n" VALID "gpg: revoked\n", 0, SIGNATURE_BAD,
		"gpg: revoked" },
	{ NEW "[GNUPG:] EXPSIG 635AAF8E6801CE63 Lab\n" VALID "gpg: expired\n", 0, SIGNATURE_BAD,
		"gpg: expired" },
	{ NEW GOOD VALID NEW GOOD VALID, 0, SIGNATURE_BAD, "more than one signature" },
	{ NEW GOOD VALID NEW "[GNUPG:] NO_PUBKEY 00\n", 2, SIGNATURE_BAD,
		"more than one signature" },
	{ NEW GOOD VALID "gpg: strange\n", 2, SIGNATURE_BAD, "gpg: strange" },
	{ NEW GOOD "gpg: no fingerprint\n", 0, SIGNATURE_BAD, "gpg: no fingerprint" },
	{ NEW "[GNUPG:] ERRSIG 635AAF8E6801CE63 22 8 00 1 9 -\n[GNUPG:] NO_PUBKEY 635AAF8E6801CE63\n"
	      "gpg: Can't check signature: No public key\n",
		2, SIGNATURE_UNKNOWN, "gpg: Can't check signature: No public key" },
	/* Words of a name are no status: each line of it begins with gpg's own mark. */
	{ NEW "gpg: Good signature from \"[GNUPG:] VALIDSIG " KEY "\"\n", 1, SIGNATURE_BAD,
		"Good signature from" },
	{ "", 0, SIGNATURE_BAD, "" },
};

static void an_answer_of_gpg_is_a_state(void)
{
	sign(true);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct signature signature;
		struct problem why = { "" };

		gpg_prints(answers[i].printed, answers[i].status);
		CU_ASSERT_EQUAL(signature_check(bundle, &signature, &why), 0);
		CU_ASSERT_EQUAL(signature.state, answers[i].state);
		CU_ASSERT_PTR_NOT_NULL(strstr(signature.sentence, answers[i].sentence));
		if (signature.state == SIGNATURE_GOOD)
			CU_ASSERT_STRING_EQUAL(signature.key, KEY);
	}
	sign(false);
}

static void without_a_signature_gpg_is_not_asked(void)
{
	struct signature signature;
	struct problem why = { "" };

	gpg_prints(NEW GOOD VALID, 0);
	CU_ASSERT_EQUAL(signature_check(bundle, &signature, &why), 0);
	CU_ASSERT_EQUAL(signature.state, SIGNATURE_NONE);
}

static void what_gpg_cannot_sign_is_said(void)
{
	struct problem why = { "" };

	gpg_prints("gpg: signing failed: No secret key\n", 2);
	CU_ASSERT_EQUAL(signature_make(bundle, "ana", &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "\"ana\": gpg: signing failed: No secret key"));
	sign(true);
	CU_ASSERT_EQUAL(signature_make(bundle, "ana", &why), -EEXIST);
	sign(false);
}

static void a_fingerprint_is_whole(void)
{
	CU_ASSERT_TRUE(signature_is_fingerprint(KEY));
	CU_ASSERT_FALSE(signature_is_fingerprint("635AAF8E6801CE63"));
	CU_ASSERT_FALSE(signature_is_fingerprint(KEY "0"));
	CU_ASSERT_FALSE(signature_is_fingerprint("lab@example.org"));
	CU_ASSERT_FALSE(signature_is_fingerprint(""));
}

static CU_TestInfo tests[] = {
	{ "an answer of gpg is a state", an_answer_of_gpg_is_a_state },
	{ "without a signature gpg is not asked", without_a_signature_gpg_is_not_asked },
	{ "what gpg cannot sign is said", what_gpg_cannot_sign_is_said },
	{ "a fingerprint is whole", a_fingerprint_is_whole },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	char path[PATH_MAX];

	if (!mkdtemp(folder))
		return 1;
	snprintf(bundle, sizeof(bundle), "%s/b", folder);
	snprintf(path, sizeof(path), "%s:%s", folder, getenv("PATH"));
	setenv("PATH", path, 1);
	return suite_remove(folder, suite_main("signature", tests));
}
