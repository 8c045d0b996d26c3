/*
 * Expected offsets and values: El Torito 1.0, figures 2, 3 and 7, and
 * Documentation/arch/x86/boot.rst of Linux, written here as numbers. ci/checks/qemu boots such a
 * disk.
 */
#include "harness/backend/boot/boot_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

#define SECTOR 2048

static char folder[] = "/tmp/igd-boot-XXXXXX";
static char kernel[64], initrd[64], drivers[64];
static const struct image image = { .kernel = kernel, .initrd = initrd, .igd = drivers };
static struct problem why;

/* A kernel of a setup of two sectors of 512 bytes, and 3000 bytes of 'k'. */
static unsigned char file[1024 + 3000];
static unsigned char disk[64 * SECTOR];
static ssize_t size;

static unsigned int number(const unsigned char *at, int bytes)
{
	unsigned int value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static void put(const char *path, const void *bytes, size_t length)
{
	FILE *stream = fopen(path, "w");

	if (!stream || fwrite(bytes, 1, length, stream) != length || fclose(stream))
		abort();
}

/* The header of protocol 2.06, loaded high, for command lines of at most 2047 bytes. */
static void new_kernel(void)
{
	memset(file, 0, sizeof(file));
	memset(file + 1024, 'k', 3000);
	file[0x1f1] = 1;
	memcpy(file + 0x1fe,
		"\x55\xaa\xeb\x3a"
		"HdrS\x06\x02",
		10);
	file[0x211] = 1;
	memcpy(file + 0x22c, "\xff\xff\xff\x7f", 4);
	memcpy(file + 0x238, "\xff\x07\0\0", 4);
}

static int make(const char *cmdline, bool igd)
{
	int fd = memfd_create("disk", MFD_CLOEXEC), r;

	put(kernel, file, sizeof(file));
	why.text[0] = 0;
	r = boot_disk_write(&image, igd, cmdline, fd, &why);
	memset(disk, 0xee, sizeof(disk));
	size = pread(fd, disk, sizeof(disk), 0);
	close(fd);
	return r;
}

static void firmware_finds_the_loader(void)
{
	const unsigned char *record = disk + 17 * SECTOR, *catalog;
	unsigned int sum = 0;

	new_kernel();
	CU_ASSERT_EQUAL_FATAL(make("quiet", false), 0);
	CU_ASSERT_EQUAL(size % SECTOR, 0);
	CU_ASSERT_EQUAL(record[0], 0);
	CU_ASSERT_EQUAL(memcmp(record + 1, "CD001\1EL TORITO SPECIFICATION\0", 30), 0);
	catalog = disk + number(record + 0x47, 4) * SECTOR;
	CU_ASSERT_EQUAL(catalog[0], 1); /* validation entry */
	CU_ASSERT_EQUAL(catalog[1], 0); /* 80x86 */
	CU_ASSERT_EQUAL(number(catalog + 30, 2), 0xaa55);
	for (int i = 0; i < 32; i += 2)
		sum += number(catalog + i, 2);
	CU_ASSERT_EQUAL(sum & 0xffff, 0);
	CU_ASSERT_EQUAL(catalog[32], 0x88);           /* bootable */
	CU_ASSERT_EQUAL(catalog[33], 0);              /* no emulation */
	CU_ASSERT_EQUAL(number(catalog + 34, 2), 0);  /* the usual segment, 0x7c0 */
	CU_ASSERT_EQUAL(number(catalog + 38, 2), 12); /* the loader, and what it reads */
	CU_ASSERT_EQUAL(number(catalog + 40, 4), 20);
	CU_ASSERT_EQUAL(disk[20 * SECTOR], 0xfa); /* cli */
	/* No file system: neither ISO 9660 nor a partition. */
	for (int i = 0; i < 17 * SECTOR; i++)
		CU_ASSERT_EQUAL_FATAL(disk[i], 0);
}

/* The part whose sector, sectors and address are at that byte behind the loader. */
static const unsigned char *part(int at, unsigned int *bytes_r, unsigned int *address_r)
{
	const unsigned char *header = disk + 21 * SECTOR;

	*bytes_r = number(header + at + 4, 4) * SECTOR;
	*address_r = number(header + at + 8, 4);
	return disk + number(header + at, 4) * SECTOR;
}

static void the_kernel_gets_what_the_protocol_says(void)
{
	const unsigned char *header = disk + 21 * SECTOR, *setup, *rest;
	unsigned int bytes, address;
	unsigned char wanted[1024];

	new_kernel();
	CU_ASSERT_EQUAL_FATAL(make("console=ttyS0 quiet", false), 0);
	setup = part(8, &bytes, &address);
	CU_ASSERT_EQUAL(bytes, SECTOR);
	CU_ASSERT_EQUAL(address, 0x10000);
	memcpy(wanted, file, sizeof(wanted));
	wanted[0x210] = 0xff;                          /* type_of_loader */
	wanted[0x211] |= 0x80;                         /* CAN_USE_HEAP */
	memcpy(wanted + 0x224, "\x00\xfe", 2);         /* heap_end_ptr */
	memcpy(wanted + 0x228, "\x00\x00\x02\x00", 4); /* cmd_line_ptr */
	CU_ASSERT_EQUAL(memcmp(setup, wanted, sizeof(wanted)), 0);
	CU_ASSERT_STRING_EQUAL((const char *)header + 64, "console=ttyS0 quiet");
	rest = part(20, &bytes, &address);
	CU_ASSERT_EQUAL(bytes, 2 * SECTOR);
	CU_ASSERT_EQUAL(address, 0x100000);
	CU_ASSERT_EQUAL(memcmp(rest, file + 1024, 3000), 0);
	/* initrd_addr_max is the last byte it may have. */
	CU_ASSERT_EQUAL(number(header + 48, 4), 0x80000000);
	CU_ASSERT_TRUE(number(header + 52, 4) >= 0x100000 + 3000);
}

/* Offsets: boot.rst; DS is the begin of the file, and the entry at 0x200 (16-bit boot protocol). */
static void a_starter_has_the_loader_behind_it(void)
{
	int from = memfd_create("disk", MFD_CLOEXEC), to = memfd_create("starter", MFD_CLOEXEC);
	static unsigned char start[16384];
	ssize_t length;

	new_kernel();
	put(kernel, file, sizeof(file));
	CU_ASSERT_EQUAL_FATAL(boot_disk_write(&image, false, "quiet", from, &why), 0);
	CU_ASSERT_EQUAL_FATAL(boot_disk_write_starter(from, to, &why), 0);
	CU_ASSERT_EQUAL(pread(from, disk, sizeof(disk), 0) % SECTOR, 0);
	length = pread(to, start, sizeof(start), 0);
	CU_ASSERT_EQUAL(number(start + 0x1fe, 2), 0xaa55);
	CU_ASSERT_EQUAL(start[0x200], 0xeb); /* jmp, short */
	CU_ASSERT_EQUAL(start[0x200] == 0xeb && 0x202 + start[0x201] >= 0x22c, true);
	CU_ASSERT_EQUAL(memcmp(start + 0x202, "HdrS", 4), 0);
	CU_ASSERT_TRUE(number(start + 0x206, 2) >= 0x202);
	CU_ASSERT_EQUAL(start[0x211] & 1, 1);
	CU_ASSERT_EQUAL((start[0x1f1] + 1) * 512, 1024 + 3 * SECTOR);
	CU_ASSERT_TRUE(length > 1024 + 3 * SECTOR);
	CU_ASSERT_EQUAL(memcmp(start + 1024, disk + 20 * SECTOR, 3 * SECTOR), 0);
	CU_ASSERT_EQUAL(boot_disk_write_starter(-1, to, &why), -EBADF);
	close(from);
	close(to);
}

/* A header of 2.02 has neither initrd_addr_max nor cmdline_size. */
static void an_old_header_has_the_old_limits(void)
{
	char cmdline[257];

	new_kernel();
	memcpy(file + 0x206, "\x02\x02", 2);
	memset(file + 0x22c, 0, 16);
	memset(cmdline, 'c', 256);
	cmdline[255] = 0;
	CU_ASSERT_EQUAL(make(cmdline, false), 0);
	CU_ASSERT_EQUAL(number(disk + 21 * SECTOR + 48, 4), 0x38000000);
	cmdline[255] = 'c';
	cmdline[256] = 0;
	CU_ASSERT_EQUAL(make(cmdline, false), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "has 256 bytes"));
}

/* Archives begin at multiples of 4: driver-api/early-userspace/buffer-format.rst. */
static void drivers_come_behind_the_initramfs(void)
{
	const unsigned char *at;
	unsigned int bytes, address;

	new_kernel();
	CU_ASSERT_EQUAL_FATAL(make("", false), 0);
	at = part(32, &bytes, &address);
	CU_ASSERT_EQUAL(memcmp(at, "initr", 6), 0);
	CU_ASSERT_EQUAL(number(disk + 21 * SECTOR + 44, 4), 5);
	CU_ASSERT_EQUAL_FATAL(make("", true), 0);
	at = part(32, &bytes, &address);
	CU_ASSERT_EQUAL(memcmp(at, "initr\0\0\0i915", 13), 0);
	CU_ASSERT_EQUAL(number(disk + 21 * SECTOR + 44, 4), 12);
}

/* "Special Command Line Options" */
static void the_video_mode_is_of_the_command_line(void)
{
	static const struct {
		const char *cmdline;
		unsigned int mode;
	} cases[] = {
		{ "quiet", 0x1234 },
		{ "vga=normal quiet", 0xffff },
		{ "quiet vga=ext", 0xfffe },
		{ "vga=ask", 0xfffd },
		{ "xvga=ask vga=0x315", 0x315 },
		{ "igd.vga=3", 0x1234 },
		{ "vga=791", 791 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const unsigned char *setup;
		unsigned int bytes, address;

		new_kernel();
		memcpy(file + 0x1fa, "\x34\x12", 2);
		CU_ASSERT_EQUAL_FATAL(make(cases[i].cmdline, false), 0);
		setup = part(8, &bytes, &address);
		CU_ASSERT_EQUAL(number(setup + 0x1fa, 2), cases[i].mode);
	}
}

static void what_is_no_kernel_is_said(void)
{
	static const struct {
		size_t at;
		unsigned char value;
		const char *words;
	} cases[] = {
		{ 0x1fe, 0, "no setup header" },
		{ 0x202, 'h', "no setup header" },
		{ 0x206, 1, "older than 2.02" },
		{ 0x211, 0, "zImage" },
		{ 0x1f1, 64, "more than 32 KiB" },
		{ 0x1f1, 9, "cut off" },
	};
	char longest[3000];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		new_kernel();
		file[cases[i].at] = cases[i].value;
		CU_ASSERT_EQUAL(make("", false), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i].words));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, kernel));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "boot: direct"));
	}
	new_kernel();
	memset(longest, 'c', sizeof(longest));
	longest[2048] = 0;
	CU_ASSERT_EQUAL(make(longest, false), -EINVAL);
	longest[2047] = 0;
	CU_ASSERT_EQUAL(make(longest, false), 0);
	/* More than any kernel has, by its own word. */
	memset(file + 0x238, 0xff, 4);
	longest[2047] = 'c';
	CU_ASSERT_EQUAL(make(longest, false), -EINVAL);
	for (size_t length = 0; length < 0x23c; length += 13) {
		int fd = memfd_create("disk", MFD_CLOEXEC);

		new_kernel();
		put(kernel, file, length);
		CU_ASSERT_EQUAL(boot_disk_write(&image, false, "", fd, &why), -EINVAL);
		close(fd);
	}
	unlink(kernel);
	CU_ASSERT_EQUAL(boot_disk_write(&image, false, "", -1, &why), -ENOENT);
}

static ino_t inode(int fd)
{
	struct stat stat = { 0 };

	CU_ASSERT_EQUAL(fstat(fd, &stat), 0);
	CU_ASSERT_EQUAL(stat.st_nlink, 0); /* it has no name */
	close(fd);
	return stat.st_ino;
}

static void cells_share_what_is_the_same(void)
{
	struct boot_disks disks = { 0 };
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fds[3];
	char cmdline[16];
	ino_t first;

	new_kernel();
	put(kernel, file, sizeof(file));
	fds[0] = boot_disks_get(&disks, &image, false, "a", dir, &why);
	fds[1] = boot_disks_get(&disks, &image, false, "a", dir, &why);
	fds[2] = boot_disks_get(&disks, &image, true, "a", dir, &why);
	CU_ASSERT_TRUE_FATAL(fds[0] >= 0 && fds[1] >= 0 && fds[2] >= 0);
	first = inode(fds[0]);
	CU_ASSERT_EQUAL(inode(fds[1]), first);
	CU_ASSERT_NOT_EQUAL(inode(fds[2]), first);
	/* What was used last is kept. */
	for (int i = 0; i < 3 * BOOT_DISKS_MAX; i++) {
		snprintf(cmdline, sizeof(cmdline), "c%d", i);
		close(boot_disks_get(&disks, &image, false, cmdline, dir, &why));
		CU_ASSERT_EQUAL(
			inode(boot_disks_get(&disks, &image, false, "a", dir, &why)), first);
	}
	file[0x211] = 0;
	put(kernel, file, sizeof(file));
	CU_ASSERT_EQUAL(boot_disks_get(&disks, &image, false, "new", dir, &why), -EINVAL);
	boot_disks_finish(&disks);
	boot_disks_finish(&disks);
	close(dir);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "firmware finds the loader", firmware_finds_the_loader },
		{ "the kernel gets what the protocol says",
			the_kernel_gets_what_the_protocol_says },
		{ "a starter has the loader behind it", a_starter_has_the_loader_behind_it },
		{ "an old header has the old limits", an_old_header_has_the_old_limits },
		{ "drivers come behind the initramfs", drivers_come_behind_the_initramfs },
		{ "the video mode is of the command line", the_video_mode_is_of_the_command_line },
		{ "what is no kernel is said", what_is_no_kernel_is_said },
		{ "cells share what is the same", cells_share_what_is_the_same },
		CU_TEST_INFO_NULL,
	};
	int status;

	if (!mkdtemp(folder))
		return 1;
	snprintf(kernel, sizeof(kernel), "%s/vmlinuz", folder);
	snprintf(initrd, sizeof(initrd), "%s/initrd", folder);
	snprintf(drivers, sizeof(drivers), "%s/initrd.igd", folder);
	put(initrd, "initr", 5);
	put(drivers, "i915", 4);
	status = suite_main("boot-disk", tests);
	unlink(kernel);
	unlink(initrd);
	unlink(drivers);
	rmdir(folder);
	return status;
}
