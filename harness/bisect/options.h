/*
 * The options that bisect and bisect-step have in common, and what they say as orders.
 */
#ifndef IGD_BISECT_OPTIONS_H
#define IGD_BISECT_OPTIONS_H

#include "harness/backend/backend.h"
#include "harness/bisect/step/step.h"

struct bisect_given {
	struct bisect_orders orders;
	struct string_list signature;
	const char *signature_from, *state;
	const char *repeat, *need, *build_limit, *run_limit; /* as texts */
};

#define BISECT_GIVEN                                                                               \
	{                                                                                          \
		.orders = { .backend = "libxl", .accelerator = "tcg", .slow = "1" },               \
		.state = "igd-bisect", .repeat = "1", .need = "1", .build_limit = "7200",          \
		.run_limit = "14400"                                                               \
	}

/* Their entries for a table of options, from `given`, a struct bisect_given. */
#define BISECT_OPTIONS(given)                                                                                  \
	{ "state", "DIR",                                                                                      \
		"where builds and verdicts are kept, so that nothing is done twice\n"                          \
		"                          (default: igd-bisect)",                                             \
		.text = &(given).state },                                                                      \
		{ "build", "COMMAND",                                                                          \
			"makes the revision; its folder is the current one, IGD_REVISION and\n"                \
			"                          IGD_WITH_NAME say what to build. Status 125 or other: it\n" \
			"                          cannot be tested; 128 or more: stop",                       \
			.text = &(given).orders.build },                                                       \
		{ "build-limit", "SECONDS", "for the build (default: 7200)",                                   \
			.text = &(given).build_limit },                                                        \
		{ "device-model", "PATH",                                                                      \
			"the QEMU to test; paths begin in the revision's folder, and {revision}\n"             \
			"                          or another {NAME} in them is that value",                   \
			.text = &(given).orders.device_model },                                                \
		{ "library-path", "DIR", "where the libxl to test is: LD_LIBRARY_PATH of the run",             \
			.text = &(given).orders.library_path },                                                \
		{ "modules", "DIR",                                                                            \
			"where igd-xen.so that belongs to it is: IGD_MODULES of the run",                      \
			.text = &(given).orders.modules },                                                     \
		{ "also", "PATH",                                                                              \
			"a file or folder that is tested with it, such as QEMU's pc-bios; may be\n"            \
			"                          given again",                                               \
			.list = &(given).orders.also },                                                        \
		{ "by-digest", NULL,                                                                           \
			"test revisions once whose device model, libraries and --also are the\n"               \
			"                          same files",                                                \
			.flag = &(given).orders.by_digest },                                                   \
		{ "signature", "CELL:FIELD=VALUE",                                                             \
			"the deviation that counts as bad; may be given again: all of them",                   \
			.list = &(given).signature },                                                          \
		{ "signature-from", "DIR", "the deviations of that run directory count as bad",                \
			.text = &(given).signature_from },                                                     \
		{ "repeat", "N", "run the cells up to N times, for flaky ones (default: 1)",                   \
			.text = &(given).repeat },                                                             \
		{ "need", "M", "bad in M of the N runs is bad (default: 1)",                                   \
			.text = &(given).need },                                                               \
		{ "run", "COMMAND",                                                                            \
			"makes the run directory IGD_RUN_DIR in place of `igd-harness run`, in a\n"            \
			"                          lab, say; IGD_DEVICE_MODEL is the QEMU to test",            \
			.text = &(given).orders.run },                                                         \
		{ "run-limit", "SECONDS", "for one run of the cells (default: 14400)",                         \
			.text = &(given).run_limit },                                                          \
		{ "backend", "NAME", "what makes the guests (default: libxl)",                                 \
			.text = &(given).orders.backend, .nth = backend_name },                                \
		{ "select", "GLOB", "only cells whose name matches; may be given again",                       \
			.list = &(given).orders.select },                                                      \
		{ "guest", "NAME", "this guest image in place of the matrix's, as of run",                     \
			.text = &(given).orders.guest },                                                       \
		{ "guests", "DIR", "where the guest images are, as of run",                                    \
			.text = &(given).orders.guests },                                                      \
		{ "accel", "NAME", "for the qemu back end: tcg (default) or kvm",                              \
			.text = &(given).orders.accelerator },                                                 \
		{ "replay", "DIR", "the recorded run, for the replay back end",                                \
			.text = &(given).orders.replay },                                                      \
		{ "slow", "FACTOR", "multiply all limits, for a slow host",                                    \
			.text = &(given).orders.slow },                                                        \
		{ "patterns", "FILE", "what lines of the logs mean, as of run",                                \
			.text = &(given).orders.patterns },                                                    \
	{                                                                                                      \
		"known", "FILE", "the known deviations, as of run", .text = &(given).orders.known              \
	}

/*
 * Opens a session as the options say, for one argument, the matrix. Returns 0; the session is to be
 * closed, also after an error; a negative errno with the sentence.
 */
int bisect_options_open(struct bisect_given *given, int argc, char **argv,
	struct bisect_session *session_r, struct problem *why);

#endif
