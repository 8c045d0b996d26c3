#include "ci/lab/gpu/listen.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG 4

int socket_address(const char *path, struct sockaddr_un *address_r)
{
	memset(address_r, 0, sizeof(*address_r));
	address_r->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(address_r->sun_path))
		return -ENAMETOOLONG;
	strcpy(address_r->sun_path, path);
	return 0;
}

/* Removes a socket that nobody listens on. */
static int remove_stale(const char *path, const struct sockaddr_un *address, struct problem *why)
{
	struct stat st;
	int fd, r = 0;

	if (lstat(path, &st))
		return errno == ENOENT ? 0
				       : problem_set(why, -errno, "cannot look at '%s': %s", path,
						 strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return problem_set(why, -EEXIST, "'%s' is there and is not a socket", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return problem_set(why, -errno, "cannot make a socket: %s", strerror(errno));
	if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)) || errno == EAGAIN)
		r = problem_set(why, -EADDRINUSE, "a server listens on '%s'", path);
	else if (unlink(path))
		r = problem_set(why, -errno, "cannot remove '%s': %s", path, strerror(errno));
	close(fd);
	return r;
}

int listen_at(const char *path, struct problem *why)
{
	struct sockaddr_un address;
	mode_t mask;
	int fd, r = socket_address(path, &address);

	if (r < 0)
		return problem_set(why, r, "the path '%s' is too long for a socket", path);
	r = remove_stale(path, &address, why);
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return problem_set(why, -errno, "cannot make a socket: %s", strerror(errno));
	mask = umask(0077);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, BACKLOG))
		r = problem_set(why, -errno, "cannot listen on '%s': %s", path, strerror(errno));
	umask(mask);
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}
