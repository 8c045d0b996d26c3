/* What the files of the qemu back end share. */
#ifndef IGD_BACKEND_QEMU_PRIVATE_H
#define IGD_BACKEND_QEMU_PRIVATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "harness/backend/backend.h"
#include "harness/backend/boot/boot_disk.h"
#include "harness/backend/image.h"
#include "harness/backend/qemu/qmp.h"
#include "harness/process/guest_mark.h"
#include "harness/process/keeper.h"

/* -name, -machine, ... and what a cell adds; execvp() wants them in one array. */
#define ARGS_MAX 128

/* Where QEMU finds what it inherits beside stdin, stdout and stderr. */
enum qemu_fd {
	QEMU_FD_SAVED = 3,
	QEMU_FD_QMP,
	QEMU_FD_DISK,
	QEMU_FD_ROOT,
	QEMU_FD_INITRD,
	QEMU_FD_BOOT,
	QEMU_FD_KEPT,
	QEMU_FD_END
};

struct backend_host {
	sd_event *loop;
	const struct backend_options *options;
	const char *program;
	struct boot_disks boot_disks;
	json_t *tidied; /* what was left of killed runs; NULL: nobody looked */
};

struct backend_guest {
	struct backend_host *host;
	const struct guest_handler *handler;
	void *data;
	struct guest_parts parts;
	struct keeper keeper; /* between this process and QEMU */
	struct guest_mark mark;
	json_t *leftovers; /* of what QEMU left, that which is still there */
	int console_fd;
	int evidence_fd;
	struct output_log *log; /* qemu.log */
	sd_event_source *exit_source;
	sd_event_source *created_source;
	struct kept_socket *kept; /* of a guest that is kept; NULL: it is not */
	struct qmp *qmp;          /* NULL for a guest without a screen that is no transition */
	bool has_screen;
	bool picturing;       /* the next answer is about a picture */
	unsigned int picture; /* the form it is asked for, of harness/backend/screenshot.h */
	sd_event_source *poll;
	bool saving;
	bool ending_told;
	bool destroyed;
};

/* ---- qemu_guest.c ------------------------------------------------------------------------- */

/* Calls the handler's ended() once, and not for a guest that is being destroyed. */
void qemu_tell_ended(struct backend_guest *guest, enum ending how, const char *detail);

/* ---- inherited.c -------------------------------------------------------------------------- */

/* What QEMU inherits beside its console; -1: nothing. */
struct inherited {
	int root_fd, initrd_fd, boot_fd;
};

/*
 * Opens the root file system of the image, its boot disk if it has one, or without one for a cell
 * with an Intel GPU the initramfs, whose place `image` then names. Returns 0 or a negative errno
 * with the sentence; inherited_close() in any case.
 */
int inherited_open(struct backend_host *host, struct image *image,
	const struct guest_request *request, struct inherited *inherited, struct problem *why);
void inherited_close(const struct inherited *inherited);

/* ---- qemu_args.c -------------------------------------------------------------------------- */

struct args {
	const char *list[ARGS_MAX + 1];
	size_t count;
	char *owned[20]; /* formatted ones, to be freed */
	size_t owned_count;
};

/* The settings of the cell, docs/use/matrix.md, as QEMU's arguments; to be given to args_finish()
 * in any case. With `boots_disk` QEMU has inherited the guest's boot disk. Returns 0, -E2BIG,
 * -ENOMEM or -EINVAL, with the sentence. */
int args_build(const struct backend_host *host, const json_t *cell, const struct image *image,
	const struct guest_parts *parts, bool boots_disk, bool keep, struct args *args,
	struct problem *why);
void args_finish(struct args *args);

/* Writes qemu-args.txt. */
int args_record(const struct args *args, int evidence_fd, struct problem *why);

/* ---- kept.c -------------------------------------------------------------------------------- */

/*
 * A socket for a second monitor of QEMU's, in a folder that nobody else can enter: QEMU_FD_KEPT,
 * for as long as the guest is there. NULL with the sentence.
 */
struct kept_socket *kept_socket_new(struct problem *why);
int kept_socket_fd(const struct kept_socket *kept); /* -1 for NULL */
void kept_socket_free(struct kept_socket *kept);

/* The back end's reach(). */
void qemu_reach(const struct backend_guest *guest, FILE *stream);

/* ---- qemu_picture.c ----------------------------------------------------------------------- */

/* Has the guest of that cell a display adapter? */
bool qemu_has_screen(const json_t *cell);

/* The back end's picture(). */
bool qemu_picture(struct backend_guest *guest);

/* QEMU has answered the question for one, in whatever way. */
void qemu_pictured(struct backend_guest *guest);

/* ---- qemu_move.c -------------------------------------------------------------------------- */

/* Begins to wait for a QEMU that restores a guest; leads to created(). 0 or a negative errno. */
int qemu_await_restored(struct backend_guest *guest);

/* The back end's save(). */
void qemu_save(struct backend_guest *guest);

/* What QEMU answered to a question. */
void qemu_answered(void *data, const json_t *answer);

#endif
