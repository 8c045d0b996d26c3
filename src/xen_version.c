#include "src/xen_version.h"

#include <stdio.h>

#include "src/tree.h"

int xen_version(const char *root, char text[static XEN_VERSION_MAX])
{
	char major[TREE_TEXT_MAX], minor[TREE_TEXT_MAX], extra[TREE_TEXT_MAX] = "";
	int r = tree_text(root, major, "sys/hypervisor/version/major");

	if (r == 0)
		r = tree_text(root, minor, "sys/hypervisor/version/minor");
	if (r < 0)
		return r;
	/* It begins with its own dot. */
	tree_text(root, extra, "sys/hypervisor/version/extra");
	snprintf(text, XEN_VERSION_MAX, "%.10s.%.10s%.40s", major, minor, extra);
	return 0;
}
