/* The picture of a GPU's own screen: from a server of this process. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/backend/igd_screen.h"
#include "src/suite.h"

static char root[] = "/tmp/igd-screen-XXXXXX";
static int dir_fd, server;
static sd_event *loop;

static void put_marker(const char *text)
{
	FILE *file;
	char path[128];

	snprintf(path, sizeof(path), "%s/run/igd-gpu/active", root);
	file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file))
		abort();
}

static int begin(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	char text[128];

	server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!mkdtemp(root) || server < 0 || bind(server, (struct sockaddr *)&address, length) ||
		listen(server, 1) || getsockname(server, (struct sockaddr *)&address, &length) ||
		sd_event_new(&loop) < 0)
		return -1;
	snprintf(text, sizeof(text), "mkdir -p %s/run/igd-gpu", root);
	if (system(text))
		return -1;
	dir_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(text, sizeof(text), "{\"picture\": \"127.0.0.1:%d\"}", ntohs(address.sin_port));
	put_marker(text);
	return dir_fd < 0 ? -1 : 0;
}

struct told {
	unsigned int times;
	char sentence[256];
};

static void on_done(void *data, const char *sentence)
{
	struct told *told = data;

	told->times++;
	snprintf(told->sentence, sizeof(told->sentence), "%s", sentence ? sentence : "");
	sd_event_exit(loop, 0);
}

/* A server that sends these bytes and closes. */
static struct told take(const char *bytes, size_t length)
{
	struct igd_screen *screen = NULL;
	struct problem why = { 0 };
	struct told told = { 0 };
	int fd;

	sd_event_unref(loop);
	CU_ASSERT_EQUAL_FATAL(sd_event_new(&loop), 0);
	CU_ASSERT_EQUAL_FATAL(
		igd_screen_begin(loop, root, dir_fd, on_done, &told, &screen, &why), 0);
	fd = accept(server, NULL, NULL);
	CU_ASSERT_EQUAL(write(fd, bytes, length), (ssize_t)length);
	close(fd);
	CU_ASSERT_EQUAL(sd_event_loop(loop), 0);
	igd_screen_end(screen);
	return told;
}

static void a_png_is_stored(void)
{
	static const char png[] = "\x89PNG\r\n\x1a\nwhatever follows";
	struct told told = take(png, sizeof(png));
	struct stat st;

	CU_ASSERT_EQUAL(told.times, 1);
	CU_ASSERT_STRING_EQUAL(told.sentence, "");
	CU_ASSERT_EQUAL(fstatat(dir_fd, IGD_SCREEN_FILE, &st, 0), 0);
	CU_ASSERT_EQUAL(st.st_size, (off_t)sizeof(png));
	unlinkat(dir_fd, IGD_SCREEN_FILE, 0);
}

static void what_is_no_png_is_told(void)
{
	static const char error[] = "{\"error\":\"no pipe runs: nothing is shown\"}\n";
	struct told told = take(error, sizeof(error) - 1);

	CU_ASSERT_EQUAL(told.times, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(told.sentence, "no pipe runs: nothing is shown"));
	CU_ASSERT_EQUAL(faccessat(dir_fd, IGD_SCREEN_FILE, F_OK, 0), -1);
	told = take("", 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(told.sentence, "the virtual GPU has no picture"));
}

static void without_an_address_there_is_nothing_to_do(void)
{
	static const char *const wrong[] = { "{}", "[]", "{\"picture\": 1}",
		"{\"picture\": \"127.0.0.1\"}", "{\"picture\": \"127.0.0.1:0\"}",
		"{\"picture\": \"127.0.0.1:70000\"}", "{\"picture\": \"host:9\"}",
		"{\"picture\": \"127.0.0.1:9x\"}", "" };
	struct igd_screen *screen = NULL;
	struct problem why = { 0 };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		put_marker(wrong[i]);
		CU_ASSERT_EQUAL(igd_screen_begin(loop, root, dir_fd, on_done, NULL, &screen, &why),
			-ENOENT);
	}
	CU_ASSERT_EQUAL(
		igd_screen_begin(loop, "/nowhere", dir_fd, on_done, NULL, &screen, &why), -ENOENT);
	CU_ASSERT_PTR_NULL(screen);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a PNG is stored", a_png_is_stored },
		{ "what is no PNG is told", what_is_no_png_is_told },
		{ "without an address there is nothing to do",
			without_an_address_there_is_nothing_to_do },
		CU_TEST_INFO_NULL,
	};
	int status;

	if (begin())
		return 1;
	status = suite_main("igd_screen", tests);
	sd_event_unref(loop);
	close(dir_fd);
	close(server);
	return suite_remove(root, status);
}
