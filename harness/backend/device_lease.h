/*
 * The lease of the PCI devices of a host that a guest has. They go dom0 -> assignable -> guest ->
 * assignable -> dom0, together; each step is on disk before it is taken, so that whoever comes
 * after a killed harness can undo exactly what was done: lease_restore().
 *
 * The note is LEASE_FILE, there only while devices are leased. It lies on a file system that a
 * reboot empties, because a reboot gives every device back. While a run has the lease it holds a
 * lock on it. docs/schema/lease.json.
 */
#ifndef IGD_BACKEND_DEVICE_LEASE_H
#define IGD_BACKEND_DEVICE_LEASE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/plan/pci_spec.h"
#include "src/bdf.h"
#include "src/problem.h"

#define LEASE_FOLDER "/run/igd-harness"
#define LEASE_FILE   LEASE_FOLDER "/lease.json"

#define LEASE_DRIVER_MAX  64
#define LEASE_HOLDER_MAX  128
#define LEASE_DEVICES_MAX PCI_SPECS_MAX

/* Devices of the host. */
struct lease_list {
	struct bdf list[LEASE_DEVICES_MAX];
	size_t count;
};

enum lease_state { LEASE_DOM0, LEASE_ASSIGNABLE, LEASE_GUEST };

/* How a back end moves devices. Each returns 0 or a negative errno with the sentence. */
struct device_ops {
	/* Of a device that is assignable already it completes what a killed one began. */
	int (*make_assignable)(void *host, struct bdf device, struct problem *why);
	int (*give_back)(void *host, struct bdf device, struct problem *why);
	int (*is_assignable)(
		void *host, struct bdf device, bool *assignable_r, struct problem *why);
	/* Which guest has the device, as "domain 4 (name)"; "" if none has. */
	int (*find_holder)(void *host, struct bdf device, char holder[static LEASE_HOLDER_MAX],
		struct problem *why);
};

struct leased_device {
	struct bdf device;
	char driver[LEASE_DRIVER_MAX]; /* that it had before; "" if none */
	bool was_assignable;
};

struct lease {
	const struct device_ops *ops;
	void *host;
	const char *root; /* "" or the folder of a made sys/ and run/, for tests; borrowed */
	int fd;           /* of LEASE_FILE, locked; -1 without a lease */
	struct leased_device devices[LEASE_DEVICES_MAX];
	size_t count;
	enum lease_state state;
};

/* A lease of nothing, for lease_give_back() to do nothing. */
#define LEASE_NONE ((struct lease){ .fd = -1 })

/*
 * Makes the devices assignable. Returns 0; -EBUSY if another run has a lease, or a killed one left
 * one (the sentence names `igd-harness host restore`), or a guest has a device (the sentence
 * names the guest, which is left alone); -ENODEV if there is no such device; -EINVAL for none or
 * too many; or the error of an operation. On failure the devices are as they were, or the sentence
 * says that one is not.
 */
int lease_take(struct lease *lease, const struct device_ops *ops, void *host, const char *root,
	const struct lease_list *devices, struct problem *why);

/* Returns whether exactly these devices are leased, in this order. */
bool lease_is_of(const struct lease *lease, const struct lease_list *devices);

/* Notes that a guest is about to have them. */
int lease_lend(struct lease *lease, struct problem *why);

/*
 * Asks is_assignable() once the guest is gone. Returns 0 if all devices are assignable again;
 * -ENODEV with the sentence if one is not: the host is then not whole.
 */
int lease_return(struct lease *lease, struct problem *why);

/*
 * Gives the devices back to dom0 and to the drivers they had, checks that, and ends the lease.
 * Nothing to do without one. Returns 0, or a negative errno with the sentence about the first that
 * did not go back; the note then stays.
 */
int lease_give_back(struct lease *lease, struct problem *why);

/*
 * Ends what a killed run left: gives back the devices of the note, if there is one that nobody
 * holds. Returns 1 if there was one, with its devices in *devices_r; 0 if there was nothing to do;
 * -EBUSY while a run has the lease; or another negative errno with the sentence.
 */
int lease_restore(const struct device_ops *ops, void *host, const char *root,
	struct lease_list *devices_r, struct problem *why);

#endif
