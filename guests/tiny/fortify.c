/*
 * Debian's static libraries were compiled for glibc with _FORTIFY_SOURCE, and so they call its
 * checked variants of these functions. musl, with which the tiny guest is linked because glibc's
 * part of a static program is 800 KB, has none: here is the plain one behind each. All else that
 * those libraries want of a C library has the same binary interface in musl.
 *
 * What each does is in "Interface Definitions for libc" of the Linux Standard Base Core.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Defined here and called by compiled code alone. */
int __asprintf_chk(char **text_r, int flag, const char *fmt, ...);
int __fprintf_chk(FILE *stream, int flag, const char *fmt, ...);
int __snprintf_chk(char *text, size_t size, int flag, size_t room, const char *fmt, ...);
int __sprintf_chk(char *text, int flag, size_t room, const char *fmt, ...);
int __vasprintf_chk(char **text_r, int flag, const char *fmt, va_list ap);
int __vfprintf_chk(FILE *stream, int flag, const char *fmt, va_list ap);
int __vsnprintf_chk(char *text, size_t size, int flag, size_t room, const char *fmt, va_list ap);
long __isoc23_strtol(const char *text, char **end, int base);
unsigned long __isoc23_strtoul(const char *text, char **end, int base);
long long __isoc23_strtoll(const char *text, char **end, int base);
unsigned long long __isoc23_strtoull(const char *text, char **end, int base);
char *__realpath_chk(const char *path, char *resolved, size_t room);
char *__strcat_chk(char *text, const char *more, size_t room);
char *__strncpy_chk(char *text, const char *from, size_t size, size_t room);

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* The body of a function with "..." that forwards to one with a va_list. */
#define FORWARD(call)                                                                              \
	va_list ap;                                                                                \
	int ret;                                                                                   \
                                                                                                   \
	va_start(ap, fmt);                                                                         \
	ret = call;                                                                                \
	va_end(ap);                                                                                \
	return ret

int __asprintf_chk(char **text_r, int flag, const char *fmt, ...)
{
	FORWARD(vasprintf(text_r, fmt, ap));
}

int __fprintf_chk(FILE *stream, int flag, const char *fmt, ...)
{
	FORWARD(vfprintf(stream, fmt, ap));
}

int __snprintf_chk(char *text, size_t size, int flag, size_t room, const char *fmt, ...)
{
	FORWARD(vsnprintf(text, size, fmt, ap));
}

/* glibc would end the process; a text that is cut cannot hurt it either. */
int __sprintf_chk(char *text, int flag, size_t room, const char *fmt, ...)
{
	FORWARD(vsnprintf(text, room > INT_MAX ? INT_MAX : room, fmt, ap));
}

int __vasprintf_chk(char **text_r, int flag, const char *fmt, va_list ap)
{
	return vasprintf(text_r, fmt, ap);
}

int __vfprintf_chk(FILE *stream, int flag, const char *fmt, va_list ap)
{
	return vfprintf(stream, fmt, ap);
}

int __vsnprintf_chk(char *text, size_t size, int flag, size_t room, const char *fmt, va_list ap)
{
	return vsnprintf(text, size, fmt, ap);
}

char *__realpath_chk(const char *path, char *resolved, size_t room)
{
	return realpath(path, resolved);
}

char *__strcat_chk(char *text, const char *more, size_t room)
{
	if (strlen(text) + strlen(more) >= room)
		abort();
	return strcat(text, more);
}

char *__strncpy_chk(char *text, const char *from, size_t size, size_t room)
{
	if (size > room)
		abort();
	return strncpy(text, from, size);
}

/* Since glibc 2.38 these are strtol() and its like by C23, which also take "0b11" for a number; in
 * JSON there is none. */
long __isoc23_strtol(const char *text, char **end, int base)
{
	return strtol(text, end, base);
}

unsigned long __isoc23_strtoul(const char *text, char **end, int base)
{
	return strtoul(text, end, base);
}

long long __isoc23_strtoll(const char *text, char **end, int base)
{
	return strtoll(text, end, base);
}

unsigned long long __isoc23_strtoull(const char *text, char **end, int base)
{
	return strtoull(text, end, base);
}
