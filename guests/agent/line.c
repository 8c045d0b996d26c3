/*
 * The kernel may write a message on the same UART at any time, also between two of our
 * instructions. It waits for an empty transmitter before each byte, as we do for each FIFO, so what
 * can happen is what happens on a shared console anyway: text inside a frame, and a byte lost. The
 * wire is made for that.
 */
#include "guests/agent/line.h"

#include <errno.h>
#include <linux/serial.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "src/io.h"

/* The registers of a 16550 (its data sheet, table 2). */
#define UART_PORTS 8
#define UART_LSR   5
#define LSR_THRE   0x20 /* the transmitter's FIFO is empty */
#define LSR_TEMT   0x40 /* and so is its shift register */

/* An emulated one is ready at once; a real one needs 1.4 ms for its FIFO at 115200 baud. */
#define BUSY_POLLS 100
#define NAP_NS     1000000
#define NAPS_MAX   5000

struct line line_open(int fd, bool ports)
{
	struct line line = { .fd = fd };
	struct serial_struct serial = { 0 };

	if (!ports || ioctl(fd, TIOCGSERIAL, &serial) || serial.io_type != SERIAL_IO_PORT)
		return line;
	if (serial.port <= 0 || serial.port > UINT16_MAX - UART_PORTS || serial.xmit_fifo_size <= 0)
		return line;
	if (ioperm((unsigned long)serial.port, UART_PORTS, 1))
		return line;
	line.port = (uint16_t)serial.port;
	line.fifo = (unsigned int)serial.xmit_fifo_size;
	return line;
}

static int await(const struct line *line, unsigned char bits)
{
	static const struct timespec nap = { .tv_nsec = NAP_NS };

	for (int polls = 0; polls < BUSY_POLLS + NAPS_MAX; polls++) {
		if ((inb(line->port + UART_LSR) & bits) == bits)
			return 0;
		if (polls >= BUSY_POLLS)
			nanosleep(&nap, NULL);
	}
	return -EIO;
}

static int write_port(const struct line *line, const char *bytes, size_t length)
{
	while (length > 0) {
		size_t chunk = length < line->fifo ? length : line->fifo;
		int r = await(line, LSR_THRE);

		if (r < 0)
			return r;
		outsb(line->port, bytes, chunk);
		bytes += chunk;
		length -= chunk;
	}
	return 0;
}

int line_write(const struct line *line, const char *bytes, size_t length)
{
	return line->port ? write_port(line, bytes, length) : io_write_all(line->fd, bytes, length);
}

void line_drain(const struct line *line)
{
	if (line->port)
		await(line, LSR_THRE | LSR_TEMT);
	else
		tcdrain(line->fd);
}
