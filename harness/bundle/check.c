#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/digest.h"
#include "harness/bundle/bundle.h"

#define BLOCK (64u << 10)

struct in {
	struct archive *archive;
	struct bundle_contents contents;
	char *manifest; /* its text, cut into lines */
	char *next;     /* the line of the next file; "" after the last */
	uint64_t total_max;
	struct bundle_pick *picks;
	size_t pick_count;
};

/* A name from the archive, for a sentence: cut, and without what moves a cursor. */
static const char *printable(const char *name)
{
	static char text[128];
	size_t used = 0;

	for (; name && *name && used + 1 < sizeof(text); name++)
		text[used++] = *name >= 0x20 && *name <= 0x7e ? *name : '?';
	text[used] = 0;
	return text;
}

static int damaged(struct in *in, struct problem *why)
{
	const char *text = archive_error_string(in->archive);

	return problem_set(why, -EINVAL, "the bundle is incomplete or damaged: %s",
		text ? printable(text) : "the file cannot be read");
}

/*
 * The next entry's name below TOP, in `path`, and what it is. 0 at the end, 1 if there is one.
 * The first entry says what TOP is.
 */
static int next_entry(struct in *in, char path[static FILE_LIST_PATH_MAX],
	struct archive_entry **entry_r, struct problem *why)
{
	char *top = in->contents.top, full[FILE_LIST_PATH_MAX];
	int status = archive_read_next_header(in->archive, entry_r);
	const char *name;
	size_t length;

	if (status == ARCHIVE_EOF)
		return 0;
	if (status != ARCHIVE_OK)
		return damaged(in, why);
	name = archive_entry_pathname(*entry_r);
	snprintf(full, sizeof(full), "%s", name ? name : "");
	length = strlen(full);
	if (archive_entry_filetype(*entry_r) == AE_IFDIR && length > 1 && full[length - 1] == '/')
		full[length - 1] = 0;
	if (!name || strlen(name) >= sizeof(full) || !file_list_path_is_plain(full))
		return problem_set(why, -EINVAL, "\"%s\" is not a valid file name in a bundle",
			printable(name));
	if (archive_entry_hardlink(*entry_r) ||
		(archive_entry_filetype(*entry_r) != AE_IFREG &&
			archive_entry_filetype(*entry_r) != AE_IFDIR))
		return problem_set(why, -EINVAL, "%s is neither a regular file nor a folder", full);
	length = strcspn(full, "/");
	if (!top[0])
		snprintf(top, sizeof(in->contents.top), "%.*s", (int)length, full);
	if (strncmp(full, top, length) != 0 || top[length] || !full[length])
		return problem_set(why, -EINVAL, "%s is not below %s", full, top);
	snprintf(path, FILE_LIST_PATH_MAX, "%s", full + length + 1);
	return 1;
}

/* Is it "DIGEST  PATH"? Cuts it there. */
static bool split_line(char *line)
{
	return strspn(line, "0123456789abcdef") == DIGEST_TEXT_MAX - 1 &&
	       strncmp(line + DIGEST_TEXT_MAX - 1, "  ", 2) == 0 &&
	       file_list_path_is_plain(line + DIGEST_TEXT_MAX + 1);
}

static const char *line_path(const char *line)
{
	return line + DIGEST_TEXT_MAX + 1;
}

/* Every line is well formed, and each name comes after the one before: so none comes twice. */
static int cut_manifest(struct in *in, size_t length, struct problem *why)
{
	const char *before = "";
	size_t number = 1;

	if (memchr(in->manifest, 0, length) || (length && in->manifest[length - 1] != '\n'))
		return problem_set(why, -EINVAL, BUNDLE_MANIFEST " is not a list of digests");
	for (char *line = in->manifest; *line; number++) {
		char *end = line + strcspn(line, "\n");

		*end = 0;
		if (!split_line(line) || strcmp(before, line_path(line)) >= 0)
			return problem_set(why, -EINVAL,
				BUNDLE_MANIFEST ":%zu: no digest and name, or not sorted", number);
		before = line_path(line);
		line = end + 1;
	}
	in->next = in->manifest;
	return 0;
}

static int read_manifest(struct in *in, struct problem *why)
{
	struct archive_entry *entry;
	char path[FILE_LIST_PATH_MAX];
	int r = next_entry(in, path, &entry, why);
	la_int64_t size;
	la_ssize_t n;

	if (r < 0)
		return r;
	if (r == 0 || strcmp(path, BUNDLE_MANIFEST) != 0 ||
		archive_entry_filetype(entry) != AE_IFREG)
		return problem_set(why, -EINVAL,
			"it does not begin with " BUNDLE_MANIFEST ": the file is not a bundle");
	size = archive_entry_size(entry);
	if (size < 0 || size > BUNDLE_MANIFEST_MAX)
		return problem_set(why, -EINVAL,
			BUNDLE_MANIFEST " is larger than any bundle's, %lld bytes",
			(long long)size);
	in->manifest = malloc((size_t)size + 1);
	if (!in->manifest)
		return -ENOMEM;
	n = archive_read_data(in->archive, in->manifest, (size_t)size);
	if (n != size)
		return damaged(in, why);
	in->manifest[size] = 0;
	return cut_manifest(in, (size_t)size, why);
}

static struct bundle_pick *pick_of(const struct in *in, const char *path)
{
	for (size_t i = 0; i < in->pick_count; i++) {
		if (strcmp(in->picks[i].name, path) == 0)
			return &in->picks[i];
	}
	return NULL;
}

/* Adds a part of the file to what is picked of it. */
static int take_part(
	struct bundle_pick *pick, const char *block, size_t length, struct problem *why)
{
	char *text;

	if (length > BUNDLE_PICK_MAX - pick->length)
		return problem_set(
			why, -EINVAL, "%s has more than %u bytes", pick->name, BUNDLE_PICK_MAX);
	text = realloc(pick->text, pick->length + length + 1);
	if (!text)
		return problem_set(why, -ENOMEM, "out of memory");
	memcpy(text + pick->length, block, length);
	pick->text = text;
	pick->length += length;
	text[pick->length] = 0;
	return 0;
}

static int check_file(
	struct in *in, const char *path, const struct archive_entry *entry, struct problem *why)
{
	static char block[BLOCK]; /* one thread, and used up before it returns */
	char sha256[DIGEST_TEXT_MAX];
	struct bundle_pick *pick = pick_of(in, path);
	struct sha256_ctx context;
	uint64_t bytes = 0;
	la_ssize_t n;
	int r = pick ? take_part(pick, "", 0, why) : 0;

	if (r < 0)
		return r;
	if (!in->next[0] || strcmp(line_path(in->next), path) < 0 ||
		strcmp(line_path(in->next), path) > 0) {
		bool missing = in->next[0] && strcmp(line_path(in->next), path) < 0;

		return problem_set(why, -EINVAL,
			missing ? "%s is in the manifest but not in the bundle"
				: "%s is in the bundle but not in the manifest, or twice",
			missing ? line_path(in->next) : path);
	}
	sha256_init(&context);
	while ((n = archive_read_data(in->archive, block, sizeof(block))) > 0) {
		sha256_update(&context, (size_t)n, (uint8_t *)block);
		bytes += (uint64_t)n;
		in->contents.bytes += (uint64_t)n;
		if (bytes > BUNDLE_FILE_MAX || in->contents.bytes > in->total_max)
			return problem_set(
				why, -EINVAL, "%s is larger than the files of a run", path);
		r = pick ? take_part(pick, block, (size_t)n, why) : 0;
		if (r < 0)
			return r;
	}
	if (n < 0)
		return damaged(in, why);
	digest_finish(&context, sha256);
	if (strncmp(sha256, in->next, DIGEST_TEXT_MAX - 1) != 0)
		return problem_set(why, -EINVAL, "%s differs from the manifest", path);
	if (strcmp(path, "run.json") == 0)
		strcpy(in->contents.run_sha256, sha256);
	in->next += strlen(in->next) + 1;
	in->contents.files++;
	return 0;
}

static int check_all(struct in *in, struct problem *why)
{
	struct archive_entry *entry;
	char path[FILE_LIST_PATH_MAX];
	size_t folders = 0;
	int r;

	while ((r = next_entry(in, path, &entry, why)) > 0) {
		if (archive_entry_filetype(entry) == AE_IFDIR)
			r = ++folders > FILE_LIST_MAX
				    ? problem_set(
					      why, -EINVAL, "more than %u folders", FILE_LIST_MAX)
				    : 0;
		else
			r = check_file(in, path, entry, why);
		if (r < 0)
			return r;
	}
	if (r == 0 && in->next[0])
		return problem_set(why, -EINVAL, "%s is in the manifest but not in the bundle",
			line_path(in->next));
	return r;
}

/* Checks all of it; `in` has what is wanted. */
static int read_bundle(int fd, struct in *in, struct problem *why)
{
	int r = 0;

	in->archive = archive_read_new();
	if (!in->archive)
		return problem_set(why, -ENOMEM, "out of memory");
	/* zstd and tar only: the other parsers of libarchive are not ours to trust. */
	archive_read_support_filter_zstd(in->archive);
	archive_read_support_format_tar(in->archive);
	if (archive_read_open_fd(in->archive, fd, BLOCK) != ARCHIVE_OK)
		r = damaged(in, why);
	if (r == 0)
		r = read_manifest(in, why);
	if (r == 0)
		r = check_all(in, why);
	archive_read_free(in->archive);
	free(in->manifest);
	return r;
}

int bundle_check(int fd, struct bundle_contents *contents_r, struct problem *why)
{
	struct in in = { .total_max = BUNDLE_TOTAL_MAX };
	int r = read_bundle(fd, &in, why);

	if (r == 0)
		*contents_r = in.contents;
	return r;
}

int bundle_pick(int fd, struct bundle_pick *picks, size_t count, struct problem *why)
{
	struct in in = { .total_max = BUNDLE_PICK_TOTAL_MAX, .picks = picks, .pick_count = count };
	int r;

	for (size_t i = 0; i < count; i++) {
		picks[i].text = NULL;
		picks[i].length = 0;
	}
	r = read_bundle(fd, &in, why);
	for (size_t i = 0; r < 0 && i < count; i++) {
		free(picks[i].text);
		picks[i].text = NULL;
	}
	return r;
}
