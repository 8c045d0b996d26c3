/*
 * For the libraries that tests preload (full_disk.c, hold.c, jump.c): a function that they stand in
 * front of. Not installed.
 */
#ifndef IGD_TESTING_PRELOAD_H
#define IGD_TESTING_PRELOAD_H

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))

/* A number, for ISO C knows no way from an object's address to a function's. */
static inline uintptr_t preload_real(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found)
		abort();
	return (uintptr_t)found;
}

/* The C library's function of that name. */
#define REAL(function) ((__typeof__(&(function)))preload_real(#function))

#endif
