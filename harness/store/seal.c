#include "harness/store/seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/digest.h"
#include "harness/base/file_list.h"
#include "harness/base/fileio.h"
#include "src/document.h"

json_t *seal_describe(int dir_fd, const char *name, uint64_t max, int *r_r)
{
	int fd = below_read(dir_fd, name, max, NULL);
	char sha256[DIGEST_TEXT_MAX];
	uint64_t bytes = 0;
	json_t *description;

	*r_r = fd < 0 ? fd : digest_fd(fd, sha256, &bytes);
	if (fd >= 0)
		close(fd);
	if (*r_r < 0)
		return NULL;
	description = json_pack("{s:I, s:s}", "bytes", (json_int_t)bytes, "sha256", sha256);
	if (!description)
		*r_r = -ENOMEM;
	return description;
}

static bool is_sealed(int dir_fd, const char *name)
{
	struct stat st;

	return name[0] != '.' && strcmp(name, "lock") != 0 && strcmp(name, "findings.json") != 0 &&
	       strcmp(name, SEAL_FILE) != 0 && strcmp(name, PRUNED_FILE) != 0 &&
	       strcmp(name, "dut-console.log") != 0 && strcmp(name, "labgrid.json") != 0 &&
	       below_look(dir_fd, name, &st) == 0 && S_ISREG(st.st_mode);
}

/*
 * What is sealed is on disk before its seal is: QEMU and libxl write their logs without asking for
 * that, and a power cut would leave a seal over files that lost their ends.
 */
static int sync_file(int dir_fd, const char *name)
{
	int fd = below_read(dir_fd, name, BELOW_ANY_SIZE, NULL), r = fd < 0 ? fd : 0;

	if (fd >= 0 && fsync(fd) < 0)
		r = -errno;
	if (fd >= 0)
		close(fd);
	return r;
}

static int describe_all(int dir_fd, json_t *files, struct problem *why)
{
	DIR *dir = files_open(dir_fd);
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return problem_set(
			why, -errno, "cannot list the files to seal: %s", strerror(errno));
	while (r == 0 && (entry = readdir(dir))) {
		json_t *description;

		if (!is_sealed(dir_fd, entry->d_name))
			continue;
		r = sync_file(dir_fd, entry->d_name);
		description =
			r < 0 ? NULL : seal_describe(dir_fd, entry->d_name, BELOW_ANY_SIZE, &r);
		if (!description)
			problem_set(why, r, "cannot read %s to seal it: %s", entry->d_name,
				strerror(-r));
		/* A name that is no UTF-8 is nobody's evidence. */
		else if (json_object_set_new(files, entry->d_name, description) < 0)
			continue;
	}
	closedir(dir);
	return r;
}

int seal_write(int dir_fd, struct problem *why)
{
	json_t *seal, *files;
	int r;

	if (below_exists(dir_fd, SEAL_FILE))
		return 0;
	seal = document_new(DOCUMENT_SEAL, DOCUMENT_VERSION);
	files = json_object();
	r = seal && files ? describe_all(dir_fd, files, why) : -ENOMEM;
	if (r == 0)
		r = json_object_set(seal, "files", files) < 0 ? -ENOMEM : 0;
	if (r == 0)
		r = fileio_write_json(dir_fd, SEAL_FILE, seal, why);
	json_decref(files);
	json_decref(seal);
	return r;
}

static int check_file(int dir_fd, const char *name, const json_t *sealed, const json_t *pruned,
	struct problem *why)
{
	json_int_t bytes = json_integer_value(json_object_get(sealed, "bytes"));
	json_t *now;
	int r = 0;

	/* No record has such a file: the largest are logs of 4 MiB and pictures of 16 MiB. */
	if (bytes > (json_int_t)FILEIO_MAX)
		return problem_set(why, -EBADMSG,
			"the record is damaged: %.100s has more than %u MiB by " SEAL_FILE, name,
			FILEIO_MAX >> 20);
	/* A file that is larger than what was sealed is not hashed to find that out. */
	now = strchr(name, '/') ? NULL
				: seal_describe(dir_fd, name, bytes > 0 ? (uint64_t)bytes : 0, &r);
	if (!now && r == -EFBIG)
		return problem_set(why, -EBADMSG,
			"the record is damaged: %.100s differs from what was written, by " SEAL_FILE,
			name);
	if (!now && r == -ENOENT && json_equal(json_object_get(pruned, name), sealed))
		return 0;
	if (!now && r == -ENOENT)
		return problem_set(why, -EBADMSG,
			"the record is damaged: %.100s is missing, which " SEAL_FILE " has", name);
	if (!now && r < 0)
		return problem_set(why, -EBADMSG, "the record is damaged: cannot read %.100s: %s",
			name, below_error(r));
	if (!json_equal(now, sealed))
		r = problem_set(why, -EBADMSG,
			"the record is damaged: %.100s differs from what was written, by " SEAL_FILE,
			name);
	json_decref(now);
	return r;
}

int seal_check(int dir_fd, struct problem *why)
{
	json_t *seal = NULL, *pruned = NULL, *sealed;
	struct problem inner = { 0 };
	const char *name;
	int r;

	r = fileio_read_json(dir_fd, SEAL_FILE, DOCUMENT_SEAL, &seal, &inner);
	if (r == -ENOENT)
		return 1;
	if (r == -EPROTO)
		return problem_set(why, r, "%s", inner.text);
	if (r < 0 || !json_is_object(json_object_get(seal, "files"))) {
		json_decref(seal);
		return problem_set(why, -EBADMSG, "the record is damaged: %s",
			r < 0 ? inner.text : SEAL_FILE " has no files");
	}
	fileio_read_json(dir_fd, PRUNED_FILE, DOCUMENT_PRUNED, &pruned, &inner);
	r = 0;
	json_object_foreach(json_object_get(seal, "files"), name, sealed)
	{
		r = check_file(dir_fd, name, sealed, json_object_get(pruned, "files"), why);
		if (r < 0)
			break;
	}
	json_decref(pruned);
	json_decref(seal);
	return r;
}
