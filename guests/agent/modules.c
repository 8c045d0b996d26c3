#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guests/agent/init.h"
#include "src/tree.h"

/* Returns 0 or a negative errno; a module that is there already is loaded. */
static int load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	/* glibc has no wrapper. No parameters: the command line's module.key=value reach it anyway.
	 */
	if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
		r = -errno;
	close(fd);
	return r;
}

json_t *init_load_list(const char *path)
{
	FILE *order = tree_stream("", "%s", path);
	json_t *unloaded = json_array();
	char *line = NULL;
	size_t size = 0;
	int r = unloaded ? 0 : -ENOMEM;

	while (r == 0 && order && getline(&line, &size, order) > 0) {
		int loaded;

		tree_clean(line);
		loaded = load(line);
		if (loaded < 0)
			r = json_array_append_new(unloaded,
				json_pack("{s:s, s:s}", "path", line, "error", strerror(-loaded)));
	}
	free(line);
	if (order)
		fclose(order);
	if (r < 0) {
		json_decref(unloaded);
		return NULL;
	}
	return unloaded;
}

json_t *init_load_modules(void)
{
	return init_load_list("lib/modules/order");
}
