/* Reading from a process that may hang. */
#ifndef IGD_LIMITED_READ_H
#define IGD_LIMITED_READ_H

#include <stddef.h>

/*
 * Reads from a pipe until its last writer has closed it. Returns 0; -ETIMEDOUT if the writer has
 * not closed it within limit_ms milliseconds; -E2BIG if it writes `size` bytes or more; or the
 * negative errno of read(). *length_r is the number of bytes that were read in each of these cases.
 */
int limited_read(int fd, char *text, size_t size, int limit_ms, size_t *length_r);

#endif
