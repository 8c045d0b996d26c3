/*
 * What the files of the libxl back end share. Nothing outside this folder includes it, and nothing
 * outside this folder includes a Xen header.
 *
 *   module.c    what the module exports         guest.c     making a guest: start() to created()
 *   host.c      open(), close(), killed runs    watch.c     how a guest ends: ended()
 *   identity.c  identify()                      cleanup.c   destroy() to gone()
 *   survey.c    survey()
 *   device.c    a device, to guests and back
 *   session.c   one libxl context and its work  leftover.c  what is left of a guest, and by force
 *   loop.c      libxl's events on sd-event      evidence.c  the files of a cell
 *   log.c       libxl's messages                xenstore.c     bounded reads of xenstore
 *   config*.c   settings to libxl_domain_config process.c   QEMU as a process
 *   wrapper.c   igd-dm as the device model      observe.c   what libxl and QEMU say
 *   kmsg.c      dom0's kernel log
 *   module_path.cwhere our programs are          igd-vif     hot-plug script of an emulated NIC
 *   libxl_compat.h   what libxl's releases differ in
 *   save.c      saving a guest, restoring it
 *
 * Style of errors: `rc` is libxl's code, `r` a system call's or ours, see tools/libs/light/
 * CODING_STYLE in xen.git.
 */
#ifndef IGD_XEN_H
#define IGD_XEN_H

/*
 * The oldest API that has everything used here, and the newest that every libxl from 4.14 to 4.23
 * accepts (libxl.h, the #if over LIBXL_API_VERSION); without it the API is that of the headers.
 * What they differ in nevertheless is made alike in libxl_compat.h.
 */
#define LIBXL_API_VERSION 0x041400

#include <libxl.h>
#include <libxl_utils.h>
#include <stdio.h>
#include <sys/types.h>
#include <xenctrl.h>
#include <xenstore.h>
#include <xentoollog.h>

#include "harness/backend.h"
#include "harness/lease.h"
#include "harness/xen/alarm.h"
#include "harness/xen/libxl_compat.h"
#include "harness/xen/names.h"

#define QEMU_LOG_FOLDER "/var/log/xen"
#define UUID_TEXT_MAX   37
#define DETAIL_TEXT_MAX 512

struct domid {
	uint32_t id;
};

static inline bool domid_is_guest(struct domid domid)
{
	return libxl_domid_valid_guest(domid.id);
}

/* ---- log.c -------------------------------------------------------------------------------- */

#define LOG_ERROR_TEXT_MAX 160
#define LOG_ERRORS_FIRST   2

/*
 * Where libxl's messages of one session go. libxl hands back the address of `logger`, so it is
 * the first member.
 */
struct xen_log {
	xentoollog_logger logger;
	FILE *file;               /* NULL: only errors, to stderr */
	bool quiet;               /* not even that */
	size_t written;           /* bytes, against EVIDENCE_MAX */
	unsigned int error_count; /* messages of level ERROR and worse */
	/* The first of them, where the cause usually is, and the last. */
	char errors[LOG_ERRORS_FIRST + 1][LOG_ERROR_TEXT_MAX];
};

/* Begins a log; takes over `file`, which may be NULL. */
void xen_log_init(struct xen_log *log, FILE *file);

/* Writes the errors seen so far as one clause, "" if there were none. */
void xen_log_errors(const struct xen_log *log, char *text, size_t size);

/* A line of the back end's own, of the same form as libxl's. */
void xen_log_note(struct xen_log *log, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void xen_log_finish(struct xen_log *log);

/* ---- loop.c ------------------------------------------------------------------------------- */

struct registration;

/* The fds and timeouts that one libxl context waits for, as sources of an sd-event loop. */
struct xen_loop {
	sd_event *event;
	libxl_ctx *ctx;
	struct registration *first;
};

/* Must come before any other use of the context; `loop` outlives it. */
void xen_loop_init(struct xen_loop *loop, sd_event *event, libxl_ctx *ctx);

/* Removes every source: libxl never runs again from this loop. */
void xen_loop_finish(struct xen_loop *loop);

/* ---- session.c ---------------------------------------------------------------------------- */

/*
 * One libxl context. Each guest has its own, so that every message is known to be of that guest
 * (a logger is not told which operation speaks) and so that an operation that never ends spoils
 * that one context and not the run.
 */
struct session {
	struct xen_log log;
	struct xen_loop loop;
	libxl_ctx *ctx;
	unsigned int operations; /* begun and not answered */
	void (*on_event)(void *user, const libxl_event *event);
	void *user;
};

/*
 * Opens a context whose events come from `event`; takes over `log_file` (may be NULL), also on
 * failure. Returns 0 and the session, or a negative errno with the sentence.
 */
int session_open(sd_event *event, FILE *log_file, struct session **session_r, struct problem *why);

/*
 * Closes it; NULL is allowed. Must not be called from within a callback of libxl. If an operation
 * is still unanswered the context itself is abandoned, not freed: libxl_ctx_free() asserts that
 * none is (libxl.c, aos_inprogress). It never runs again, since its fds and timeouts are off the
 * loop; so all that it was given, configurations and operations, may be freed nevertheless.
 */
void session_close(struct session *session);

/* An asynchronous operation of libxl. */
struct operation {
	libxl_asyncop_how how;
	struct session *session; /* NULL: none under way */
	void (*done)(void *user, int rc);
	void *user;
};

/* Prepares `operation->how` for one call of libxl, whose answer is then done(user, rc): perhaps
 * before that call returns. */
void operation_begin(struct operation *operation, struct session *session,
	void (*done)(void *user, int rc), void *user);

/* The call itself failed: there will be no answer. */
void operation_cancel(struct operation *operation);

static inline bool operation_busy(const struct operation *operation)
{
	return operation->session != NULL;
}

/* "ERROR_FAIL" and the like for a libxl code. */
const char *rc_text(int rc);

/* ---- the host ----------------------------------------------------------------------------- */

struct backend_host {
	const struct backend_options *options;
	sd_event *event;
	struct session *session; /* for questions; guests have their own */
	struct xs_handle *store;
	xc_interface *xc;
	char device_model[256]; /* "" if none was found */
	json_t *tidied;         /* strings: what was left of killed runs, and was destroyed */
	struct backend_guest *guests;
	uint64_t serial; /* of the last guest */
};

int host_open(const struct backend_options *options, sd_event *loop, struct backend_host **host_r,
	struct problem *why);
void host_close(struct backend_host *host);
int host_identify(struct backend_host *host, json_t *identities, struct problem *why);

/* ---- survey.c ----------------------------------------------------------------------------- */

/* The back end's survey(). */
void host_survey(struct backend_host *host, json_t *survey);

/* The back end's room(). */
void host_room(struct backend_host *host, struct room *room);

/* ---- device.c ----------------------------------------------------------------------------- */

/* Its `host` is the struct backend_host. */
extern const struct lease_hands device_hands;

/* The dotted number at the start of a text: "4.17.7-pre" gives "4.17.7". false if there is none. */
bool dotted_number(const char *text, char *number, size_t size);

/* ---- config.c ----------------------------------------------------------------------------- */

struct guest_image {
	const char *kernel, *initrd, *cmdline_base; /* paths, and a line of text */
	const char *root;                           /* path; NULL: all of it is in the initrd */
	int disk_fd;                                /* of this process; -1 without a disk */
};

/*
 * Fills an initialised configuration for a cell (harness/plan.h): name, image, device model (NULL
 * for libxl's own) and "settings"/"libxl". Returns 0, -ENOTSUP if the cell has no libxl settings,
 * -EINVAL if one of them is wrong, -ENOMEM; each with the sentence. `config` is to be disposed of
 * in any case.
 */
int config_fill(libxl_domain_config *config, const char *name, const struct guest_image *image,
	const char *device_model, const json_t *cell, struct problem *why);

/*
 * The process of the harness that made a guest with this UUID, or 0 if none of ours did. It is all
 * that tells whose a domain is until libxl has named it.
 */
pid_t config_uuid_pid(const libxl_uuid *uuid);

/* Whether config_fill() knows a setting of that name; for the tests of harness/settings.c. */
bool config_knows(const char *setting);

/* ---- kmsg.c ------------------------------------------------------------------------------- */

/* dom0's kernel log. `fd` is -1 if there is none. */
struct kmsg {
	int fd;
	uint64_t next; /* number of the record that comes next */
};

/* Opens dom0's kernel log and reads what is in it. Returns 0 or a negative errno. */
int kmsg_begin(struct kmsg *log);

/*
 * Reads what is new without waiting, and writes it to `to`, one record a line as dmesg does, or
 * nowhere if that is NULL; at most EVIDENCE_MAX bytes, and how many records the kernel overwrote
 * before they were read.
 */
void kmsg_copy(struct kmsg *log, FILE *to);

void kmsg_finish(struct kmsg *log);

/* ---- module_path.c -----------------------------------------------------------------------------
 */

/*
 * The path, without links in it, of a program that is installed beside this module; in a build tree
 * it is at `built`, from the module's folder. Returns 0 and a new string, or -ENOENT with the
 * sentence.
 */
int module_path_find(const char *program, const char *built, char **path_r, struct problem *why);

/* ---- wrapper.c ---------------------------------------------------------------------------- */

#define WRAPPER_FOLDER   "/run"
#define WRAPPER_PREFIX   NAME_PREFIX "qemu-"
#define WRAPPER_PATH_MAX 128

/* A guest's folder with igd-dm's orders, and the path there that libxl starts; "" if none. */
struct wrapper {
	char folder[WRAPPER_PATH_MAX - 16], model[WRAPPER_PATH_MAX];
};

struct wrapper_request {
	const char *below; /* WRAPPER_FOLDER, but for tests */
	const char *policy;
	const char *qemu; /* to become */
	int evidence_fd;  /* the cell's folder */
	unsigned int serial;
};

/*
 * Makes the folder. Returns 0, or a negative errno with the sentence and nothing made: -ENOENT if
 * igd-dm is not installed.
 */
int wrapper_make(
	struct wrapper *wrapper, const struct wrapper_request *request, struct problem *why);

/* Removes the folder, if there is one. Returns whether nothing is left; then it is forgotten. */
bool wrapper_remove(struct wrapper *wrapper);

/* Removes the folders of killed runs, and notes them in `tidied`. */
void wrapper_tidy(const char *below, json_t *tidied);

/* The ending of a guest whose device model's log ends with these words: igd-dm's are not the fault
 * of what is tested; `how` for all others. */
enum ending wrapper_ending(const char *last_words, enum ending how);

/* ---- the guest ---------------------------------------------------------------------------- */

/* QEMU. `pidfd` is -1 while it is not known. */
struct model {
	pid_t pid;
	int pidfd;
	sd_event_source *source;
};

struct observation {
	struct operation ask;
	char *answer; /* libxl writes it */
	unsigned int question;
	bool done;
	void (*over)(struct backend_guest *guest);
};

struct screenshot {
	struct operation ask;
	char *answer;      /* libxl writes it */
	unsigned int form; /* of harness/screen.h */
	bool done;
};

struct backend_guest {
	struct backend_guest *next;
	struct backend_host *host;
	const struct guest_handler *handler;
	void *data;
	int evidence_fd; /* borrowed */
	uint64_t serial;
	char name[NAME_TEXT_MAX];
	char uuid[UUID_TEXT_MAX];
	struct session *session;
	libxl_domain_config config;
	struct wrapper wrapper;
	struct alarm step, limit;
	const char *device_model; /* path, borrowed; "" for libxl's own */
	struct guest_parts parts;

	/* making: guest.c */
	struct operation create, unpause;
	struct observation observation;
	struct screenshot screenshot;
	uint32_t created_id; /* libxl writes it when the creation ends */
	struct domid domid;
	struct model model;
	int console_fd;

	/* watching: watch.c */
	libxl_evgen_domain_death *death;
	bool running, ended, shut_down, vanished;
	int shutdown_reason;

	/* saving: save.c */
	struct operation save;
	bool saving, save_live;

	/* cleaning up: cleanup.c */
	struct operation destroy;
	bool destroying, told_gone;
	uint64_t inspect_since; /* us, CLOCK_MONOTONIC */
	unsigned int force;     /* how far the force went */
	uint32_t ring_index;    /* of the hypervisor's console ring, when the guest began */
	struct kmsg kmsg;       /* read up to when the guest began */
	json_t *before;         /* xenstore folders then */
};

int guest_start(struct backend_host *host, const json_t *cell, const struct guest_parts *parts,
	int evidence_fd, const struct guest_handler *handler, void *data,
	struct backend_guest **guest_r, struct problem *why);
void guest_destroy(struct backend_guest *guest);
void guest_release(struct backend_guest *guest);

/* ---- save.c ------------------------------------------------------------------------------- */

/* The back end's save(). */
void guest_save(struct backend_guest *guest);

/* Calls libxl to restore what was saved, as part of guest->create. Returns libxl's code. */
int save_restore(struct backend_guest *guest);

/* ---- screenshot.c --------------------------------------------------------------------------- */

/* The back end's picture(). */
bool guest_screenshot(struct backend_guest *guest);

/* ---- observe.c ---------------------------------------------------------------------------- */

/*
 * Records what libxl, QEMU and Xen say of a created guest that does not yet run, then calls
 * observed(guest), perhaps at once: after the last answer or a limit, whatever the answers were,
 * but not of a guest that has ended or is being destroyed.
 */
void observe_begin(struct backend_guest *guest, void (*observed)(struct backend_guest *guest));

/*
 * libxl.json: {"format": "igd-harness libxl", "version": 1, "domid": 5,
 *   "pci": [{"host": "0000:00:02.0", "guest": "0000:00:02.0"}]}
 * of the passed-through devices as libxl lists them; "guest" is null where libxl knows no place.
 * New reference, or NULL without memory.
 */
json_t *observe_describe(uint32_t domid, const libxl_device_pci *devices, int count);

/* ---- watch.c ------------------------------------------------------------------------------ */

/* Begins to watch domain and QEMU of a created guest. Returns 0 or a negative errno. */
int watch_begin(struct backend_guest *guest);
void watch_stop(struct backend_guest *guest);

/* Session's on_event; `user` is the guest. */
void watch_event(void *user, const libxl_event *event);

/* Tells ended(), once and not when the guest is being destroyed. */
void watch_end(struct backend_guest *guest, enum ending how, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The creation ended with `rc`, or a step after it failed: `what` is that step. */
void watch_creation_failed(struct backend_guest *guest, const char *what, int rc);

/* The libxl shutdown reason's ending; the words for the sentence are in `words_r`. */
enum ending watch_reason(int reason, const char **words_r);

/* ---- cleanup.c ---------------------------------------------------------------------------- */

/* The creation, or the saving, was answered while the guest is being destroyed. */
void cleanup_creation_over(struct backend_guest *guest);

/* qemu-save.DOMID and qemu-resume.DOMID, libxl_internal.h's LIBXL_DEVICE_MODEL_SAVE_FILE and
 * LIBXL_DEVICE_MODEL_RESTORE_FILE, for GLOB_BRACE. */
#define MODEL_STATE_FILES "/var/lib/xen/qemu-{save,resume}"

/* ---- leftover.c --------------------------------------------------------------------------- */

/* The domain with the guest's UUID, dying or not; an id that is no guest's if there is none or
 * the list cannot be had. */
struct domid leftover_domain(struct backend_guest *guest);

/* Strings: what there still is of the guest. NULL if there is no memory. */
json_t *leftover_list(struct backend_guest *guest);

/* Kills and removes what libxl left; from level 2 on also the domain, without libxl. */
void leftover_force(struct backend_guest *guest, unsigned int level);
#define LEFTOVER_FORCE_MAX 3

/* ---- xenstore.c ------------------------------------------------------------------------------ */

#define XENSTORE_ENTRIES_MAX 4096

/* A value of at most `size` - 1 bytes; "" and -ENOENT if it is not there, -E2BIG if longer. */
int xenstore_read(struct xs_handle *store, char *value, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
bool xenstore_exists(struct xs_handle *store, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void xenstore_remove(struct xs_handle *store, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* {"/local/domain": {"0": true, ...}, "/libxl": ...}: where libxl keeps something per domain. */
json_t *xenstore_snapshot(struct xs_handle *store);

/* ---- process.c ---------------------------------------------------------------------------- */

/* Reads the process's arguments, each ended by a zero byte. Returns their length or a negative
 * errno. */
ssize_t process_arguments(pid_t pid, char *arguments, size_t size);

/* A process whose program has "qemu" in its name and one of whose arguments is wanted(argument,
 * data); 0 if there is none. */
pid_t process_find(bool (*wanted)(const char *argument, const void *data), const void *data);

/* Opens a process as an fd that becomes readable when it ends. A negative errno on failure. */
int process_open(pid_t pid);
bool process_alive(int pidfd);
void process_kill(int pidfd);

/* ---- evidence.c --------------------------------------------------------------------------- */

#define EVIDENCE_MAX (1024 * 1024) /* bytes of one file; what is over is cut, and said to be */

/* libxl.log of a cell, for session_open(). NULL with errno. */
FILE *evidence_log(int evidence_fd);
/* A text as a file of the evidence. That it could not be written is said in libxl.log. */
void evidence_write(struct backend_guest *guest, const char *name, const char *text);
/* QEMU's arguments, one a line, to qemu-args.txt. */
void evidence_arguments(struct backend_guest *guest);
/* Where the logs of the hypervisor and of dom0's kernel are now. */
void evidence_mark(struct backend_guest *guest);
/* These logs since then to xen.log and dom0.log, and QEMU's logs to qemu.log and qemu-probe.log;
 * removes QEMU's originals. */
void evidence_collect(struct backend_guest *guest);
/* The last line of QEMU's log, "" if there is none. */
void evidence_last_words(const struct backend_guest *guest, char *text, size_t size);
/* Makes bytes fit for a sentence: what is not printable ASCII becomes '?'. */
void text_printable(char *text);

#endif
