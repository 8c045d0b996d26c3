/*
 * A guest of the libxl back end: its state, which all units share, its creation and its release.
 */
#ifndef IGD_BACKEND_LIBXL_GUEST_H
#define IGD_BACKEND_LIBXL_GUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "harness/backend/backend.h"
#include "harness/backend/libxl/alarm.h"
#include "harness/backend/libxl/domid.h"
#include "harness/backend/libxl/host.h"
#include "harness/backend/libxl/hotplug.h"
#include "harness/backend/libxl/kmsg.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/names.h"
#include "harness/backend/libxl/observe.h"
#include "harness/backend/libxl/screenshot.h"
#include "harness/backend/libxl/session.h"
#include "harness/backend/libxl/wrapper.h"

#define UUID_TEXT_MAX 37 /* 36 characters (RFC 4122) and the zero */

/* The guest's QEMU. */
struct model {
	pid_t pid;
	int pidfd; /* -1 while it is not known */
	sd_event_source *source;
};

struct backend_guest {
	struct backend_guest *next;
	struct backend_host *host;
	const struct guest_handler *handler;
	void *data;
	int evidence_fd; /* borrowed */
	int record_fd;   /* of what it is now: evidence_fd, or the folder of hotplug() */
	json_t *devices; /* the texts of `pci`; NULL without */
	uint64_t serial;
	char name[NAME_TEXT_MAX];
	char uuid[UUID_TEXT_MAX];
	struct session *session;
	libxl_domain_config config;
	struct wrapper wrapper;
	struct alarm step, limit;
	const char *device_model; /* path, borrowed; "" for libxl's default */
	int made_fd; /* the starter of the boot disk, or an initramfs with drivers; -1 without */
	int own_disk_fd; /* the copy of the disk that a guest of one's own has; -1 without */
	int boot_fd;     /* its boot disk; -1 without */
	struct guest_parts parts;

	/* creation: guest.c */
	struct operation create, unpause;
	struct observation observation;
	struct screenshot screenshot;
	uint32_t created_id; /* libxl writes it when the creation completes */
	struct domid domid;
	struct model model;
	int console_fd;

	/* watching: watch.c */
	libxl_evgen_domain_death *death;
	bool running, ended, shut_down, vanished;
	int shutdown_reason;

	/* other devices: hotplug.c */
	struct hotplug hotplug;

	/* saving: save.c */
	struct operation save;
	bool saving, save_live;

	/* cleaning up: cleanup.c */
	struct operation destroy;
	bool destroying, told_gone;
	uint64_t inspect_since; /* us, CLOCK_MONOTONIC; 0 before the inspection */
	unsigned int force;     /* the last level of leftover_force() */
	uint32_t ring_index;    /* in the hypervisor's console ring, when the guest began */
	struct kmsg kmsg;       /* its position is that of when the guest began */
	json_t *before;         /* xenstore_snapshot() before the creation */
};

/*
 * The back end's start(). Returns 0 and the guest, which the caller releases with guest_release()
 * after gone(); or a negative errno with the sentence and without a guest: -EINVAL or -ENOTSUP if
 * the cell asks for what is impossible, else the host failed.
 */
int guest_start(struct backend_host *host, const struct guest_request *request,
	struct backend_guest **guest_r, struct problem *why);

/* The back end's reach(). */
void guest_reach(const struct backend_guest *guest, FILE *stream);

/* The back end's release(): frees the guest; NULL is allowed. */
void guest_release(struct backend_guest *guest);

#endif
