/* The kernel's log, record by record, as /dev/kmsg has it. */
#ifndef IGD_AGENT_KMSG_H
#define IGD_AGENT_KMSG_H

#include <stdbool.h>

struct kmsg_record {
	unsigned int level; /* 0 to 7, syslog's */
	unsigned long long time_us;
	char *text; /* printable ASCII; may be cut in place */
};

/*
 * Calls `each` for every record that is there, the oldest first. Returns 0, also without a
 * /dev/kmsg, or the first other value that `each` returned.
 */
int kmsg_read(
	const char *root, int (*each)(void *data, const struct kmsg_record *record), void *data);

/* Is the word in the text as a whole: "xe", and not "xenbus"? */
bool kmsg_has_word(const char *text, const char *word);

#endif
