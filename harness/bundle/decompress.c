#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>

#include "harness/bundle/bundle.h"

#define BLOCK (64u << 10)

static int damaged(struct archive *archive, struct problem *why)
{
	const char *text = archive_error_string(archive);

	return problem_set(why, -EINVAL, "%.200s", text ? text : "it is damaged");
}

/* The formats that logs are compressed in. Not all filters: some would run a program. */
static struct archive *open_packed(const char *packed, size_t length, struct problem *why)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;

	if (!archive)
		return NULL;
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_format_raw(archive);
	if (archive_read_open_memory(archive, packed, length) != ARCHIVE_OK ||
		archive_read_next_header(archive, &entry) != ARCHIVE_OK) {
		damaged(archive, why);
		archive_read_free(archive);
		return NULL;
	}
	return archive;
}

/* Reads up to `max` bytes into a buffer that grows, with a 0 behind. */
static int read_all(struct archive *archive, size_t max, char **bytes_r, size_t *length_r,
	bool *cut_r, struct problem *why)
{
	char *bytes = NULL, *larger;
	size_t used = 0;
	la_ssize_t n = 1;

	while (n > 0 && used <= max) {
		larger = realloc(bytes, used + BLOCK + 1);
		if (!larger) {
			free(bytes);
			return -ENOMEM;
		}
		bytes = larger;
		n = archive_read_data(archive, bytes + used, BLOCK);
		if (n > 0)
			used += (size_t)n;
	}
	if (n < 0) {
		free(bytes);
		return damaged(archive, why);
	}
	*cut_r = used > max;
	*length_r = used > max ? max : used;
	bytes[*length_r] = '\0';
	*bytes_r = bytes;
	return 0;
}

int bundle_decompress(const char *packed, size_t length, size_t max, char **bytes_r,
	size_t *length_r, bool *cut_r, struct problem *why)
{
	struct archive *archive = open_packed(packed, length, why);
	int r = archive ? read_all(archive, max, bytes_r, length_r, cut_r, why) : -EINVAL;

	archive_read_free(archive);
	return r;
}
