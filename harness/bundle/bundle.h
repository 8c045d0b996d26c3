/*
 * Bundles: a run directory as one file, for keeping and mailing. A tar archive (pax) in zstd:
 *
 *   TOP/MANIFEST.sha256    first: a line for each file, by name, as sha256sum -c reads it
 *   TOP/...                the run directory, by name
 *
 * The same run gives the same bytes, with the same libarchive and libzstd, wherever and whenever it
 * is bundled: names are sorted, owner is root, every time is that at which the run began.
 *
 * libarchive is known to write.c, check.c, decompress.c and unpack.c in harness/bundle only. They
 * are a loadable module, because a dom0 has no need of it.
 */
#ifndef IGD_BUNDLE_BUNDLE_H
#define IGD_BUNDLE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "harness/base/file_list.h"
#include "src/problem.h"

#define BUNDLE_MANIFEST "MANIFEST.sha256"
#define BUNDLE_MODULE   "igd-bundle.so"

/* What a bundle may hold, so that checking one from elsewhere ends. */
#define BUNDLE_MANIFEST_MAX (64u << 20)
#define BUNDLE_FILE_MAX     (4ull << 30)
#define BUNDLE_TOTAL_MAX    (64ull << 30)

struct bundle_contents {
	char top[FILE_LIST_PATH_MAX]; /* the name of the folder that all is in */
	size_t files;
	uint64_t bytes;
	char run_sha256[65]; /* of run.json in it, by which its run is known; only of a check, ""
				if there is none */
};

/*
 * Writes the files below `dir_fd` to `out_fd`. Reads each twice; one that is not the second time
 * what it was the first is -EBUSY. Returns 0 and what it wrote, or a negative errno with the
 * sentence; -EFBIG beyond the bounds.
 */
int bundle_write(int dir_fd, const struct files *files, const char *top, time_t when, int out_fd,
	struct bundle_contents *contents_r, struct problem *why);

/*
 * Checks a bundle without unpacking it: every file is in the manifest, in its order, with its
 * digest, and none is missing; every name stays below TOP; there is nothing but plain files and
 * folders. Returns 0 and what is in it; -EINVAL with the sentence if something is not so; another
 * negative errno if it cannot be read.
 */
int bundle_check(int fd, struct bundle_contents *contents_r, struct problem *why);

/* A file of the run directory whose text is wanted of a bundle. */
struct bundle_pick {
	const char *name;
	char *text; /* with a 0 behind it; NULL: the bundle does not have it. The caller frees */
	size_t length;
};

/* What a bundle of which files are picked may hold: they are read many at a time, from anywhere. */
#define BUNDLE_PICK_MAX       (64u << 20)
#define BUNDLE_PICK_TOTAL_MAX (4ull << 30)

/*
 * Checks a bundle as bundle_check() does, within BUNDLE_PICK_TOTAL_MAX, and gives the texts of the
 * picked files, of BUNDLE_PICK_MAX bytes at most. Returns 0, or as bundle_check(), and then no
 * text.
 */
int bundle_pick(int fd, struct bundle_pick *picks, size_t count, struct problem *why);

/*
 * Decompresses bytes that gzip, bzip2, xz or zstd compressed; at most `max` bytes, and *cut_r if
 * there is more. Returns 0 and the bytes with a 0 behind them, which the caller frees; -EINVAL with
 * what is wrong with them; -ENOMEM.
 */
int bundle_decompress(const char *packed, size_t length, size_t max, char **bytes_r,
	size_t *length_r, bool *cut_r, struct problem *why);

/*
 * Unpacks a tar archive that a host sent, without compression, into an empty folder that nobody
 * else can enter. The archive's owners, modes and times are ignored: files are 0644, folders 0755.
 * Anything but plain files and folders with plain names (file_list_path_is_plain()), and a file
 * that comes twice, is -EINVAL; more than `bytes_max` bytes is -EFBIG; each with the sentence. The
 * files are on disk when it returns 0; otherwise the caller removes what was unpacked.
 */
int bundle_unpack(int fd, int dir_fd, uint64_t bytes_max, struct problem *why);

#define BUNDLE_ABI           5
#define BUNDLE_MODULE_SYMBOL "igd_bundle_module"

struct bundle_module {
	unsigned int abi;
	int (*write)(int dir_fd, const struct files *files, const char *top, time_t when,
		int out_fd, struct bundle_contents *contents_r, struct problem *why);
	int (*check)(int fd, struct bundle_contents *contents_r, struct problem *why);
	int (*pick)(int fd, struct bundle_pick *picks, size_t count, struct problem *why);
	int (*decompress)(const char *packed, size_t length, size_t max, char **bytes_r,
		size_t *length_r, bool *cut_r, struct problem *why);
	int (*unpack)(int fd, int dir_fd, uint64_t bytes_max, struct problem *why);
};

#endif
