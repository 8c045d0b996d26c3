#include "harness/backend/igd_screen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/fileio.h"
#include "src/document.h"

#define MARKER      "run/igd-gpu/active"
#define PICTURE_MAX (16u << 20) /* as harness/backend/screenshot.c */
#define CHUNK       65536u

static const char signature[] = "\x89PNG\r\n\x1a\n";

struct igd_screen {
	int fd, dir_fd;
	sd_event_source *source;
	void (*done)(void *data, const char *sentence);
	void *data;
	char *bytes;
	size_t length;
};

/* Where the host's marker says that it is. */
static int find_address(const char *root, struct sockaddr_in *address_r)
{
	char text[PATH_MAX], *colon, *end;
	unsigned long port;
	json_t *marker;

	snprintf(text, sizeof(text), "%s/" MARKER, root);
	marker = json_load_file(text, JSON_REJECT_DUPLICATES, NULL);
	snprintf(text, sizeof(text), "%s", document_text(marker, "picture"));
	json_decref(marker);
	colon = strchr(text, ':');
	if (!colon)
		return -ENOENT;
	*colon = '\0';
	port = strtoul(colon + 1, &end, 10);
	*address_r =
		(struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	if (*end || port < 1 || port > 65535 || inet_pton(AF_INET, text, &address_r->sin_addr) != 1)
		return -ENOENT;
	return 0;
}

static void finish(struct igd_screen *screen, const char *sentence)
{
	sd_event_source_set_enabled(screen->source, SD_EVENT_OFF);
	screen->done(screen->data, sentence);
}

/* The other end has closed the connection. */
static void store(struct igd_screen *screen)
{
	struct problem why = { 0 };
	char text[128];

	if (screen->length < sizeof(signature) - 1 ||
		memcmp(screen->bytes, signature, sizeof(signature) - 1) != 0) {
		snprintf(text, sizeof(text), "%.*s",
			screen->length < 120 ? (int)screen->length : 120,
			screen->length ? screen->bytes : "");
		for (char *at = text; *at; at++)
			if (*at < ' ' || *at > '~')
				*at = ' ';
		problem_set(&why, -EINVAL, "the virtual GPU has no picture: %s", text);
	} else {
		fileio_write(screen->dir_fd, IGD_SCREEN_FILE, screen->bytes, screen->length, &why);
	}
	finish(screen, why.text[0] ? why.text : NULL);
}

static int on_ready(sd_event_source *source, int fd, uint32_t events, void *data)
{
	struct igd_screen *screen = data;
	char *more = realloc(screen->bytes, screen->length + CHUNK);
	ssize_t got;

	if (!more) {
		finish(screen, "out of memory");
		return 0;
	}
	screen->bytes = more;
	got = recv(fd, screen->bytes + screen->length, CHUNK, MSG_DONTWAIT);
	if (got > 0)
		screen->length += (size_t)got;
	if (got < 0 && errno != EAGAIN && errno != EINTR)
		finish(screen, strerror(errno));
	else if (screen->length > PICTURE_MAX)
		finish(screen, "the picture is too large");
	else if (got == 0)
		store(screen);
	return 0;
}

int igd_screen_begin(sd_event *loop, const char *root, int dir_fd,
	void (*done)(void *data, const char *sentence), void *data, struct igd_screen **screen_r,
	struct problem *why)
{
	struct igd_screen *screen;
	struct sockaddr_in address;
	int r = find_address(root, &address);

	if (r < 0)
		return r;
	screen = calloc(1, sizeof(*screen));
	if (!screen)
		return problem_set(why, -ENOMEM, "out of memory");
	*screen = (struct igd_screen){ .dir_fd = dir_fd, .done = done, .data = data };
	screen->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (screen->fd < 0 || (connect(screen->fd, (struct sockaddr *)&address, sizeof(address)) &&
				      errno != EINPROGRESS))
		r = problem_set(why, -errno, "the virtual GPU's picture cannot be fetched: %s",
			strerror(errno));
	if (r == 0)
		r = sd_event_add_io(loop, &screen->source, screen->fd, EPOLLIN, on_ready, screen);
	if (r < 0) {
		igd_screen_end(screen);
		return r;
	}
	*screen_r = screen;
	return 0;
}

void igd_screen_end(struct igd_screen *screen)
{
	if (!screen)
		return;
	sd_event_source_disable_unref(screen->source);
	if (screen->fd >= 0)
		close(screen->fd);
	free(screen->bytes);
	free(screen);
}
