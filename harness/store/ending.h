/*
 * The ways a cell can end, and whose fault each is. The only place where that is decided.
 */
#ifndef IGD_STORE_ENDING_H
#define IGD_STORE_ENDING_H

#include <stdbool.h>

#include "src/verdict.h"

enum ending {
	ENDING_DONE,            /* reported, and powered off on request */
	ENDING_NOT_SUPPORTED,   /* the back end cannot do this cell, or a requirement is not met */
	ENDING_BAD_CELL,        /* the back end cannot make sense of the cell's settings */
	ENDING_CREATE_FAILED,   /* libxl or QEMU refused or broke while making the guest */
	ENDING_MODEL_DIED,      /* the device model (QEMU) is gone while the guest needed it */
	ENDING_GUEST_CRASHED,   /* the guest's kernel or firmware crashed */
	ENDING_GUEST_REBOOTED,  /* the guest rebooted */
	ENDING_GUEST_OFF,       /* powered off, or the domain vanished, before it was asked */
	ENDING_SILENT,          /* not one byte on the console within the limit */
	ENDING_HOTPLUG_FAILED,  /* libxl or QEMU refused or broke while changing devices */
	ENDING_HOTPLUG_HUNG,    /* the devices were not changed within the limit */
	ENDING_SAVE_FAILED,     /* libxl or QEMU refused or broke while saving the guest */
	ENDING_SAVE_HUNG,       /* the guest was not saved within the limit */
	ENDING_RESTORE_REFUSED, /* libxl or QEMU refused or broke while restoring the guest */
	ENDING_RESTORE_HUNG,    /* the guest was not restored within the limit */
	ENDING_NOT_BACK,     /* restored or changed, and no frame of its agent within the limit */
	ENDING_STUCK_OFF,    /* asked to power off, and still there at the limit */
	ENDING_NO_AGENT,     /* console text, but no frame within the limit */
	ENDING_AGENT_DIED,   /* the agent is gone while its guest's kernel was well */
	ENDING_AGENT_SILENT, /* frames, then nothing: no whole report within the limit */
	ENDING_HALF_FRAME,   /* the same, with a frame or a report begun and not finished */
	ENDING_GARBAGE,      /* more noise than a guest has any reason for */
	ENDING_BAD_REPORT,   /* a whole report that is not one: docs/use/guest-report.md */
	ENDING_CREATE_LATE,  /* libxl or the host did not answer within the limit */
	ENDING_CONSOLE_LOST, /* the serial line broke while guest and QEMU were running */
	ENDING_HOST_FAILED,  /* the host could not: no memory, no xenstore, no QEMU */
	ENDING_HOST_STALLED, /* a limit passed, but the harness was not scheduled */
	ENDING_NOT_RECORDED, /* the record could not be written: the disk is full */
	ENDING_INTERRUPTED,  /* somebody stopped the run */
	ENDING_KILLED_HOST,  /* the host died while it ran, and again: harness/store/attempt.h */
	ENDING_COUNT
};

struct ending_entry {
	const char *name;     /* as in end.json */
	enum verdict verdict; /* of the cell, unless a finding is worse */
	const char *layer;    /* who is to be looked at first */
	const char *meaning;  /* for reports: one clause */
	bool late;            /* the limit of a state expired */
};

/* Never NULL for an ending below ENDING_COUNT. */
const struct ending_entry *ending_entry(enum ending ending);

/* Is a cell that ended so to be tried again when its run is resumed? */
bool ending_is_retried(enum ending ending);

/* Returns 0, or -EINVAL for a name that is no ending. */
int ending_parse(const char *name, enum ending *ending_r);

#endif
