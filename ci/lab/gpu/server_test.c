/* The whole server in a child process, and clients of it: good ones and bad ones. */
#include "ci/lab/gpu/server.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ci/lab/gpu/control.h"
#include "ci/lab/gpu/fixture.h"
#include "ci/lab/gpu/listen.h"
#include "ci/lab/gpu/vfio_user.h"
#include "harness/base/clock.h"

static char folder[] = "/tmp/igd-gpu-XXXXXX";
static char path[64], control[64];
static pid_t server;

/* Returns a connected socket, or -1 if nobody listens. */
static int try_connect(void)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_EQUAL_FATAL(socket_address(path, &address), 0);
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	close(fd);
	return -1;
}

static json_t *ask(const char *line)
{
	char answer[CONTROL_LINE_MAX];
	int r = control_ask(control, line, 10, answer);

	CU_ASSERT_FATAL(r >= 0);
	return json_loads(answer, 0, NULL);
}

static void begin(bool once)
{
	const struct server_options options = { .socket = path, .control = control, .once = once };
	struct problem why = { 0 };
	struct gpu gpu;

	server = fork();
	CU_ASSERT_FATAL(server >= 0);
	if (server == 0) {
		fixture_make(&gpu, PORT_HDMI, NULL);
		gpu.options.clock = clock_us;
		_exit(server_run(&gpu, &options, &why) ? 1 : 0);
	}
	for (int i = 0; i < 200; i++) {
		char answer[CONTROL_LINE_MAX];

		if (control_ask(control, "state", 10, answer) == 0)
			return;
		usleep(50000);
	}
	CU_FAIL_FATAL("the server does not answer");
}

/* Returns the server's exit status; -1 if a signal killed it. */
static int end(bool stop)
{
	int status = 0;

	if (stop)
		kill(server, SIGTERM);
	CU_ASSERT_EQUAL_FATAL(waitpid(server, &status, 0), server);
	CU_ASSERT_EQUAL(access(path, F_OK), -1);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Sends a message and reads the answer's header. Returns its error, or -1 if there is no answer. */
static int call(int fd, uint16_t command, const void *payload, uint32_t size)
{
	struct vfu_header header = { .id = 5, .command = command, .size = sizeof(header) + size },
			  back;
	uint8_t rest[4096];

	if (send(fd, &header, sizeof(header), MSG_NOSIGNAL) != sizeof(header) ||
		(size && send(fd, payload, size, MSG_NOSIGNAL) != (ssize_t)size) ||
		recv(fd, &back, sizeof(back), MSG_WAITALL) != sizeof(back))
		return -1;
	CU_ASSERT_EQUAL(back.id, 5);
	CU_ASSERT_FATAL(back.size - sizeof(back) <= sizeof(rest));
	if (back.size > sizeof(back))
		CU_ASSERT_EQUAL(recv(fd, rest, back.size - sizeof(back), MSG_WAITALL),
			(ssize_t)(back.size - sizeof(back)));
	return (int)back.error;
}

static bool is_closed(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&poll_fd, 1, 10000) == 1 && recv(fd, &byte, 1, 0) <= 0;
}

static void test_one_client_after_the_other(void)
{
	begin(false);
	for (int i = 0; i < 3; i++) {
		int fd = try_connect();

		CU_ASSERT_EQUAL(call(fd, VFU_VERSION, "\0\0\0\0{}", 7), 0);
		CU_ASSERT_EQUAL(call(fd, VFU_DEVICE_GET_INFO, NULL, 0), 0);
		close(fd);
	}
	CU_ASSERT_EQUAL(end(true), 0);
}

static void test_a_second_client_at_the_same_time_is_refused(void)
{
	int first, second;

	begin(false);
	first = try_connect();
	CU_ASSERT_EQUAL(call(first, VFU_VERSION, "\0\0\0\0{}", 7), 0);
	second = try_connect();
	CU_ASSERT_TRUE(is_closed(second));
	CU_ASSERT_EQUAL(call(first, VFU_DEVICE_GET_INFO, NULL, 0), 0);
	close(first);
	close(second);
	CU_ASSERT_EQUAL(end(true), 0);
}

static void test_half_a_message_keeps_nobody_waiting(void)
{
	struct vfu_header header = { .command = VFU_VERSION, .size = sizeof(header) + 100 };
	json_t *state;
	int fd;

	begin(false);
	fd = try_connect();
	CU_ASSERT_EQUAL(send(fd, &header, 7, MSG_NOSIGNAL), 7);
	state = ask("state");
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(state, "generation")), "coffee-lake");
	json_decref(state);
	/* The client goes in the middle; the next one is served. */
	close(fd);
	fd = try_connect();
	CU_ASSERT_EQUAL(call(fd, VFU_VERSION, "\0\0\0\0{}", 7), 0);
	/* A message that comes in pieces is whole in the end. */
	header = (struct vfu_header){ .command = VFU_DEVICE_GET_INFO, .size = sizeof(header) };
	CU_ASSERT_EQUAL(send(fd, &header, 3, MSG_NOSIGNAL), 3);
	json_decref(ask("state"));
	CU_ASSERT_EQUAL(send(fd, (uint8_t *)&header + 3, 13, MSG_NOSIGNAL), 13);
	CU_ASSERT_EQUAL(recv(fd, &header, sizeof(header), MSG_WAITALL), sizeof(header));
	CU_ASSERT_EQUAL(header.size, sizeof(header) + 16);
	close(fd);
	CU_ASSERT_EQUAL(end(true), 0);
}

static void test_a_message_of_no_size_ends_the_client(void)
{
	struct vfu_header wrong = { .command = VFU_VERSION, .size = 3 };
	int fd;

	begin(false);
	fd = try_connect();
	CU_ASSERT_EQUAL(send(fd, &wrong, sizeof(wrong), MSG_NOSIGNAL), sizeof(wrong));
	CU_ASSERT_TRUE(is_closed(fd));
	close(fd);
	wrong.size = UINT32_MAX;
	fd = try_connect();
	CU_ASSERT_EQUAL(send(fd, &wrong, sizeof(wrong), MSG_NOSIGNAL), sizeof(wrong));
	CU_ASSERT_TRUE(is_closed(fd));
	close(fd);
	fd = try_connect();
	CU_ASSERT_EQUAL(call(fd, VFU_VERSION, "\0\0\0\0{}", 7), 0);
	close(fd);
	CU_ASSERT_EQUAL(end(true), 0);
}

static void send_files(int fd, const void *bytes, size_t size, int file, size_t count)
{
	union {
		char bytes[CMSG_SPACE(32 * sizeof(int))];
		struct cmsghdr align;
	} space = { { 0 } };
	struct iovec piece = { (void *)(uintptr_t)bytes, size };
	struct msghdr message = { .msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = space.bytes,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(count * sizeof(int));
	for (size_t i = 0; i < count; i++)
		memcpy(CMSG_DATA(c) + i * sizeof(int), &file, sizeof(int));
	CU_ASSERT_EQUAL(sendmsg(fd, &message, MSG_NOSIGNAL), (ssize_t)size);
}

static void test_files_come_with_their_message(void)
{
	struct {
		struct vfu_header header;
		struct vfu_dma_map map;
	} message = { { .command = VFU_DMA_MAP, .size = sizeof(message) },
		{ .flags = 3, .address = 0x1000, .size = 0x1000 } };
	int fd, ram = memfd_create("ram", MFD_CLOEXEC);
	json_t *state;

	CU_ASSERT_EQUAL_FATAL(ftruncate(ram, 0x1000), 0);
	begin(false);
	fd = try_connect();
	CU_ASSERT_EQUAL(call(fd, VFU_VERSION, "\0\0\0\0{}", 7), 0);
	/* More files than a message may have, too: those that are too many are closed. */
	for (size_t count = 1; count <= 32; count += 31) {
		send_files(fd, &message, sizeof(message), ram, count);
		CU_ASSERT_EQUAL(recv(fd, &message.header, sizeof(message.header), MSG_WAITALL), 16);
		CU_ASSERT_EQUAL(message.header.error, 0);
		message.header =
			(struct vfu_header){ .command = VFU_DMA_MAP, .size = sizeof(message) };
		message.map.address += 0x1000;
	}
	state = ask("state");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(state, "dma_maps")), 2);
	json_decref(state);
	close(fd);
	/* They go with the client. */
	for (int i = 0; i < 100; i++) {
		state = ask("state");
		if (json_integer_value(json_object_get(state, "dma_maps")) == 0)
			break;
		json_decref(state);
		state = NULL;
		usleep(20000);
	}
	CU_ASSERT_PTR_NOT_NULL(state);
	json_decref(state);
	close(ram);
	CU_ASSERT_EQUAL(end(true), 0);
}

static const char *error_of(json_t *answer)
{
	const char *text = json_string_value(json_object_get(answer, "error"));

	return text ? text : "";
}

static void test_the_control_socket_answers(void)
{
	static const struct {
		const char *line, *error;
	} rows[] = {
		{ "picture", "no pipe runs" },
		{ "picture /nowhere/x.png", "no pipe runs" },
		{ "monitor", "needs in or out" },
		{ "monitor sideways", "needs in or out" },
		{ "fault", "needs the name of a fault" },
		{ "fault all", "needs the name of a fault" },
		{ "fault no-aperture", "start the server with the --fault" },
		{ "state now", "takes no argument" },
		{ "", "no such command" },
		{ "stat", "no such command" },
		{ "states", "no such command" },
	};
	json_t *answer;

	begin(false);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		answer = ask(rows[i].line);
		CU_ASSERT_PTR_NOT_NULL(strstr(error_of(answer), rows[i].error));
		json_decref(answer);
	}
	answer = ask("monitor out");
	CU_ASSERT_TRUE(json_is_false(json_object_get(answer, "plugged")));
	json_decref(answer);
	answer = ask("monitor in");
	CU_ASSERT_TRUE(json_is_true(json_object_get(answer, "plugged")));
	json_decref(answer);
	answer = ask("fault aux-timeout");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(answer, "fault")), "aux-timeout");
	json_decref(answer);
	answer = ask("fault none");
	CU_ASSERT_TRUE(json_is_null(json_object_get(answer, "fault")));
	json_decref(answer);
	CU_ASSERT_EQUAL(end(true), 0);
}

static void test_a_socket_is_not_taken_from_others(void)
{
	struct problem why = { 0 };
	char other[80], large[200] = "";
	FILE *file;

	begin(false);
	CU_ASSERT_EQUAL(listen_at(path, &why), -EADDRINUSE);
	/* A server that was killed leaves its socket, and the next one takes it. */
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
	begin(false);
	CU_ASSERT_EQUAL(end(true), 0);
	snprintf(other, sizeof(other), "%s/file", folder);
	file = fopen(other, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fclose(file);
	CU_ASSERT_EQUAL(listen_at(other, NULL), -EEXIST);
	CU_ASSERT_EQUAL(listen_at("/nowhere/socket", NULL), -ENOENT);
	memset(large, 'x', sizeof(large) - 1);
	CU_ASSERT_EQUAL(listen_at(large, NULL), -ENAMETOOLONG);
}

static void test_once_ends_with_the_first_client(void)
{
	int fd;

	begin(true);
	fd = try_connect();
	CU_ASSERT_EQUAL(call(fd, VFU_VERSION, "\0\0\0\0{}", 7), 0);
	close(fd);
	CU_ASSERT_EQUAL(end(false), 0);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "one client after the other", test_one_client_after_the_other },
		{ "a second client at the same time is refused",
			test_a_second_client_at_the_same_time_is_refused },
		{ "half a message keeps nobody waiting", test_half_a_message_keeps_nobody_waiting },
		{ "a message of no size ends the client",
			test_a_message_of_no_size_ends_the_client },
		{ "files come with their message", test_files_come_with_their_message },
		{ "the control socket answers", test_the_control_socket_answers },
		{ "a socket is not taken from others", test_a_socket_is_not_taken_from_others },
		{ "once ends with the first client", test_once_ends_with_the_first_client },
		CU_TEST_INFO_NULL,
	};

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/gpu.sock", folder);
	snprintf(control, sizeof(control), "%s/control.sock", folder);
	return suite_remove(folder, suite_main("server", tests));
}
