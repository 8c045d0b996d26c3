/*
 * Documents that are stored keep being read: a transition that was recorded when the states had
 * their old names, replayed. The recorded run is results/recorded/lab-bookworm-migration.
 */
#include "harness/backend/replay/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

#define CELL "001-xenfv-xenfv-plain"

static char place[] = "/tmp/igd-replay-XXXXXX";

/* What became of the guest. */
struct outcome {
	bool created, saved, ended, gone;
	int console_fd;
};

static void created(void *data, int console_fd)
{
	struct outcome *outcome = data;

	outcome->created = true;
	outcome->console_fd = console_fd;
}

static void saved(void *data)
{
	((struct outcome *)data)->saved = true;
}

static void ended(void *data, enum ending how, const char *detail)
{
	(void)how;
	(void)detail;
	((struct outcome *)data)->ended = true;
}

static void gone(void *data, const json_t *leftovers)
{
	(void)leftovers;
	((struct outcome *)data)->gone = true;
}

static const struct guest_handler handler = {
	.created = created, .saved = saved, .ended = ended, .gone = gone
};

/* Runs the loop until nothing happens for 50 ms, and reads the console away. */
static void run_loop(sd_event *loop, const struct outcome *outcome)
{
	char bytes[4096];

	while (sd_event_run(loop, 50000) > 0) {
		while (outcome->created && read(outcome->console_fd, bytes, sizeof(bytes)) > 0)
			;
	}
}

/* Copies the recorded run; in the cell's end.json `from` is called `to`. */
static void copy_run(const char *name, const char *from, const char *to)
{
	char command[1024];

	snprintf(command, sizeof(command),
		"cp -r %s/results/recorded/lab-bookworm-migration %s/%s && chmod -R u+w %s/%s && "
		"grep -q '\"%s\"' %s/%s/cells/" CELL "/end.json && "
		"sed -i 's/\"%s\"/\"%s\"/' %s/%s/cells/" CELL "/end.json",
		getenv("SOURCE_ROOT"), place, name, place, name, from, place, name, from, to, place,
		name);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
}

/* Whatever pages a recorded guest names, its report is in them, if it fits. */
static void has_its_report(struct backend_guest *guest, const char *dir)
{
	static char wanted[8 * 4096], seen[sizeof(wanted)];
	const uint64_t frames[8] = { 0 };
	char file[512];
	size_t length;
	FILE *stream;

	snprintf(file, sizeof(file), "%s/cells/" CELL "/report.json", dir);
	stream = fopen(file, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	length = fread(wanted, 1, sizeof(wanted), stream);
	fclose(stream);
	CU_ASSERT_FATAL(length > 4096 && length < sizeof(wanted));
	memset(seen, 'x', sizeof(seen));
	CU_ASSERT_EQUAL(backend_replay.read_memory(guest, frames, 8, seen, NULL), 0);
	CU_ASSERT_EQUAL(memcmp(seen, wanted, sizeof(wanted)), 0);
	CU_ASSERT_EQUAL(backend_replay.read_memory(guest, frames, 1, seen, NULL), -ENODATA);
}

/* Plays the first guest of the cell, and saves it once its console is told. */
static struct outcome play(const char *name)
{
	struct backend_options options = { .replay_dir = NULL };
	struct guest_request request = { .handler = &handler };
	struct guest_parts parts = { .disk_fd = -1, .saved_fd = -1 };
	struct outcome outcome = { .console_fd = -1 };
	struct backend_host *host = NULL;
	struct backend_guest *guest = NULL;
	struct problem why = { "" };
	sd_event *loop = NULL;
	char dir[256], evidence[256];
	json_t *cell = json_pack("{s:s}", "name", &CELL[4]);

	snprintf(dir, sizeof(dir), "%s/%s", place, name);
	snprintf(evidence, sizeof(evidence), "%s/%s-evidence", place, name);
	CU_ASSERT_EQUAL_FATAL(mkdir(evidence, 0700), 0);
	options.replay_dir = dir;
	CU_ASSERT_EQUAL_FATAL(sd_event_new(&loop), 0);
	CU_ASSERT_EQUAL_FATAL(backend_replay.open(&options, loop, &host, &why), 0);
	request.cell = cell;
	request.parts = &parts;
	request.data = &outcome;
	request.evidence_fd = open(evidence, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CU_ASSERT_EQUAL_FATAL(backend_replay.start(host, &request, &guest, &why), 0);
	run_loop(loop, &outcome);
	CU_ASSERT(outcome.created);
	has_its_report(guest, dir);
	/* A guest that came to its save did not end by itself before. */
	CU_ASSERT_FALSE(outcome.saved || outcome.ended);
	backend_replay.save(guest);
	run_loop(loop, &outcome);
	backend_replay.destroy(guest);
	run_loop(loop, &outcome);
	CU_ASSERT(outcome.gone);
	backend_replay.release(guest);
	backend_replay.close(host);
	sd_event_unref(loop);
	close(request.evidence_fd);
	json_decref(cell);
	return outcome;
}

static void is_saved(const char *name, const char *state, bool wanted)
{
	struct outcome outcome;

	copy_run(name, "let-go", state);
	outcome = play(name);
	CU_ASSERT_EQUAL(outcome.saved, wanted);
	CU_ASSERT_EQUAL(outcome.ended, !wanted);
}

static void a_state_is_known_by_its_old_name(void)
{
	is_saved("old", "let-go", true);
}

static void and_by_its_name(void)
{
	is_saved("new", "destroy-source", true);
}

static void a_guest_that_never_came_to_the_state_ends(void)
{
	is_saved("none", "some-state", false);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a state is known by its old name", a_state_is_known_by_its_old_name },
		{ "and by its name", and_by_its_name },
		{ "a guest that never came to the state ends",
			a_guest_that_never_came_to_the_state_ends },
		CU_TEST_INFO_NULL,
	};

	if (!mkdtemp(place))
		return 1;
	return suite_remove(place, suite_main("replay", tests));
}
