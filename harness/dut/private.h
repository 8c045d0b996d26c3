/*
 * Within dut*.c: a session, which is one controller and one host under test for the time of a
 * `run` or `resume`. The controller's run directory is the truth; what is on the host can be lost
 * at any moment and is made again from it.
 */
#ifndef IGD_DUT_PRIVATE_H
#define IGD_DUT_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "harness/base/digest.h"
#include "harness/dut/dut.h"
#include "harness/process/subprocess.h"
#include "harness/store/attempt.h"
#include "harness/store/run_dir.h"

/* Bytes of an answer that are kept; of a line for the host's shell. */
#define DUT_ANSWER_MAX (4u << 20)
#define DUT_LINE_MAX   4096
#define DUT_LAST_MAX   256

/* Of a console, on disk; a chatty host writes some 100 KiB a boot. */
#define DUT_CONSOLE_MAX  (16u << 20)
#define DUT_CONSOLE_FILE "dut-console.log"

struct dut_console {
	struct subprocess *child;
	sd_event_source *again; /* when the command has ended: it is started once more */
	int fd;                 /* of DUT_CONSOLE_FILE */
	uint64_t bytes;         /* in it */
	bool full;
};

/* What is held of labgrid; HOST/USER is how labgrid names who holds a place. */
#define DUT_OWNER_MAX  192
#define DUT_PLACE_FILE "labgrid.json"

struct dut_place {
	char owner[DUT_OWNER_MAX]; /* as which the run holds it; "" if it does not */
	bool asked;                /* labgrid was asked for it, so it may be held */
	bool lost;                 /* somebody else has it: the host is not ours to touch */
};

struct dut_session {
	const struct dut *dut;
	const struct store *store;
	const char *tree; /* the installed tree here, to be copied */
	sd_event *loop;
	char tree_sha256[DIGEST_TEXT_MAX];
	char run[PROBLEM_TEXT_MAX]; /* the folder of this run on the host */
	char boot_id[BOOT_ID_MAX];  /* of the host as it is driven; "": it has not answered yet */
	bool was_off;               /* so it is switched off at the end */
	bool stopping, stop;        /* after this cell; now */
	bool quiet;                 /* dut_progress() says nothing */
	struct dut_place place;
	struct dut_console console;
	sd_event_source *signals[3];
};

/* Says "igd-harness: NAME: ..." on stderr: a warning, or what else is not in the plan. */
void dut_say(const struct dut_session *session, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The same for a step that takes time; nothing with --quiet. */
void dut_progress(const struct dut_session *session, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Formats a line for the host's shell. Returns 0, or -E2BIG with a message and an empty line if it
 * does not fit.
 */
int dut_line(char line[static DUT_LINE_MAX], struct problem *why, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A line for the host's shell, and where its output goes. */
struct dut_order {
	const char *line;
	int in_fd;         /* its stdin; -1: nothing */
	int out_fd;        /* where what it prints goes; -1: into the answer */
	uint64_t out_max;  /* bytes of that; 0: DUT_ANSWER_MAX */
	uint64_t limit_ms; /* 0: that of a question */
	bool runs_cell;    /* after a silence the host is asked whether it lives */
	bool loud;         /* what it says on stderr is for the user */
};

struct dut_answer {
	char *text; /* what it printed, if that went nowhere else; free() */
	size_t length;
	int status;              /* the line's exit status */
	char last[DUT_LAST_MAX]; /* the last line on stderr, printable */
};

/*
 * Runs a line in the host's shell. Returns 0 when it was run to its end, whatever its status;
 * -ENOTCONN if the connection was not made, or lost, or the limit passed: nothing is known of the
 * line then; -EFBIG; -EINTR when told to stop; each with the sentence.
 */
int dut_ask(struct dut_session *session, const struct dut_order *order, struct dut_answer *answer_r,
	struct problem *why);

/* The same, for a line that has to succeed: -EREMOTEIO with what the host said if it does not. */
int dut_tell(struct dut_session *session, const struct dut_order *order,
	struct dut_answer *answer_r, struct problem *why);

/* Which boot of the host answers. Returns 0, -ENOTCONN or -EINTR. */
int dut_boot_id(struct dut_session *session, char boot_id[static BOOT_ID_MAX], struct problem *why);

/* Lets the loop run for so long, or until told to stop: 0 or -EINTR. */
int dut_pause(struct dut_session *session, uint64_t ms);

/*
 * A program here, in a folder or where we are. Returns 0, or a negative errno with the sentence:
 * -EIO with what it said if it failed.
 */
int dut_local(struct dut_session *session, char *const *argv, const char *folder, int in_fd,
	uint64_t limit_ms, struct problem *why);

/*
 * The words of labgrid's client for a place, borrowed: the caller adds a command. With the file of
 * `config` only where `configured`; otherwise without any, so that nothing is said but the answer.
 * Returns how many.
 */
#define DUT_LABGRID_WORDS 12
size_t dut_labgrid_words(
	const struct dut_labgrid *labgrid, bool configured, const char *words[DUT_LABGRID_WORDS]);

/* What a description leaves to its place: bits. */
enum { DUT_BY_POWER = 1, DUT_BY_CONSOLE = 2, DUT_BY_SSH = 4 };

/* Makes the lines and words of these. Returns 0 or -ENOMEM. */
int dut_labgrid_fill(struct dut *dut, unsigned int what);

/*
 * Takes the place of the host, if it is one of labgrid's, before the host is touched: for this run,
 * by a name of its own that is noted in the run directory (DUT_PLACE_FILE) first. So another run of
 * the same user is refused, and `resume` of this one is not. Waits for it as long as the
 * description says.
 * Returns 0; -EBUSY with who holds it, or why it cannot be had; -EINTR.
 */
int dut_place_take(struct dut_session *session, struct problem *why);

/*
 * Is it still this run's? A place that was released meanwhile, as when the coordinator was started
 * anew, is taken again; a coordinator that does not answer is no reason to stop. Returns 0; -EBUSY
 * if somebody else has it: then nothing is done to the host any more.
 */
int dut_place_check(struct dut_session *session, struct problem *why);

/* Gives it back, however the run ended; what cannot be given back is said, and stays noted. */
void dut_place_give(struct dut_session *session);

/* The same for a run that was killed before it was frozen, by its note; without one, nothing. */
void dut_place_forsake(const struct store *store);

/*
 * Makes the host answer: switches it on if it is off. Notes whether it was, and which boot it is.
 * Returns 0; -EHOSTDOWN with the sentence if it does not answer; -EINTR.
 */
int dut_wake(struct dut_session *session, struct problem *why);

/*
 * After a lost connection. Returns 0 if the host lives and is the same boot; 1 if it died and is
 * back, perhaps because it was switched off and on; -EHOSTDOWN with the sentence if it is not;
 * -EINTR.
 */
int dut_revive(struct dut_session *session, struct problem *why);

/* Off and on again: a host that is not whole. Returns as dut_revive() does. */
int dut_cycle(struct dut_session *session, struct problem *why);

/* Leaves the switch as it was found. */
void dut_leave(struct dut_session *session);

/* Records the console into the run directory, on and on, until dut_console_close(). */
int dut_console_open(struct dut_session *session, struct problem *why);
void dut_console_close(struct dut_session *session);
/*
 * Of a run that did not begin, whose directory `out` will be gone: keeps the record as
 * OUT-console.log, in place of an earlier one, and says so.
 */
void dut_console_save(const struct dut_session *session, const char *out);
/* A line of ours among the host's: when it was switched. */
void dut_console_note(struct dut_session *session, const char *what);

/*
 * Copies the tree unless the host has it, and runs the host's `prepare` once a boot. Returns 0, or
 * a negative errno with the sentence.
 */
int dut_settle(struct dut_session *session, struct problem *why);

/* The digest of what is copied of a tree. Returns 0, or a negative errno with the sentence. */
int dut_tree_digest(const char *tree, char sha256[static DIGEST_TEXT_MAX], struct problem *why);

/* The parts of a tree that are copied, those that are there, for tar; ends with NULL. */
#define DUT_TREE_PARTS 4
void dut_tree_parts(const char *tree, const char *parts[static DUT_TREE_PARTS + 1]);

/*
 * Packs files of a folder into a temporary one, to be an order's stdin. Returns its descriptor,
 * which the caller closes, or a negative errno with the sentence.
 */
int dut_pack(struct dut_session *session, const char *folder, const char *const *names,
	struct problem *why);

/* Brings the frozen documents of the run to the host, in place of all it has of this run. */
int dut_push(struct dut_session *session, struct problem *why);

/*
 * Runs one cell on the host and brings its folder back, whole, sealed and on disk before it
 * returns; what the run had of the cell is replaced. Returns 0; -ENOTCONN if the connection was
 * lost: it may be called again; -EREMOTEIO with what the host said if its harness could not;
 * another negative errno with the sentence.
 */
int dut_cell(struct dut_session *session, size_t index, const char *name, uint64_t limit_ms,
	struct problem *why);

/*
 * What a host that died and is back still has of a cell is kept with the attempt. Returns as
 * dut_cell(); -ENOENT if it has nothing.
 */
int dut_rescue(struct dut_session *session, size_t index, const char *name, struct problem *why);

#endif
