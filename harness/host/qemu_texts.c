#include "harness/host/qemu_texts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/document.h"

#define BINARY_MAX (256u << 20) /* bytes; Debian's has 18 MiB */
#define BLOCK      (64u << 10)  /* bytes that are searched at a time */
#define TEXT_MAX   64           /* bytes of a text that is looked for */

const char *qemu_path(const struct host_view *view)
{
	const json_t *known = json_object_get(view->sources->identities, "device_model");

	return view->sources->device_model ? view->sources->device_model
					   : document_text(known, "path");
}

/* Marks which of the texts are in the bytes; bit n: texts[n]. */
static void mark(const char *bytes, size_t length, const char *const *texts, unsigned int *found_r)
{
	for (unsigned int i = 0; texts[i]; i++)
		if (!(*found_r >> i & 1) && memmem(bytes, length, texts[i], strlen(texts[i])))
			*found_r |= 1u << i;
}

/* Searches what can be read of a file, block by block: mapped as a whole it would count as ours,
 * and be most of the memory that a run has. Returns 0 or a negative errno. */
static int search_blocks(int fd, const char *const *texts, unsigned int *found_r)
{
	/* One thread, and used up before it returns; a text may lie across two blocks. */
	static char bytes[TEXT_MAX + BLOCK];
	size_t kept = 0;
	ssize_t n;

	while ((n = read(fd, bytes + kept, BLOCK)) != 0) {
		size_t length;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		length = kept + (size_t)n;
		mark(bytes, length, texts, found_r);
		kept = length < TEXT_MAX ? length : TEXT_MAX;
		memmove(bytes, bytes + length - kept, kept);
	}
	return 0;
}

static int search(const char *path, const char *const *texts, unsigned int *found_r)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), r = 0;
	struct stat st;

	*found_r = 0;
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > BINARY_MAX)
		r = -ENOEXEC;
	else
		r = search_blocks(fd, texts, found_r);
	close(fd);
	return r;
}

int qemu_texts_find(const struct host_view *view, const char *const *texts, unsigned int *found_r)
{
	const char *path = qemu_path(view);

	*found_r = 0;
	return path[0] ? search(path, texts, found_r) : -ENODATA;
}
