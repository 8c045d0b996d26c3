/* Libraries that a program may open while it runs: names of such among its constants. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "harness/abi/elf_imports.h"

#define BLOCK (64u << 10)

/* Is it "libNAME.so", or more behind a dot, with or without a path? Gives the name without one. */
static const char *library_name(const char *text)
{
	const char *slash = strrchr(text, '/'), *name = slash ? slash + 1 : text;
	const char *suffix = strstr(name, ".so");

	if (strncmp(name, "lib", 3) != 0 || !suffix || suffix == name + 3)
		return NULL;
	return suffix[3] == 0 || suffix[3] == '.' ? name : NULL;
}

/* A constant that is being read, byte by byte. */
struct constant {
	char text[IMPORTS_NAME_MAX + 1];
	size_t length;
	bool other; /* too long, or not printable: not a name */
};

/* Takes the next byte. Returns 0 or -ENOMEM. */
static int take(struct constant *constant, char byte, json_t *names)
{
	const char *name;
	int r = 0;

	if (byte) {
		constant->other |=
			byte <= ' ' || byte > '~' || constant->length >= IMPORTS_NAME_MAX;
		if (!constant->other)
			constant->text[constant->length++] = byte;
		return 0;
	}
	constant->text[constant->length] = 0;
	name = constant->other ? NULL : library_name(constant->text);
	if (name && json_object_size(names) < IMPORTS_OPENED_MAX)
		r = json_object_set_new(names, name, json_true()) < 0 ? -ENOMEM : 0;
	constant->length = 0;
	constant->other = false;
	return r;
}

int imports_opened(int fd, uint64_t offset, uint64_t size, json_t *names)
{
	static char block[BLOCK]; /* one thread, and used up before it returns */
	struct constant constant = { .length = 0 };
	int r = 0;

	while (size > 0 && r == 0) {
		size_t wanted = size < sizeof(block) ? (size_t)size : sizeof(block);
		ssize_t n = pread(fd, block, wanted, (off_t)offset);

		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		for (ssize_t i = 0; i < n && r == 0; i++)
			r = take(&constant, block[i], names);
		offset += (uint64_t)n;
		size -= (uint64_t)n;
	}
	return r;
}
