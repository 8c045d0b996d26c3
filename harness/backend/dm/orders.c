#include "harness/backend/dm/orders.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/shape/shape.h"
#include "src/document.h"

/* Reads at most `size` bytes. Returns their number or a negative errno. */
static ssize_t read_bounded(const char *path, char *bytes, size_t size)
{
	size_t used = 0;
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	while (used < size && (n = read(fd, bytes + used, size - used)) > 0)
		used += (size_t)n;
	if (n < 0)
		n = -errno;
	close(fd);
	return n < 0 ? n : (ssize_t)used;
}

/* An absolute path of the document, as a new string. */
static int take_path(const json_t *document, const char *key, char **path_r, struct problem *why)
{
	const char *path = json_string_value(json_object_get(document, key));

	if (!path || path[0] != '/')
		return problem_set(why, -EINVAL, "\"%s\" is not an absolute path", key);
	*path_r = strdup(path);
	return *path_r ? 0 : problem_set(why, -ENOMEM, "out of memory");
}

static int take(const json_t *document, struct orders *orders, struct problem *why)
{
	const char *policy = json_string_value(json_object_get(document, "policy"));
	int r = take_path(document, "qemu", &orders->qemu, why);

	if (r == 0)
		r = take_path(document, "evidence", &orders->evidence, why);
	if (r < 0)
		return r;
	orders->policy = policy ? policy_find(policy) : NULL;
	if (!orders->policy)
		return problem_set(
			why, -EINVAL, "no policy is named \"%.40s\"", policy ? policy : "");
	return 0;
}

int orders_read(const char *path, struct orders *orders_r, struct problem *why)
{
	char *bytes = malloc(ORDERS_FILE_MAX);
	struct orders orders = { 0 };
	struct problem cause = { "" };
	json_t *document = NULL;
	ssize_t length;
	int r = -ENOMEM;

	if (!bytes)
		goto out;
	length = read_bounded(path, bytes, ORDERS_FILE_MAX);
	if (length < 0) {
		r = (int)length;
		goto out;
	}
	r = shape_parse(bytes, (size_t)length, DOCUMENT_DM, &document, &cause);
	if (r == 0)
		r = take(document, &orders, &cause);
	if (r < 0)
		goto out;
	*orders_r = orders;
	orders = (struct orders){ 0 };
out:
	if (r < 0)
		problem_set(why, r, "cannot read the instructions in %.200s: %s", path,
			cause.text[0] ? cause.text : strerror(-r));
	orders_finish(&orders);
	json_decref(document);
	free(bytes);
	return r;
}

int orders_write(const char *path, const struct orders *orders, struct problem *why)
{
	json_t *document = document_new(DOCUMENT_DM, DOCUMENT_VERSION);
	int fd = -1, r = -ENOMEM;

	if (!document || json_object_set_new(document, "qemu", json_string(orders->qemu)) < 0 ||
		json_object_set_new(document, "policy", json_string(orders->policy->name)) < 0 ||
		json_object_set_new(document, "evidence", json_string(orders->evidence)) < 0)
		goto out;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0) {
		r = -errno;
		goto out;
	}
	r = json_dumpfd(document, fd, JSON_INDENT(1)) < 0 ? -EIO : 0;
out:
	if (fd >= 0)
		close(fd);
	json_decref(document);
	if (r < 0)
		problem_set(why, r, "cannot write %.200s: %s", path, strerror(-r));
	return r;
}

void orders_finish(struct orders *orders)
{
	free(orders->qemu);
	free(orders->evidence);
	*orders = (struct orders){ 0 };
}
