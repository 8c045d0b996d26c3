#include "guests/agent/kmsg.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/tree.h"

/* Linux' limit for a record of /dev/kmsg (PRINTK_MESSAGE_MAX 2048, every byte may become "\xNN").
 */
#define KMSG_RECORD_MAX 8192

bool kmsg_has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
		bool begins = at == text || !isalnum((unsigned char)at[-1]);

		if (begins && !isalnum((unsigned char)at[length]))
			return true;
	}
	return false;
}

/*
 * One line: "PRIORITY,SEQUENCE,TIME,FLAGS;TEXT" (Documentation/ABI/testing/dev-kmsg). Lines that
 * begin with a blank hold its dictionary.
 */
static int take_line(
	char *line, int (*each)(void *data, const struct kmsg_record *record), void *data)
{
	struct kmsg_record record;
	unsigned int priority;

	record.text = strchr(line, ';');
	if (!record.text || sscanf(line, "%u,%*u,%llu", &priority, &record.time_us) != 2)
		return 0;
	record.text++;
	record.level = priority & 7u;
	tree_clean(record.text);
	return each(data, &record);
}

int kmsg_read(
	const char *root, int (*each)(void *data, const struct kmsg_record *record), void *data)
{
	FILE *stream = tree_stream(root, "dev/kmsg");
	char *line = NULL;
	size_t size = 0;
	int r = 0;

	/* A read must have room for a whole record, and returns just one. */
	if (stream)
		setvbuf(stream, NULL, _IOFBF, KMSG_RECORD_MAX * 2);
	while (r == 0 && stream) {
		if (getline(&line, &size, stream) > 0)
			r = take_line(line, each, data);
		else if (ferror(stream) && errno == EPIPE) /* overwritten: read goes on behind */
			clearerr(stream);
		else
			break;
	}
	free(line);
	if (stream)
		fclose(stream);
	return r;
}
