/*
 * The hooks of loop.c on a real sd-event loop, driven as libxl drives them. The three functions of
 * libxl that loop.c calls are replaced here: the program's own come before the library's.
 */
#include <CUnit/CUnit.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/loop.h"
#include "src/suite.h"

static const libxl_osevent_hooks *hooks;
static struct xen_loop loop;
static sd_event *event;
static int pipe_fds[2];

static unsigned int fd_calls, timeout_calls;
static short last_revents;
static void *last_for_libxl, *deregister_in_call;

void libxl_osevent_register_hooks(libxl_ctx *ctx, const libxl_osevent_hooks *registered, void *user)
{
	hooks = registered;
}

void libxl_osevent_occurred_fd(libxl_ctx *ctx, void *for_libxl, int fd, short events, short revents)
{
	fd_calls++;
	last_revents = revents;
	last_for_libxl = for_libxl;
	if (deregister_in_call) {
		hooks->fd_deregister(&loop, fd, deregister_in_call);
		deregister_in_call = NULL;
	}
}

void libxl_osevent_occurred_timeout(libxl_ctx *ctx, void *for_libxl)
{
	timeout_calls++;
	last_for_libxl = for_libxl;
}

static void begin(void)
{
	CU_ASSERT_EQUAL_FATAL(pipe(pipe_fds), 0);
	CU_ASSERT_TRUE_FATAL(sd_event_new(&event) >= 0);
	xen_loop_init(&loop, event, NULL);
	fd_calls = timeout_calls = 0;
	last_for_libxl = deregister_in_call = NULL;
}

static void end(void)
{
	xen_loop_finish(&loop);
	CU_ASSERT_PTR_NULL(loop.first);
	event = sd_event_unref(event);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

static struct timeval seconds_from_now(int seconds)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	now.tv_sec += seconds;
	return now;
}

static void test_fd(void)
{
	void *reg = NULL;
	int mark;

	begin();
	CU_ASSERT_EQUAL_FATAL(hooks->fd_register(&loop, pipe_fds[0], &reg, POLLIN, &mark), 0);
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(fd_calls, 0);
	CU_ASSERT_EQUAL(write(pipe_fds[1], "x", 1), 1);
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(fd_calls, 1);
	CU_ASSERT_EQUAL(last_revents, POLLIN);
	CU_ASSERT_PTR_EQUAL(last_for_libxl, &mark);
	/* No events: stays registered and silent. */
	CU_ASSERT_EQUAL(hooks->fd_modify(&loop, pipe_fds[0], &reg, 0), 0);
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(fd_calls, 1);
	CU_ASSERT_EQUAL(hooks->fd_modify(&loop, pipe_fds[0], &reg, POLLIN), 0);
	deregister_in_call = reg;
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(fd_calls, 2);
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(fd_calls, 2);
	end();
}

/* libxl_event.h: "libxl may want to register more than one callback for any one fd". */
static void test_fd_twice(void)
{
	void *first = NULL, *second = NULL;
	int marks[2];

	begin();
	CU_ASSERT_EQUAL(hooks->fd_register(&loop, pipe_fds[0], &first, POLLPRI, &marks[0]), 0);
	CU_ASSERT_EQUAL_FATAL(
		hooks->fd_register(&loop, pipe_fds[0], &second, POLLIN, &marks[1]), 0);
	CU_ASSERT_EQUAL(write(pipe_fds[1], "x", 1), 1);
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(fd_calls, 1);
	CU_ASSERT_PTR_EQUAL(last_for_libxl, &marks[1]);
	hooks->fd_deregister(&loop, pipe_fds[0], second);
	end();
}

static void test_hang_up(void)
{
	void *reg = NULL;
	int mark;

	begin();
	CU_ASSERT_EQUAL_FATAL(hooks->fd_register(&loop, pipe_fds[0], &reg, POLLIN, &mark), 0);
	close(pipe_fds[1]);
	pipe_fds[1] = -1;
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(fd_calls, 1);
	CU_ASSERT_TRUE(last_revents & POLLHUP);
	end();
}

/* What a guest is saved in: epoll refuses it, poll() has it ready always. */
static void test_plain_file(void)
{
	FILE *file = tmpfile();
	void *reg = NULL;
	int mark;

	begin();
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL_FATAL(hooks->fd_register(&loop, fileno(file), &reg, POLLOUT, &mark), 0);
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(fd_calls, 1);
	CU_ASSERT_EQUAL(last_revents, POLLOUT);
	CU_ASSERT_PTR_EQUAL(last_for_libxl, &mark);
	CU_ASSERT_EQUAL(hooks->fd_modify(&loop, fileno(file), &reg, 0), 0);
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(fd_calls, 1);
	CU_ASSERT_EQUAL(hooks->fd_modify(&loop, fileno(file), &reg, POLLOUT), 0);
	deregister_in_call = reg;
	sd_event_run(event, 0);
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(fd_calls, 2);
	end();
	fclose(file);
}

static void test_timeout(void)
{
	void *past = NULL, *future = NULL;
	int marks[2];

	begin();
	CU_ASSERT_EQUAL(hooks->timeout_register(&loop, &past, seconds_from_now(-5), &marks[0]), 0);
	CU_ASSERT_EQUAL(
		hooks->timeout_register(&loop, &future, seconds_from_now(3600), &marks[1]), 0);
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(timeout_calls, 1);
	CU_ASSERT_PTR_EQUAL(last_for_libxl, &marks[0]);
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(timeout_calls, 1);
	/* How libxl takes one back: it shall occur at once, and is ignored then. */
	CU_ASSERT_EQUAL(hooks->timeout_modify(&loop, &future, (struct timeval){ 0 }), 0);
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(timeout_calls, 2);
	CU_ASSERT_PTR_EQUAL(last_for_libxl, &marks[1]);
	CU_ASSERT_PTR_NULL(loop.first);
	end();
}

/* A session that is given up leaves nothing on the loop. */
static void test_finish(void)
{
	void *reg = NULL, *timeout = NULL;
	int mark;

	begin();
	hooks->fd_register(&loop, pipe_fds[0], &reg, POLLIN, &mark);
	hooks->timeout_register(&loop, &timeout, seconds_from_now(-1), &mark);
	CU_ASSERT_EQUAL(write(pipe_fds[1], "x", 1), 1);
	xen_loop_finish(&loop);
	sd_event_run(event, 0);
	CU_ASSERT_EQUAL(fd_calls + timeout_calls, 0);
	end();
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "an fd", test_fd },
		{ "an fd twice", test_fd_twice },
		{ "a hang-up", test_hang_up },
		{ "a plain file", test_plain_file },
		{ "timeouts", test_timeout },
		{ "finish", test_finish },
		CU_TEST_INFO_NULL,
	};

	return suite_main("xen-loop", tests);
}
