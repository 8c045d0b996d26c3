/* Files, as both the guests and the host write them. */
#ifndef IGD_IO_H
#define IGD_IO_H

#include <stddef.h>

/* Writes all of it to a file that blocks, in as many pieces as it takes. Returns 0, or a negative
 * errno: part of it may be written. */
int io_write_all(int fd, const void *bytes, size_t length);

#endif
