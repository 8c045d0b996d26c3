/* QEMU as a process of dom0. */
#ifndef IGD_BACKEND_LIBXL_PROCESS_H
#define IGD_BACKEND_LIBXL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Reads the arguments of a process, each ended by a zero byte; at most `size` bytes. Returns their
 * length in bytes or a negative errno.
 */
ssize_t process_arguments(pid_t pid, char *arguments, size_t size);

/*
 * Returns a process whose program has "qemu" in its name and for one of whose arguments
 * wanted(argument, data) is true; 0 if there is none.
 */
pid_t process_find(bool (*wanted)(const char *argument, const void *data), const void *data);

/*
 * Returns a pidfd, which the caller closes and which becomes readable when the process exits; or a
 * negative errno.
 */
int process_open(pid_t pid);

/* Returns whether the process runs; false for -1. */
bool process_alive(int pidfd);

/* Sends SIGKILL; does nothing for -1. */
void process_kill(int pidfd);

#endif
