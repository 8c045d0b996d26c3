/*
 * The audit: which symbols of Xen libraries a program imports, which of them come from a library
 * without a stable ABI, and what replaces each. docs/topics/abi.md is for its readers.
 * docs/schema/abi.json describes the document.
 */
#ifndef IGD_ABI_ABI_H
#define IGD_ABI_ABI_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "src/problem.h"

#define ABI_SYMBOLS_FORMAT   "igd-harness symbols"
#define ABI_SYMBOLS_VERSION  1
#define ABI_SYMBOLS_FILE     "abi/xen.yaml" /* its name, installed */
#define ABI_SYMBOLS_FILE_MAX (1u << 20)     /* bytes */
#define ABI_SYMBOLS_MAX      4096           /* of symbols, and of prefixes of one library */
#define ABI_BASELINE_MAX     (16u << 20)    /* bytes */
#define ABI_RELEASE_MAX      24             /* bytes of "4.17" and its end */

/* What a symbol is for, and what replaces it; each ends with NULL. The order is that of reports. */
extern const char *const abi_uses[];
extern const struct abi_class {
	const char *name, *meaning;
} abi_classes[];

/*
 * Reads a data file (docs/topics/abi.md) into
 *   {"file", "sha256",
 *    "libraries": [{"name": "libxenctrl", "stable": false, "prefixes": ["xc_"],
 *                   "use", "class", "replacement": of its symbols that are not listed, or null}],
 *    "symbols": {"xc_interface_open": {"library", "use", "class", "replacement", "hypercall",
 *                "only", "where", "source"}},
 *    "interfaces": {"4.17": {"domctl": "0x15", "sysctl": "0x15"}}}.
 * Returns 0 and a new reference; -EINVAL with "FILE:LINE:COLUMN: what, and what to do"; -ENOENT and
 * others, with a sentence, if it cannot be read.
 */
int abi_symbols_load(const char *file, json_t **symbols_r, struct problem *why);

/* The same from memory; `file` is for the sentences. */
int abi_symbols_parse(
	const char *file, const char *text, size_t length, json_t **symbols_r, struct problem *why);

/*
 * The data file to use: the one `named` by the user (or NULL), or by IGD_SYMBOLS, or the one
 * installed with the program. As abi_symbols_load().
 */
int abi_symbols_choose(const char *named, json_t **symbols_r, struct problem *why);

/*
 * A library of Xen by its file name. Xen's build gives an unstable one the number of the release,
 * X.Y, as its major, and a stable one a number of its own (tools/libs/libs.mk: MAJOR); so
 * libxenctrl.so.4.17 is unstable and libxenstore.so.4 is stable.
 */
struct abi_library {
	char name[32];             /* "libxenctrl" */
	char xen[ABI_RELEASE_MAX]; /* "4.17" of an unstable one, else "" */
	bool numbered;             /* does the name have a number at all? */
};

/* Is this the name of a Xen library? */
bool abi_library(const char *file, struct abi_library *library_r);

/*
 * The release in the name of a version node of an unstable library, "VERS_4.17.0" until Xen 4.17,
 * "libxenctrl_4.20.0" since (Xen 98d95437ed). "" for a stable one's, which has two numbers.
 */
void abi_node_release(const char *node, char xen[static ABI_RELEASE_MAX]);

/* "4.17" of "4.17", "4.17.7" or "4.17-rc1". Returns 0 or -EINVAL. */
int abi_release(const char *version, char xen[static ABI_RELEASE_MAX]);

/*
 * The release of the Xen this is the dom0 of; `root` as in src/tree.h. Returns 0, or -ENOENT: this
 * is no dom0. (In a domU the hypervisor is known too, but what uses unstable calls does not run.)
 */
int abi_running(const char *root, char xen[static ABI_RELEASE_MAX]);

/* A new audit of nothing yet; `xen` NULL: not compared. NULL without memory. */
json_t *abi_new(const json_t *symbols, const char *xen, const char *from);

/*
 * Adds a file: what it imports (harness/abi/elf_imports.h), or NULL and the sentence why that is
 * not known. Returns 0 or -ENOMEM.
 */
int abi_add(json_t *audit, const json_t *symbols, const char *file, const char *sha256,
	const json_t *imports, const char *error);

/*
 * Compares with an audit that was stored. The files are paired by the last part of their names, or
 * if there is one on both sides, that; what has no partner is new or gone as a whole. Symbols are
 * the same by name: one that moved to another library, or to that of another Xen, is neither.
 * Returns 0, -EINVAL if it is no audit, or -ENOMEM.
 */
int abi_compare(json_t *audit, const json_t *baseline, const char *file, struct problem *why);

/* The last part of a file's name, by which files of two audits are paired (borrowed). */
const char *abi_file_name(const char *file);

/* {NAME: true} of what a file of an audit imports of unstable libraries; a new reference. */
json_t *abi_file_symbols(const json_t *entry);

/* 0; 1 for a fault or a new symbol; 2 if a file could not be audited. */
int abi_exit_status(const json_t *audit);

/* For people; files that could not be audited are left out, they were said. Returns 0 or -EIO. */
int abi_render(const json_t *audit, FILE *stream);

#endif
