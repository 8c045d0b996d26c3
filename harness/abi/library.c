/* What names say: of libraries, of version nodes, of releases. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/abi/abi.h"
#include "src/tree.h"
#include "src/xen_version.h"

#define FILE_NAME_MAX 63 /* bytes; the longest is libxenforeignmemory.so.1.4 */

/* Counts the numbers of "4.17.0" up to the end of the text; 0 if it is anything else. */
static int count_numbers(const char *text)
{
	int count = 0;

	for (;; text++) {
		if (!isdigit((unsigned char)*text))
			return 0;
		text += strspn(text, "0123456789");
		count++;
		if (*text != '.')
			return *text ? 0 : count;
	}
}

/* The first two numbers of "4.17.0", which is known to have them. */
static void cut_release(const char *numbers, char xen[static ABI_RELEASE_MAX])
{
	size_t length = strcspn(numbers, ".") + 1;

	length += strspn(numbers + length, "0123456789");
	snprintf(xen, ABI_RELEASE_MAX, "%.*s", (int)length, numbers);
}

bool abi_library(const char *file, struct abi_library *library_r)
{
	const char *suffix = strstr(file, ".so");
	struct abi_library library = { .name = "" };
	int numbers = 0;

	if (strlen(file) > FILE_NAME_MAX || !suffix ||
		(size_t)(suffix - file) >= sizeof(library.name))
		return false;
	memcpy(library.name, file, (size_t)(suffix - file));
	if (strcmp(library.name, "libxlutil") != 0 &&
		(strncmp(library.name, "libxen", 6) != 0 || !library.name[6] ||
			library.name[6 + strspn(library.name + 6, "abcdefghijklmnopqrstuvwxyz")]))
		return false;
	if (suffix[3]) {
		numbers = suffix[3] == '.' ? count_numbers(suffix + 4) : 0;
		if (numbers == 0)
			return false;
	}
	library.numbered = numbers > 0;
	/*
	 * Two numbers are a release of Xen, but for libxenstore.so.3.0, which all had from Xen 3 to
	 * 4.14 (MAJOR in tools/xenstore/Makefile); since then it is libxenstore.so.4.
	 */
	if (numbers > 1 && strcmp(library.name, "libxenstore") != 0)
		cut_release(suffix + 4, library.xen);
	*library_r = library;
	return true;
}

void abi_node_release(const char *node, char xen[static ABI_RELEASE_MAX])
{
	const char *underscore = strrchr(node, '_');

	xen[0] = 0;
	if (underscore && count_numbers(underscore + 1) == 3 &&
		(strncmp(node, "VERS_", 5) == 0 || strncmp(node, "libx", 4) == 0))
		cut_release(underscore + 1, xen);
}

int abi_release(const char *version, char xen[static ABI_RELEASE_MAX])
{
	size_t major = strspn(version, "0123456789"), minor;

	if (!major || version[major] != '.')
		return -EINVAL;
	minor = strspn(version + major + 1, "0123456789");
	if (!minor || (version[major + 1 + minor] && !strchr(".-+", version[major + 1 + minor])) ||
		major + 1 + minor >= ABI_RELEASE_MAX)
		return -EINVAL;
	cut_release(version, xen);
	return 0;
}

int abi_running(const char *root, char xen[static ABI_RELEASE_MAX])
{
	char capabilities[TREE_TEXT_MAX], version[XEN_VERSION_MAX];

	if (tree_text(root, capabilities, "proc/xen/capabilities") < 0 ||
		!strstr(capabilities, "control_d") || xen_version(root, version) < 0 ||
		abi_release(version, xen) < 0)
		return -ENOENT;
	return 0;
}
