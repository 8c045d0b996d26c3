/* Options on Xen's command line (docs/misc/xen-command-line.pandoc in xen.git). The last counts. */
#ifndef IGD_HOST_XEN_CMDLINE_H
#define IGD_HOST_XEN_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Does the command line switch off the option ("hap"), or the word of an option that is a list of
 * words ("iommu", "igfx")? `word` is NULL for the option itself. True and the text that does so,
 * "iommu=no-igfx"; or false.
 */
bool xen_cmdline_is_off(
	const char *cmdline, const char *option, const char *word, char *text, size_t size);

/* The value of the last "option=value"; false if there is none. Cut to the size. */
bool xen_cmdline_value(const char *cmdline, const char *option, char *value, size_t size);

/* Does the value of loglvl= or guest_loglvl=, "none/warning", discard warnings? */
bool xen_cmdline_hides_warnings(const char *value);

#endif
