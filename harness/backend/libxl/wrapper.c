/*
 * igd-dm as a guest's device model, for cells with a policy (docs/topics/policies.md): a folder
 * below /run with a link to it, which is what libxl is told to start, and beside the link its
 * orders.
 *
 * The folder's name has "qemu" in it, by which process_find() knows a device model, and ends with
 * the harness's number, by which the next run knows the folder of one that was killed.
 */
#include "harness/backend/libxl/wrapper.h"

#include <errno.h>
#include <glob.h>
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/backend/dm/orders.h"
#include "harness/backend/libxl/module_path.h"
#include "harness/backend/libxl/names.h"
#include "harness/store/ending.h"
#include "src/problem.h"

#define PROGRAM "igd-dm"
#define LINK    "dm"

/* The cell's folder, by its descriptor. Returns 0 or a negative errno. */
static int find_evidence(int evidence_fd, char path[static PATH_MAX], struct problem *why)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", evidence_fd);
	n = readlink(link, path, PATH_MAX - 1);
	if (n < 0)
		return problem_set(
			why, -errno, "the cell's folder has no path: %s", strerror(errno));
	path[n] = '\0';
	return 0;
}

static int make_folder(const struct wrapper *wrapper, const struct orders *orders,
	const char *program, struct problem *why)
{
	char path[WRAPPER_PATH_MAX];

	/* /run is root's: a name that others can guess does no harm there. */
	if (mkdir(wrapper->folder, 0700) < 0)
		return problem_set(
			why, -errno, "cannot make %s: %s", wrapper->folder, strerror(errno));
	if (symlink(program, wrapper->model) < 0)
		return problem_set(
			why, -errno, "cannot make %s: %s", wrapper->model, strerror(errno));
	snprintf(path, sizeof(path), "%s/" LINK ORDERS_SUFFIX, wrapper->folder);
	return orders_write(path, orders, why);
}

int wrapper_make(
	struct wrapper *wrapper, const struct wrapper_request *request, struct problem *why)
{
	struct orders orders = { .policy = policy_find(request->policy) };
	char evidence[PATH_MAX], *program = NULL;
	int r;

	if (!orders.policy)
		return problem_set(why, -EINVAL, "no policy is named \"%.40s\"", request->policy);
	orders.qemu = realpath(request->qemu, NULL);
	if (!orders.qemu) {
		r = problem_set(why, -errno, "the policy cannot start its QEMU, %.200s: %s",
			request->qemu, strerror(errno));
		goto out;
	}
	/* Its own name, if that can be used: what runs shall look as without a policy. */
	if (request->qemu[0] == '/') {
		free(orders.qemu);
		orders.qemu = strdup(request->qemu);
	}
	r = find_evidence(request->evidence_fd, evidence, why);
	if (r < 0)
		goto out;
	orders.evidence = strdup(evidence);
	r = module_path_find(PROGRAM, &program, why);
	if (r < 0)
		goto out;
	if (!orders.qemu || !orders.evidence || !program) {
		r = problem_set(why, -ENOMEM, "out of memory");
		goto out;
	}
	snprintf(wrapper->folder, sizeof(wrapper->folder), "%s/" WRAPPER_PREFIX "%u-%d",
		request->below, request->serial, (int)getpid());
	snprintf(wrapper->model, sizeof(wrapper->model), "%s/" LINK, wrapper->folder);
	r = make_folder(wrapper, &orders, program, why);
	if (r < 0)
		wrapper_remove(wrapper);
out:
	free(program);
	orders_finish(&orders);
	return r;
}

/* Only what wrapper_make() puts there: what else is in it keeps the folder. */
static bool remove_folder(const char *folder)
{
	static const char *const names[] = { LINK, LINK ORDERS_SUFFIX };
	char path[WRAPPER_PATH_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder) == 0 || errno == ENOENT;
}

bool wrapper_remove(struct wrapper *wrapper)
{
	if (!wrapper->folder[0])
		return true;
	if (!remove_folder(wrapper->folder))
		return false;
	wrapper->folder[0] = '\0';
	return true;
}

void wrapper_tidy(const char *below, json_t *tidied)
{
	char pattern[WRAPPER_PATH_MAX];
	glob_t folders = { 0 };

	snprintf(pattern, sizeof(pattern), "%s/" WRAPPER_PREFIX "*", below);
	if (glob(pattern, GLOB_NOSORT, NULL, &folders) != 0)
		return;
	for (size_t i = 0; i < folders.gl_pathc; i++) {
		const char *folder = folders.gl_pathv[i];

		if (name_is_debris(strrchr(folder, '/') + 1, getpid()) && remove_folder(folder))
			json_array_append_new(tidied, json_sprintf("folder %s", folder));
	}
	globfree(&folders);
}

enum ending wrapper_ending(const char *last_words, enum ending how)
{
	if (strncmp(last_words, DM_POLICY_SAYS, strlen(DM_POLICY_SAYS)) == 0)
		return ENDING_BAD_CELL;
	return strncmp(last_words, DM_SAYS, strlen(DM_SAYS)) == 0 ? ENDING_HOST_FAILED : how;
}
