/* What lspci wrote as functions_json() has it: libpci reads the configuration space, from a dump
 * that is written here in the one form that it knows. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/host/lspci_text.h"
#include "src/document.h"
#include "src/functions.h"

#define ROW 16

static void write_config(const struct lspci_function *function, FILE *stream)
{
	char address[BDF_TEXT_MAX];

	bdf_format(function->where, address);
	fprintf(stream, "%s function", address);
	for (size_t at = 0; at < function->config_bytes; at++) {
		if (at % ROW == 0)
			fprintf(stream, "\n%02zx:", at);
		fprintf(stream, " %02x", function->config[at]);
	}
	fputs("\n\n", stream);
}

static bool is_wanted(const struct lspci_function *function, bool (*wanted)(struct bdf where))
{
	return !wanted || wanted(function->where);
}

/* Writes the dump into a file in memory. Returns how many functions it has, or a negative errno. */
static int write_dump(const struct lspci_text *text, bool (*wanted)(struct bdf where), FILE *stream)
{
	int count = 0;

	for (size_t i = 0; i < text->count; i++) {
		const struct lspci_function *function = &text->functions[i];

		if (!function->config || !is_wanted(function, wanted))
			continue;
		write_config(function, stream);
		count++;
	}
	return fflush(stream) == 0 ? count : -EIO;
}

/* The functions that have configuration space. */
static int read_configs(const struct lspci_text *text, const char *root,
	bool (*wanted)(struct bdf where), json_t **section_r, struct problem *why)
{
	char path[64];
	struct functions_scope scope = { .root = root, .dump = path, .wanted = wanted };
	int fd = memfd_create("lspci", MFD_CLOEXEC), r;
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "w");

	if (!stream) {
		r = problem_set(why, -errno, "memfd_create(): %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return r;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = write_dump(text, wanted, stream);
	if (r > 0)
		r = functions_json(&scope, section_r, why);
	else if (r == 0)
		*section_r = json_pack("{s:n, s:n, s:[]}", "slot2", "lpc", "functions");
	fclose(stream);
	return r;
}

/* An id of four digits, null if the text does not say it. */
static json_t *id_json(int32_t id)
{
	return id < 0 ? json_null() : json_sprintf("0x%04x", (unsigned int)id);
}

static json_t *words_json(const struct lspci_function *function)
{
	const struct lspci_words *words = &function->words;
	char address[BDF_TEXT_MAX];
	json_t *object;

	bdf_format(function->where, address);
	object = json_pack("{s:s, s:o, s:o}", "address", address, "vendor", id_json(words->vendor),
		"device", id_json(words->device));
	if (words->class >= 0)
		json_object_set_new(
			object, "class", json_sprintf("0x%06x", (unsigned int)words->class));
	if (words->revision >= 0)
		json_object_set_new(object, "revision",
			json_sprintf("0x%02x", (unsigned int)words->revision & 0xff));
	if (words->subsystem_vendor >= 0 && words->subsystem >= 0) {
		json_object_set_new(object, "subsystem_vendor", id_json(words->subsystem_vendor));
		json_object_set_new(object, "subsystem", id_json(words->subsystem));
	}
	return object;
}

static json_t *find(const json_t *functions, const char *address)
{
	json_t *function;
	size_t i;

	json_array_foreach(functions, i, function)
	{
		if (strcmp(document_text(function, "address"), address) == 0)
			return function;
	}
	return NULL;
}

/* A dump says which driver holds a function, or nothing: never that none does. */
static void add_driver(const struct lspci_function *function, json_t *object)
{
	if (json_is_string(json_object_get(object, "driver")))
		return;
	if (function->words.driver[0])
		json_object_set_new(object, "driver", json_string(function->words.driver));
	else
		json_object_del(object, "driver");
}

int lspci_text_json(const struct lspci_text *text, const char *root,
	bool (*wanted)(struct bdf where), json_t **section_r, struct problem *why)
{
	json_t *read = NULL, *list = json_array(), *function;
	int r = read_configs(text, root, wanted, &read, why);

	for (size_t i = 0; r == 0 && i < text->count; i++) {
		char address[BDF_TEXT_MAX];

		if (!is_wanted(&text->functions[i], wanted))
			continue;
		bdf_format(text->functions[i].where, address);
		function = json_incref(find(json_object_get(read, "functions"), address));
		if (!function)
			function = words_json(&text->functions[i]);
		add_driver(&text->functions[i], function);
		json_array_append_new(list, function);
		if (strcmp(address, "0000:00:02.0") == 0)
			json_object_set_new(read, "slot2", json_string(address));
		else if (strcmp(address, "0000:00:1f.0") == 0)
			json_object_set_new(read, "lpc", json_string(address));
	}
	if (r < 0) {
		json_decref(list);
		json_decref(read);
		return r;
	}
	json_object_set_new(read, "functions", list);
	*section_r = read;
	return 0;
}
