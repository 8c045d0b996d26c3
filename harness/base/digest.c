#include "harness/base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/base16.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/below/below.h"

void digest_finish(struct sha256_ctx *context, char text[static DIGEST_TEXT_MAX])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(context, sizeof(digest), digest);
	base16_encode_update(text, sizeof(digest), digest);
	text[DIGEST_TEXT_MAX - 1] = '\0';
}

void digest_bytes(const void *bytes, size_t length, char text[static DIGEST_TEXT_MAX])
{
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, length, bytes);
	digest_finish(&context, text);
}

int digest_fd(int fd, char text[static DIGEST_TEXT_MAX], uint64_t *bytes_r)
{
	uint8_t block[65536];
	struct sha256_ctx context;
	ssize_t n;

	sha256_init(&context);
	*bytes_r = 0;
	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		sha256_update(&context, (size_t)n, block);
		*bytes_r += (uint64_t)n;
	}
	digest_finish(&context, text);
	return 0;
}

int digest_file(const char *path, char text[static DIGEST_TEXT_MAX], struct problem *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r;
	struct stat st;
	uint64_t bytes;

	if (fd < 0)
		return problem_set(why, -errno, "cannot read %s: %s", path, strerror(errno));
	/* A FIFO is waited for, and a device has no end. */
	fd = below_plain(fd, &st);
	if (fd < 0)
		return problem_set(why, fd, "cannot read %s: %s", path, below_error(fd));
	r = digest_fd(fd, text, &bytes);
	close(fd);
	return r < 0 ? problem_set(why, r, "cannot read %s: %s", path, strerror(-r)) : 0;
}
