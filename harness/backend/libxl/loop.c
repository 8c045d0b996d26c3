/*
 * libxl's events on sd-event: struct libxl_osevent_hooks of libxl_event.h.
 *
 * The hooks may be called with libxl's lock held and from within any call of libxl; they only keep
 * the register. The calls back into libxl, libxl_osevent_occurred_*(), come from the loop alone.
 */
#include "harness/backend/libxl/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "harness/backend/libxl/libxl_compat.h"

struct registration {
	struct xen_loop *loop;
	struct registration *next, **link; /* link: what points here */
	sd_event_source *source;
	void *for_libxl;
	int fd;       /* libxl's */
	int own_fd;   /* a duplicate, or -1 */
	short events; /* as for poll() */
	bool is_file;
};

static struct registration *registration_new(struct xen_loop *loop, void *for_libxl)
{
	struct registration *reg = calloc(1, sizeof(*reg));

	if (!reg)
		return NULL;
	reg->loop = loop;
	reg->for_libxl = for_libxl;
	reg->fd = reg->own_fd = -1;
	reg->next = loop->first;
	reg->link = &loop->first;
	if (reg->next)
		reg->next->link = &reg->next;
	loop->first = reg;
	return reg;
}

static void registration_free(struct registration *reg)
{
	*reg->link = reg->next;
	if (reg->next)
		reg->next->link = reg->link;
	sd_event_source_disable_unref(reg->source);
	if (reg->own_fd >= 0)
		close(reg->own_fd);
	free(reg);
}

static uint32_t to_epoll(short events)
{
	return (events & POLLIN ? EPOLLIN : 0u) | (events & POLLPRI ? EPOLLPRI : 0u) |
	       (events & POLLOUT ? EPOLLOUT : 0u);
}

static short to_poll(uint32_t events)
{
	int poll_events = (events & EPOLLIN ? POLLIN : 0) | (events & EPOLLPRI ? POLLPRI : 0) |
			  (events & EPOLLOUT ? POLLOUT : 0) | (events & EPOLLERR ? POLLERR : 0) |
			  (events & EPOLLHUP ? POLLHUP : 0);

	return (short)poll_events;
}

static int fd_ready(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct registration *reg = userdata;

	/* libxl may deregister this very fd in the call: `reg` is not used after it. */
	libxl_osevent_occurred_fd(
		reg->loop->ctx, reg->for_libxl, reg->fd, reg->events, to_poll(revents));
	return 0;
}

/* A plain file, in which a guest is saved, is always ready, as poll() has it; epoll takes none. */
static int file_ready(sd_event_source *source, void *userdata)
{
	struct registration *reg = userdata;

	/* `reg` is not used after it, as above. */
	libxl_osevent_occurred_fd(
		reg->loop->ctx, reg->for_libxl, reg->fd, reg->events, reg->events);
	return 0;
}

static int add_file(struct registration *reg)
{
	int r = sd_event_add_defer(reg->loop->event, &reg->source, file_ready, reg);

	reg->is_file = true;
	return r < 0 ? r
		     : sd_event_source_set_enabled(
			       reg->source, reg->events ? SD_EVENT_ON : SD_EVENT_OFF);
}

static int fd_register(
	void *user, int fd, void **for_app_registration_out, short events, void *for_libxl)
{
	struct xen_loop *loop = user;
	struct registration *reg = registration_new(loop, for_libxl);
	int r;

	if (!reg)
		return ERROR_OSEVENT_REG_FAIL;
	reg->fd = fd;
	reg->events = events;
	r = sd_event_add_io(loop->event, &reg->source, fd, to_epoll(events), fd_ready, reg);
	if (r == -EEXIST) {
		/* libxl_event.h: it may want more than one callback for an fd; epoll knows an fd
		 * only once, but takes a duplicate for another. */
		reg->own_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		r = reg->own_fd < 0 ? -errno
				    : sd_event_add_io(loop->event, &reg->source, reg->own_fd,
					      to_epoll(events), fd_ready, reg);
	}
	if (r == -EPERM)
		r = add_file(reg);
	if (r < 0) {
		registration_free(reg);
		return ERROR_OSEVENT_REG_FAIL;
	}
	*for_app_registration_out = reg;
	return 0;
}

static int fd_modify(void *user, int fd, void **for_app_registration_update, short events)
{
	struct registration *reg = *for_app_registration_update;

	int r = reg->is_file ? sd_event_source_set_enabled(
				       reg->source, events ? SD_EVENT_ON : SD_EVENT_OFF)
			     : sd_event_source_set_io_events(reg->source, to_epoll(events));

	if (r < 0)
		return ERROR_OSEVENT_REG_FAIL;
	reg->events = events;
	return 0;
}

static void fd_deregister(void *user, int fd, void *for_app_registration)
{
	registration_free(for_app_registration);
}

/* libxl's absolute time is gettimeofday()'s; a step of the clock must not fire or stall it. */
static uint64_t microseconds_until(struct timeval abs)
{
	struct timespec now;
	int64_t us;

	clock_gettime(CLOCK_REALTIME, &now);
	us = ((int64_t)abs.tv_sec - now.tv_sec) * 1000000 + (abs.tv_usec - now.tv_nsec / 1000);
	return us > 0 ? (uint64_t)us : 0;
}

static int timeout_over(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct registration *reg = userdata;
	libxl_ctx *ctx = reg->loop->ctx;
	void *for_libxl = reg->for_libxl;

	/* A timeout is over when it occurs; libxl registers anew if it wants another. */
	registration_free(reg);
	libxl_osevent_occurred_timeout(ctx, for_libxl);
	return 0;
}

static int timeout_register(
	void *user, void **for_app_registration_out, struct timeval abs, void *for_libxl)
{
	struct xen_loop *loop = user;
	struct registration *reg = registration_new(loop, for_libxl);

	if (!reg)
		return ERROR_OSEVENT_REG_FAIL;
	if (sd_event_add_time_relative(loop->event, &reg->source, CLOCK_MONOTONIC,
		    microseconds_until(abs), 1000, timeout_over, reg) < 0) {
		registration_free(reg);
		return ERROR_OSEVENT_REG_FAIL;
	}
	*for_app_registration_out = reg;
	return 0;
}

/* Only ever called for "at once": libxl's way to take a timeout back is to have it occur. */
static int timeout_modify(void *user, void **for_app_registration_update, struct timeval abs)
{
	struct registration *reg = *for_app_registration_update;

	return sd_event_source_set_time(reg->source, 0) < 0 ? ERROR_OSEVENT_REG_FAIL : 0;
}

/* "will never be called", but must be there. */
static void timeout_deregister(void *user, void *for_app_registration)
{
	registration_free(for_app_registration);
}

static const libxl_osevent_hooks hooks = {
	.fd_register = fd_register,
	.fd_modify = fd_modify,
	.fd_deregister = fd_deregister,
	.timeout_register = timeout_register,
	.timeout_modify = timeout_modify,
	.timeout_deregister = timeout_deregister,
};

void xen_loop_init(struct xen_loop *loop, sd_event *event, libxl_ctx *ctx)
{
	*loop = (struct xen_loop){ .event = sd_event_ref(event), .ctx = ctx };
	libxl_osevent_register_hooks(ctx, &hooks, loop);
}

void xen_loop_finish(struct xen_loop *loop)
{
	while (loop->first)
		registration_free(loop->first);
	loop->event = sd_event_unref(loop->event);
}
