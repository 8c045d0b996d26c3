/* Writing on the serial line of the wire, the quickest way there is. */
#ifndef IGD_LINE_H
#define IGD_LINE_H

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
 * driver makes some for each byte. Anything else is written by write(2).
 */
struct line line_open(int fd);

/* Writes all of it. Returns 0, or a negative errno: -EIO if the UART takes nothing any more. */
int line_write(const struct line *line, const char *bytes, size_t length);

/* Waits until the last bit is out; not for ever. */
void line_drain(const struct line *line);

#endif
