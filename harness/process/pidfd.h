/*
 * pidfd_open(2), pidfd_send_signal(2) and waitid(2)'s P_PIDFD. glibc has them since 2.36; Linux
 * since 5.3, and what a dom0 of an older release runs on is often just between.
 */
#ifndef IGD_PROCESS_PIDFD_H
#define IGD_PROCESS_PIDFD_H

#include <features.h>

#if __GLIBC__ > 2 || __GLIBC_MINOR__ >= 36
#include <sys/pidfd.h>
#else
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* waitid(2)'s, as <linux/wait.h> has it, which cannot be included together with the other. */
#define P_PIDFD ((idtype_t)3)

static inline int pidfd_open(pid_t pid, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static inline int pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, info, flags);
}
#endif

#endif
