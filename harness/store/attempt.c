#include "harness/store/attempt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/clock.h"
#include "harness/base/fileio.h"
#include "harness/plan/transition.h"
#include "harness/store/ending.h"
#include "harness/store/seal.h"
#include "src/document.h"

/* Set-aside folders looked for; a run that was killed more often than this is not resumed. */
#define LOST_MAX 1000

void attempt_boot_id(char boot_id[static BOOT_ID_MAX])
{
	/* Documentation/admin-guide/sysctl/kernel.rst in Linux: random at each boot. */
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	boot_id[0] = '\0';
	if (!file)
		return;
	if (!fgets(boot_id, BOOT_ID_MAX, file))
		boot_id[0] = '\0';
	boot_id[strcspn(boot_id, "\n")] = '\0';
	fclose(file);
}

/* Has it come to an end that can be read, and that is the cell's own and not the run's? */
static bool is_over(int dir_fd)
{
	enum ending ending = ENDING_DONE;
	struct problem why = { 0 };
	json_t *end = NULL;
	bool over = fileio_read_json(dir_fd, "end.json", DOCUMENT_END, &end, &why) == 0;

	/* One that this program does not know is over too: another one wrote it. */
	if (over && ending_parse(document_text(end, "ending"), &ending) == 0)
		over = !ending_is_retried(ending);

	json_decref(end);
	return over;
}

/* Did the host die during that attempt, given the boot of the one after it? */
static bool host_died(int dir_fd, const char *next_boot, char boot_id[static BOOT_ID_MAX])
{
	struct problem why = { 0 };
	json_t *began = NULL;
	bool died;

	snprintf(boot_id, BOOT_ID_MAX, "%s", next_boot);
	if (fileio_read_json(dir_fd, "began.json", DOCUMENT_BEGAN, &began, &why) < 0)
		return false; /* it was killed before it did anything */
	snprintf(boot_id, BOOT_ID_MAX, "%s", document_text(began, "boot_id"));
	died = strcmp(boot_id, next_boot) != 0;
	json_decref(began);
	return died;
}

/* How many attempts were lost before. */
static int count_lost(
	const struct store *store, size_t index, const char *name, struct problem *why)
{
	int lost = 0, fd;

	while (lost < LOST_MAX && (fd = store_lost(store, index, name, lost + 1, why)) >= 0) {
		close(fd);
		lost++;
	}
	return lost;
}

/* How many of those `lost` attempts were lost together with their host, or a negative errno. */
static int count_deaths(const struct store *store, size_t index, const char *name, int lost,
	const char *boot_id, struct problem *why)
{
	char next_boot[BOOT_ID_MAX], boot[BOOT_ID_MAX];
	int deaths = 0;

	/* From the last to the first: each is compared with the one after it. */
	snprintf(next_boot, sizeof(next_boot), "%s", boot_id);
	for (int i = lost; i > 0; i--) {
		int fd = store_lost(store, index, name, i, why);

		if (fd < 0)
			return fd;
		if (host_died(fd, next_boot, boot))
			deaths++;
		memcpy(next_boot, boot, sizeof(next_boot));
		close(fd);
	}
	return deaths;
}

static int write_began(int dir_fd, const char *boot_id, struct problem *why)
{
	json_t *began = document_new(DOCUMENT_BEGAN, DOCUMENT_VERSION);
	char now[CLOCK_TEXT_MAX];
	int r;

	clock_text(now);
	json_object_set_new(began, "at", json_string(now));
	json_object_set_new(began, "boot_id", json_string(boot_id));
	r = fileio_write_json(dir_fd, "began.json", began, why);
	json_decref(began);
	return r;
}

/* The cell is given up: its end says so. */
static int write_killed_host(int dir_fd, const char *name, int deaths, struct problem *why)
{
	json_t *end = document_new(DOCUMENT_END, DOCUMENT_VERSION);
	int r;

	json_object_set_new(end, "cell", json_string(name));
	json_object_set_new(end, "ending", json_string(ending_entry(ENDING_KILLED_HOST)->name));
	json_object_set_new(end, "detail",
		json_sprintf("the host died %d times while this cell ran; the folders .lost-* "
			     "have the evidence of the lost attempts",
			deaths));
	json_object_set_new(end, "times_ms", json_object());
	json_object_set_new(end, "leftovers", json_array());
	r = fileio_write_json(dir_fd, "end.json", end, why);
	json_decref(end);
	return r;
}

int attempt_begin(const struct store *store, size_t index, const char *name, const char *boot_id,
	int *dir_fd_r, struct problem *why)
{
	int fd = store_cell(store, index, name, false, why), lost, deaths, r;
	bool tried = fd >= 0, over = tried && is_over(fd);

	if (tried)
		close(fd);
	if (over)
		return 1;
	if (fd < 0 && fd != -ENOENT)
		return fd;
	lost = count_lost(store, index, name, why) + tried;
	if (lost >= LOST_MAX)
		return problem_set(why, -EMLINK, "cell %s was lost %d times already", name, lost);
	r = tried ? store_set_aside(store, index, name, lost, why) : 0;
	if (r < 0)
		return r;
	deaths = count_deaths(store, index, name, lost, boot_id, why);
	if (deaths < 0)
		return deaths;
	fd = store_cell(store, index, name, true, why);
	if (fd < 0)
		return fd;
	r = write_began(fd, boot_id, why);
	if (r == 0 && deaths >= ATTEMPT_DEATHS)
		r = write_killed_host(fd, name, deaths, why) < 0 ? -EIO : 1;
	if (r == 0)
		*dir_fd_r = fd;
	else
		close(fd);
	return r;
}

bool attempt_was_lost(const struct store *store, size_t index, const char *name)
{
	int fd = store_lost(store, index, name, 1, NULL);
	bool lost = fd >= 0;

	if (fd < 0) {
		fd = store_cell(store, index, name, false, NULL);
		lost = fd >= 0 && !below_exists(fd, "end.json");
	}
	if (fd >= 0)
		close(fd);
	return lost;
}

/* The folder of a restored guest first: the cell's own seal is the sign that all is there. */
int attempt_seal_folder(int dir_fd, struct problem *why)
{
	int fd = transition_folder(dir_fd, false);
	int r = fd == -ENOENT ? 0 : fd;

	if (fd >= 0) {
		r = seal_write(fd, why);
		close(fd);
	}
	return r < 0 ? r : seal_write(dir_fd, why);
}

int attempt_seal(const struct store *store, size_t index, const char *name, struct problem *why)
{
	int fd = store_cell(store, index, name, false, why), r;

	if (fd < 0)
		return fd;
	r = attempt_seal_folder(fd, why);
	close(fd);
	return r;
}
