/* What a seal says is believed only as far as it costs little. */
#include "harness/store/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "src/document.h"
#include "src/suite.h"

static char place[] = "/tmp/igd-seal-XXXXXX";
static int place_fd;

/* A file of so many zero bytes, and a seal that has `sealed` bytes of it. */
static int check(off_t bytes, json_int_t sealed, struct problem *why)
{
	json_t *seal = document_new(DOCUMENT_SEAL, DOCUMENT_VERSION);
	int fd = openat(place_fd, "qemu.log", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(ftruncate(fd, bytes), 0);
	close(fd);
	json_object_set_new(seal, "files",
		json_pack("{s:{s:I, s:s}}", "qemu.log", "bytes", sealed, "sha256",
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	CU_ASSERT_EQUAL(fileio_write_json(place_fd, SEAL_FILE, seal, why), 0);
	json_decref(seal);
	return seal_check(place_fd, why);
}

/* The digest is SHA-256 of nothing (FIPS 180-4's example). */
static void a_file_is_what_its_seal_says(void)
{
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(check(0, 0, &why), 0);
	CU_ASSERT_EQUAL(check(1, 1, &why), -EBADMSG);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "qemu.log differs"));
}

/* 20 GiB took 104 s. */
static void a_giant_is_not_hashed(void)
{
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(check((off_t)20 << 30, 234, &why), -EBADMSG);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "qemu.log differs"));
	why = (struct problem){ 0 };
	CU_ASSERT_EQUAL(check((off_t)FILEIO_MAX + 1, (json_int_t)FILEIO_MAX + 1, &why), -EBADMSG);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "qemu.log has more than 256 MiB"));
}

static CU_TestInfo tests[] = {
	{ "a file is what its seal says", a_file_is_what_its_seal_says },
	{ "a giant is not hashed", a_giant_is_not_hashed },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	int status;

	if (!mkdtemp(place))
		return 1;
	place_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	status = suite_main("seal", tests);
	close(place_fd);
	return suite_remove(place, status);
}
