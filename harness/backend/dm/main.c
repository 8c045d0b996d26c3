/*
 * igd-dm: stands in QEMU's place as libxl's device model, and becomes QEMU with the arguments that
 * a policy makes of libxl's. docs/topics/policies.md.
 *
 * It is called by the path that the back end gave to libxl, and finds its orders beside it; nothing
 * is taken from the environment. What libxl gave it, open files too, goes on to QEMU.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend/dm/orders.h"
#include "harness/base/below/below.h"

/* As a shell has them. */
#define EXIT_CANNOT    126
#define EXIT_NOT_FOUND 127

static int read_orders(const char *self, struct orders *orders_r, struct problem *why)
{
	char *path = NULL;
	int r;

	if (!strchr(self, '/'))
		return problem_set(why, -EINVAL,
			"only libxl starts this program, in a folder with instructions");
	if (asprintf(&path, "%s" ORDERS_SUFFIX, self) < 0)
		return problem_set(why, -ENOMEM, "out of memory");
	r = orders_read(path, orders_r, why);
	free(path);
	return r;
}

static int record(const char *folder, const char *name, const struct arguments *arguments,
	struct problem *why)
{
	int folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1, r = 0;
	FILE *file = NULL;

	fd = folder_fd < 0 ? -errno : below_create(folder_fd, name, 0644);
	if (fd >= 0)
		file = fdopen(fd, "w");
	if (!file) {
		r = fd < 0 ? fd : -errno;
		goto out;
	}
	fd = -1;
	for (size_t i = 0; i < arguments->count; i++)
		fprintf(file, "%s\n", arguments->items[i]);
	if (fflush(file) != 0)
		r = -errno;
out:
	if (file)
		fclose(file);
	if (fd >= 0)
		close(fd);
	if (folder_fd >= 0)
		close(folder_fd);
	if (r < 0)
		problem_set(why, r, "cannot write %s in %.200s: %s", name, folder, below_error(r));
	return r;
}

static int apply(const struct policy *policy, struct arguments *arguments, struct problem *why)
{
	struct problem cause = { "" };
	int r = policy->apply(arguments, &cause);

	if (r < 0)
		problem_set(why, r, "policy %s cannot be applied: %s", policy->name, cause.text);
	return r;
}

/* Records, rewrites, records. */
static int prepare(const struct orders *orders, struct arguments *arguments, struct problem *why)
{
	int r;

	switch (dm_call(arguments)) {
	case DM_CALL_QUESTION:
		return 0;
	case DM_CALL_PROBE:
		return record(orders->evidence, DM_PROBE_ARGUMENTS, arguments, why);
	case DM_CALL_GUEST:
		break;
	}
	r = record(orders->evidence, DM_LIBXL_ARGUMENTS, arguments, why);
	if (r == 0)
		r = apply(orders->policy, arguments, why);
	if (r == 0)
		r = record(orders->evidence, DM_POLICY_ARGUMENTS, arguments, why);
	return r;
}

int main(int argc, char *argv[])
{
	struct arguments arguments = { 0 };
	struct orders orders = { 0 };
	struct problem why = { "" };
	int status = EXIT_CANNOT, r;

	r = read_orders(argc > 0 ? argv[0] : "", &orders, &why);
	if (r < 0)
		goto out;
	r = arguments_take((const char *const *)argv, &arguments);
	if (r < 0) {
		problem_set(&why, r, "out of memory");
		goto out;
	}
	/* QEMU is called by its own path, as libxl would have called it. */
	arguments.items[0] = orders.qemu;
	r = prepare(&orders, &arguments, &why);
	if (r < 0)
		goto out;
	execv(orders.qemu, (char *const *)(uintptr_t)arguments.items);
	status = errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT;
	problem_set(&why, -errno, "cannot execute %.200s: %s", orders.qemu, strerror(errno));
out:
	fprintf(stderr, DM_SAYS "%s\n", why.text);
	arguments_finish(&arguments);
	orders_finish(&orders);
	return status;
}
