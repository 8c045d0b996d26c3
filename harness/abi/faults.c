/* A library of one Xen on another: what comes of it. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/abi/private.h"
#include "src/document.h"

/*
 * The two hypercalls whose interface has a version of its own, which the hypervisor compares:
 * another one is refused with EACCES (do_domctl() in Xen's common/domctl.c, do_sysctl() likewise).
 */
static const struct {
	const char *key, *prefix;
} interfaces[] = { { "domctl", "XEN_DOMCTL_" }, { "sysctl", "XEN_SYSCTL_" } };

#define INTERFACES (sizeof(interfaces) / sizeof(interfaces[0]))

/* The file's symbols of that library which are known to be such a hypercall: ": xc_a, xc_b". */
static void write_symbols(
	FILE *stream, const json_t *entry, const char *library, const char *prefix)
{
	const char *between = ": ";
	const json_t *symbol;
	size_t i;

	json_array_foreach(json_object_get(entry, "unstable"), i, symbol)
	{
		if (strcmp(document_text(symbol, "library"), library) != 0 ||
			strncmp(document_text(symbol, "hypercall"), prefix, strlen(prefix)) != 0)
			continue;
		fprintf(stream, "%s%s", between, document_text(symbol, "name"));
		between = ", ";
	}
}

static void write_consequence(FILE *stream, const json_t *entry, const char *library,
	const json_t *built, const json_t *runs)
{
	bool differ = false;

	if (!built || !runs) {
		fputs("its domctls and sysctls fail with EACCES unless both Xens have the same "
		      "version of these interfaces, which is not known here",
			stream);
		return;
	}
	for (size_t i = 0; i < INTERFACES; i++) {
		const char *ours = document_text(built, interfaces[i].key);
		const char *theirs = document_text(runs, interfaces[i].key);

		if (strcmp(ours, theirs) == 0)
			continue;
		fprintf(stream, "%s%ss fail with EACCES (interface %s, the hypervisor has %s)",
			differ ? "; its " : "it starts, and its ", interfaces[i].key, ours, theirs);
		write_symbols(stream, entry, library, interfaces[i].prefix);
		differ = true;
	}
	if (!differ)
		fprintf(stream,
			"both have domctl interface %s and sysctl %s, so its calls may work, but "
			"this is not guaranteed",
			document_text(built, "domctl"), document_text(built, "sysctl"));
}

int abi_add_faults(const json_t *audit, const json_t *symbols, json_t *entry)
{
	const char *xen = document_text(json_object_get(audit, "xen"), "version");
	const json_t *known = json_object_get(symbols, "interfaces"), *library;
	size_t i;

	json_array_foreach(json_object_get(entry, "libraries"), i, library)
	{
		const char *name = document_text(library, "name");
		const char *of = document_text(library, "xen");
		char *text = NULL;
		size_t length = 0;
		FILE *stream;

		if (!xen[0] || !of[0] || strcmp(of, xen) == 0)
			continue;
		stream = open_memstream(&text, &length);
		if (!stream)
			return -ENOMEM;
		fprintf(stream, "%s is of Xen %s and the hypervisor is %s: ", name, of, xen);
		write_consequence(stream, entry, name, json_object_get(known, of),
			json_object_get(known, xen));
		fprintf(stream, ". Use a build for Xen %s", xen);
		if (fclose(stream) != 0 || json_array_append_new(json_object_get(entry, "faults"),
						   json_string(text)) < 0) {
			free(text);
			return -ENOMEM;
		}
		free(text);
	}
	return 0;
}
