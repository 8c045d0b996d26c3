/*
 * Who writes in a run directory: the holder of its lock (harness/store/run_dir.h).
 */
#ifndef IGD_STORE_WRITER_H
#define IGD_STORE_WRITER_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#define STORE_USER_MAX 64

struct store_writer {
	bool writes;               /* is the lock held? */
	pid_t pid;                 /* 0: no process that this machine, or this container, shows */
	char user[STORE_USER_MAX]; /* of the process; its number if it has no name */
	time_t since;              /* when the process began; 0 if unknown */
};

/*
 * Looks who writes in the run directory `dir`. A directory that cannot be opened, or has no lock,
 * has no writer. Takes the lock, shared and for a moment, only if /proc/locks shows no holder.
 */
void store_writer_find(const char *dir, struct store_writer *writer_r);

#endif
