/* The names of the harness's domains, and the process numbers in them. */
#include "harness/backend/libxl/names.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

bool pid_is_debris(long pid, pid_t self)
{
	if (pid < 2 || pid != (pid_t)pid)
		return false;
	return pid == self || (kill((pid_t)pid, 0) < 0 && errno == ESRCH);
}

bool name_is_debris(const char *name, pid_t self)
{
	const char *digits = strrchr(name, '-');
	char *end;
	long pid;

	if (strncmp(name, NAME_PREFIX, strlen(NAME_PREFIX)) != 0 || !digits[1])
		return false;
	errno = 0;
	pid = strtol(digits + 1, &end, 10);
	return !*end && !errno && digits[1] != '+' && pid_is_debris(pid, self);
}
