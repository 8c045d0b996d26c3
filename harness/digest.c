#include "harness/digest.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int digest_file(const char *path, char text[static DIGEST_TEXT_MAX], struct problem *why)
{
	uint8_t block[65536], digest[SHA256_DIGEST_SIZE];
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
	sha256_digest(&context, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	return r;
}
