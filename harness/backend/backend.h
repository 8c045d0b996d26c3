/*
 * A back end starts guests: libxl (the real one), qemu (no Xen), replay (a recorded run).
 *
 * One struct of functions each; the table is in harness/run/backends.c. All run on one sd-event
 * loop and one thread; nothing here blocks for long: what takes time answers later through struct
 * guest_handler.
 */
#ifndef IGD_BACKEND_BACKEND_H
#define IGD_BACKEND_BACKEND_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "harness/backend/device_lease.h"
#include "harness/plan/schedule.h"
#include "harness/store/ending.h"
#include "src/problem.h"

/* Raised whenever anything in this header changes: a module of another number is refused. */
#define BACKEND_ABI 10

/* What `run` was told; strings are borrowed and outlive the host. */
struct backend_options {
	const char *guests_dir;   /* holds one folder a guest image: GUEST/{vmlinuz,initrd} */
	const char *device_model; /* path of the QEMU to use, or NULL for the back end's own */
	const char *accelerator;  /* for qemu: "tcg" or "kvm" */
	const char *replay_dir;   /* the recorded run, for replay */
	bool look_only;           /* leave what killed runs left; no guest will be started */
	const json_t
		*models; /* other QEMUs, by name: harness/backend/device_models.h; NULL for none */
};

/* What a guest is made with besides its cell; the descriptors are borrowed until gone(). */
struct guest_parts {
	int disk_fd;   /* its disk, a raw image; -1 if the cell's setting `disk` gives it none */
	int saved_fd;  /* of a transition: where it is saved, or restored from; else -1 */
	bool restored; /* it is restored, not started */
};

/*
 * What happens to a guest, told once each and in this order; any may be left out but `gone`.
 * None is called from within start() or destroy().
 */
struct guest_handler {
	/* The guest exists and runs; it was restored, if that was to be. The console is open for
	 * reading and writing, non-blocking; it is the back end's and closes at release(). */
	void (*created)(void *data, int console_fd);
	/* The picture that picture() began to take is there, or there will be none. */
	void (*pictured)(void *data);
	/* It is saved, and of no more use: it is to be destroyed. */
	void (*saved)(void *data);
	/* The guest is at its end, by itself or because it could not be created, restored or
	 * saved. `detail` is one sentence with the evidence in it, borrowed. */
	void (*ended)(void *data, enum ending how, const char *detail);
	/* Nothing of it is left, or what is left is in `leftovers`: an array of strings, empty if
	 * the host is as it was; borrowed. */
	void (*gone)(void *data, const json_t *leftovers);
};

/* For start(), which copies what it keeps. */
struct guest_request {
	const json_t *cell;                  /* harness/plan/plan.h; borrowed during start() */
	const struct guest_parts *parts;     /* borrowed during start() */
	int evidence_fd;                     /* the cell's folder; stays open until gone() */
	const struct guest_handler *handler; /* borrowed until gone() */
	void *data;                          /* for the handler */
};

struct backend_host;
struct backend_guest;

struct backend {
	const char *name;
	const char *about; /* one line for --help */
	bool boots_images; /* guests boot the images in backend_options.guests_dir */

	/*
	 * Gets hold of the host. Returns 0 and the host, to be closed with close();
	 * a negative errno with the sentence if guests cannot be started here.
	 */
	int (*open)(const struct backend_options *options, sd_event *loop,
		struct backend_host **host_r, struct problem *why);

	/*
	 * Adds to `identities` what is under test, as detected: {"backend": "libxl",
	 * "versions": {"xen": "4.17.5", "libxl": "4.17", "qemu": "7.2.22"},
	 * "texts": {"qemu": "QEMU emulator version 7.2.22 (Debian ...)", ...},
	 * "builds": {"xen": its build id, "libxl": "sha256:..."},
	 * "firmware": {...},                                   harness/backend/firmware.h
	 * "capabilities": what the hypervisor says it can do, ["hvm", "hap", "iommu"],
	 * "device_model": {"path": ..., "sha256": ...}}.
	 * Versions are dotted numbers. "destroyed_at_start", if there, lists what a killed run had
	 * left and open() removed. Returns 0 or a negative errno with the sentence; then what was
	 * found out before is there, the hypervisor before QEMU.
	 */
	int (*identify)(struct backend_host *host, json_t *identities, struct problem *why);

	/*
	 * Adds to `survey` what the hypervisor knows of the host, as far as it tells:
	 * {"log": its messages since it booted, "log_cut": whether there may be more,
	 * "memory_mib": 16384, "reserved": ["0x7c000000-0x7dffffff"], the RMRRs of 0000:00:02.0}.
	 * NULL if the back end has no hypervisor.
	 */
	void (*survey)(struct backend_host *host, json_t *survey);

	/* What there is for guests, now that none of the run is there; what it cannot tell stays 0.
	 * NULL if guests take nothing. */
	void (*capacity)(struct backend_host *host, struct host_capacity *capacity);

	/*
	 * Begins to make the guest of a cell, or to restore it, and to run it. Logs and recorded
	 * arguments go into the cell's folder by openat(). Returns 0 and the guest, to be given to
	 * release(); a negative errno with the sentence if nothing was begun: -EINVAL if the cell
	 * asks for what cannot be, -ENOTSUP if the installed back end does not have what it asks
	 * for, otherwise the host could not.
	 */
	int (*start)(struct backend_host *host, const struct guest_request *request,
		struct backend_guest **guest_r, struct problem *why);

	/*
	 * Begins to save a running guest of a transition into parts->saved_fd; leads to saved(), or
	 * to ended(). NULL if the back end saves none.
	 */
	void (*save)(struct backend_guest *guest);

	/* When the report of a guest of a recorded transition was asked for, in ms since its cell
	 * began. NULL: it is now. */
	json_int_t (*asked_ms)(const struct backend_guest *guest);

	/*
	 * Begins to take a picture of the guest's screen into the cell's folder, as screen.png or
	 * screen.ppm; leads to pictured(), perhaps before it returns. Returns false if this guest
	 * has no screen. NULL if the back end takes none.
	 */
	bool (*picture)(struct backend_guest *guest);

	/* Ends the guest by force, in whatever state it is, and cleans up; leads to gone(), with
	 * whatever could not be cleaned as leftovers. Calling it again changes nothing. */
	void (*destroy)(struct backend_guest *guest);

	/* Frees the guest. Only after gone(). */
	void (*release)(struct backend_guest *guest);

	void (*close)(struct backend_host *host);

	/* Moves PCI devices to guests and back; their `host` is the struct backend_host. NULL if
	 * the back end passes no devices through. */
	const struct device_ops *devices;
};

/*
 * Finds the back end of that name, and loads its module if it is one. Returns 0; -EINVAL if there
 * is none of that name, -ENOSYS if its module cannot be loaded, each with the sentence.
 */
int backend_find(const char *name, const struct backend **backend_r, struct problem *why);

/* For --help: the names and abouts of all; loads nothing. Ends with a NULL name. */
struct backend_entry {
	const char *name, *about;
	const char *module; /* file name of the loadable module, NULL if it is built in */
	const struct backend *built_in;
};
extern const struct backend_entry backend_entries[];

/* The name of the back end at that place, or NULL behind the last: for an option's `nth`. */
const char *backend_name(size_t i);

/* What a module exports. */
#define BACKEND_MODULE_SYMBOL "igd_backend_module"
struct backend_module {
	int abi; /* BACKEND_ABI */
	const struct backend *backend;
};

#endif
