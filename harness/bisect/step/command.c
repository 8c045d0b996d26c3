#include "harness/bisect/step/command.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/bisect/step/fingerprint.h"

/* Variables that a command gets; more than a tuple can have. */
#define VARIABLES_MAX 32

struct variables {
	char *owned[VARIABLES_MAX];
	size_t count;
	char **all; /* with those of our own environment; ends with NULL */
};

/* Sets NAME=VALUE; `text` is stolen. */
static int set(struct variables *variables, char *text)
{
	if (!text)
		return -ENOMEM;
	if (variables->count == VARIABLES_MAX) {
		free(text);
		return -E2BIG;
	}
	variables->owned[variables->count++] = text;
	return 0;
}

static char *joined(const char *name, const char *value, const char *more)
{
	char *text = NULL;

	return asprintf(&text, "%s=%s%s%s", name, value, more ? ":" : "", more ? more : "") < 0
		       ? NULL
		       : text;
}

static char *named(const char *key, const char *value)
{
	char *text = NULL;

	if (asprintf(&text, "IGD_WITH_%s=%s", key, value) < 0)
		return NULL;
	for (char *c = text; *c != '='; c++)
		*c = isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_';
	return text;
}

static int set_path(struct variables *variables, const char *name, const char *text,
	const char *more, const struct bisect_point *point, struct problem *why)
{
	char *path = NULL;
	int r = text ? bisect_expand(text, point, &path, why) : 0;

	if (r == 0 && path)
		r = set(variables, joined(name, path, more));
	free(path);
	return r;
}

/* The command may go elsewhere before it looks at it. */
static int set_device_model(
	struct variables *variables, const struct bisect_command *command, struct problem *why)
{
	char *path = NULL, *whole = NULL;
	int r = bisect_expand(command->orders->device_model, command->point, &path, why);

	if (r == 0 && strchr(path, '/'))
		whole = realpath(path, NULL);
	if (r == 0)
		r = set(variables, joined("IGD_DEVICE_MODEL", whole ? whole : path, NULL));
	free(whole);
	free(path);
	return r;
}

static int set_all(
	struct variables *variables, const struct bisect_command *command, struct problem *why)
{
	const struct bisect_orders *orders = command->orders;
	const struct bisect_point *point = command->point;
	const char *revision = json_string_value(json_object_get(point->values, "revision"));
	const char *key;
	json_t *value;
	int r = revision ? set(variables, joined("IGD_REVISION", revision, NULL)) : 0;

	json_object_foreach((json_t *)point->values, key, value)
	{
		if (r == 0)
			r = set(variables, named(key, json_string_value(value)));
	}
	if (r < 0 || !command->run_dir)
		return r;
	r = set(variables, joined("IGD_RUN_DIR", command->run_dir, NULL));
	if (r == 0 && orders->device_model)
		r = set_device_model(variables, command, why);
	if (r == 0)
		r = set_path(variables, "LD_LIBRARY_PATH", orders->library_path,
			getenv("LD_LIBRARY_PATH"), point, why);
	if (r == 0)
		r = set_path(variables, "IGD_MODULES", orders->modules, NULL, point, why);
	return r;
}

static bool is_set(const struct variables *variables, const char *text)
{
	size_t length = strcspn(text, "=") + 1;

	for (size_t i = 0; i < variables->count; i++) {
		if (strncmp(variables->owned[i], text, length) == 0)
			return true;
	}
	return false;
}

/* Ours, but for what is set here. */
static int complete(struct variables *variables)
{
	extern char **environ;
	size_t count = 0, used = 0;

	while (environ[count])
		count++;
	variables->all = calloc(count + variables->count + 1, sizeof(*variables->all));
	if (!variables->all)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (!is_set(variables, environ[i]))
			variables->all[used++] = environ[i];
	}
	for (size_t i = 0; i < variables->count; i++)
		variables->all[used++] = variables->owned[i];
	return 0;
}

static int make_log(const char *path)
{
	char name[BELOW_NAME_MAX];
	int folder_fd = below_parent(path, name), fd;

	if (folder_fd < 0)
		return folder_fd;
	fd = below_create(folder_fd, name, 0644);
	close(folder_fd);
	return fd;
}

int bisect_command(
	const struct bisect_command *command, struct guarded_child_end *end_r, struct problem *why)
{
	struct variables variables = { .count = 0 };
	int log_fd = -1, r = set_all(&variables, command, why);

	if (r == 0)
		r = complete(&variables);
	if (r < 0) {
		problem_set(why, r, "cannot make the command's environment: %s", strerror(-r));
		goto out;
	}
	log_fd = make_log(command->log);
	if (log_fd < 0) {
		r = problem_set(
			why, log_fd, "cannot make %s: %s", command->log, below_error(log_fd));
		goto out;
	}
	r = guarded_child_run(&(struct guarded_child_spec){ command->argv, variables.all,
				      command->folder, log_fd, command->limit_s },
		end_r, why);
out:
	if (log_fd >= 0)
		close(log_fd);
	for (size_t i = 0; i < variables.count; i++)
		free(variables.owned[i]);
	free(variables.all);
	return r;
}
