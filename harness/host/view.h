/*
 * What there is to see of a host before any guest is started: what its checks look at.
 */
#ifndef IGD_HOST_VIEW_H
#define IGD_HOST_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/host/igd_ids.h"
#include "harness/host/lspci_text.h"
#include "harness/host/record.h"
#include "src/problem.h"

/* Where to look; strings and objects are borrowed. */
struct host_sources {
	const char *root;             /* "" for this machine, or the directory of a recorded tree */
	const struct record *lspci;   /* what lspci wrote, instead of sysfs; NULL: sysfs */
	const struct record *xen_log; /* Xen's messages; NULL: what the back end has of them */
	const char *ids;              /* the table of ids, igd_ids_load() */
	/* What the back end says: its identities, its survey (struct backend), and why if it says
	 * nothing (errno, sentence). NULL, NULL, 0 and "" for a back end that is not libxl. */
	const json_t *identities, *survey;
	int xen_error;
	const char *xen_trouble;
	const char *device_model;  /* the QEMU to look at; NULL: the back end's */
	const char *model_trouble; /* why the back end has none; "" */
};

struct host_view {
	const struct host_sources *sources;
	json_t *host; /* host_identify() */
	json_t *log;  /* xen_boot_log_facts(), or NULL with the reason */
	struct problem log_trouble;
	const char *log_source;
	bool log_cut;        /* there is more of the log, which was not read */
	struct igd_ids *ids; /* NULL with the reason */
	struct problem ids_trouble;

	/* Of host["pci"], each NULL if it is not there. */
	const json_t *slot2; /* 0000:00:02.0, whatever it is */
	const json_t *igd;   /* the same, if it is a display function of Intel's */
	const json_t *host_bridge, *isa_bridge;
	const char *pci_trouble; /* why nothing is known of PCI, or NULL */
	/* Why a function that is not there may be in the machine all the same: the record is of a
	 * part of it. "" if all functions are known. */
	char part[PROBLEM_TEXT_MAX];
	json_t *all_pci;         /* "pci" with every function of the machine, for what is beside the
				    IGD; NULL if they cannot be read */
	struct lspci_text lspci; /* what sources->lspci says; empty without one */

	uint16_t device;                     /* of the IGD */
	uint32_t class;                      /* of the IGD */
	const struct igd_platform *platform; /* of the IGD, NULL if the table does not have it */
	const char *phantom;                 /* its name, "" if it cannot be read; NULL: none */
	const char *virtual_gpu;             /* likewise */
};

/* Looks. Returns 0 or -ENOMEM; what cannot be seen is not there. */
int host_view_open(struct host_view *view, const struct host_sources *sources);
void host_view_close(struct host_view *view);

/* "8086:3e92", with "unknown" for an id that a record does not say. New reference. */
json_t *host_ids_json(const json_t *function);

/* A register of a function (docs/use/guest-report.md): true and its value, or false. */
bool host_register(const json_t *function, const char *name, uint32_t *value_r);

/* Text that the back end gave: identities["texts"] or ["versions"][key], "" if it gave none. */
const char *host_xen_text(const struct host_view *view, const char *group, const char *key);

/* Xen's command line, from the back end or from Xen's messages; NULL if neither has it. */
const char *host_xen_cmdline(const struct host_view *view);

/* Does Xen's command line switch the option off, or its word (xen_cmdline_is_off())? False if the
 * command line is not known. */
bool host_option_is_off(const struct host_view *view, const char *option, const char *word,
	char *text, size_t size);

/* Is there an IGD? IGD_UNKNOWN with the reason in *why_r if the functions of the host are not known
 * or not all known. */
enum host_igd { IGD_THERE, IGD_ABSENT, IGD_UNKNOWN };
enum host_igd host_has_igd(const struct host_view *view, const char **why_r);

/* Is there a display function beside slot 2? 1, 0, or -1 if not all functions are known. */
int host_has_other_display(const struct host_view *view);

/* Has the machine a function behind Intel's VMD, in a PCI domain of more than 16 bits? */
bool host_has_vmd(const struct host_view *view);

/* Is the host, or its IGD, one that software emulates: a phantom, or a virtual machine? */
bool host_is_virtual(const struct host_view *view);

/* Does libxl report the capability? Returns false if libxl was not queried. */
bool host_xen_has(const struct host_view *view, const char *capability, bool *has_r);

/* Why a message that Xen's log does not have may be lost, or NULL. */
const char *host_log_loss(const struct host_view *view);

/* What Xen's messages say, true or false in *value_r. Returns false if they say neither. */
bool host_log_says(const struct host_view *view, const char *key, bool *value_r);

#endif
