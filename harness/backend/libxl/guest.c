/*
 * Making a guest, in the order in which it happens: start(), then from the loop make_domain(),
 * on_created(), unpause(), on_unpaused().
 */
#include "harness/backend/libxl/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <termios.h>
#include <unistd.h>

#include "harness/backend/device_models.h"
#include "harness/backend/image.h"
#include "harness/backend/libxl/alarm.h"
#include "harness/backend/libxl/cleanup.h"
#include "harness/backend/libxl/config.h"
#include "harness/backend/libxl/config_merge.h"
#include "harness/backend/libxl/evidence.h"
#include "harness/backend/libxl/host.h"
#include "harness/backend/libxl/kmsg.h"
#include "harness/backend/libxl/leftover.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/module_path.h"
#include "harness/backend/libxl/names.h"
#include "harness/backend/libxl/observe.h"
#include "harness/backend/libxl/process.h"
#include "harness/backend/libxl/save.h"
#include "harness/backend/libxl/session.h"
#include "harness/backend/libxl/system/system.h"
#include "harness/backend/libxl/watch.h"
#include "harness/backend/libxl/wrapper.h"
#include "harness/backend/libxl/xenstore_access.h"
#include "harness/plan/plan.h"
#include "harness/store/ending.h"
#include "src/document.h"
#include "src/problem.h"

/* STUBDOM_CONSOLE_SERIAL of libxl_internal.h */
#define STUB_CONSOLE_SERIAL 3

static void free_guest(struct backend_guest *guest)
{
	if (!guest)
		return;
	alarm_finish(&guest->step);
	alarm_finish(&guest->limit);
	if (guest->console_fd >= 0)
		close(guest->console_fd);
	if (guest->model.pidfd >= 0)
		close(guest->model.pidfd);
	if (guest->made_fd >= 0)
		close(guest->made_fd);
	if (guest->own_disk_fd >= 0)
		close(guest->own_disk_fd);
	if (guest->boot_fd >= 0)
		close(guest->boot_fd);
	kmsg_finish(&guest->kmsg);
	json_decref(guest->before);
	session_close(guest->session);
	wrapper_remove(&guest->wrapper);
	libxl_domain_config_dispose(&guest->config);
	hotplug_finish(&guest->hotplug);
	json_decref(guest->devices);
	free(guest);
}

static struct backend_guest *new_guest(
	struct backend_host *host, const struct guest_request *request)
{
	struct backend_guest *guest = calloc(1, sizeof(*guest));

	if (!guest)
		return NULL;
	guest->host = host;
	guest->parts = *request->parts;
	guest->handler = request->handler;
	guest->data = request->data;
	guest->evidence_fd = guest->record_fd = request->evidence_fd;
	guest->devices = json_incref(json_object_get(
		json_object_get(json_object_get(request->cell, "settings"), "libxl"), "pci"));
	guest->serial = ++host->serial;
	guest->created_id = guest->domid.id = INVALID_DOMID;
	guest->console_fd = guest->model.pidfd = guest->kmsg.fd = -1;
	guest->made_fd = guest->own_disk_fd = guest->boot_fd = -1;
	libxl_domain_config_init(&guest->config);
	hotplug_init(&guest->hotplug);
	if (alarm_init(&guest->step, guest) < 0 || alarm_init(&guest->limit, guest) < 0) {
		free_guest(guest);
		return NULL;
	}
	return guest;
}

/* The domain's name holds cell and process, so that debris of a killed run can be told. */
static int name_guest(struct backend_guest *guest, const json_t *cell, struct problem *why)
{
	const char *name = json_string_value(json_object_get(cell, "name"));

	if (!name || !*name || strchr(name, '/') || strlen(name) > PLAN_NAME_MAX)
		return problem_set(why, -EINVAL,
			"the cell's name \"%.40s\" cannot be a domain's: 1 to %d characters without /",
			name ? name : "", PLAN_NAME_MAX);
	snprintf(guest->name, sizeof(guest->name), NAME_PREFIX "%s-%d", name, (int)getpid());
	return 0;
}

/* A cell with a policy has igd-dm as the device model that libxl starts. */
static int wrap_model(struct backend_guest *guest, const json_t *cell, struct problem *why)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), "libxl");
	const char *policy = json_string_value(json_object_get(settings, "policy"));
	libxl_domain_build_info *b_info = &guest->config.b_info;
	int r;

	if (!policy)
		return 0;
	r = wrapper_make(&guest->wrapper,
		&(struct wrapper_request){ WRAPPER_FOLDER, policy, guest->device_model,
			guest->evidence_fd, (unsigned int)guest->serial },
		why);
	if (r < 0)
		return r;
	free(b_info->device_model);
	b_info->device_model = strdup(guest->wrapper.model);
	return b_info->device_model ? 0 : problem_set(why, -ENOMEM, "out of memory");
}

/* A NIC is joined to nothing, whatever the host's own script would do. */
static int isolate_nics(struct backend_guest *guest, struct problem *why)
{
	int r = 0;

	for (int i = 0; i < guest->config.num_nics && r == 0; i++)
		r = module_path_find("igd-vif", &guest->config.nics[i].script, why);
	return r;
}

static void make_domain(struct backend_guest *guest);

/* The QEMU of that cell, one that was named for it or the run's; and how it is to be saved. */
static int choose_model(struct backend_guest *guest, const json_t *cell, struct problem *why)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), "libxl");
	const char *name = document_text(settings, "device_model");

	guest->save_live = strcmp(document_text(settings, "save"), "live") == 0;
	guest->device_model = name[0] ? device_models_path(guest->host->options->models, name, why)
				      : guest->host->device_model;
	return guest->device_model ? 0 : -EINVAL;
}

/* What libxl alone knows, when there is a context to ask it. */
static int merge_config(struct backend_guest *guest, const json_t *cell, struct problem *why)
{
	const json_t *settings = json_object_get(json_object_get(cell, "settings"), "libxl");
	const json_t *piece = json_object_get(settings, "domain_config");

	return piece ? config_merge(guest->session->ctx, &guest->config, piece, why) : 0;
}

static int prepare(
	struct backend_guest *guest, const json_t *cell, struct image *image, struct problem *why)
{
	const struct backend_host *host = guest->host;
	char *cmdline = NULL;
	FILE *log;
	int r;

	r = name_guest(guest, cell, why);
	if (r < 0)
		goto out;
	r = system_add(guest, cell, image, &cmdline, why);
	if (r == 0)
		r = choose_model(guest, cell, why);
	if (r < 0)
		goto out;
	r = config_fill(&guest->config, guest->name,
		&(struct guest_image){ image->kernel, image->initrd, cmdline, image->root,
			image->disk ? guest->own_disk_fd : guest->parts.disk_fd,
			image->disk != NULL, image->disk_is_qcow2, guest->boot_fd },
		guest->device_model[0] ? guest->device_model : NULL, cell, why);
	if (r == 0)
		r = wrap_model(guest, cell, why);
	if (r == 0)
		r = isolate_nics(guest, why);
	if (r < 0)
		goto out;
	snprintf(guest->uuid, sizeof(guest->uuid), LIBXL_UUID_FMT,
		LIBXL_UUID_BYTES(guest->config.c_info.uuid));
	log = evidence_log(guest->evidence_fd);
	if (!log) {
		r = problem_set(
			why, -errno, "cannot write the cell's libxl.log: %s", strerror(errno));
		goto out;
	}
	r = session_open(host->event, log, &guest->session, why);
	if (r == 0)
		r = merge_config(guest, cell, why);
out:
	free(cmdline);
	return r;
}

int guest_start(struct backend_host *host, const struct guest_request *request,
	struct backend_guest **guest_r, struct problem *why)
{
	struct backend_guest *guest = new_guest(host, request);
	int r;

	if (!guest)
		return problem_set(why, -ENOMEM, "out of memory");
	r = prepare(guest, request->cell, request->image, why);
	if (r < 0) {
		free_guest(guest);
		return r;
	}
	guest->session->on_event = watch_event;
	guest->session->user = guest;
	guest->before = xenstore_snapshot(host->store);
	evidence_mark(guest);
	guest->next = host->guests;
	host->guests = guest;
	alarm_set(&guest->step, 0, make_domain);
	*guest_r = guest;
	return 0;
}

/* xl would balloon dom0 down; a test host is left as it is. Returns false having told the end. */
static bool memory_suffices(struct backend_guest *guest)
{
	uint64_t need_kib = 0, free_kib = 0;
	libxl_ctx *ctx = guest->session->ctx;
	int rc;

	rc = libxl_domain_need_memory(ctx, &guest->config, (uint32_t)INVALID_DOMID, &need_kib);
	if (rc == 0)
		rc = libxl_get_free_memory(ctx, &free_kib);
	if (rc) {
		watch_creation_failed(guest, "the query of the memory that the guest needs", rc);
		return false;
	}
	if (need_kib <= free_kib)
		return true;
	watch_end(guest, ENDING_HOST_FAILED,
		"the guest needs %" PRIu64 " MiB and the host has %" PRIu64
		" MiB free: give dom0 less (dom0_mem=) or the guest less",
		need_kib >> 10, free_kib >> 10);
	return false;
}

static void on_created(void *user, int rc);

static const char *creation_call(const struct backend_guest *guest)
{
	return guest->parts.restored ? "libxl_domain_create_restore()"
				     : "libxl_domain_create_new()";
}

/* libxl builds the domain inside this call, a few seconds of work; only waiting for QEMU is
 * asynchronous. */
static void make_domain(struct backend_guest *guest)
{
	int rc;

	if (!memory_suffices(guest))
		return;
	operation_begin(&guest->create, guest->session, on_created, guest);
	rc = guest->parts.restored ? save_restore(guest)
				   : libxl_domain_create_new(guest->session->ctx, &guest->config,
					     &guest->created_id, &guest->create.how, NULL);
	if (rc) {
		operation_cancel(&guest->create);
		watch_creation_failed(guest, creation_call(guest), rc);
		return;
	}
	/* libxl tells the number only of a creation that went well; leftovers have it too. */
	guest->domid = leftover_domain(guest);
}

static bool has_stub_domain(const struct backend_guest *guest)
{
	libxl_defbool has = guest->config.b_info.device_model_stubdomain;

	return !libxl_defbool_is_default(has) && libxl_defbool_val(has);
}

/* The serial line is QEMU's: of a QEMU in a stub domain it is a console of that domain. */
static int find_console(struct backend_guest *guest, char **path_r)
{
	libxl_ctx *ctx = guest->session->ctx;

	if (!has_stub_domain(guest))
		return libxl_console_get_tty(
			ctx, guest->domid.id, 0, LIBXL_CONSOLE_TYPE_SERIAL, path_r);
	return libxl_console_get_tty(ctx, libxl_get_stubdom_id(ctx, guest->domid.id),
		STUB_CONSOLE_SERIAL, LIBXL_CONSOLE_TYPE_PV, path_r);
}

/* The serial line, raw, and open before the guest runs: nothing is lost. A negative errno. */
static int open_console(struct backend_guest *guest)
{
	struct termios termios;
	char *path = NULL;
	int fd = -1, rc, r = 0;

	rc = find_console(guest, &path);
	if (rc)
		return -ENXIO;
	fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || tcgetattr(fd, &termios) < 0) {
		r = -errno;
		goto out;
	}
	cfmakeraw(&termios);
	if (tcsetattr(fd, TCSANOW, &termios) < 0) {
		r = -errno;
		goto out;
	}
	guest->console_fd = fd;
	fd = -1;
out:
	if (fd >= 0)
		close(fd);
	free(path);
	return r;
}

/* Finds QEMU: libxl wrote its number, libxl_dm.c's pidpath. A negative errno. */
static int find_model(struct backend_guest *guest)
{
	char pid[16];
	int r = xenstore_read(guest->host->store, pid, sizeof(pid),
		"/local/domain/%u/image/device-model-pid", guest->domid.id);

	if (r < 0)
		return r;
	guest->model.pid = (pid_t)strtol(pid, NULL, 10);
	r = guest->model.pid > 1 ? process_open(guest->model.pid) : -ESRCH;
	if (r < 0)
		return r;
	guest->model.pidfd = r;
	return 0;
}

static void on_unpaused(void *user, int rc);

static void unpause(struct backend_guest *guest)
{
	int rc;

	operation_begin(&guest->unpause, guest->session, on_unpaused, guest);
	rc = libxl_domain_unpause(guest->session->ctx, guest->domid.id, &guest->unpause.how);
	if (rc) {
		operation_cancel(&guest->unpause);
		on_unpaused(guest, rc);
	}
}

static void on_created(void *user, int rc)
{
	struct backend_guest *guest = user;
	int r;

	if (rc == 0)
		guest->domid.id = guest->created_id;
	if (guest->destroying) {
		cleanup_creation_over(guest);
		return;
	}
	if (rc) {
		watch_creation_failed(guest, creation_call(guest), rc);
		return;
	}
	/* A QEMU in a stub domain is no process of dom0: its death shows in the guest alone. */
	r = has_stub_domain(guest) ? 0 : find_model(guest);
	if (r < 0) {
		watch_end(guest, ENDING_MODEL_DIED,
			"no device model was found after the creation: %s", strerror(-r));
		return;
	}
	if (!has_stub_domain(guest))
		evidence_arguments(guest);
	r = watch_begin(guest);
	if (r == 0)
		r = open_console(guest);
	if (r < 0) {
		watch_end(guest, ENDING_HOST_FAILED,
			"the guest's serial line or events cannot be opened: %s", strerror(-r));
		return;
	}
	observe_begin(guest, unpause);
}

static void on_unpaused(void *user, int rc)
{
	struct backend_guest *guest = user;

	if (guest->destroying || guest->ended)
		return;
	if (rc) {
		watch_creation_failed(guest, "libxl_domain_unpause()", rc);
		return;
	}
	guest->running = true;
	if (guest->handler->created)
		guest->handler->created(guest->data, guest->console_fd);
}

void guest_release(struct backend_guest *guest)
{
	struct backend_guest **link;

	if (!guest)
		return;
	for (link = &guest->host->guests; *link; link = &(*link)->next) {
		if (*link == guest) {
			*link = guest->next;
			break;
		}
	}
	watch_stop(guest);
	free_guest(guest);
}
