/* Writing on the serial line of the wire, the quickest way there is. */
#ifndef IGD_LINE_H
#define IGD_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line {
	int fd;            /* borrowed */
	uint16_t port;     /* of the UART, or 0: write(2) alone */
	unsigned int fifo; /* bytes that its transmitter takes at once */
};

/*
 * Looks what the descriptor is. A UART at I/O ports is then written by `rep outsb`, one FIFO at a
 * time: for a hypervisor that emulates the port a whole FIFO is then one exit, where the kernel's
 * driver makes some for each byte. Anything else is written by write(2), and so is all if `ports`
 * is false, as of a guest that may be restored: Xen gives it back a task register that is busy, as
 * a processor's own is (svm_get_segment_register() in xen/arch/x86/hvm/svm/svm.c, Xen 4.17), and
 * under QEMU's TCG such a task may use no port (helper_check_io() in target/i386/tcg, QEMU 7.2,
 * wants type 9). Measured: the agent of a restored guest was killed by its next `in`.
 */
struct line line_open(int fd, bool ports);

/* Writes all of it. Returns 0, or a negative errno: -EIO if the UART takes nothing any more. */
int line_write(const struct line *line, const char *bytes, size_t length);

/* Waits until the last bit is out; not for ever. */
void line_drain(const struct line *line);

#endif
