#include "harness/backend/libxl/config_merge.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/backend/libxl/libxl_compat.h"

#define DEPTH_MAX   16 /* as harness/plan/settings/domain_config.c */
#define PATH_BYTES  256
#define SHOWN_BYTES 80

/* A word that no enumeration of libxl has. */
static const char no_word[] = "no message of libxl";

struct merging {
	libxl_ctx *ctx;
	const json_t *base; /* the configuration without the piece */
	const char *keys[DEPTH_MAX];
	int depth;
	struct problem *why;
};

json_t *config_to_json(libxl_ctx *ctx, libxl_domain_config *config)
{
	char *text = libxl_domain_config_to_json(ctx, config);
	json_t *json = text ? json_loads(text, 0, NULL) : NULL;

	free(text);
	return json;
}

/* Lays `piece` over `target`, in place. At most DEPTH_MAX calls deep. */
static int lay_over(json_t *target, const json_t *piece)
{
	const char *key;
	json_t *value, *below;
	int r = 0;

	json_object_foreach((json_t *)piece, key, value)
	{
		if (r < 0)
			break;
		below = json_object_get(target, key);
		if (json_is_null(value)) {
			json_object_del(target, key);
		} else if (!json_is_object(value)) {
			r = json_object_set_new(target, key, json_deep_copy(value));
		} else if (json_is_object(below)) {
			r = lay_over(below, value);
		} else {
			below = json_object();
			r = json_object_set_new(target, key, below);
			if (r == 0)
				r = lay_over(below, value);
		}
	}
	return r < 0 ? -ENOMEM : 0;
}

/* Lets libxl read the base with a piece over it. Returns libxl's rc, or ERROR_NOMEM. */
static int read_with(const struct merging *m, const json_t *piece, libxl_domain_config *config_r)
{
	json_t *all = json_deep_copy(m->base);
	char *text = all && lay_over(all, piece) == 0 ? json_dumps(all, 0) : NULL;
	int rc = text ? libxl_domain_config_from_json(m->ctx, config_r, text) : ERROR_NOMEM;

	free(text);
	json_decref(all);
	return rc;
}

static json_t *at_keys(const struct merging *m, const json_t *json)
{
	for (int i = 0; i < m->depth; i++)
		json = json_object_get(json, m->keys[i]);
	return (json_t *)json;
}

/* {KEY: {KEY: value}} of the keys on the way. A new reference. */
static json_t *wrap(const struct merging *m, const json_t *value)
{
	json_t *piece = json_deep_copy(value);

	for (int i = m->depth; i > 0 && piece; i--)
		piece = json_pack("{s:o}", m->keys[i - 1], piece);
	return piece;
}

/*
 * What libxl makes of one value alone: *found_r is a new reference to what then stands there, NULL
 * if nothing does. Returns libxl's rc.
 */
static int probe(const struct merging *m, const json_t *value, json_t **found_r)
{
	json_t *piece = wrap(m, value), *all = NULL;
	libxl_domain_config config;
	int rc;

	*found_r = NULL;
	libxl_domain_config_init(&config);
	rc = piece ? read_with(m, piece, &config) : ERROR_NOMEM;
	if (rc == 0)
		all = config_to_json(m->ctx, &config);
	if (rc == 0 && !all)
		rc = ERROR_NOMEM;
	*found_r = json_incref(at_keys(m, all));
	libxl_domain_config_dispose(&config);
	json_decref(all);
	json_decref(piece);
	return rc;
}

/* Has libxl read all that stands in `wanted`? It adds keys to the objects of a list, at most. */
static bool is_read(const json_t *wanted, const json_t *found)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_object(wanted)) {
		json_object_foreach((json_t *)wanted, key, value)
		{
			if (!is_read(value, json_object_get(found, key)))
				return false;
		}
		return json_is_object(found);
	}
	if (!json_is_array(wanted))
		return found && json_equal(wanted, found);
	json_array_foreach(wanted, i, value)
	{
		if (!is_read(value, json_array_get(found, i)))
			return false;
	}
	return json_is_array(found) && json_array_size(wanted) == json_array_size(found);
}

/* Does libxl read this value there? */
static bool takes(const struct merging *m, const json_t *value)
{
	json_t *found = NULL;
	bool is = probe(m, value, &found) == 0 && is_read(value, found);

	json_decref(found);
	return is;
}

/* libxl writes no value that is its default: would it write a different one there? */
static bool is_default(const struct merging *m, const json_t *value)
{
	json_t *other = NULL, *found = NULL;
	bool is = false;

	if (json_is_boolean(value))
		other = json_boolean(!json_is_true(value));
	else if (json_is_integer(value))
		other = json_integer(json_integer_value(value) == 1 ? 2 : 1);
	else if (json_is_string(value))
		other = json_string(no_word);
	if (!other)
		return false;
	/* A word that is none is refused where libxl has an enumeration, and only there. */
	is = probe(m, other, &found) != 0 ? json_is_string(value) : is_read(other, found);
	json_decref(found);
	json_decref(other);
	return is;
}

static int refuse(const struct merging *m, const json_t *value, const char *what)
{
	char path[PATH_BYTES] = "", shown[SHOWN_BYTES];
	size_t used = 0, length = json_dumpb(value, shown, sizeof(shown) - 1, JSON_ENCODE_ANY);

	shown[length < sizeof(shown) ? length : sizeof(shown) - 1] = '\0';
	for (int i = 0; i < m->depth && used < sizeof(path); i++)
		used += (size_t)snprintf(
			path + used, sizeof(path) - used, "%s%s", i > 0 ? "/" : "", m->keys[i]);
	return problem_set(m->why, -EINVAL,
		"domain_config: %s: this libxl, of Xen " XEN_BUILT_FOR ", %s %s", path, what,
		shown);
}

/* Checks a value that is no object. What may stand in its place goes to *use_r, a new reference. */
static int check_value(const struct merging *m, const json_t *value, json_t **use_r)
{
	json_t *found = NULL, *word;
	int rc;

	*use_r = json_incref((json_t *)value);
	if (json_is_null(value))
		return at_keys(m, m->base) ? 0
					   : refuse(m, value, "has no key that can be replaced by");
	rc = probe(m, value, &found);
	if (rc == 0 && is_read(value, found)) {
		json_decref(found);
		return 0;
	}
	json_decref(found);
	if (rc == ERROR_NOMEM)
		return problem_set(m->why, -ENOMEM, "out of memory");
	if (rc != 0)
		return refuse(m, value, "does not accept");
	if (json_is_boolean(value)) {
		/* A libxl_defbool: libxl_defbool_to_string(). */
		word = json_string(json_is_true(value) ? "True" : "False");
		if (takes(m, word)) {
			json_decref(*use_r);
			*use_r = word;
			return 0;
		}
		json_decref(word);
	}
	return is_default(m, value) ? 0 : refuse(m, value, "has no such key, or does not accept");
}

/* Checks all of a piece; `use` gets what is to be merged. */
static int check_piece(struct merging *m, const json_t *piece, json_t *use)
{
	const char *key;
	json_t *value, *below;
	int r = 0;

	json_object_foreach((json_t *)piece, key, value)
	{
		if (m->depth == DEPTH_MAX)
			return refuse(
				m, value, "has no mapping at this depth, and does not accept");
		m->keys[m->depth++] = key;
		below = NULL;
		if (json_is_object(value)) {
			below = json_object();
			r = below ? check_piece(m, value, below) : -ENOMEM;
		} else {
			r = check_value(m, value, &below);
		}
		m->depth--;
		if (json_object_set_new(use, key, below) < 0 && r == 0)
			r = -ENOMEM;
		if (r < 0)
			return r;
	}
	return 0;
}

int config_merge(
	libxl_ctx *ctx, libxl_domain_config *config, const json_t *piece, struct problem *why)
{
	json_t *base = config_to_json(ctx, config), *use = json_object();
	struct merging m = { .ctx = ctx, .base = base, .why = why };
	libxl_domain_config merged;
	int r = base && use ? check_piece(&m, piece, use) : -ENOMEM;

	libxl_domain_config_init(&merged);
	if (r == 0 && read_with(&m, use, &merged) != 0)
		r = problem_set(why, -EINVAL,
			"domain_config: this libxl, of Xen " XEN_BUILT_FOR
			", accepts each of its values alone, but not all of them together");
	if (r == 0) {
		libxl_domain_config_dispose(config);
		*config = merged;
	} else {
		libxl_domain_config_dispose(&merged);
	}
	json_decref(base);
	json_decref(use);
	return r == -ENOMEM ? problem_set(why, r, "out of memory") : r;
}
