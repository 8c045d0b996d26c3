/*
 * igd-hostile: the guest of the host side's own tests. igd.hostile=MODE on the kernel's command
 * line makes the agent become this program, which then misbehaves in that one way.
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "guests/agent/init.h"
#include "guests/agent/memory.h"
#include "guests/hostile/texts.h"
#include "src/io.h"
#include "src/wire.h"

#define HELLO_MS    2000
#define NOISE_BYTES (100 * 1000 * 1000)
#define DEEP        100000

static uint16_t message;
static const char *hello_text = "igd-agent " IGD_VERSION;

/* Console trouble is of no interest here: whatever the host makes of it is a test as well. */
static int put(void *data, const char *line, size_t length)
{
	const int *fd = data;

	return io_write_all(*fd, line, length) < 0 ? -1 : 0;
}

static void say(int fd, enum wire_type type, const char *text)
{
	wire_send(type, ++message, text, strlen(text), NULL, put, &fd);
}

__attribute__((noreturn)) static void stay(void)
{
	for (;;)
		pause();
}

/* Waits for the next frame, with a hello every other second until something comes if `hello`. */
static void wait_frame(int fd, int hello, struct wire_frame *frame_r)
{
	static struct wire_decoder decoder;
	enum wire_event event = WIRE_NOTHING;

	while (event != WIRE_FRAME) {
		struct pollfd poller = { .fd = fd, .events = POLLIN };
		char byte;

		if (hello)
			say(fd, WIRE_HELLO, hello_text);
		if (poll(&poller, 1, hello ? HELLO_MS : -1) <= 0)
			continue;
		hello = 0;
		if (read(fd, &byte, 1) != 1)
			stay();
		wire_feed(&decoder, &byte, 1, &event, frame_r);
	}
}

static void wait_for(int fd, enum wire_type type)
{
	struct wire_frame frame;

	do {
		wait_frame(fd, 1, &frame);
	} while (frame.type != type);
}

/*
 * Reports that text whenever asked, until it is told to power off. Who reads memory is told the
 * place `where`, unless that is NULL.
 */
static void report_or_place(int fd, const char *where, const char *text)
{
	struct wire_frame frame;
	int hello = 1;

	for (;;) {
		wait_frame(fd, hello, &frame);
		hello = 0;
		if (frame.type == WIRE_ASK && where && strcmp(frame.payload, WIRE_READS) == 0)
			say(fd, WIRE_STORED, where);
		else if (frame.type == WIRE_ASK)
			say(fd, WIRE_REPORT, text);
		else if (frame.type == WIRE_AGAIN)
			wire_send(WIRE_REPORT, message, text, strlen(text), &frame, put, &fd);
		else if (frame.type == WIRE_OFF)
			break;
	}
	say(fd, WIRE_BYE, "");
	tcdrain(fd);
}

static void report(int fd, const char *text)
{
	report_or_place(fd, NULL, text);
}

/* Whatever it is asked, its report is in memory there. */
__attribute__((noreturn)) static void say_place(int fd, const char *where)
{
	struct wire_frame frame;
	int hello = 1;

	hello_text = "igd-agent " IGD_VERSION WIRE_STORES;
	for (;;) {
		wait_frame(fd, hello, &frame);
		hello = 0;
		if (frame.type == WIRE_ASK)
			say(fd, WIRE_STORED, where);
	}
}

static void be_noise(int fd)
{
	static uint32_t words[16384];
	uint64_t state = 88172645463325252u; /* any but 0: Marsaglia's xorshift64 */
	size_t left = NOISE_BYTES;

	while (left > 0) {
		size_t length = left < sizeof(words) ? left : sizeof(words);

		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			words[i] = (uint32_t)(state >> 16);
		}
		if (put(&fd, (const char *)words, length))
			break;
		left -= length;
	}
	stay();
}

static void be_giant(int fd)
{
	static const char header[] = WIRE_MAGIC "R 0001 0000/0001 ffffffff 00000000 ";
	static char filler[65536];

	memset(filler, 'x', sizeof(filler));
	wait_for(fd, WIRE_ASK);
	put(&fd, header, sizeof(header) - 1);
	for (int i = 0; i < 16; i++)
		put(&fd, filler, sizeof(filler));
	stay();
}

static void be_half(int fd)
{
	struct wire_frame frame = { .type = WIRE_REPORT, .message = 1, .parts = 2 };
	char line[WIRE_LINE_MAX + 1];
	int length;

	frame.length = WIRE_PAYLOAD_MAX;
	memset(frame.payload, ' ', WIRE_PAYLOAD_MAX);
	length = wire_encode(&frame, line);
	wait_for(fd, WIRE_ASK);
	if (length > 0)
		put(&fd, line, (size_t)length / 2);
	stay();
}

static void be_deep(int fd)
{
	static const char head[] = "{\"format\":\"igd-harness report\",\"version\":1,\"agent\":";
	char *text = malloc(sizeof(head) + 2 * DEEP + 1);

	if (!text)
		return;
	memcpy(text, head, sizeof(head) - 1);
	memset(text + sizeof(head) - 1, '[', DEEP);
	memset(text + sizeof(head) - 1 + DEEP, ']', DEEP);
	memcpy(text + sizeof(head) - 1 + 2 * DEEP, "}", 2);
	report(fd, text);
	free(text);
}

static void be_die(int fd)
{
	say(fd, WIRE_HELLO, hello_text);
	tcdrain(fd);
	exit(1); /* Attempted to kill init */
}

static void be_mute(int fd)
{
	(void)fd;
	stay();
}

static void be_off(int fd)
{
	say(fd, WIRE_HELLO, hello_text);
	tcdrain(fd);
}

static void be_liar(int fd)
{
	report(fd, hostile_types);
}

static void be_charmer(int fd)
{
	report(fd, hostile_texts);
}

static void be_stray(int fd)
{
	say_place(fd, "00002000 00000000 1000 ffffffff");
}

static void be_misfit(int fd)
{
	say_place(fd, "ffffffff 00000000 1000");
}

static void be_mover(int fd)
{
	char where[STORED_TEXT_MAX + 1] = "there is no pagemap";
	struct memory memory = { 0 };
	struct stored stored;

	hello_text = "igd-agent " IGD_VERSION WIRE_STORES;
	if (memory_store(&memory, "/proc/self/pagemap", plain_report, strlen(plain_report),
		    &stored) == 0) {
		memory.pages[0] ^= 1;
		stored_write(&stored, where);
	}
	report_or_place(fd, where, plain_report);
}

static void be_stay(int fd)
{
	report(fd, plain_report);
	stay();
}

/* A mode that returns has the machine powered off. */
static const struct {
	const char *name;
	void (*be)(int fd);
} modes[] = {
	{ "noise", be_noise },     /* 100 MB of random bytes, as fast as they go, then nothing */
	{ "giant", be_giant },     /* asked: a header that claims 0xffffffff bytes, then 1 MiB */
	{ "half", be_half },       /* asked: half of a frame, then nothing */
	{ "deep", be_deep },       /* a well-framed report, nested 100,000 deep */
	{ "die", be_die },         /* hello, then init exits and the kernel panics */
	{ "mute", be_mute },       /* alive, and not a byte */
	{ "off", be_off },         /* hello, then power off unasked */
	{ "liar", be_liar },       /* a report of wrong types and absurd numbers */
	{ "charmer", be_charmer }, /* a report of right types and hostile texts */
	{ "stray", be_stray },     /* a report in pages that it does not have */
	{ "misfit", be_misfit },   /* a report in memory, longer than its pages */
	{ "mover", be_mover },     /* a report in memory that changes; by the line it is good */
	{ "stay", be_stay },       /* a good report, BYE, and it stays */
};

int main(void)
{
	char mode[INIT_OPTION_MAX] = "";
	int fd;

	if (!init_is_init()) {
		fprintf(stderr,
			"igd-hostile: this is an init for guests under test, nothing else\n");
		return 2;
	}
	init_mount(); /* done already when the agent became us, and then without effect */
	init_option("igd.hostile", mode);
	fd = init_console();
	if (fd < 0)
		stay();
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i].name, mode) == 0) {
			modes[i].be(fd);
			init_power_off();
		}
	}
	say(fd, WIRE_TROUBLE, "igd-hostile: there is no such igd.hostile=");
	stay();
}
