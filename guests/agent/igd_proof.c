/* The process that looks closer at a driver that is bound. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#include "guests/agent/igd.h"
#include "guests/agent/igd_interrupts.h"
#include "guests/agent/processors.h"
#include "src/child_json.h"
#include "src/limited_read.h"
#include "src/tree.h"

/* What the other process tells, in all: a page of text, and room. */
#define TOLD_MAX (64 * 1024)

/* Where igd_tell() writes. */
static int tell_fd = -1;

/* The process that shows the picture of the last report; 0: none. */
static pid_t shower;

void igd_tell(const char *key, json_t *value)
{
	json_t *line = value ? json_pack("{s:o}", key, value) : NULL;

	if (line && json_dumpfd(line, tell_fd, JSON_COMPACT | JSON_ENSURE_ASCII) == 0 &&
		write(tell_fd, "\n", 1) < 0) {
		/* Nobody reads any more: the part is missed, and the report says so. */
	}
	json_decref(line);
}

/* The card of that function. Returns 0, or -ENODEV. */
static int open_card(const char *root, struct bdf where, struct igd_card *card_r)
{
	drmVersionPtr version;

	*card_r = (struct igd_card){ .fd = -1, .where = where };
	if (igd_card_find(root, where, &card_r->minor))
		return -ENODEV;
	card_r->fd = tree_open(root, O_RDWR, "dev/dri/card%u", card_r->minor);
	if (card_r->fd < 0)
		return -ENODEV;
	version = drmGetVersion(card_r->fd);
	if (version)
		snprintf(card_r->driver, sizeof(card_r->driver), "%.*s", version->name_len,
			version->name);
	drmFreeVersion(version);
	return 0;
}

/* In the child: tells all parts, and then shows its picture until it is killed. */
__attribute__((noreturn)) static void look_closer(const char *root, struct bdf where)
{
	struct igd_card card = { .fd = -1 };

	if (open_card(root, where, &card) < 0) {
		for (size_t i = 0; igd_told[i]; i++)
			igd_tell(igd_told[i], json_null());
	} else {
		igd_tell_debugfs(&card);
		igd_tell_registers(&card);
		igd_tell_screen(&card);
		igd_tell_engine(&card);
	}
	close(tell_fd);
	for (;;)
		pause();
}

/* Adds each whole line; a part that is missing has hung, was never begun, or its process died. */
static int add_told(json_t *section, const char *text, size_t length, const char *missing)
{
	int r = 0;

	for (const char *end; r == 0 && (end = memchr(text, '\n', length)); text = end + 1) {
		json_t *line = json_loadb(text, (size_t)(end - text), 0, NULL);

		length -= (size_t)(end + 1 - text);
		if (line)
			r = json_object_update(section, line);
		json_decref(line);
	}
	for (size_t i = 0; r == 0 && igd_told[i]; i++)
		if (!json_object_get(section, igd_told[i]))
			r = json_object_set_new(section, igd_told[i],
				json_pack("{s:s, s:s}", "observer", "agent", "error", missing));
	return r;
}

/*
 * A driver that does not answer while the processors are idle waits for its device. On a guest
 * whose processors were busy, or did not run, it may only be slow.
 */
static int add_late(json_t *section, const struct processor_time *before, const char *root)
{
	struct processor_time after;
	json_t *late;

	processors_read(root, &after);
	late = processors_json(before, &after);
	return json_object_set_new(section, "late", late);
}

static void end_shower(void)
{
	if (shower <= 0)
		return;
	child_json_end(shower);
	shower = 0;
}

/* Counts that a process which hangs did not tell: a driver that waits for a lost interrupt hangs.
 */
static int add_interrupts(
	json_t *section, const struct interrupts *before, const struct interrupts *after)
{
	if (!json_object_get(json_object_get(section, "interrupts"), "error"))
		return 0;
	return json_object_set_new(section, "interrupts", interrupts_json(before, after));
}

int igd_add_proofs(const char *root, struct bdf where, json_t *section)
{
	struct interrupts before, after;
	struct processor_time began;
	char *text = malloc(TOLD_MAX), missing[64] = "the process that asks the driver ended";
	size_t length = 0;
	int ends[2], told = 0, r;

	if (!text || pipe(ends)) {
		free(text);
		return -ENOMEM;
	}
	end_shower();
	interrupts_read(root, where, &before);
	processors_read(root, &began);
	shower = fork();
	if (shower == 0) {
		close(ends[0]);
		tell_fd = ends[1];
		look_closer(root, where);
	}
	close(ends[1]);
	/* A child that hangs has told what comes before. */
	if (shower >= 0)
		told = limited_read(ends[0], text, TOLD_MAX, IGD_PROOF_MS, &length);
	if (told == -ETIMEDOUT)
		snprintf(missing, sizeof(missing), "no answer within %d s", IGD_PROOF_MS / 1000);
	r = shower < 0 ? -ENOMEM : add_told(section, text, length, missing);
	if (r == 0 && told == -ETIMEDOUT)
		r = add_late(section, &began, root);
	interrupts_read(root, where, &after);
	if (r == 0)
		r = add_interrupts(section, &before, &after);
	close(ends[0]);
	free(text);
	return r;
}
