#include "guests/agent/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fb.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "src/tree.h"

int init_is_init(void)
{
	return getpid() == 1;
}

void init_mount(void)
{
	static const struct {
		const char *type, *where;
	} mounts[] = { { "devtmpfs", "/dev" }, { "proc", "/proc" }, { "sysfs", "/sys" } };

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].where, 0755);
		mount(mounts[i].type, mounts[i].where, mounts[i].type, MS_NOSUID | MS_NOEXEC, NULL);
	}
}

int init_option(const char *key, char value[static INIT_OPTION_MAX])
{
	size_t length = strlen(key);
	char text[TREE_TEXT_MAX], *state = NULL;
	int r = -ENOENT;

	if (tree_text("", text, "proc/cmdline"))
		return r;
	for (char *word = strtok_r(text, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
		if (strncmp(word, key, length) != 0 || word[length] != '=')
			continue;
		snprintf(value, INIT_OPTION_MAX, "%s", word + length + 1);
		r = 0;
	}
	return r;
}

/* Sets the mode that the driver chose when it made the framebuffer, as fbcon would. */
static void light_framebuffer(void)
{
	struct fb_var_screeninfo mode;
	int fd = tree_open("", O_RDWR, "dev/fb0");

	if (fd < 0)
		return;
	if (!ioctl(fd, FBIOGET_VSCREENINFO, &mode)) {
		mode.activate = FB_ACTIVATE_NOW | FB_ACTIVATE_FORCE;
		ioctl(fd, FBIOPUT_VSCREENINFO, &mode);
	}
	close(fd);
}

void init_wake_display(void)
{
	static const char line[] = "igd-agent\n";
	int fd = tree_open("", O_WRONLY, "dev/tty1");

	if (fd < 0) {
		light_framebuffer();
		return;
	}
	if (write(fd, line, sizeof(line) - 1) < 0) {
		/* As good as no terminal: the report says what is on the display anyway. */
	}
	close(fd);
}

int init_console(void)
{
	char name[INIT_OPTION_MAX] = "ttyS0";
	struct termios raw;
	int fd;

	init_option("igd.console", name);
	fd = tree_open("", O_RDWR, "dev/%s", name);
	if (fd < 0)
		return fd;
	if (tcgetattr(fd, &raw)) {
		int r = -errno;

		close(fd);
		return r;
	}
	cfmakeraw(&raw);
	/* No modem lines: nobody drives them. The speed matters on hardware only. */
	raw.c_cflag |= CLOCAL | CREAD;
	cfsetspeed(&raw, B115200);
	tcsetattr(fd, TCSANOW, &raw);
	return fd;
}

/* For the kernel to power the machine off, before the agent does it. */
#define POWER_OFF_S 30

/*
 * What firmware's ACPI tables would have a kernel do on the machines that Xen and QEMU make with a
 * PIIX4: PMCNTRL is the fourth byte behind PMBA, SUS_EN is bit 13, and SUS_TYP 0 is soft off (Intel
 * 82371AB data sheet, sections 7.1.2 and 7.2.3).
 */
static void switch_piix4_off(void)
{
	static const uint16_t piix4[] = { 0x8086, 0x7113 };
	uint16_t ids[2], base;
	int fd = tree_open("", O_RDONLY, "sys/bus/pci/devices/0000:00:01.3/config");

	if (fd < 0)
		return;
	if (pread(fd, ids, sizeof(ids), 0) == sizeof(ids) && !memcmp(ids, piix4, sizeof(ids)) &&
		pread(fd, &base, sizeof(base), 0x40) == sizeof(base) && !iopl(3))
		outw(1u << 13, (base & 0xffc0) + 4);
	close(fd);
}

void init_power_off(void)
{
	sync();
	/* A kernel without ACPI would halt. */
	if (access("/sys/firmware/acpi", F_OK))
		switch_piix4_off();
	/* The kernel first shuts its devices down, and waits for a driver whose probe hangs. */
	if (fork() > 0)
		sleep(POWER_OFF_S);
	else
		reboot(RB_POWER_OFF);
	switch_piix4_off();
	for (;;)
		pause();
}
