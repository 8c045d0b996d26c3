#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/digest.h"
#include "harness/bundle/bundle.h"

/* zstd's scale goes to 19; beyond this logs of guests get hardly smaller, only slower. */
#define LEVEL "9"

struct out {
	struct archive *archive;
	const char *top;
	time_t when;
};

static int failed(struct archive *archive, struct problem *why)
{
	int error = archive_errno(archive);

	/* libarchive has errors of its own below 0; those of the system are above. */
	return problem_set(why, error > 0 ? -error : -EIO, "cannot write the bundle: %s",
		error > 0 ? strerror(error) : archive_error_string(archive));
}

static int put_header(
	const struct out *out, const char *path, bool folder, uint64_t bytes, struct problem *why)
{
	struct archive_entry *entry = archive_entry_new();
	char full[2 * FILE_LIST_PATH_MAX];
	int r = 0;

	if (!entry)
		return -ENOMEM;
	snprintf(full, sizeof(full), "%s/%s", out->top, path);
	archive_entry_set_pathname(entry, full);
	archive_entry_set_filetype(entry, folder ? AE_IFDIR : AE_IFREG);
	archive_entry_set_perm(entry, folder ? 0755 : 0644);
	archive_entry_set_size(entry, (la_int64_t)bytes);
	archive_entry_set_mtime(entry, out->when, 0);
	archive_entry_set_uid(entry, 0);
	archive_entry_set_gid(entry, 0);
	archive_entry_set_uname(entry, "root");
	archive_entry_set_gname(entry, "root");
	if (archive_write_header(out->archive, entry) != ARCHIVE_OK)
		r = failed(out->archive, why);
	archive_entry_free(entry);
	return r;
}

static int open_file(int dir_fd, const char *path, struct problem *why)
{
	int fd = below_read(dir_fd, path, BUNDLE_FILE_MAX, NULL);

	if (fd == -EFBIG)
		return problem_set(why, fd, "%s is too much for a bundle", path);
	return fd >= 0 ? fd : problem_set(why, fd, "cannot read %s: %s", path, below_error(fd));
}

/* Makes the manifest; the caller frees. */
static int make_manifest(int dir_fd, const struct files *files, char **text_r, size_t *length_r,
	struct bundle_contents *contents, struct problem *why)
{
	FILE *stream = open_memstream(text_r, length_r);
	int r = stream ? 0 : -ENOMEM;

	for (size_t i = 0; i < files->count && r == 0; i++) {
		const struct file_list_entry *entry = &files->entries[i];
		char sha256[DIGEST_TEXT_MAX];
		uint64_t bytes = 0;
		int fd;

		if (entry->folder)
			continue;
		fd = open_file(dir_fd, entry->path, why);
		r = fd < 0 ? fd : digest_fd(fd, sha256, &bytes);
		if (fd >= 0)
			close(fd);
		if (r < 0 && fd >= 0)
			problem_set(why, r, "cannot read %s: %s", entry->path, strerror(-r));
		else if (r < 0)
			break;
		else if (bytes != entry->bytes)
			r = problem_set(why, -EBUSY, "%s changes while it is read", entry->path);
		else if (bytes > BUNDLE_FILE_MAX || contents->bytes + bytes > BUNDLE_TOTAL_MAX)
			r = problem_set(why, -EFBIG, "%s is too large for a bundle", entry->path);
		else
			fprintf(stream, "%s  %s\n", sha256, entry->path);
		contents->files++;
		contents->bytes += bytes;
	}
	if (stream && fclose(stream) != 0)
		r = r < 0 ? r : -ENOMEM;
	return r;
}

/* The digest that the manifest has at *line_r, which goes on to the next line. */
static const char *next_digest(const char **line_r)
{
	const char *line = *line_r;

	*line_r = strchr(line, '\n') + 1;
	return line;
}

static int put_file(const struct out *out, int dir_fd, const struct file_list_entry *entry,
	const char *expected, struct problem *why)
{
	char block[65536], sha256[DIGEST_TEXT_MAX];
	int fd = open_file(dir_fd, entry->path, why), r;
	struct sha256_ctx context;
	uint64_t left = entry->bytes;
	ssize_t n = 0;

	if (fd < 0)
		return fd;
	sha256_init(&context);
	r = put_header(out, entry->path, false, entry->bytes, why);
	while (r == 0 && left > 0) {
		n = read(fd, block, left < sizeof(block) ? (size_t)left : sizeof(block));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		sha256_update(&context, (size_t)n, (uint8_t *)block);
		if (archive_write_data(out->archive, block, (size_t)n) != n)
			r = failed(out->archive, why);
		left -= (uint64_t)n;
	}
	close(fd);
	if (r < 0)
		return r;
	if (n < 0)
		return problem_set(why, -EIO, "cannot read %s", entry->path);
	digest_finish(&context, sha256);
	if (left > 0 || strncmp(sha256, expected, DIGEST_TEXT_MAX - 1) != 0)
		return problem_set(why, -EBUSY, "%s changes while it is read", entry->path);
	return 0;
}

static int put_all(const struct out *out, int dir_fd, const struct files *files,
	const char *manifest, size_t length, struct problem *why)
{
	int r = put_header(out, BUNDLE_MANIFEST, false, length, why);

	if (r == 0 && archive_write_data(out->archive, manifest, length) != (la_ssize_t)length)
		r = failed(out->archive, why);
	for (size_t i = 0; i < files->count && r == 0; i++) {
		const struct file_list_entry *entry = &files->entries[i];

		r = entry->folder ? put_header(out, entry->path, true, 0, why)
				  : put_file(out, dir_fd, entry, next_digest(&manifest), why);
	}
	return r;
}

int bundle_write(int dir_fd, const struct files *files, const char *top, time_t when, int out_fd,
	struct bundle_contents *contents_r, struct problem *why)
{
	struct out out = { .archive = archive_write_new(), .top = top, .when = when };
	struct bundle_contents contents = { 0 };
	char *manifest = NULL;
	size_t length = 0;
	int r = out.archive ? 0 : -ENOMEM;

	snprintf(contents.top, sizeof(contents.top), "%s", top);
	if (r == 0)
		r = make_manifest(dir_fd, files, &manifest, &length, &contents, why);
	if (r == 0 && length > BUNDLE_MANIFEST_MAX)
		r = problem_set(why, -EFBIG, "the manifest is too large for a bundle");
	if (r == 0 && (archive_write_set_format_pax_restricted(out.archive) != ARCHIVE_OK ||
			      archive_write_add_filter_zstd(out.archive) != ARCHIVE_OK ||
			      archive_write_set_filter_option(out.archive, "zstd",
				      "compression-level", LEVEL) != ARCHIVE_OK ||
			      archive_write_set_bytes_in_last_block(out.archive, 1) != ARCHIVE_OK ||
			      archive_write_open_fd(out.archive, out_fd) != ARCHIVE_OK))
		r = failed(out.archive, why);
	if (r == 0)
		r = put_all(&out, dir_fd, files, manifest, length, why);
	/* The last bytes leave here, and a disk may be full here. */
	if (r == 0 && archive_write_close(out.archive) != ARCHIVE_OK)
		r = failed(out.archive, why);
	archive_write_free(out.archive);
	free(manifest);
	if (r == 0)
		*contents_r = contents;
	return r;
}
