/*
 * What is left of a guest: domain, QEMU, xenstore, libxl's files, network interfaces; and the force
 * that removes it when libxl did not.
 */
#include "harness/backend/libxl/leftover.h"

#include <glob.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#include <xenctrl.h>
#include <xenstore.h>

#include "harness/backend/libxl/domid.h"
#include "harness/backend/libxl/guest.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/log.h"
#include "harness/backend/libxl/process.h"
#include "harness/backend/libxl/save.h"
#include "harness/backend/libxl/wrapper.h"
#include "harness/backend/libxl/xenstore_access.h"

/* A folder for each kind of backend in dom0, in these one per domain: vkbd, console, pci, ... */
#define BACKENDS "/local/domain/0/backend"
/* libxl's note of each device that a domain has, BDF/domid (libxl_pci.c, pci_info_xs_write()): one
 * that stays makes the device nobody's to give. */
#define PCI_NOTES "/libxl/pci"

struct domid leftover_domain(struct backend_guest *guest)
{
	struct domid found = { INVALID_DOMID };
	int count = 0;
	libxl_dominfo *domains = libxl_list_domain(guest->host->session->ctx, &count);

	for (int i = 0; domains && i < count; i++)
		if (libxl_uuid_compare(&domains[i].uuid, &guest->config.c_info.uuid) == 0)
			found.id = domains[i].domid;
	if (domains)
		libxl_dominfo_list_free(domains, count);
	return found;
}

static void list_domain(struct backend_guest *guest, json_t *leftovers)
{
	struct domid found = leftover_domain(guest);
	libxl_dominfo info;

	if (!domid_is_guest(found))
		return;
	libxl_dominfo_init(&info);
	if (libxl_domain_info(guest->host->session->ctx, &info, found.id) == 0)
		json_array_append_new(leftovers, json_sprintf("domain %u, %s%s", found.id,
							 guest->name, info.dying ? ", dying" : ""));
	libxl_dominfo_dispose(&info);
}

static bool is_name(const char *argument, const void *name)
{
	return strcmp(argument, name) == 0;
}

/* Also finds a QEMU whose domain's number was never told, since it carries the name. */
static void list_model(struct backend_guest *guest, json_t *leftovers)
{
	pid_t pid = process_find(is_name, guest->name);

	if (pid > 0 && guest->model.pidfd < 0) {
		guest->model.pid = pid;
		guest->model.pidfd = process_open(pid);
	}
	if (pid > 0)
		json_array_append_new(leftovers, json_sprintf("process %d, QEMU", (int)pid));
}

/* Whether a folder that is new since the guest began is no living domain's: then it is ours. */
static bool is_orphan(
	struct backend_guest *guest, const libxl_dominfo *domains, int count, unsigned long id)
{
	for (const struct backend_guest *other = guest->host->guests; other; other = other->next)
		if (other != guest && other->domid.id == id)
			return false;
	for (int i = 0; i < count; i++)
		if (domains[i].domid == id)
			return false;
	return true;
}

static void list_orphans(struct backend_guest *guest, json_t *leftovers)
{
	json_t *now = xenstore_snapshot(guest->host->store), *set;
	const char *folder, *name;
	int count = 0;
	libxl_dominfo *domains = libxl_list_domain(guest->host->session->ctx, &count);

	json_object_foreach(now, folder, set)
	{
		const json_t *before = json_object_get(guest->before, folder);
		json_t *value;

		json_object_foreach(set, name,
			value) if (domains && !json_object_get(before, name) &&
				   is_orphan(guest, domains, count, strtoul(name, NULL, 10)))
			json_array_append_new(
				leftovers, json_sprintf("xenstore %s/%s", folder, name));
	}
	if (domains)
		libxl_dominfo_list_free(domains, count);
	json_decref(now);
}

/* What the domain leaves in folders that are not named by it alone: lists, or removes, it. */
static void visit_backends(struct backend_guest *guest, json_t *leftovers)
{
	struct xs_handle *store = guest->host->store;
	unsigned int count = 0, id = guest->domid.id;
	char **kinds = xs_directory(store, XBT_NULL, BACKENDS, &count);

	for (unsigned int i = 0; kinds && i < count && i < XENSTORE_ENTRIES_MAX; i++) {
		if (!leftovers)
			xenstore_remove(store, BACKENDS "/%s/%u", kinds[i], id);
		else if (xenstore_exists(store, BACKENDS "/%s/%u", kinds[i], id))
			json_array_append_new(leftovers,
				json_sprintf("xenstore " BACKENDS "/%s/%u", kinds[i], id));
	}
	free(kinds);
}

static void visit_pci_notes(struct backend_guest *guest, json_t *leftovers)
{
	struct xs_handle *store = guest->host->store;
	unsigned int count = 0;
	char **devices = xs_directory(store, XBT_NULL, PCI_NOTES, &count), domid[16];

	for (unsigned int i = 0; devices && i < count && i < XENSTORE_ENTRIES_MAX; i++) {
		if (xenstore_read(store, domid, sizeof(domid), PCI_NOTES "/%s/domid", devices[i]) <
				0 ||
			strtoul(domid, NULL, 10) != guest->domid.id)
			continue;
		if (!leftovers)
			xenstore_remove(store, PCI_NOTES "/%s/domid", devices[i]);
		else
			json_array_append_new(leftovers,
				json_sprintf("xenstore " PCI_NOTES "/%s/domid", devices[i]));
	}
	free(devices);
}

static void list_store(struct backend_guest *guest, json_t *leftovers)
{
	struct xs_handle *store = guest->host->store;

	if (xenstore_exists(store, "/vm/%s", guest->uuid))
		json_array_append_new(leftovers, json_sprintf("xenstore /vm/%s", guest->uuid));
	if (!domid_is_guest(guest->domid)) {
		list_orphans(guest, leftovers);
		return;
	}
	for (const char *const *folder = xenstore_domain_folders; *folder; folder++)
		if (xenstore_exists(store, "%s/%u", *folder, guest->domid.id))
			json_array_append_new(leftovers,
				json_sprintf("xenstore %s/%u", *folder, guest->domid.id));
	visit_backends(guest, leftovers);
	visit_pci_notes(guest, leftovers);
}

/* libxl's files of a domain: its record (libxl__userdata_path()) and QEMU's sockets. */
static void find_files(struct backend_guest *guest, glob_t *files)
{
	char pattern[256];

	memset(files, 0, sizeof(*files));
	snprintf(pattern, sizeof(pattern), "/var/lib/xen/userdata-*.%s.*", guest->uuid);
	glob(pattern, GLOB_NOSORT, NULL, files);
	if (domid_is_guest(guest->domid)) {
		snprintf(pattern, sizeof(pattern), "/run/xen/qmp-*-%u", guest->domid.id);
		glob(pattern, GLOB_NOSORT | GLOB_APPEND, NULL, files);
		/* QEMU's devices on their way from or to a saved guest: save.c. */
		snprintf(pattern, sizeof(pattern), MODEL_STATE_FILES ".%u", guest->domid.id);
		glob(pattern, GLOB_NOSORT | GLOB_APPEND | GLOB_BRACE, NULL, files);
	}
}

static void list_files(struct backend_guest *guest, json_t *leftovers)
{
	glob_t files;

	find_files(guest, &files);
	for (size_t i = 0; i < files.gl_pathc; i++)
		json_array_append_new(leftovers, json_sprintf("file %s", files.gl_pathv[i]));
	globfree(&files);
	if (guest->wrapper.folder[0])
		json_array_append_new(leftovers, json_sprintf("folder %s", guest->wrapper.folder));
}

/* A NIC's two interfaces in dom0: xen-netback's, which goes with its backend in xenstore, and the
 * tap, vifN.M-emu, which goes with QEMU. */
static void list_interfaces(struct backend_guest *guest, json_t *leftovers)
{
	glob_t links = { 0 };
	char pattern[64];

	if (!domid_is_guest(guest->domid))
		return;
	snprintf(pattern, sizeof(pattern), "/sys/class/net/vif%u.*", guest->domid.id);
	glob(pattern, GLOB_NOSORT, NULL, &links);
	for (size_t i = 0; i < links.gl_pathc; i++)
		json_array_append_new(leftovers,
			json_sprintf("network interface %s", strrchr(links.gl_pathv[i], '/') + 1));
	globfree(&links);
}

json_t *leftover_list(struct backend_guest *guest)
{
	json_t *leftovers = json_array();

	if (!leftovers)
		return NULL;
	list_domain(guest, leftovers);
	list_model(guest, leftovers);
	list_store(guest, leftovers);
	list_files(guest, leftovers);
	list_interfaces(guest, leftovers);
	return leftovers;
}

static void remove_rest(struct backend_guest *guest)
{
	glob_t files;

	xenstore_remove(guest->host->store, "/vm/%s", guest->uuid);
	if (domid_is_guest(guest->domid)) {
		for (const char *const *folder = xenstore_domain_folders; *folder; folder++)
			xenstore_remove(guest->host->store, "%s/%u", *folder, guest->domid.id);
		visit_backends(guest, NULL);
		visit_pci_notes(guest, NULL);
	}
	find_files(guest, &files);
	for (size_t i = 0; i < files.gl_pathc; i++)
		unlink(files.gl_pathv[i]);
	globfree(&files);
	wrapper_remove(&guest->wrapper);
}

void leftover_force(struct backend_guest *guest, unsigned int level)
{
	struct domid found = leftover_domain(guest);

	if (process_alive(guest->model.pidfd)) {
		/* libxl only asks it to end, by SIGHUP; a QEMU that hangs, or that was stopped,
		 * keeps the domain's pages mapped and so the domain from dying. */
		xen_log_note(&guest->session->log, "force: QEMU, process %d, is killed",
			(int)guest->model.pid);
		process_kill(guest->model.pidfd);
	}
	if (!domid_is_guest(found)) {
		/* After an aborted creation libxl 4.17 leaves /local/domain/0/device-model/DOMID:
		 * it removes that only if QEMU had already written its state there. */
		xen_log_note(&guest->session->log, "force: xenstore paths and files are removed");
		remove_rest(guest);
	} else if (level >= 2) {
		guest->domid = found;
		xen_log_note(&guest->session->log, "force: domain %u is destroyed without libxl",
			found.id);
		xc_domain_destroy(guest->host->xc, found.id);
	}
}
