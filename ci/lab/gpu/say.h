/*
 * The lines that the server writes to standard error, each with the seconds since it started. A
 * client can cause only so many: the rest are counted and the count is said once.
 */
#ifndef IGD_GPU_SAY_H
#define IGD_GPU_SAY_H

#define SAY_LINES_A_CLIENT 200

/* Writes a line; text longer than 500 bytes is cut, and control characters become '?'. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Begins the count for the next client, and says how many lines the last one had too many. */
void say_begin_client(void);

/* Writes nothing from here on: for suites and fuzz targets. */
void say_nothing(void);

#endif
