/* A file that is built into the program, by harness/base/embed. */
#ifndef IGD_BASE_EMBEDDED_H
#define IGD_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *bytes; /* with a 0 behind them */
	size_t length;     /* without it */
	const char *hash;  /* "sha256-" and base64, as a Content-Security-Policy names it */
};

#endif
