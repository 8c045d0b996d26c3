#include "guests/agent/work.h"
#include "src/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "guests/agent/collect.h"
#include "src/tree.h"

#define MAGIC "IGDWORK1"

/* A block on the disk: what it is, and a filling that depends on its number. */
struct block {
	char magic[8];
	uint64_t number; /* of the write, from 1 */
	uint32_t filling[(WORK_BLOCK - 20) / 4];
	uint32_t crc; /* zlib's CRC-32, of all before it */
};

_Static_assert(sizeof(struct block) == WORK_BLOCK, "a block is a block");

static void fill(struct block *block, uint64_t number)
{
	uint32_t state = (uint32_t)number * 2654435761u + 1; /* Knuth's; any that differ will do */

	memcpy(block->magic, MAGIC, sizeof(block->magic));
	block->number = number;
	for (size_t i = 0; i < sizeof(block->filling) / sizeof(block->filling[0]); i++) {
		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
		block->filling[i] = state;
	}
	block->crc = (uint32_t)crc32(0, (const Bytef *)block, offsetof(struct block, crc));
}

static void fail(struct work *work, const char *what, int error)
{
	if (work->errors++ == 0)
		snprintf(work->first_error, sizeof(work->first_error), "%s: %s", what,
			strerror(error));
}

/* Past the page cache, which would give back what the disk never got; needs an aligned buffer. */
static struct block *buffer(void)
{
	static struct block block __attribute__((aligned(WORK_BLOCK)));

	return &block;
}

/* Is it ours to write to? Its first block is empty, or was written by a step. */
static bool is_ours(int fd)
{
	static const struct block empty;
	struct block *first = buffer();

	return pread(fd, first, WORK_BLOCK, 0) == WORK_BLOCK &&
	       (memcmp(first, &empty, WORK_BLOCK) == 0 ||
		       memcmp(first->magic, MAGIC, sizeof(first->magic)) == 0);
}

static void open_disk(struct work *work, const char *root)
{
	int fd = tree_open(root, O_RDWR | O_DIRECT | O_CLOEXEC, "dev/%s", work->disk);
	off_t end;

	if (fd == -EINVAL) /* a file of a test, on a file system without */
		fd = tree_open(root, O_RDWR | O_DSYNC | O_CLOEXEC, "dev/%s", work->disk);
	if (fd < 0)
		return; /* not there yet */
	end = lseek(fd, 0, SEEK_END);
	if (end < WORK_BLOCKS * WORK_BLOCK || !is_ours(fd)) {
		fail(work, "the disk", end < WORK_BLOCKS * WORK_BLOCK ? ENOSPC : EEXIST);
		work->disk[0] = '\0';
		close(fd);
		return;
	}
	work->fd = fd;
	work->bytes = (uint64_t)end;
}

static off_t place_of(uint64_t number)
{
	return (off_t)((number - 1) % WORK_BLOCKS * WORK_BLOCK);
}

void work_begin(struct work *work, const char *disk)
{
	*work = (struct work){ .fd = -1, .last_ms = (uint64_t)clock_ms(CLOCK_MONOTONIC) };
	snprintf(work->disk, sizeof(work->disk), "%s", disk);
}

void work_step(struct work *work, const char *root)
{
	uint64_t now = (uint64_t)clock_ms(CLOCK_MONOTONIC);
	struct block *block = buffer();

	work->steps++;
	if (now - work->last_ms > work->pause_ms)
		work->pause_ms = now - work->last_ms;
	work->last_ms = now;
	if (!work->disk[0])
		return;
	if (work->fd < 0)
		open_disk(work, root);
	if (work->fd < 0)
		return;
	fill(block, work->written + 1);
	errno = EIO; /* of a short write */
	if (pwrite(work->fd, block, WORK_BLOCK, place_of(work->written + 1)) == WORK_BLOCK)
		work->written++;
	else
		fail(work, "write", errno);
}

void work_check(struct work *work)
{
	struct block *block = buffer();
	uint64_t first = work->written > WORK_BLOCKS ? work->written - WORK_BLOCKS + 1 : 1;

	work->checked = work->wrong = 0;
	for (uint64_t number = first; work->fd >= 0 && number <= work->written; number++) {
		static struct block should_be;

		errno = EIO;
		if (pread(work->fd, block, WORK_BLOCK, place_of(number)) != WORK_BLOCK) {
			fail(work, "read", errno);
			continue;
		}
		fill(&should_be, number);
		work->checked++;
		work->wrong += memcmp(block, &should_be, WORK_BLOCK) != 0;
	}
}

void work_end(struct work *work)
{
	if (work->fd >= 0)
		close(work->fd);
	work->fd = -1;
}

static json_t *describe_disk(struct work *work)
{
	json_t *disk;

	if (!work->disk[0] && !work->errors)
		return json_null();
	work_check(work);
	disk = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "name", work->disk, "bytes",
		(json_int_t)work->bytes, "written", (json_int_t)work->written, "checked",
		(json_int_t)work->checked, "wrong", (json_int_t)work->wrong, "errors",
		(json_int_t)work->errors);
	if (work->errors)
		json_object_set_new(disk, "error", json_string(work->first_error));
	return disk;
}

int collect_work(const struct guest *guest, json_t **section_r, struct problem *why)
{
	json_t *section =
		json_pack("{s:I, s:I}", "monotonic_ms", (json_int_t)clock_ms(CLOCK_MONOTONIC),
			"realtime_ms", (json_int_t)clock_ms(CLOCK_REALTIME));

	if (section && guest->work) {
		json_object_set_new(section, "steps", json_integer((json_int_t)guest->work->steps));
		json_object_set_new(
			section, "pause_ms", json_integer((json_int_t)guest->work->pause_ms));
		json_object_set_new(section, "disk", describe_disk(guest->work));
	}
	if (!section)
		return -ENOMEM;
	*section_r = section;
	return 0;
}
