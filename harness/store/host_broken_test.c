#include "harness/store/host_broken.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/suite.h"

static char place[] = "/tmp/igd-broken-XXXXXX";
static struct store store = { .dir_fd = -1, .lock_fd = -1 };

static void a_host_that_did_not_break_is_fine(void)
{
	struct problem why = { "" };
	json_t *broken = NULL;

	CU_ASSERT_EQUAL(host_broken_read(&store, &broken, &why), -ENOENT);
	CU_ASSERT_EQUAL(host_broken_check(&store, "boot-1", &why), 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
}

static void only_a_reboot_mends_it(void)
{
	json_t *sign = json_pack("{s:s, s:s, s:s, s:i, s:s}", "label", "dom0-oops", "text",
		       "Oops: 0000", "file", "dom0.log", "line", 7, "advice", "left out"),
	       *broken = NULL, *sentence;
	struct problem why = { "" };

	CU_ASSERT_EQUAL_FATAL(host_broken_write(&store, "pc-igd", "boot-1", sign, &why), 0);
	CU_ASSERT_EQUAL(host_broken_check(&store, "boot-1", &why), -EHOSTDOWN);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "cell pc-igd (dom0-oops: Oops: 0000)"));
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "reboot it"));
	CU_ASSERT_EQUAL_FATAL(host_broken_read(&store, &broken, &why), 0);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(broken, "line")), 7);
	CU_ASSERT_PTR_NULL(json_object_get(broken, "advice"));
	sentence = host_broken_sentence(broken);
	CU_ASSERT_STRING_EQUAL(json_string_value(sentence),
		"the host broke during cell pc-igd: dom0-oops: Oops: 0000");
	CU_ASSERT_EQUAL(host_broken_check(&store, "boot-2", &why), 0);
	CU_ASSERT_EQUAL(faccessat(store.dir_fd, HOST_BROKEN_FILE, F_OK, 0), -1);
	json_decref(sentence);
	json_decref(broken);
	json_decref(sign);
}

/* A run directory may be somebody else's: nothing of it goes to a terminal as it is. */
static void a_file_of_somebody_else_is_checked(void)
{
	static const char *const wrong[] = {
		"{}",
		"{\"format\": \"igd-harness host broken\", \"version\": 1}",
		"{\"format\": \"igd-harness host broken\", \"version\": 1, \"cell\": [], "
		"\"boot_id\": \"b\", \"label\": \"l\", \"text\": \"t\"}",
		"{\"format\": \"igd-harness host broken\", \"version\": 1, \"cell\": \"c\", "
		"\"boot_id\": \"b\", \"label\": \"l\", \"text\": \"\\u001b[2J\"}",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int fd = openat(store.dir_fd, HOST_BROKEN_FILE, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		struct problem why = { "" };
		json_t *broken = NULL;

		CU_ASSERT_EQUAL(write(fd, wrong[i], strlen(wrong[i])), (ssize_t)strlen(wrong[i]));
		close(fd);
		CU_ASSERT(host_broken_read(&store, &broken, &why) < 0);
		CU_ASSERT_PTR_NULL(broken);
		CU_ASSERT_NOT_EQUAL(why.text[0], 0);
		CU_ASSERT(host_broken_check(&store, "other", NULL) < 0);
	}
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a host that did not break is fine", a_host_that_did_not_break_is_fine },
		{ "only a reboot mends it", only_a_reboot_mends_it },
		{ "a file of somebody else is checked", a_file_of_somebody_else_is_checked },
		CU_TEST_INFO_NULL,
	};

	if (!mkdtemp(place))
		return 1;
	store.dir = place;
	store.dir_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return suite_remove(place, suite_main("host_broken", tests));
}
