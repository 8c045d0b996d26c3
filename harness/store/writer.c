#include "harness/store/writer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/clock.h"

#define LINE_MAX_BYTES 1024
#define PATH_BYTES     64

/* Does that process have that file open? False if we may not look. */
static bool has_open(int pid, const struct stat *file)
{
	const struct dirent *entry;
	char path[PATH_BYTES];
	bool found = false;
	struct stat st;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	folder = opendir(path);
	while (folder && !found && (entry = readdir(folder)))
		found = fstatat(dirfd(folder), entry->d_name, &st, 0) == 0 &&
			st.st_ino == file->st_ino && st.st_dev == file->st_dev;
	if (folder)
		closedir(folder);
	return found;
}

/*
 * proc_locks(5): "1: FLOCK  ADVISORY  WRITE 1234 fd:01:131090 0 EOF". The device is that of the
 * file system, which on overlayfs and btrfs is not the one that stat(2) gives.
 */
static int holder_of(const struct stat *file)
{
	FILE *locks = fopen("/proc/locks", "re");
	char line[LINE_MAX_BYTES];
	int found = 0;

	while (locks && found == 0 && fgets(line, sizeof(line), locks)) {
		unsigned int high, low;
		unsigned long long inode;
		int pid;

		if (sscanf(line, "%*d: FLOCK %*s WRITE %d %x:%x:%llu", &pid, &high, &low, &inode) ==
				4 &&
			inode == file->st_ino &&
			(makedev(high, low) == file->st_dev || has_open(pid, file)))
			found = pid;
	}
	if (locks)
		fclose(locks);
	return found;
}

/* When the process began; 0 if unknown. */
static time_t began(int pid)
{
	struct timespec up;
	unsigned long long ticks = clock_process(pid).start;

	if (ticks == 0 || clock_gettime(CLOCK_BOOTTIME, &up) < 0)
		return 0;
	return time(NULL) -
	       (up.tv_sec - (time_t)(ticks / (unsigned long long)sysconf(_SC_CLK_TCK)));
}

/* Returns whether that process is still there: a lock outlives it if a child has the file open. */
static bool find_user(int pid, char user[static STORE_USER_MAX])
{
	const struct passwd *entry;
	char path[PATH_BYTES];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	if (stat(path, &st) < 0)
		return false;
	entry = getpwuid(st.st_uid);
	if (entry)
		snprintf(user, STORE_USER_MAX, "%s", entry->pw_name);
	else
		snprintf(user, STORE_USER_MAX, "%u", (unsigned int)st.st_uid);
	return true;
}

void store_writer_find(const char *dir, struct store_writer *writer_r)
{
	int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = dir_fd < 0 ? -1 : below_lock(dir_fd, "lock", false);
	struct stat st;

	*writer_r = (struct store_writer){ 0 };
	if (fd >= 0 && fstat(fd, &st) == 0) {
		writer_r->pid = holder_of(&st);
		writer_r->writes = writer_r->pid > 0 ||
				   (flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK);
	}
	if (writer_r->pid > 0 && find_user(writer_r->pid, writer_r->user))
		writer_r->since = began(writer_r->pid);
	else
		writer_r->pid = 0;
	if (fd >= 0)
		close(fd);
	if (dir_fd >= 0)
		close(dir_fd);
}
