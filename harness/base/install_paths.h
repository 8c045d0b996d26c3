/*
 * What is installed with the program: BIN/../share/igd-harness, wherever BIN is; and the program.
 */
#ifndef IGD_BASE_INSTALL_PATHS_H
#define IGD_BASE_INSTALL_PATHS_H

/* The path of `name` there, whether or not it exists. The caller frees. NULL without memory. */
char *install_path(const char *name);

/* The folder of the guest images: the one `named`, or by IGD_GUESTS, or the one installed. The
 * caller frees. NULL without memory. */
char *install_guests(const char *named);

/*
 * The file of a matrix: the installed one, if `named` is its name, such as "seed-igd", and no file
 * here has that name; `named` itself otherwise. The caller frees. NULL without memory.
 */
char *install_matrix(const char *named);

/*
 * How a user calls this program again: by the path with which it was called, or "igd-harness" if
 * the shell found it. Owned by the program.
 */
const char *install_program(void);

#endif
