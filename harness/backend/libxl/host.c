#include "harness/backend/libxl/host.h"

#include <errno.h>
#include <glob.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <systemd/sd-event.h>
#include <unistd.h>
#include <xenctrl.h>
#include <xenstore.h>

#include "harness/backend/libxl/config.h"
#include "harness/backend/libxl/domid.h"
#include "harness/backend/libxl/evidence.h"
#include "harness/backend/libxl/libxl_compat.h"
#include "harness/backend/libxl/names.h"
#include "harness/backend/libxl/process.h"
#include "harness/backend/libxl/save.h"
#include "harness/backend/libxl/session.h"
#include "harness/backend/libxl/wrapper.h"
#include "harness/backend/libxl/xenstore_access.h"
#include "harness/process/guest_mark.h"
#include "src/problem.h"

/* For the domains of killed runs, all together. */
#define TIDY_LIMIT_MS 20000
#define TIDY_MAX      64

/* libxl has its choice compiled in and exports it nowhere; these are what distributions compile in:
 * Debian; the layout of upstream's own build (LIBEXEC_BIN); its prefix of old; Fedora, SUSE. */
static const char *const device_models[] = {
	"/usr/libexec/xen-qemu-system-i386",
	"/usr/lib/xen-" XEN_BUILT_FOR "/bin/qemu-system-i386",
	"/usr/lib/xen/bin/qemu-system-i386",
	"/usr/libexec/xen/bin/qemu-system-i386",
	"/usr/local/lib/xen/bin/qemu-system-i386",
	"/usr/bin/qemu-system-i386",
};

static void choose_device_model(struct backend_host *host)
{
	const char *chosen = host->options->device_model;

	for (size_t i = 0; !chosen && i < sizeof(device_models) / sizeof(device_models[0]); i++)
		if (access(device_models[i], X_OK) == 0)
			chosen = device_models[i];
	snprintf(host->device_model, sizeof(host->device_model), "%s", chosen ? chosen : "");
}

/*
 * libxenlight and libxenctrl are made for one hypervisor: the numbers of their hypercalls change
 * with it (XEN_DOMCTL_INTERFACE_VERSION), and then most of them fail without a word.
 */
static int check_version(struct session *session, struct problem *why)
{
	const libxl_version_info *info = libxl_get_version_info(session->ctx);
	char running[32];

	if (!info)
		return problem_set(why, -EIO, "the hypervisor did not report its version");
	snprintf(running, sizeof(running), "%d.%d", info->xen_version_major,
		info->xen_version_minor);
	if (strcmp(running, XEN_BUILT_FOR) != 0)
		return problem_set(why, -EPROTO,
			"libxenlight.so." XEN_BUILT_FOR " is of Xen " XEN_BUILT_FOR
			", but the hypervisor is %s%s: install and build for the Xen libraries of "
			"%s, or boot Xen " XEN_BUILT_FOR,
			running, info->xen_version_extra ? info->xen_version_extra : "", running);
	return 0;
}

static void on_tidied(void *user, int rc)
{
	unsigned int *failures = user;

	if (rc)
		++*failures;
}

/* A domain of a killed run, and its destruction. */
struct debris {
	struct domid domid;
	struct operation destroy;
};

/* Begins to destroy the debris among the domains. Returns how many. */
static int tidy_begin(
	struct session *session, struct debris *debris, unsigned int *failures, json_t *tidied)
{
	libxl_dominfo *domains;
	int count = 0, n = 0, rc;

	domains = libxl_list_domain(session->ctx, &count);
	for (int i = 0; domains && i < count && n < TIDY_MAX; i++) {
		char *name = libxl_domid_to_name(session->ctx, domains[i].domid);

		/* libxl names a domain some time after it has made it. */
		if (name ? name_is_debris(name, getpid())
			 : pid_is_debris(config_uuid_pid(&domains[i].uuid), getpid())) {
			debris[n].domid.id = domains[i].domid;
			operation_begin(&debris[n].destroy, session, on_tidied, failures);
			rc = libxl_domain_destroy(
				session->ctx, domains[i].domid, &debris[n].destroy.how);
			if (rc) {
				operation_cancel(&debris[n].destroy);
				on_tidied(failures, rc);
			}
			n++;
			json_array_append_new(
				tidied, json_sprintf("domain %u, %s", domains[i].domid,
						name ? name : "not named yet"));
		}
		free(name);
	}
	if (domains)
		libxl_dominfo_list_free(domains, count);
	return n;
}

static bool is_debris(const char *argument, const void *self)
{
	return name_is_debris(argument, *(const pid_t *)self);
}

/* libxl asks a QEMU to end by SIGHUP; one that hangs or was stopped keeps its domain dying. Also
 * finds those whose domain has lost its name in an earlier attempt. */
static void tidy_models(json_t *tidied)
{
	pid_t self = getpid(), pid;

	for (int i = 0; i < TIDY_MAX && (pid = process_find(is_debris, &self)) > 0; i++) {
		int pidfd = process_open(pid);

		if (pidfd < 0)
			continue;
		process_kill(pidfd);
		for (int wait = 0; wait < 100 && process_alive(pidfd); wait++)
			usleep(10000);
		close(pidfd);
		json_array_append_new(tidied, json_sprintf("process %d, QEMU", (int)pid));
	}
}

/* The logs of QEMU "PREFIX-igd-CELL-PID.log", which a run that lives moves into its cell. */
static void tidy_logs(const char *prefix, json_t *tidied)
{
	char pattern[128], name[NAME_TEXT_MAX];
	glob_t logs = { 0 };

	snprintf(pattern, sizeof(pattern), QEMU_LOG_FOLDER "/%s-" NAME_PREFIX "*.log*", prefix);
	glob(pattern, 0, NULL, &logs);
	for (size_t i = 0; i < logs.gl_pathc; i++) {
		const char *path = logs.gl_pathv[i];
		const char *own = path + strlen(QEMU_LOG_FOLDER "/-") + strlen(prefix);

		snprintf(name, sizeof(name), "%.*s", (int)(strstr(own, ".log") - own), own);
		if (name_is_debris(name, getpid()) && unlink(path) == 0)
			json_array_append_new(tidied, json_sprintf("file %s", path));
	}
	globfree(&logs);
}

/* The files of domains that are gone, of QEMU's devices while a guest was saved or restored. */
static void tidy_states(struct session *session, json_t *tidied)
{
	glob_t files = { 0 };

	glob(MODEL_STATE_FILES ".*", GLOB_BRACE, NULL, &files);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		const char *path = files.gl_pathv[i];
		unsigned long id = strtoul(strrchr(path, '.') + 1, NULL, 10);
		libxl_dominfo info;
		int rc;

		libxl_dominfo_init(&info);
		rc = libxl_domain_info(session->ctx, &info, (uint32_t)id);
		libxl_dominfo_dispose(&info);
		if (rc == ERROR_DOMAIN_NOTFOUND && unlink(path) == 0)
			json_array_append_new(tidied, json_sprintf("file %s", path));
	}
	globfree(&files);
}

/*
 * What a domain has left in xenstore that is gone, or is dying: libxl 4.17 leaves
 * /local/domain/0/device-model/DOMID if QEMU had not written its state there yet.
 */
static void tidy_store(struct backend_host *host, struct session *session, struct domid domid)
{
	libxl_dominfo info;
	int rc;

	libxl_dominfo_init(&info);
	rc = libxl_domain_info(session->ctx, &info, domid.id);
	for (const char *const *folder = xenstore_domain_folders;
		*folder && (rc == ERROR_DOMAIN_NOTFOUND || (rc == 0 && info.dying)); folder++) {
		if (!xenstore_exists(host->store, "%s/%u", *folder, domid.id))
			continue;
		xenstore_remove(host->store, "%s/%u", *folder, domid.id);
		json_array_append_new(
			host->tidied, json_sprintf("xenstore %s/%u", *folder, domid.id));
	}
	libxl_dominfo_dispose(&info);
}

/*
 * Domains of runs that were killed are destroyed, in a session and a loop of their own: open()
 * waits for it and must not dispatch what else is on the caller's loop.
 */
static int tidy(struct backend_host *host, struct problem *why)
{
	struct debris *debris = calloc(TIDY_MAX, sizeof(*debris));
	struct session *session = NULL;
	sd_event *event = NULL;
	unsigned int failures = 0;
	uint64_t began, now;
	int r = -ENOMEM, count;

	if (!debris)
		goto out;
	r = sd_event_new(&event);
	if (r < 0)
		goto out;
	r = session_open(event, NULL, &session, why);
	if (r < 0)
		goto out;
	count = tidy_begin(session, debris, &failures, host->tidied);
	sd_event_now(event, CLOCK_MONOTONIC, &began);
	for (now = began; session->operations > 0 && now - began < TIDY_LIMIT_MS * 1000ull;) {
		sd_event_run(event, 100000);
		sd_event_now(event, CLOCK_MONOTONIC, &now);
	}
	tidy_models(host->tidied);
	for (int i = 0; i < count; i++)
		tidy_store(host, session, debris[i].domid);
	wrapper_tidy(WRAPPER_FOLDER, host->tidied);
	tidy_states(session, host->tidied);
	tidy_logs("qemu-dm", host->tidied);
	tidy_logs("qemu-probe", host->tidied);
	tidy_logs("console/guest", host->tidied);
	if (session->operations > 0 || failures > 0)
		r = problem_set(why, -EBUSY,
			"%u domains of killed runs, named " NAME_PREFIX
			"..., could not be destroyed: see `xl list`",
			session->operations + failures);
out:
	session_close(session);
	free(debris);
	sd_event_unref(event);
	return r;
}

int host_open(const struct backend_options *options, sd_event *loop, struct backend_host **host_r,
	struct problem *why)
{
	struct backend_host *host = calloc(1, sizeof(*host));
	int r = -ENOMEM;

	if (!host)
		goto out;
	/* libxl starts QEMU with the whole of our environment. */
	guest_environment_restrict();
	host->options = options;
	host->event = sd_event_ref(loop);
	host->tidied = json_array();
	if (!host->tidied)
		goto out;
	r = session_open(loop, NULL, &host->session, why);
	if (r < 0)
		goto out;
	r = check_version(host->session, why);
	if (r < 0)
		goto out;
	host->store = xs_open(0);
	if (!host->store) {
		r = problem_set(why, -errno, "cannot reach xenstore: %s; is xenstored running?",
			strerror(errno));
		goto out;
	}
	host->xc = xc_interface_open(&host->session->log.logger, NULL, 0);
	if (!host->xc) {
		r = problem_set(why, -errno, "cannot open /dev/xen/privcmd: %s", strerror(errno));
		goto out;
	}
	choose_device_model(host);
	r = options->look_only ? 0 : tidy(host, why);
	if (r < 0)
		goto out;
	*host_r = host;
	host = NULL;
out:
	if (r < 0)
		problem_set(why, r, "libxl back end: %s", strerror(-r));
	host_close(host);
	return r;
}

void host_close(struct backend_host *host)
{
	if (!host)
		return;
	if (host->xc)
		xc_interface_close(host->xc);
	xs_close(host->store);
	session_close(host->session);
	boot_disks_finish(&host->boot_disks);
	json_decref(host->tidied);
	sd_event_unref(host->event);
	free(host);
}
