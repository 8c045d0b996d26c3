#include "harness/digest.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void write_text(struct sha256_ctx *context, char text[static DIGEST_TEXT_MAX])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(context, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

void digest_bytes(const void *bytes, size_t length, char text[static DIGEST_TEXT_MAX])
{
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, length, bytes);
	write_text(&context, text);
}

int digest_file(const char *path, char text[static DIGEST_TEXT_MAX], struct problem *why)
{
	uint8_t block[65536];
	struct sha256_ctx context;
	FILE *file = fopen(path, "rbe");
	size_t n;
	int r = 0;

	if (!file)
		return problem_set(why, -errno, "cannot read %s: %s", path, strerror(errno));
	sha256_init(&context);
	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		sha256_update(&context, n, block);
	if (ferror(file))
		r = problem_set(why, -EIO, "cannot read %s", path);
	fclose(file);
	write_text(&context, text);
	return r;
}
