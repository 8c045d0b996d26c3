/*
 * Layout, in sectors of 2048 bytes: the boot record at 17 and the catalog at 19 (El Torito 1.0),
 * the loader at 20 with struct boot_header behind it, which firmware loads together, then the
 * parts.
 */
#include "harness/backend/boot/boot_disk.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/io.h"

#define SECTOR       2048u
#define RECORD_AT    17u
#define CATALOG_AT   19u
#define LOADER_AT    20u
#define HEADER_AT    (LOADER_AT + 1)
#define PARTS_AT     (HEADER_AT + 2)
#define LOADED_512   12 /* of the loader and the header, in sectors of 512 bytes */
#define MIB          (1u << 20)
#define DMA_BOUNDARY 0x10000u
#define KERNEL_ADDR  0x100000u
#define SETUP_ADDR   0x10000u
#define CMDLINE_ADDR 0x20000u
#define HEAP_END     0xfe00u /* in the setup's segment: what is above is its stack */
#define SETUP_MAX    0x8000u /* bytes: boot.rst keeps that much for the setup */
#define DISK_MAX     (1024u * MIB)

extern const unsigned char boot_loader[SECTOR];

#define STARTER 1024u
extern const unsigned char boot_starter[STARTER];

/* What loader.S reads; all little endian. */
struct boot_part {
	uint32_t sector, sectors, address;
};

struct boot_header {
	char magic[8];
	struct boot_part setup, kernel, initrd; /* the loader chooses the initrd's address */
	uint32_t initrd_bytes;
	uint32_t initrd_limit; /* its address and size are together at most this */
	uint32_t lowest;       /* its address is at least this */
	uint32_t reserved[2];
	char cmdline[BOOT_CMDLINE_MAX];
	char padding[2 * SECTOR - 64 - BOOT_CMDLINE_MAX];
};

_Static_assert(offsetof(struct boot_header, cmdline) == 64, "as loader.S has it");
_Static_assert(sizeof(struct boot_header) == 2 * SECTOR, "two sectors");

/* Offsets in the kernel's file: Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header". */
#define H_SETUP_SECTS     0x1f1
#define H_VID_MODE        0x1fa
#define H_BOOT_FLAG       0x1fe
#define H_HEADER          0x202
#define H_VERSION         0x206
#define H_TYPE_OF_LOADER  0x210
#define H_LOADFLAGS       0x211
#define H_HEAP_END_PTR    0x224
#define H_CMD_LINE_PTR    0x228
#define H_INITRD_ADDR_MAX 0x22c
#define H_CMDLINE_SIZE    0x238
#define H_END             0x23c

#define BOOT_FLAG      0xaa55
#define HDRS           0x53726448 /* "HdrS" */
#define LOADED_HIGH    0x01
#define CAN_USE_HEAP   0x80
#define UNKNOWN_LOADER 0xff

/* What a header that is too old to say so is taken to say, boot.rst. */
#define OLD_INITRD_ADDR_MAX 0x37ffffffu
#define OLD_CMDLINE_SIZE    255u

struct making {
	const struct image *image;
	int fd;
	uint32_t next; /* the first free sector */
	struct boot_header header;
	unsigned char setup[SETUP_MAX];
	uint32_t setup_bytes;
	struct problem *why;
};

static uint16_t get16(const unsigned char *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t get32(const unsigned char *at)
{
	return get16(at) | (uint32_t)get16(at + 2) << 16;
}

static void put16(unsigned char *at, uint32_t value)
{
	at[0] = (unsigned char)value;
	at[1] = (unsigned char)(value >> 8);
}

static void put32(unsigned char *at, uint32_t value)
{
	put16(at, value);
	put16(at + 2, value >> 16);
}

static int failed(struct making *m, const char *what, const char *path, int r)
{
	return problem_set(
		m->why, r, "cannot %s %s for the boot disk: %s", what, path, strerror(-r));
}

static uint32_t sectors_of(uint64_t bytes)
{
	return (uint32_t)((bytes + SECTOR - 1) / SECTOR);
}

/* Copies a file from its byte `from` to the byte `to` of the disk. Returns how many, or a negative
 * errno with the sentence. */
static int64_t copy_file(struct making *m, const char *path, off_t from, uint64_t to)
{
	int source = open(path, O_RDONLY | O_CLOEXEC), r = 0;
	struct stat stat = { 0 };
	off_t at = from;

	if (source < 0 || fstat(source, &stat) < 0)
		r = -errno;
	else if (stat.st_size < from || (uint64_t)stat.st_size + to > DISK_MAX)
		r = -EFBIG;
	else if (lseek(m->fd, (off_t)to, SEEK_SET) < 0)
		r = -errno;
	while (r == 0 && at < stat.st_size) {
		ssize_t n = sendfile(m->fd, source, &at, (size_t)(stat.st_size - at));

		if (n <= 0)
			r = n < 0 ? -errno : -EIO;
	}
	if (source >= 0)
		close(source);
	return r < 0 ? failed(m, "copy", path, r) : (int64_t)(at - from);
}

/* The next sectors of the disk are that part, of so many bytes. */
static void place(struct making *m, struct boot_part *part, uint64_t bytes, uint32_t address)
{
	*part = (struct boot_part){ htole32(m->next), htole32(sectors_of(bytes)),
		htole32(address) };
	m->next += sectors_of(bytes);
}

static int not_linux(struct making *m, const char *reason)
{
	return problem_set(m->why, -EINVAL,
		"%s cannot be booted from a boot disk: %s; the setting `boot: direct` gives the file "
		"to QEMU",
		m->image->kernel, reason);
}

/* Reads the real-mode part of the kernel, as long as its header says. */
static int read_setup(struct making *m)
{
	int fd = open(m->image->kernel, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, m->setup, sizeof(m->setup), 0);
	int error = errno;
	uint32_t sects;

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return failed(m, "read", m->image->kernel, -error);
	if (n < H_END || get16(m->setup + H_BOOT_FLAG) != BOOT_FLAG ||
		get32(m->setup + H_HEADER) != HDRS)
		return not_linux(m, "it has no setup header");
	if (get16(m->setup + H_VERSION) < 0x202)
		return not_linux(m, "its boot protocol is older than 2.02");
	if (!(m->setup[H_LOADFLAGS] & LOADED_HIGH))
		return not_linux(m, "it is a zImage, which is loaded below 1 MiB");
	sects = m->setup[H_SETUP_SECTS] ? m->setup[H_SETUP_SECTS] : 4;
	m->setup_bytes = (sects + 1) * 512;
	if (m->setup_bytes > sizeof(m->setup))
		return not_linux(m, "its setup has more than 32 KiB");
	if (m->setup_bytes > (size_t)n)
		return not_linux(m, "it is cut off");
	return 0;
}

/* The parameter `vga` is the boot loader's, boot.rst, "Special Command Line Options". */
static void choose_mode(unsigned char *setup, const char *cmdline)
{
	static const struct {
		const char *word;
		uint16_t mode;
	} words[] = { { "normal", 0xffff }, { "ext", 0xfffe }, { "ask", 0xfffd } };
	const char *at = cmdline;

	while ((at = strstr(at, "vga=")) && at != cmdline && at[-1] != ' ')
		at++;
	if (!at)
		return;
	at += strlen("vga=");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strncmp(at, words[i].word, strlen(words[i].word)) == 0) {
			put16(setup + H_VID_MODE, words[i].mode);
			return;
		}
	}
	put16(setup + H_VID_MODE, (uint32_t)strtoul(at, NULL, 0));
}

/* What a boot loader writes into the header; the initramfs is the loader's to write. */
static int fill_setup(struct making *m, const char *cmdline)
{
	uint32_t version = get16(m->setup + H_VERSION);
	uint32_t most = version < 0x206 ? OLD_CMDLINE_SIZE : get32(m->setup + H_CMDLINE_SIZE);
	uint32_t last = version < 0x203 ? OLD_INITRD_ADDR_MAX : get32(m->setup + H_INITRD_ADDR_MAX);

	if (strlen(cmdline) > most || strlen(cmdline) >= sizeof(m->header.cmdline))
		return problem_set(m->why, -EINVAL,
			"the command line of the guest's kernel has %zu bytes, and %s takes %u",
			strlen(cmdline), m->image->kernel,
			most < BOOT_CMDLINE_MAX ? most : BOOT_CMDLINE_MAX - 1);
	m->setup[H_TYPE_OF_LOADER] = UNKNOWN_LOADER;
	m->setup[H_LOADFLAGS] |= CAN_USE_HEAP;
	put16(m->setup + H_HEAP_END_PTR, HEAP_END);
	put32(m->setup + H_CMD_LINE_PTR, CMDLINE_ADDR);
	choose_mode(m->setup, cmdline);
	memcpy(m->header.cmdline, cmdline, strlen(cmdline));
	m->header.initrd_limit = htole32(last < UINT32_MAX - DMA_BOUNDARY ? last + 1 : last);
	return 0;
}

static int write_at(struct making *m, uint32_t sector, const void *bytes, size_t length)
{
	int r = lseek(m->fd, (off_t)sector * SECTOR, SEEK_SET) < 0
			? -errno
			: io_write_all(m->fd, bytes, length);

	return r < 0 ? problem_set(m->why, r, "cannot write the boot disk: %s", strerror(-r)) : 0;
}

static int add_kernel(struct making *m)
{
	int64_t bytes;
	int r = write_at(m, m->next, m->setup, m->setup_bytes);

	if (r < 0)
		return r;
	place(m, &m->header.setup, m->setup_bytes, SETUP_ADDR);
	bytes = copy_file(m, m->image->kernel, m->setup_bytes, (uint64_t)m->next * SECTOR);
	if (bytes < 0)
		return (int)bytes;
	place(m, &m->header.kernel, (uint64_t)bytes, KERNEL_ADDR);
	m->header.lowest =
		htole32((KERNEL_ADDR + sectors_of((uint64_t)bytes) * SECTOR + DMA_BOUNDARY - 1) &
			~(DMA_BOUNDARY - 1));
	return 0;
}

/* An archive begins at a multiple of 4, as in image_join_igd(). */
static int add_initrd(struct making *m, bool igd)
{
	const uint64_t at = (uint64_t)m->next * SECTOR;
	int64_t bytes = copy_file(m, m->image->initrd, 0, at), more = 0;

	if (bytes >= 0 && igd) {
		bytes = (bytes + 3) & ~(int64_t)3;
		more = copy_file(m, m->image->igd, 0, at + (uint64_t)bytes);
	}
	if (bytes < 0 || more < 0)
		return (int)(bytes < 0 ? bytes : more);
	bytes += more;
	m->header.initrd_bytes = htole32((uint32_t)bytes);
	place(m, &m->header.initrd, (uint64_t)bytes, 0);
	return 0;
}

/* El Torito, figures 7 (the record), 2 (the validation entry) and 3 (the initial entry). */
static int add_boot_record(struct making *m)
{
	unsigned char record[SECTOR] = { 0 }, catalog[SECTOR] = { 0 };
	int r;

	memcpy(record + 1, "CD001\1EL TORITO SPECIFICATION", 29);
	put32(record + 0x47, CATALOG_AT);
	catalog[0] = 1;
	put16(catalog + 0x1c, 0x10000 - (0x0001 + 0xaa55)); /* all words are 0 together */
	put16(catalog + 0x1e, 0xaa55);
	catalog[0x20] = 0x88; /* bootable; no emulation, segment 0x7c0 */
	put16(catalog + 0x26, LOADED_512);
	put32(catalog + 0x28, LOADER_AT);
	memcpy(m->header.magic, "IGDBOOT1", sizeof(m->header.magic));
	r = write_at(m, RECORD_AT, record, sizeof(record));
	if (r == 0)
		r = write_at(m, CATALOG_AT, catalog, sizeof(catalog));
	if (r == 0)
		r = write_at(m, LOADER_AT, boot_loader, SECTOR);
	return r < 0 ? r : write_at(m, HEADER_AT, &m->header, sizeof(m->header));
}

int boot_disk_write(
	const struct image *image, bool igd, const char *cmdline, int fd, struct problem *why)
{
	struct making *m = calloc(1, sizeof(*m));
	int r;

	if (!m)
		return problem_set(why, -ENOMEM, "out of memory");
	*m = (struct making){ .image = image, .fd = fd, .next = PARTS_AT, .why = why };
	r = read_setup(m);
	if (r == 0)
		r = fill_setup(m, cmdline);
	if (r == 0)
		r = add_kernel(m);
	if (r == 0)
		r = add_initrd(m, igd);
	if (r == 0)
		r = add_boot_record(m);
	if (r == 0 && ftruncate(fd, (off_t)m->next * SECTOR) < 0)
		r = problem_set(why, -errno, "cannot write the boot disk: %s", strerror(errno));
	free(m);
	return r;
}

int boot_disk_write_starter(int disk_fd, int fd, struct problem *why)
{
	/* The end stands for the kernel proper, which may not be empty. */
	unsigned char file[STARTER + SECTOR + sizeof(struct boot_header) + 16] = { 0 };
	ssize_t n = pread(disk_fd, file + STARTER, SECTOR + sizeof(struct boot_header),
		(off_t)LOADER_AT * SECTOR);
	int r = n < 0 ? -errno : 0;

	memcpy(file, boot_starter, STARTER);
	if (r == 0)
		r = io_write_all(fd, file, sizeof(file));
	return r < 0 ? problem_set(
			       why, r, "cannot write what starts the boot disk: %s", strerror(-r))
		     : 0;
}
