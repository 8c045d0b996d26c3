/*
 * A back end starts guests: libxl (on Xen), qemu (without Xen), replay (from a recorded run).
 *
 * Each is one struct of functions; the table is in harness/run/backends.c. All run on one sd-event
 * loop in one thread. No function blocks for long: the result of a long operation arrives later
 * through struct guest_handler.
 */
#ifndef IGD_BACKEND_BACKEND_H
#define IGD_BACKEND_BACKEND_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <systemd/sd-event.h>

#include "harness/backend/device_lease.h"
#include "harness/backend/image.h"
#include "harness/plan/schedule.h"
#include "harness/store/ending.h"
#include "src/problem.h"

/* Raised with every change of the declarations below: a module with a different number is refused.
 */
#define BACKEND_ABI 15

/* The options of `run`; strings are borrowed and outlive the host. */
struct backend_options {
	const char *guests_dir;   /* holds one folder a guest image: GUEST/{vmlinuz,initrd} */
	const char *device_model; /* path of the QEMU to use, or NULL for the back end's own */
	const char *accelerator;  /* for qemu: "tcg" or "kvm" */
	const char *replay_dir;   /* the recorded run, for replay */
	bool look_only;           /* keep leftovers of killed runs; no guest is started */
	const json_t
		*models; /* other QEMUs, by name: harness/backend/device_models.h; NULL for none */
};

/* The inputs of a guest besides its cell; the descriptors are borrowed until gone(). */
struct guest_parts {
	int disk_fd;   /* its disk, a raw image; -1 without the setting `disk` */
	int saved_fd;  /* of a transition: the file of the saved guest; else -1 */
	bool second;   /* it is the second guest of a transition */
	bool restored; /* it is restored, not started */
};

/*
 * The events of a guest, at most once each and in this order. Only gone() always comes. None is
 * called from within start() or destroy().
 */
struct guest_handler {
	/* The guest runs, after its creation or its restore. The console is open for reading and
	 * writing, non-blocking; the back end owns it and closes it at release(). */
	void (*created)(void *data, int console_fd);
	/* picture() has ended: with a screenshot, or without one. */
	void (*pictured)(void *data);
	/* The devices of the guest are those of hotplug(). */
	void (*changed)(void *data);
	/* The guest is saved. The caller destroys it next. */
	void (*saved)(void *data);
	/* The guest ended by itself, or could not be created, restored or saved. `detail` is one
	 * sentence with the evidence, borrowed. */
	void (*ended)(void *data, enum ending how, const char *detail);
	/* The guest no longer exists. `leftovers` is an array of strings, borrowed: the
	 * remains of the guest on the host; empty if there are none. */
	void (*gone)(void *data, const json_t *leftovers);
};

/* The arguments of start(), which copies what it keeps. */
struct guest_request {
	const json_t *cell;              /* harness/plan/plan.h; borrowed during start() */
	struct image *image;             /* of its guest, or NULL; start() may change its paths */
	const struct guest_parts *parts; /* borrowed during start() */
	int evidence_fd;                 /* the cell's folder; stays open until gone() */
	const struct guest_handler *handler; /* borrowed until gone() */
	void *data;                          /* for the handler */
	bool keep;                           /* it will be asked how to reach the guest */
};

struct backend_host;
struct backend_guest;

struct backend {
	const char *name;
	const char *about; /* one line for --help */
	bool boots_images; /* guests boot the images in backend_options.guests_dir */

	/*
	 * Opens the host. Returns 0 and the host, which close() frees; a negative errno with the
	 * sentence if guests cannot be started on it.
	 */
	int (*open)(const struct backend_options *options, sd_event *loop,
		struct backend_host **host_r, struct problem *why);

	/*
	 * Adds the detected software under test to `identities`: {"backend": "libxl",
	 * "versions": {"xen": "4.17.5", "libxl": "4.17", "qemu": "7.2.22"},
	 * "texts": {"qemu": "QEMU emulator version 7.2.22 (Debian ...)", ...},
	 * "builds": {"xen": its build id, "libxl": "sha256:..."},
	 * "firmware": {...},                                   harness/backend/firmware.h
	 * "capabilities": those of the hypervisor, ["hvm", "hap", "iommu"],
	 * "device_model": {"path": ..., "sha256": ...}}.
	 * Versions are dotted numbers. "destroyed_at_start", if present, lists the leftovers of
	 * killed runs that open() removed. Returns 0 or a negative errno with the sentence;
	 * `identities` then has the values detected before the error, the hypervisor's before
	 * QEMU's.
	 */
	int (*identify)(struct backend_host *host, json_t *identities, struct problem *why);

	/*
	 * Adds the hypervisor's data of the host to `survey`, as far as it reports them:
	 * {"log": its messages since it booted, "log_cut": whether there may be more,
	 * "memory_mib": 16384, "reserved": ["0x7c000000-0x7dffffff"], the RMRRs of 0000:00:02.0}.
	 * NULL if the back end has no hypervisor.
	 */
	void (*survey)(struct backend_host *host, json_t *survey);

	/* The resources for guests, while no guest of the run exists; an unknown value stays 0.
	 * NULL if guests need no resources of the host. */
	void (*capacity)(struct backend_host *host, struct host_capacity *capacity);

	/*
	 * Begins to create or restore the guest of a cell, and to run it. Logs and recorded
	 * arguments go into the cell's folder by openat(). Returns 0 and the guest, to be given to
	 * release(); a negative errno with the sentence if nothing was begun: -EINVAL if the
	 * settings of the cell are impossible, -ENOTSUP if the installed back end does not support
	 * them, else for an error of the host.
	 */
	int (*start)(struct backend_host *host, const struct guest_request *request,
		struct backend_guest **guest_r, struct problem *why);

	/*
	 * Begins to detach the devices in `pci` of a running guest that `side`, a cell of the plan,
	 * does not have, and then to attach those that the guest does not have; leads to changed(),
	 * or to ended(). `side` is borrowed for the call, `evidence_fd`, a folder for what belongs
	 * to the guest as it is then, until gone(). NULL if the back end cannot do this.
	 */
	void (*hotplug)(struct backend_guest *guest, const json_t *side, int evidence_fd);

	/*
	 * Begins to save a running guest of a transition into parts->saved_fd; leads to saved(), or
	 * to ended(). NULL if the back end cannot save guests.
	 */
	void (*save)(struct backend_guest *guest);

	/* When the report of a guest of a recorded transition was requested, in ms since its cell
	 * began. NULL: now. */
	json_int_t (*asked_ms)(const struct backend_guest *guest);

	/*
	 * Begins to take a picture of the guest's screen into the cell's folder, as screen.png or
	 * screen.ppm; leads to pictured(), perhaps before it returns. Returns false if this guest
	 * has no screen. NULL if the back end cannot take pictures.
	 */
	bool (*picture)(struct backend_guest *guest);

	/*
	 * Copies pages of the guest's memory: `count` of `frames`, numbers of guest-physical pages
	 * of 4096 bytes, to `bytes`. The guest chose the frames. Returns 0; -ERANGE for a frame at
	 * which this guest can have no memory, without a look at it, else the error of a page that
	 * cannot be read; each with the sentence. NULL if the back end cannot read guests.
	 */
	int (*read_memory)(struct backend_guest *guest, const uint64_t *frames, size_t count,
		void *bytes, struct problem *why);

	/*
	 * Writes how to reach a guest that was started with request.keep and runs: lines of plain
	 * text, each with two blanks before it. NULL if the back end has no guest that runs.
	 */
	void (*reach)(const struct backend_guest *guest, FILE *stream);

	/* Destroys the guest in any state, and cleans up; leads to gone() with the leftovers.
	 * A second call has no effect. */
	void (*destroy)(struct backend_guest *guest);

	/* Frees the guest. Only after gone(). */
	void (*release)(struct backend_guest *guest);

	void (*close)(struct backend_host *host);

	/* Moves PCI devices to guests and back; their `host` is the struct backend_host. NULL if
	 * the back end passes no devices through. */
	const struct device_ops *devices;
};

/*
 * Finds the back end of that name, and loads its module if it has one. Returns 0; -EINVAL if no
 * back end has that name, -ENOSYS if its module cannot be loaded, each with the sentence.
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

/* The symbol that a module exports, a struct backend_module. */
#define BACKEND_MODULE_SYMBOL "igd_backend_module"
struct backend_module {
	int abi; /* BACKEND_ABI */
	const struct backend *backend;
};

#endif
