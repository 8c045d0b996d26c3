/*
 * What a program takes from shared libraries, as its ELF file says: none of them need be installed.
 *
 * {"dynamic": true,             it has a dynamic section; false: nothing else is in the object
 *  "bind_now": true,            a missing symbol shows when it starts, not when it is called
 *  "needed": ["libc.so.6"],     DT_NEEDED, in its order
 *  "imports": [                 undefined symbols, and those with a version of a needed library
 *    {"name": "stderr",
 *     "library": "libc.so.6",   the file that its version record names, or null: no record
 *     "version": "GLIBC_2.2.5", or null
 *     "weak": false}],          the program starts without it
 *  "opened": ["libxenctrl.so"]  what it may open while it runs: constants that are a library's name
 * }
 *
 * Texts are printable ASCII, what is not is "?". A name longer than IMPORTS_NAME_MAX is left out.
 * The version records are described in the Linux Standard Base, Core, "Symbol Versioning".
 *
 * The file may be hostile: everything is bounded and checked, and only little-endian programs and
 * libraries are read (Xen runs on no other machine). libelf is known to harness/imports_*.c only;
 * they are a loadable module, because a dom0 has no need of it.
 */
#ifndef IGD_ABI_ELF_IMPORTS_H
#define IGD_ABI_ELF_IMPORTS_H

#include <jansson.h>
#include <stdint.h>

#include "src/problem.h"

#define IMPORTS_MODULE   "igd-elf.so"
#define IMPORTS_NAME_MAX 255 /* bytes of a name; C++ has longer ones, C and Xen have not */

/* Beyond any program that is linked: bookworm's Chromium has 1,788 imports and 47 libraries. */
#define IMPORTS_SECTION_MAX (64u << 20) /* bytes of a section that is taken into memory */
#define IMPORTS_MAX         65536
#define IMPORTS_NEEDED_MAX  256
#define IMPORTS_OPENED_MAX  1024
#define IMPORTS_OPENED_SCAN (256u << 20) /* bytes of constants that are searched */

/*
 * Reads the object that `fd` is. Returns 0 and a new reference; -EINVAL with the sentence for what
 * is no sound program or library; another negative errno if it cannot be read.
 */
int imports_read(int fd, json_t **imports_r, struct problem *why);

/*
 * Adds the names of libraries among the constants in `size` bytes at `offset` of the file, as keys
 * of `names`. At most IMPORTS_OPENED_MAX: they are a hint. Returns 0 or a negative errno.
 */
int imports_opened(int fd, uint64_t offset, uint64_t size, json_t *names);

#define IMPORTS_ABI           1
#define IMPORTS_MODULE_SYMBOL "igd_imports_module"

struct imports_module {
	unsigned int abi;
	int (*read)(int fd, json_t **imports_r, struct problem *why);
};

#endif
