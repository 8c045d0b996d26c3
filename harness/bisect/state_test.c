#include "harness/bisect/state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/suite.h"

static char folder[] = "/tmp/igd-bisect-state-XXXXXX";

static char *below(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void open_state(const char *name, struct bisect_state *state)
{
	struct problem why = { 0 };

	CU_ASSERT_EQUAL_FATAL(bisect_state_open(below(name), state, &why), 0);
}

static void a_build_is_kept(void)
{
	json_t *of = json_pack("{s:s}", "build", "make"), *other = json_pack("{s:s}", "build", "m");
	json_t *files = json_pack("{s:s}", "device_model", "1234"), *record;
	struct bisect_state state;
	struct problem why = { 0 };

	open_state("kept", &state);
	CU_ASSERT_PTR_NULL(bisect_state_build(&state, of, &why));
	CU_ASSERT_EQUAL(bisect_state_built(&state, of, files, NULL, &why), 0);
	CU_ASSERT_EQUAL(bisect_state_built(&state, other, NULL, "no such file", &why), 0);
	bisect_state_close(&state);
	open_state("kept", &state);
	record = bisect_state_build(&state, of, &why);
	CU_ASSERT(json_is_true(json_object_get(record, "built")));
	CU_ASSERT(json_equal(json_object_get(record, "files"), files));
	json_decref(record);
	record = bisect_state_build(&state, other, &why);
	CU_ASSERT(json_is_false(json_object_get(record, "built")));
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(record, "why")), "no such file");
	json_decref(record);
	bisect_state_close(&state);
	json_decref(of);
	json_decref(other);
	json_decref(files);
}

static void a_fingerprint_has_a_folder_of_its_own(void)
{
	/* The order of keys makes no difference. */
	json_t *one = json_loads("{\"a\": 1, \"b\": 2}", 0, NULL);
	json_t *same = json_loads("{\"b\": 2, \"a\": 1}", 0, NULL);
	json_t *other = json_loads("{\"a\": 1, \"b\": 3}", 0, NULL);
	char *first = NULL, *again = NULL, *second = NULL;
	char fingerprint[512], key[BISECT_KEY_MAX];
	struct bisect_state state;
	struct problem why = { 0 };
	FILE *file;

	open_state("things", &state);
	CU_ASSERT_EQUAL(bisect_state_fingerprint(&state, one, &first, &why), 0);
	CU_ASSERT_EQUAL(bisect_state_fingerprint(&state, same, &again, &why), 0);
	CU_ASSERT_EQUAL(bisect_state_fingerprint(&state, other, &second, &why), 0);
	CU_ASSERT_STRING_EQUAL(first, again);
	CU_ASSERT_STRING_NOT_EQUAL(first, second);
	/* SHA-256 of {"a":1,"b":2}, by sha256sum. */
	bisect_key(one, key);
	CU_ASSERT_STRING_EQUAL(key, "43258cff783fe703");
	/* A different fingerprint under the same key is refused. */
	snprintf(fingerprint, sizeof(fingerprint), "%s/thing.json", first);
	file = fopen(fingerprint, "w");
	fputs("{\"format\": \"igd-harness bisect thing\", \"version\": 1, \"of\": {}}", file);
	fclose(file);
	free(again);
	CU_ASSERT_EQUAL(bisect_state_fingerprint(&state, one, &again, &why), -EBADMSG);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "does not match the name of its folder"));
	free(first);
	free(second);
	bisect_state_close(&state);
	json_decref(one);
	json_decref(same);
	json_decref(other);
}

static void what_says_nothing_is_set_aside(void)
{
	struct problem why = { 0 };
	char run[256];

	snprintf(run, sizeof(run), "%s", below("run-1"));
	for (int i = 1; i <= 2; i++) {
		CU_ASSERT_EQUAL(mkdir(run, 0755), 0);
		CU_ASSERT_EQUAL(bisect_state_set_aside(run, &why), 0);
		CU_ASSERT(access(run, F_OK) < 0);
	}
	CU_ASSERT_EQUAL(access(below("run-1.lost-1"), F_OK), 0);
	CU_ASSERT_EQUAL(access(below("run-1.lost-2"), F_OK), 0);
	CU_ASSERT_EQUAL(bisect_state_set_aside(run, &why), -ENOENT);
}

static void refused(const char *name, const char *file, const char *text, int error)
{
	struct bisect_state state = BISECT_STATE_NONE;
	struct problem why = { 0 };
	char path[512];
	FILE *stream;

	CU_ASSERT_EQUAL(mkdir(below(name), 0755), 0);
	snprintf(path, sizeof(path), "%s/%s", below(name), file);
	stream = fopen(path, "w");
	fputs(text, stream);
	fclose(stream);
	CU_ASSERT_EQUAL(bisect_state_open(below(name), &state, &why), error);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, name));
}

static void what_is_no_state_is_refused(void)
{
	refused("newer", "state.json", "{\"format\": \"igd-harness bisect state\", \"version\": 2}",
		-EPROTO);
	refused("other", "state.json", "{\"format\": \"igd-harness run\", \"version\": 1}",
		-EINVAL);
	refused("a-run", "run.json", "{}", -EEXIST);
}

/* What a killed bisection left holds the lock until it has ended: the next one waits. */
static void the_next_one_waits(void)
{
	struct bisect_state state;
	int ends[2], status = 0;
	pid_t holder;
	char byte;

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	holder = fork();
	if (holder == 0) {
		open_state("waited", &state);
		if (write(ends[1], "x", 1) != 1)
			_exit(1);
		usleep(300000);
		_exit(0);
	}
	CU_ASSERT_EQUAL(read(ends[0], &byte, 1), 1);
	open_state("waited", &state);
	/* It has ended, or the state could not have been had. */
	CU_ASSERT_EQUAL(waitpid(holder, &status, 0), holder);
	CU_ASSERT_EQUAL(status, 0);
	bisect_state_close(&state);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a build is kept", a_build_is_kept },
		{ "a fingerprint has a folder of its own", a_fingerprint_has_a_folder_of_its_own },
		{ "what says nothing is set aside", what_says_nothing_is_set_aside },
		{ "what is no state is refused", what_is_no_state_is_refused },
		{ "the next one waits", the_next_one_waits },
		CU_TEST_INFO_NULL,
	};

	if (!mkdtemp(folder))
		return 1;
	return suite_remove(folder, suite_main("bisect_state", tests));
}
