#include "harness/store/record_view.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/digest.h"
#include "harness/base/fileio.h"
#include "harness/plan/plan.h"
#include "harness/plan/plan_reader.h"

struct stored {
	const struct store *store;
	json_t *places; /* of each cell, by name, its index in the stored plan; NULL: not read yet
			 */
};

/* The index of a cell; -1 if there is none, or the plan cannot be read. */
static ssize_t place_of(struct stored *stored, const char *cell)
{
	struct plan_reader *reader = NULL;
	struct problem why = { 0 };
	json_t *planned = NULL;

	if (!stored->places) {
		stored->places = json_object();
		if (plan_reader_open(stored->store->dir_fd, &reader, &why) == 0) {
			for (size_t i = 0; plan_reader_next(reader, &planned) > 0; i++) {
				plan_places_add(stored->places, planned, i);
				json_decref(planned);
			}
		}
		plan_reader_close(reader);
	}
	return plan_place(stored->places, cell);
}

/* The number of a repeat is not in the name of its folder. */
static void name_of(const char *cell, char name[static PLAN_NAME_MAX + 1])
{
	snprintf(name, PLAN_NAME_MAX + 1, "%.*s", (int)strcspn(cell, "/"), cell);
}

/* A descriptor of the cell's folder, or a negative errno. */
static int open_cell(struct stored *stored, const char *cell)
{
	ssize_t at = place_of(stored, cell);
	char name[PLAN_NAME_MAX + 1];
	struct problem why;

	name_of(cell, name);
	return at < 0 ? -ENOENT : store_cell(stored->store, (size_t)at, name, false, &why);
}

/* Reads all of it; one byte more than there is to be shows that it grew. */
static int read_all(int fd, size_t max, char **bytes_r, size_t *length_r)
{
	char *bytes = malloc(max + 1);
	size_t length = 0;
	ssize_t n = 1;

	if (!bytes)
		return -ENOMEM;
	while (length <= max && n > 0) {
		n = read(fd, bytes + length, max + 1 - length);
		if (n > 0)
			length += (size_t)n;
	}
	if (n < 0 || length > max) {
		n = n < 0 ? -errno : -EFBIG;
		free(bytes);
		return (int)n;
	}
	bytes[length] = '\0';
	*bytes_r = bytes;
	*length_r = length;
	return 0;
}

static int stored_read(void *data, const char *cell, const char *file, size_t max, char **bytes_r,
	size_t *length_r)
{
	int dir_fd = open_cell(data, cell), fd, r;
	uint64_t length = 0;

	if (dir_fd < 0)
		return dir_fd;
	fd = below_read(dir_fd, file, max, &length);
	r = fd < 0 ? fd : read_all(fd, (size_t)length, bytes_r, length_r);
	if (fd >= 0)
		close(fd);
	close(dir_fd);
	return r;
}

static json_t *describe(int dir_fd, const char *name)
{
	char sum[DIGEST_TEXT_MAX] = "", shown[NAME_MAX + 1];
	uint64_t length = 0, read;
	size_t i;
	int fd = below_read(dir_fd, name, BELOW_ANY_SIZE, &length);

	for (i = 0; i < NAME_MAX && name[i]; i++)
		shown[i] = name[i] >= 0x20 && name[i] <= 0x7e ? name[i] : '?';
	shown[i] = '\0';
	if (fd >= 0) {
		if (length > FILEIO_MAX || digest_fd(fd, sum, &read) < 0 || read > length)
			sum[0] = '\0';
		close(fd);
	}
	return json_pack("{s:s, s:I, s:s?}", "name", shown, "bytes", (json_int_t)length, "sha256",
		sum[0] ? sum : NULL);
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* In the order of bytes, whatever the locale is: a report is the same everywhere. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static json_t *list_folder(int dir_fd)
{
	struct dirent **entries = NULL;
	json_t *files = json_array();
	int count = scandirat(dir_fd, ".", &entries, is_shown, by_name);

	for (int i = 0; i < count; i++) {
		if (i < RECORD_FILES_MAX)
			json_array_append_new(files, describe(dir_fd, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	return files;
}

/* What was frozen; findings.json and lock are not of the record. */
static const char *const frozen[] = { "run.json", "plan.json", "host.json", "matrix.yaml",
	"matrix.known.yaml", "patterns.yaml" };

static json_t *stored_files(void *data, const char *cell)
{
	struct stored *stored = data;
	json_t *files;
	int dir_fd;

	if (!cell) {
		files = json_array();
		for (size_t i = 0; i < sizeof(frozen) / sizeof(frozen[0]); i++) {
			if (below_exists(stored->store->dir_fd, frozen[i]))
				json_array_append_new(
					files, describe(stored->store->dir_fd, frozen[i]));
		}
		return files;
	}
	dir_fd = open_cell(stored, cell);
	if (dir_fd < 0)
		return json_array();
	files = list_folder(dir_fd);
	close(dir_fd);
	return files;
}

static char *stored_folder(void *data, const char *cell)
{
	struct stored *stored = data;
	ssize_t at = place_of(stored, cell);
	char folder[STORE_FOLDER_MAX], name[PLAN_NAME_MAX + 1];

	name_of(cell, name);
	if (at < 0 || store_folder(folder, (size_t)at, name, 0, NULL) < 0)
		return NULL;
	return strdup(folder);
}

int record_view_open(const struct store *store, const json_t *stored_plan, struct record *record_r)
{
	struct stored *stored = malloc(sizeof(*stored));

	if (!stored)
		return -ENOMEM;
	*stored = (struct stored){ .store = store,
		.places = stored_plan ? plan_places(stored_plan) : NULL };
	record_r->read = stored_read;
	record_r->files = stored_files;
	record_r->folder = stored_folder;
	record_r->data = stored;
	return 0;
}

void record_view_close(struct record *record)
{
	struct stored *stored = record->data;

	if (stored)
		json_decref(stored->places);
	free(stored);
	*record = (struct record){ 0 };
}
