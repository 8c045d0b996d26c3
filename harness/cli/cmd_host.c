#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/backend/backend.h"
#include "harness/backend/device_lease.h"
#include "harness/base/escape.h"
#include "harness/bundle/file.h"
#include "harness/bundle/host_bundle.h"
#include "harness/bundle/record_file.h"
#include "harness/cli/commands.h"
#include "harness/cli/fail.h"
#include "harness/host/document.h"
#include "harness/host/igd_ids.h"
#include "harness/host/lspci_text.h"
#include "harness/host/render.h"
#include "harness/host/xen_boot_log.h"
#include "harness/run/terminal.h"
#include "src/document.h"
#include "src/tree.h"

/* A root below which there is nothing: the output of lspci comes without sysfs. */
#define NOWHERE "/dev/null"

static struct {
	const char *sysroot, *lspci, *xen_log, *ids, *device_model, *bundle;
	bool json, hcl;
} opts;

static const struct command_option options[] = {
	{ "json", NULL, "print the document as JSON", .flag = &opts.json },
	{ "hcl", NULL, "print a report for the hardware compatibility list of Qubes OS (YAML)",
		.flag = &opts.hcl },
	{ "bundle", "FILE.tar.zst",
		"also write the document, its sources and Xen's log into one file, for\n"
		"                          mailing; it must not exist",
		.text = &opts.bundle },
	{ "device-model", "PATH", "the QEMU to check (default: the one that libxl starts)",
		.text = &opts.device_model },
	{ "sysroot", "DIR",
		"check the recorded sys/, proc/ and dev/mem in DIR instead of this host",
		.text = &opts.sysroot },
	{ "lspci", "FILE",
		"read the output of lspci on a different host from FILE, instead of\n"
		"                          sysfs; of `lspci -xxxx' best, in any form",
		.text = &opts.lspci },
	{ "xen-log", "FILE",
		"read Xen's messages (xl dmesg, hypervisor.log, a serial line) from FILE,\n"
		"                          instead of querying Xen",
		.text = &opts.xen_log },
	{ "ids", "FILE",
		"the table of GPU ids (default: IGD_IDS, or the table built into the\n"
		"                          program)",
		.text = &opts.ids },
	{ NULL },
};

/*
 * libxl's back end, if it can be opened; the sentences say what it does not tell. Without a runner:
 * Ctrl-C ends the program at once.
 */
struct xen {
	const struct backend *backend;
	struct backend_host *host;
	sd_event *loop;
	json_t *identities, *survey;
	struct problem trouble, model_trouble;
	int error;
};

static void xen_open(struct xen *xen, const struct backend_options *host_options)
{
	xen->identities = json_object();
	xen->survey = json_object();
	xen->error = backend_find("libxl", &xen->backend, &xen->trouble);
	if (xen->error == 0)
		xen->error = sd_event_new(&xen->loop);
	if (xen->error >= 0)
		xen->error = xen->backend->open(host_options, xen->loop, &xen->host, &xen->trouble);
	if (xen->error >= 0)
		xen->backend->identify(xen->host, xen->identities, &xen->model_trouble);
}

static void xen_close(struct xen *xen)
{
	if (xen->host)
		xen->backend->close(xen->host);
	sd_event_unref(xen->loop);
	json_decref(xen->identities);
	json_decref(xen->survey);
}

/* What a killed run left: its domains, which opening the back end has destroyed, and its device. */
static int restore(const struct xen *xen, struct problem *why)
{
	const json_t *destroyed = json_object_get(xen->identities, "destroyed_at_start"), *entry;
	char bdf[BDF_TEXT_MAX];
	struct lease_list devices;
	size_t i;
	int r;

	json_array_foreach(destroyed, i, entry)
	{
		fputs("destroyed ", stdout);
		escape_value(stdout, entry);
		putchar('\n');
	}
	r = lease_restore(xen->backend->devices, xen->host, "", &devices, why);
	for (i = 0; r == 1 && i < devices.count; i++) {
		bdf_format(devices.list[i], bdf);
		printf("returned device %s\n", bdf);
	}
	if (r == 0 && json_array_size(destroyed) == 0)
		puts("nothing to restore: no run left anything on this host");
	return r < 0 ? r : 0;
}

static int run_restore(void)
{
	struct backend_options host_options = { 0 };
	struct xen xen = { 0 };
	int r;

	xen_open(&xen, &host_options);
	/* A back end without its QEMU can return a device. */
	r = xen.error < 0 ? xen.error : restore(&xen, &xen.trouble);
	xen_close(&xen);
	return r < 0 ? command_fail(&command_host, EXIT_NO_ANSWER, &xen.trouble) : 0;
}

static int print(const json_t *document)
{
	if (opts.json) {
		json_dumpf(document, stdout, JSON_INDENT(2));
		putchar('\n');
	} else if (opts.hcl) {
		host_render_hcl(document, stdout);
	} else {
		host_render_text(document, terminal_wants_colour(STDOUT_FILENO), stdout);
	}
	return 0;
}

/* 0, 1, 3 for PASS, FAIL, UNKNOWN. */
static int status_of(const json_t *document)
{
	const char *verdict = document_text(document, "verdict");

	if (strcmp(verdict, "PASS") == 0)
		return 0;
	return strcmp(verdict, "FAIL") == 0 ? 1 : EXIT_NO_ANSWER;
}

/* What was recorded of a host, and may come from anybody. */
struct records {
	struct record lspci, xen_log;
};

static int check_sysroot(const char *root, struct problem *why)
{
	static const char *const folders[] = { "sys", "proc", "dev" };
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (fd < 0)
		return problem_set(why, -errno, "%s: %s", root, strerror(errno));
	r = problem_set(why, -EINVAL,
		"%s: there is neither sys/ nor proc/ nor dev/ in it: give the folder that holds them",
		root);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (faccessat(fd, folders[i], F_OK, 0) == 0)
			r = 0;
	}
	close(fd);
	return r;
}

/* Reads the files that the options name; one of which nothing can be read is wrong usage. */
static int records_open(struct records *records, struct problem *why)
{
	struct lspci_text text;
	struct igd_ids *ids = NULL;
	int r = opts.sysroot ? check_sysroot(opts.sysroot, why) : 0;

	if (r == 0 && opts.ids)
		r = igd_ids_load(opts.ids, &ids, why);
	igd_ids_free(ids);
	if (r == 0 && opts.lspci)
		r = record_file_read(opts.lspci, &records->lspci, why);
	if (r == 0 && opts.lspci)
		r = lspci_text_read(&records->lspci, &text, why);
	if (r == 0 && opts.lspci)
		lspci_text_free(&text);
	if (r == 0 && opts.xen_log)
		r = record_file_read(opts.xen_log, &records->xen_log, why);
	if (r == 0 && opts.xen_log)
		r = xen_boot_log_check(&records->xen_log, why);
	return r;
}

static void records_close(struct records *records)
{
	record_free(&records->lspci);
	record_free(&records->xen_log);
}

/* Xen's messages alone are of a different host, unless this one runs Xen. */
static const char *root_of_options(void)
{
	char type[TREE_TEXT_MAX];

	if (opts.sysroot)
		return opts.sysroot;
	if (opts.lspci)
		return NOWHERE;
	return opts.xen_log && (tree_text("", type, "sys/hypervisor/type") < 0 ||
				       strcmp(type, "xen") != 0)
		       ? NOWHERE
		       : "";
}

static int run_checks(const struct records *records)
{
	struct backend_options host_options = { .device_model = opts.device_model,
		.look_only = true };
	struct xen xen = { 0 };
	struct host_sources sources = { .root = root_of_options(),
		.lspci = opts.lspci ? &records->lspci : NULL,
		.xen_log = opts.xen_log ? &records->xen_log : NULL,
		.ids = opts.ids,
		.device_model = opts.device_model };
	struct problem why = { 0 };
	json_t *document;
	int r = -ENOMEM, status;

	if (!sources.root[0])
		xen_open(&xen, &host_options);
	else
		problem_set(&xen.trouble, 0, "a recorded host has no hypervisor to query");
	if (xen.host)
		xen.backend->survey(xen.host, xen.survey);
	sources.identities = xen.identities;
	sources.survey = xen.survey;
	sources.xen_error = xen.error;
	sources.xen_trouble = xen.trouble.text;
	sources.model_trouble = xen.model_trouble.text;
	document = host_document(&sources);
	if (document)
		r = print(document);
	if (r == 0 && opts.bundle)
		r = host_bundle(document, &sources, opts.bundle, &why);
	status = document ? status_of(document) : EXIT_NO_ANSWER;
	xen_close(&xen);
	json_decref(document);
	if (r < 0)
		problem_set(&why, r, "%s", strerror(-r));
	return r < 0 ? command_fail(&command_host, exit_status_of(r), &why) : status;
}

static int run_check(void)
{
	struct records records = { 0 };
	struct problem why = { 0 };
	int r = records_open(&records, &why), status;

	status = r == 0 ? run_checks(&records)
			: command_fail(
				  &command_host, r == -ENOMEM ? EXIT_NO_ANSWER : EXIT_USAGE, &why);
	records_close(&records);
	return status;
}

static int run(int argc, char **argv)
{
	struct problem why = { 0 };

	if (argc == 0 || (argc == 1 && strcmp(argv[0], "check") == 0)) {
		if (!opts.json || !opts.hcl)
			return run_check();
		problem_set(&why, 0, "--json and --hcl cannot be combined");
	} else if (argc == 1 && strcmp(argv[0], "restore") == 0) {
		return run_restore();
	} else {
		problem_set(&why, 0, "the argument is check (the default) or restore");
	}
	return command_fail(&command_host, EXIT_USAGE, &why);
}

const struct command command_host = {
	.name = "host",
	.arguments = "[check|restore]",
	.summary =
		"check if this host can pass an IGD through; restore: undo what a killed run left",
	.description =
		"Checks Xen, VT-d, the device at 00:02.0 and everything else that a passthrough test\n"
		"needs; prints what is wrong and what to do about it. Starts no guest and changes\n"
		"nothing. Without Xen or without root it prints which checks are UNKNOWN for that\n"
		"reason. Exit status: 0 PASS, 1 FAIL, 3 UNKNOWN.\n\n"
		"restore destroys guests whose harness has died, and returns a device that a run had\n"
		"leased to dom0 and to its previous driver. It changes nothing if no run left\n"
		"anything.",
	.options = options,
	.run = run,
};
