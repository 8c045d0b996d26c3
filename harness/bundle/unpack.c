#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/bundle/bundle.h"
#include "src/io.h"

#define BLOCK (64u << 10)

struct unpacking {
	struct archive *archive;
	int dir_fd;
	uint64_t bytes, bytes_max;
	size_t entries;
};

static int damaged(const struct unpacking *unpacking, struct problem *why)
{
	int error = archive_errno(unpacking->archive);

	/* libarchive's texts may quote the archive: only ours are shown. */
	return problem_set(why, error == ENOMEM ? -ENOMEM : -EINVAL,
		"the archive is incomplete or damaged (libarchive's error %d)", error);
}

/* The entry's path, if it is a plain one of a plain file or a folder. */
static int check_entry(struct unpacking *unpacking, struct archive_entry *entry,
	char path[static FILE_LIST_PATH_MAX], struct problem *why)
{
	const char *name = archive_entry_pathname(entry);
	mode_t kind = archive_entry_filetype(entry);
	size_t length;

	if (++unpacking->entries > FILE_LIST_MAX)
		return problem_set(why, -E2BIG, "more than %u files", FILE_LIST_MAX);
	if (!name || strlen(name) >= FILE_LIST_PATH_MAX)
		return problem_set(why, -EINVAL, "a name in the archive is missing or too long");
	snprintf(path, FILE_LIST_PATH_MAX, "%s", name);
	length = strlen(path);
	if (kind == AE_IFDIR && length > 1 && path[length - 1] == '/')
		path[length - 1] = 0;
	if (!file_list_path_is_plain(path))
		return problem_set(why, -EINVAL,
			"a name in the archive leads out of the folder or is not plain ASCII");
	if (archive_entry_hardlink(entry) || (kind != AE_IFREG && kind != AE_IFDIR))
		return problem_set(why, -EINVAL, "%s is neither a regular file nor a folder", path);
	return 0;
}

static int copy_bytes(struct unpacking *unpacking, int fd, const char *path, struct problem *why)
{
	static char block[BLOCK]; /* one thread, and used up before it returns */
	la_ssize_t n;
	int r;

	while ((n = archive_read_data(unpacking->archive, block, sizeof(block))) > 0) {
		unpacking->bytes += (uint64_t)n;
		if (unpacking->bytes > unpacking->bytes_max)
			return problem_set(why, -EFBIG, "%s: more than %llu bytes", path,
				(unsigned long long)unpacking->bytes_max);
		r = io_write_all(fd, block, (size_t)n);
		if (r < 0)
			return problem_set(why, r, "cannot write %s: %s", path, strerror(-r));
	}
	return n < 0 ? damaged(unpacking, why) : 0;
}

static int unpack_file(struct unpacking *unpacking, const char *path, struct problem *why)
{
	int fd, r;

	if (below_exists(unpacking->dir_fd, path))
		return problem_set(why, -EINVAL, "%s is in the archive twice", path);
	fd = below_create(unpacking->dir_fd, path, 0644);
	if (fd < 0)
		return problem_set(why, fd, "cannot make %s: %s", path, below_error(fd));
	r = copy_bytes(unpacking, fd, path, why);
	if (r == 0 && fsync(fd) < 0)
		r = problem_set(why, -errno, "cannot write %s: %s", path, strerror(errno));
	close(fd);
	return r;
}

static int unpack_all(struct unpacking *unpacking, struct problem *why)
{
	char path[FILE_LIST_PATH_MAX];
	struct archive_entry *entry;
	int status, r = 0;

	while (r == 0) {
		status = archive_read_next_header(unpacking->archive, &entry);
		if (status == ARCHIVE_EOF)
			return 0;
		if (status != ARCHIVE_OK)
			return damaged(unpacking, why);
		r = check_entry(unpacking, entry, path, why);
		if (r == 0 && archive_entry_filetype(entry) == AE_IFREG)
			r = unpack_file(unpacking, path, why);
		else if (r == 0 && (r = below_make_folder(unpacking->dir_fd, path, 0755)) < 0)
			problem_set(why, r, "cannot make %s: %s", path, below_error(r));
	}
	return r;
}

int bundle_unpack(int fd, int dir_fd, uint64_t bytes_max, struct problem *why)
{
	struct unpacking unpacking = {
		.archive = archive_read_new(), .dir_fd = dir_fd, .bytes_max = bytes_max
	};
	int r;

	if (!unpacking.archive)
		return problem_set(why, -ENOMEM, "out of memory");
	/* tar alone, without a filter: the other parsers of libarchive are not ours to trust. */
	archive_read_support_format_tar(unpacking.archive);
	r = archive_read_open_fd(unpacking.archive, fd, BLOCK) == ARCHIVE_OK
		    ? unpack_all(&unpacking, why)
		    : damaged(&unpacking, why);
	archive_read_free(unpacking.archive);
	return r;
}
