#include "guests/agent/serve.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guests/agent/collect.h"
#include "guests/agent/igd.h"
#include "guests/agent/init.h"
#include "guests/agent/line.h"
#include "guests/agent/memory.h"
#include "src/pack.h"
#include "src/stored.h"
#include "src/wire.h"

#define HELLO_MS 2000
#define HELLO    "igd-agent " IGD_VERSION
#define PAGEMAP  "/proc/self/pagemap"

struct session {
	struct line line;
	const json_t *unloaded;
	struct work *work;
	unsigned int requests;
	uint16_t number; /* of the last message; each gets its own, so that two answers never mix */
	enum wire_type type;
	char *text; /* of the last answer, for WIRE_AGAIN */
	size_t length;
	struct memory memory; /* the last report, while it may still be read there */
};

static int put(void *data, const char *line, size_t length)
{
	const struct session *session = data;

	return line_write(&session->line, line, length);
}

/* Sends a message that nobody may ask for again. */
static int say(struct session *session, enum wire_type type, const char *text)
{
	return wire_send(type, ++session->number, text, strlen(text), NULL, put, session);
}

/* Replaces the last answer by a fresh report, or by the sentence that says why there is none. */
static int make_answer(struct session *session)
{
	struct guest guest = {
		.root = "",
		.request = ++session->requests,
		.unloaded = session->unloaded,
		.work = session->work,
	};
	struct problem why = { "" };
	json_t *report = NULL;
	char *text = NULL;

	memory_drop(&session->memory);
	session->type = WIRE_REPORT;
	/* An Intel GPU may have come since the last report; a service leaves drivers to udev. */
	if (init_is_init())
		igd_load();
	if (!collect_report(&guest, &report, &why)) {
		text = json_dumps(report, JSON_COMPACT | JSON_ENSURE_ASCII);
		if (!text)
			problem_set(&why, -ENOMEM, "no memory for the text of a report");
	}
	if (text && strlen(text) > WIRE_MESSAGE_MAX) {
		problem_set(&why, -EMSGSIZE,
			"the report has %zu bytes, more than a message can "
			"carry",
			strlen(text));
		free(text);
		text = NULL;
	}
	if (!text) {
		session->type = WIRE_TROUBLE;
		text = strdup(why.text);
	}
	json_decref(report);
	free(session->text);
	session->text = text;
	session->length = text ? strlen(text) : 0;
	return text ? 0 : -ENOMEM;
}

/* Packed it is a third, and in the lab a byte takes 0.4 ms. */
static int pack_answer(struct session *session)
{
	char *packed;

	if (session->type != WIRE_REPORT)
		return 0;
	packed = pack(session->text, session->length, &session->length);
	if (!packed)
		return -ENOMEM;
	free(session->text);
	session->text = packed;
	session->type = WIRE_PACKED;
	return 0;
}

/* The host reads it in memory, where it costs nothing: the answer is where it lies. */
static int store_answer(struct session *session)
{
	struct stored stored;
	char where[STORED_TEXT_MAX + 1], *text;
	int length;

	if (session->type != WIRE_REPORT)
		return 0;
	if (memory_store(&session->memory, PAGEMAP, session->text, session->length, &stored) < 0)
		return pack_answer(session);
	length = stored_write(&stored, where);
	text = length < 0 ? NULL : strdup(where);
	if (!text)
		return -ENOMEM;
	free(session->text);
	session->text = text;
	session->length = (size_t)length;
	session->type = WIRE_STORED;
	return 0;
}

/* As `how` has it, the payload of the request. */
static int change_answer(struct session *session, const char *how)
{
	if (strcmp(how, WIRE_READS) == 0)
		return store_answer(session);
	return strcmp(how, WIRE_PACKS) == 0 ? pack_answer(session) : 0;
}

static int answer(struct session *session, const struct wire_frame *only)
{
	return wire_send(
		session->type, session->number, session->text, session->length, only, put, session);
}

/* Returns 1 when the guest shall power off, 0 to go on, or a negative errno. */
static int handle(struct session *session, const struct wire_frame *frame)
{
	int r;

	switch (frame->type) {
	case WIRE_ASK:
		r = make_answer(session);
		if (r == 0)
			r = change_answer(session, frame->payload);
		if (r < 0)
			return r;
		session->number++;
		return answer(session, NULL);
	case WIRE_AGAIN:
		if (!session->text || frame->message != session->number)
			return 0;
		return answer(session, frame);
	case WIRE_OFF:
		r = say(session, WIRE_BYE, "");
		if (r < 0)
			return r;
		/* The power goes as soon as reboot(2) is called: the last byte must be out. */
		line_drain(&session->line);
		return 1;
	default: /* our own words, echoed by somebody */
		return 0;
	}
}

/* Reads what is there and handles every frame in it; results as of handle(). */
static int take(struct session *session, struct wire_decoder *decoder, bool *asked_r)
{
	struct wire_frame frame;
	enum wire_event event;
	char bytes[512];
	ssize_t got = read(session->line.fd, bytes, sizeof(bytes));
	size_t used = 0;
	int r = 0;

	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (got == 0)
		return -EPIPE;
	while (r == 0 && used < (size_t)got) {
		used += wire_feed(decoder, bytes + used, (size_t)got - used, &event, &frame);
		if (event != WIRE_FRAME)
			continue;
		*asked_r = *asked_r || frame.type == WIRE_ASK || frame.type == WIRE_OFF;
		r = handle(session, &frame);
	}
	return r;
}

/* Whether a report can be put in memory shows before there is one. */
static const char *hello(struct session *session)
{
	struct stored stored;
	bool stores = memory_store(&session->memory, PAGEMAP, HELLO, strlen(HELLO), &stored) == 0;

	memory_drop(&session->memory);
	return stores ? HELLO WIRE_STORES : HELLO;
}

int serve(int fd, const json_t *unloaded, struct work *work)
{
	/* Who has a disk to work on is there to be saved. */
	struct session session = {
		.line = line_open(fd, !work->disk[0]), .unloaded = unloaded, .work = work
	};
	struct wire_decoder decoder = { .used = 0 };
	unsigned int waited_ms = 0; /* for the first request */
	const char *greeting;
	bool asked = false;
	int r;

	/* So that there is something to find again, however soon the guest is saved. */
	work_step(work, "");
	greeting = hello(&session);
	r = say(&session, WIRE_HELLO, greeting);

	while (r == 0) {
		struct pollfd poller = { .fd = fd, .events = POLLIN };

		if (poll(&poller, 1, WORK_STEP_MS) > 0) {
			r = take(&session, &decoder, &asked);
			continue;
		}
		work_step(work, "");
		waited_ms += WORK_STEP_MS;
		if (asked || waited_ms < HELLO_MS)
			continue;
		waited_ms = 0;
		r = say(&session, WIRE_HELLO, greeting);
	}
	memory_drop(&session.memory);
	free(session.text);
	return r > 0 ? 0 : r;
}
