/*
 * What the only process of a guest does for its machine. Also used by guests/hostile.
 */
#ifndef IGD_AGENT_INIT_H
#define IGD_AGENT_INIT_H

#include <jansson.h>
#include <stddef.h>

/* Bytes of a value on the kernel command line, the end included. */
#define INIT_OPTION_MAX 64

/* Is this process the guest's init? */
int init_is_init(void);

/* Mounts /dev, /proc and /sys. What cannot be mounted is missed by whoever reads it. */
void init_mount(void);

/*
 * Reads KEY=VALUE from the kernel command line (the last one counts, as in the kernel).
 * Returns 0, or -ENOENT if it is not there.
 */
int init_option(const char *key, char value[static INIT_OPTION_MAX]);

/*
 * Loads the modules that /lib/modules/order lists, one absolute path a line, in that order.
 * Returns a new array of {"path", "error"} for those that would not load, or NULL without memory.
 */
json_t *init_load_modules(void);

/* The same for a list of a different name, without its leading slash. */
json_t *init_load_list(const char *path);

/*
 * Writes a line on the first virtual terminal, so that fbcon really takes the display over and sets
 * a mode: a kernel with CONFIG_FRAMEBUFFER_CONSOLE_DEFERRED_TAKEOVER waits for the first output,
 * which a quiet one never makes. A kernel without virtual terminals has its framebuffer set the
 * mode.
 */
void init_wake_display(void);

/*
 * Opens the serial console for the wire: /dev/ttyS0, or what igd.console= names; raw, so that no
 * line discipline echoes or changes a byte. Returns a descriptor the caller closes, or a negative
 * errno.
 */
int init_console(void);

/* Powers the machine off. If the machine does not, waits for ever: init must not exit. */
__attribute__((noreturn)) void init_power_off(void);

#endif
