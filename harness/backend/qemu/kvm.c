#include "harness/backend/qemu/kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/process/subprocess.h"

#define SECTOR_BYTES 512

/* QEMU's isa-debug-exit ends with 2 * value + 1 (hw/misc/debugexit.c). */
#define EXIT_VALUE  0x10
#define EXIT_STATUS (2 * EXIT_VALUE + 1)

#define INSTEAD "use --accel tcg, or repair KVM"

/* mov al, EXIT_VALUE; out 0xf4, al; hlt; jmp to the hlt. The last two bytes say that it boots. */
static int write_sector(int fd)
{
	uint8_t sector[SECTOR_BYTES] = { 0xb0, EXIT_VALUE, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd };

	sector[SECTOR_BYTES - 2] = 0x55;
	sector[SECTOR_BYTES - 1] = 0xaa;
	return write(fd, sector, sizeof(sector)) == (ssize_t)sizeof(sector) ? 0 : -EIO;
}

static int boot(const char *program, const char *sector, sd_event *loop, struct problem *why)
{
	char drive[64];
	const char *const argv[] = { program, "-nodefaults", "-no-user-config", "-display", "none",
		"-machine", "pc,accel=kvm", "-m", "64", "-device",
		"isa-debug-exit,iobase=0xf4,iosize=1", "-drive", drive, NULL };
	const struct subprocess_spec order = { .argv = (char *const *)argv, .in_fd = -1 };
	const struct subprocess_limits limits = { .limit_ms = KVM_LIMIT_MS };
	int r;

	snprintf(drive, sizeof(drive), "file=%s,format=raw,if=floppy,snapshot=on", sector);
	r = subprocess_run(loop, &order, &limits, why);
	if (r == EXIT_STATUS)
		return 0;
	if (r == -ETIMEDOUT)
		return problem_set(why, -EIO,
			"KVM runs no guest on this host: a boot sector did not end within %d s; " INSTEAD,
			KVM_LIMIT_MS / 1000);
	if (r < 0)
		return r;
	return problem_set(why, -EIO,
		"KVM runs no guest on this host: %s with a boot sector exited with status %d; " INSTEAD,
		program, r);
}

int kvm_try(const char *device, const char *program, sd_event *loop, struct problem *why)
{
	char path[] = "/tmp/igd-kvm-XXXXXX";
	int fd = open(device, O_RDWR | O_CLOEXEC), r;

	if (fd < 0) {
		r = -errno;
		return problem_set(why, r, "this host has no usable KVM: %s: %s; " INSTEAD, device,
			strerror(-r));
	}
	close(fd);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0) {
		r = -errno;
		return problem_set(why, r, "%s: %s", path, strerror(-r));
	}
	r = write_sector(fd);
	if (r < 0)
		problem_set(why, r, "%s cannot be written", path);
	else
		r = boot(program, path, loop, why);
	close(fd);
	unlink(path);
	return r;
}
