/* Sockets in the file system that the server listens on. */
#ifndef IGD_GPU_LISTEN_H
#define IGD_GPU_LISTEN_H

#include <sys/un.h>

#include "src/problem.h"

/* Returns 0, or -ENAMETOOLONG if a socket cannot have such a path. */
int socket_address(const char *path, struct sockaddr_un *address_r);

/*
 * Listens there, readable and writable by its owner alone. A socket that a killed server left is
 * replaced; one on which a server still answers is not, nor is any other file. Returns a descriptor
 * that does not block and that the caller closes, or a negative errno.
 */
int listen_at(const char *path, struct problem *why);

#endif
