/*
 * The serial line of a guest: reads it, keeps it in console.log, takes frames (src/wire.h) out of
 * it, puts a report together and asks for the parts that were lost. A console knows no cell: it
 * calls back, and its owner decides.
 */
#ifndef IGD_RUN_CONSOLE_H
#define IGD_RUN_CONSOLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "src/wire.h"

/* Bytes of console that are kept, and after which more is noise: a Debian kernel writes 0.1 MB. */
#define CONSOLE_MAX (4u << 20)

/*
 * All are required. Texts are borrowed for the call. Each may call any function here except
 * console_free(); nothing is read, and nothing called, after console_close().
 */
struct console_handler {
	/* A request is about to be written: WIRE_ASK or WIRE_OFF, the first time or again. */
	void (*request)(void *data, enum wire_type type);
	/* The parts that a report lacks, so many of them, were asked for again. */
	void (*asked_again)(void *data, unsigned int missing);
	/* An agent says hello and no report is being waited for. `agent` is its payload. */
	void (*hello)(void *data, const char *agent);
	/* The report that was asked for, whole and unpacked; hostile (src/report.h). */
	void (*report)(void *data, const char *text, size_t length);
	/*
	 * It lies in the guest's memory; `text` says where (src/stored.h), hostile. Only after
	 * console_take_stored(). False if it cannot be read there: it is asked for once more, to
	 * come by the line.
	 */
	bool (*stored)(void *data, const char *text, size_t length);
	/* It came and cannot be had: -ENOMEM is ours, any other error the agent's. */
	void (*no_report)(void *data, int error, const char *sentence);
	/* The agent could make no report and says why. */
	void (*trouble)(void *data, const char *sentence);
	/* The agent says that it powers off now. */
	void (*bye)(void *data);
	/* The line is at its end or cannot be written to. May be called more than once. */
	void (*lost)(void *data);
	/* CONSOLE_MAX bytes came. The owner closes the console. */
	void (*flooded)(void *data);
	/* console.log could not be written; a positive errno. The owner closes the console. */
	void (*not_recorded)(void *data, int error);
};

struct console;

/*
 * A console without a line. `handler` and `data` are borrowed, a reference to `loop` is not taken:
 * all stay until console_free(). NULL without memory.
 */
struct console *console_new(sd_event *loop, const struct console_handler *handler, void *data);

/* Closes it first. NULL is fine. */
void console_free(struct console *console);

/*
 * Starts to read from `fd`, which does not block and stays the caller's. `log_fd` takes the first
 * CONSOLE_MAX bytes; it belongs to the console from now on, also after an error. Returns 0 or a
 * negative errno.
 */
int console_open(struct console *console, int fd, int log_fd);

/* Stops reading; what was read stays. 0, or the negative errno of a log that cannot be synced. */
int console_close(struct console *console);

/* Forgets what was read, for the next guest; only of a closed console. */
void console_reset(struct console *console);

/* From now on an agent that can is asked to leave its report in memory: `stored` is called. */
void console_take_stored(struct console *console);

/*
 * Asks for the report. An agent that says hello again is asked again. One that said hello before it
 * was saved does not: with `repeat` it is asked again until the first part comes, a bounded number
 * of times.
 */
void console_ask(struct console *console, bool repeat);

/* Asks the guest to power off: nothing more is wanted of it. */
void console_power_off(struct console *console);

/* Reads what is there now, for a guest that has just ended. */
void console_drain(struct console *console);

/* What was read since the start or console_reset(). */
struct console_count {
	uint64_t bytes;
	uint64_t frames;       /* good ones */
	uint64_t bad_frames;   /* src/wire.h */
	const char *first_bad; /* why the first bad one was bad; "" if none was. Borrowed */
	bool half;             /* in the middle of a frame */
	unsigned int parts;    /* of the report; 0: none has come */
	unsigned int missing;  /* of those */
	unsigned int asked_again;
};

struct console_count console_count(const struct console *console);

/* Is `words` in the last 4 KiB? */
bool console_said(const struct console *console, const char *words);

/* What a kernel said when it panicked, or else the last line with something in it: cut, printable.
 */
void console_last_line(const struct console *console, char *line, size_t size);

/* "console" of end.json (docs/schema/end.json), as it is now. New reference. */
json_t *console_describe(const struct console *console);

#endif
