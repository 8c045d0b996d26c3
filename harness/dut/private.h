/*
 * Private to dut/: a session, which is one controller and one host under test for the time of a
 * `run` or `resume`. The controller's run directory is authoritative: the files on the host can be
 * lost at any moment, and the controller makes them again from the run directory.
 */
#ifndef IGD_DUT_PRIVATE_H
#define IGD_DUT_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "harness/base/digest.h"
#include "harness/bundle/bundle.h"
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
	sd_event_source *again; /* restarts the command after it has exited */
	int fd;                 /* of DUT_CONSOLE_FILE */
	uint64_t bytes;         /* in it */
	bool full;
};

/* The labgrid place that the run holds; labgrid names the holder HOST/USER. */
#define DUT_OWNER_MAX  192
#define DUT_PLACE_FILE "labgrid.json"

struct dut_place {
	char owner[DUT_OWNER_MAX]; /* under which the run holds the place; "": not held */
	bool asked;                /* the place was requested, so it may be held */
	bool lost;                 /* a different user holds it: do not access the host */
};

struct dut_session {
	const struct dut *dut;
	const struct store *store;
	const char *tree; /* the installed tree here, to be copied */
	sd_event *loop;
	char tree_sha256[DIGEST_TEXT_MAX];
	char run[PROBLEM_TEXT_MAX]; /* the folder of this run on the host */
	char boot_id[BOOT_ID_MAX];  /* of the host; "": it has not answered yet */
	int claim_fd;               /* dut_claim(); -1: none */
	bool was_off;               /* the session switches the host off at its end */
	bool stopping, stop;        /* stop after this cell; stop now */
	bool quiet;                 /* dut_progress() prints nothing */
	struct dut_place place;
	struct dut_console console;
	const struct bundle_module *archives; /* unpacks what the host sends */
	sd_event_source *signals[3];
};

/* Prints "igd-harness: NAME: ..." to stderr: a warning or an unplanned event. */
void dut_say(const struct dut_session *session, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The same for a step that takes time; prints nothing with --quiet. */
void dut_progress(const struct dut_session *session, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Formats a line for the host's shell. Returns 0, or -E2BIG with a message and an empty line if it
 * does not fit.
 */
int dut_line(char line[static DUT_LINE_MAX], struct problem *why, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Connections lost one after the other, without a cell coming to its end. */
#define DUT_LOSSES_MAX 10

/* A line for the host's shell, and where its output goes. */
struct dut_order {
	const char *line;
	int in_fd;         /* its stdin; -1: nothing */
	int out_fd;        /* its stdout; -1: the answer */
	uint64_t out_max;  /* bytes of its stdout; 0: DUT_ANSWER_MAX */
	uint64_t limit_ms; /* 0: the limit of a short command */
	bool runs_cell;    /* after a silence, check whether the host is alive */
	bool loud;         /* its stderr is for the user */
};

struct dut_answer {
	char *text; /* its stdout if out_fd is -1; free() */
	size_t length;
	int status;              /* the line's exit status */
	char last[DUT_LAST_MAX]; /* the last line on stderr, printable */
};

/*
 * Runs a line in the host's shell. Returns 0 if the line ran to its end, with any exit status;
 * -ENOTCONN if the connection was not made or lost, or the limit expired: whether the line ran is
 * then unknown; -EFBIG if the output is too long; -EINTR on a request to stop; each with the
 * sentence.
 */
int dut_ask(struct dut_session *session, const struct dut_order *order, struct dut_answer *answer_r,
	struct problem *why);

/* The same for a line that must exit with 0: else -EREMOTEIO with the host's message. */
int dut_tell(struct dut_session *session, const struct dut_order *order,
	struct dut_answer *answer_r, struct problem *why);

/* Reads the boot id of the host. Returns 0, -ENOTCONN or -EINTR. */
int dut_boot_id(struct dut_session *session, char boot_id[static BOOT_ID_MAX], struct problem *why);

/* Runs the loop for `ms`, or until a request to stop. Returns 0 or -EINTR. */
int dut_pause(struct dut_session *session, uint64_t ms);

/*
 * Runs a program on the controller, in `folder` or the current directory. Returns 0, or a negative
 * errno with the sentence: -EIO with the program's message if it failed.
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

/* The tasks for which a description uses its labgrid place: bits. */
enum { DUT_BY_POWER = 1, DUT_BY_CONSOLE = 2, DUT_BY_SSH = 4 };

/* Makes the command lines of these tasks. Returns 0 or -ENOMEM. */
int dut_labgrid_fill(struct dut *dut, unsigned int what);

/*
 * Acquires the labgrid place of the host, if it has one, before the host is accessed. Each run uses
 * a user name of its own, which is first recorded in the run directory (DUT_PLACE_FILE): labgrid
 * refuses a different run of the same user, but not `resume` of this run. Waits for the limit in
 * the description. Returns 0; -EBUSY with the holder, or with the reason why the place cannot be
 * acquired; -EINTR.
 */
int dut_place_take(struct dut_session *session, struct problem *why);

/*
 * Checks that the run still holds the place. Acquires a place again that was released meanwhile, as
 * by a restart of the coordinator. Continues if the coordinator does not answer. Returns 0; -EBUSY
 * if a different user holds the place: the host is then not accessed any more.
 */
int dut_place_check(struct dut_session *session, struct problem *why);

/* Releases the place at any end of the run. Prints a warning and keeps the record if that fails. */
void dut_place_give(struct dut_session *session);

/* The same for a run that was killed before it was frozen, if its record of the place exists. */
void dut_place_forsake(const struct store *store);

/*
 * Makes the host answer: switches it on if it is off. Records whether it was off, and its boot id.
 * Returns 0; -EHOSTDOWN with the sentence if it does not answer; -EINTR.
 */
int dut_wake(struct dut_session *session, struct problem *why);

/*
 * Call after a lost connection. Returns 0 if the host is alive and has the same boot id; 1 if it
 * died and answers again, perhaps after a power cycle; -EHOSTDOWN with the sentence if it does not
 * answer; -EINTR.
 */
int dut_revive(struct dut_session *session, struct problem *why);

/* Power cycles a host with leftovers. Returns as dut_revive() does. */
int dut_cycle(struct dut_session *session, struct problem *why);

/* Switches the host off if it was off before the session. */
void dut_leave(struct dut_session *session);

/*
 * Claims the host for this run among those of the user on this controller, as long as the session
 * is open: a lock in the state folder (harness/dut/roster.h). Returns 0, also where there is no
 * state folder; -EBUSY with the sentence if a different run has it.
 */
int dut_claim(struct dut_session *session, struct problem *why);

/* Records the console into the run directory until dut_console_close(). */
int dut_console_open(struct dut_session *session, struct problem *why);
void dut_console_close(struct dut_session *session);
/*
 * Keeps the console of a run that did not begin, whose directory `out` will be removed, as
 * OUT-console.log. Replaces an earlier file, and prints the path.
 */
void dut_console_save(const struct dut_session *session, const char *out);
/* Writes a line of the harness into the record, when the host is switched. */
void dut_console_note(struct dut_session *session, const char *what);

/*
 * Copies the tree unless the host has it, and runs the host's `prepare` once a boot. Returns 0, or
 * a negative errno with the sentence.
 */
int dut_settle(struct dut_session *session, struct problem *why);

/*
 * Asks the host for its identities, by `igd-harness run --no-cells` with `options` (quoted for a
 * shell). A host that dies meanwhile is asked again. Returns 0 and new references, host.json may be
 * NULL; or a negative errno with the sentence.
 */
int dut_identify(struct dut_session *session, const char *options, const json_t *plan,
	json_t **run_r, json_t **host_r, struct problem *why);

struct dut_health; /* harness/dut/driver.h */

/*
 * Is the host fit to be believed? Copies the tree, asks the host's harness and runs the known good
 * cell, as `health` says. Returns 0; -EHOSTDOWN with the sentence if it is not; -EINTR; a different
 * negative errno if that cannot be found out.
 */
int dut_health_check(
	struct dut_session *session, const struct dut_health *health, struct problem *why);

/* The digest of the copied parts of a tree. Returns 0, or a negative errno with the sentence. */
int dut_tree_digest(const char *tree, char sha256[static DIGEST_TEXT_MAX], struct problem *why);

/* The existing parts of a tree that are copied, for tar; ends with NULL. */
#define DUT_TREE_PARTS 4
void dut_tree_parts(const char *tree, const char *parts[static DUT_TREE_PARTS + 1]);

/*
 * Packs files of a folder into a temporary one, to be an order's stdin. Returns its descriptor,
 * which the caller closes, or a negative errno with the sentence.
 */
int dut_pack(struct dut_session *session, const char *folder, const char *const *names,
	struct problem *why);

/* Copies the frozen documents of the run to the host. Replaces all files of this run there. */
int dut_push(struct dut_session *session, struct problem *why);

/*
 * Runs one cell on the host, by its plan_key(), and copies its folder back: complete, sealed and on
 * disk before the function returns. Replaces the cell's folder in the run. Returns 0; -ENOTCONN if
 * the connection was lost, and the call may be repeated; -EREMOTEIO with the host's message if its
 * harness failed; a different negative errno with the sentence.
 */
int dut_cell(struct dut_session *session, size_t index, const char *name, const char *key,
	uint64_t limit_ms, struct problem *why);

/*
 * Keeps the files of a cell from a host that died and answers again, with the lost attempt. Returns
 * as dut_cell(); -ENOENT if the host has no files of the cell.
 */
int dut_rescue(struct dut_session *session, size_t index, const char *name, struct problem *why);

#endif
