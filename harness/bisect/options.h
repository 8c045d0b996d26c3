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

/* Releases of clang-format differ on a macro that is an initializer. */
/* clang-format off */
#define BISECT_GIVEN                                                                               \
	{                                                                                          \
		.orders = { .backend = "libxl", .accelerator = "tcg", .slow = "1" },               \
		.state = "igd-bisect", .repeat = "1", .need = "1", .build_limit = "7200",          \
		.run_limit = "14400"                                                               \
	}
/* clang-format on */

/* Their entries for a table of options, from `given`, a struct bisect_given. */
#define BISECT_OPTIONS(given)                                                                                             \
	{ "state", "DIR",                                                                                                 \
		"the folder for builds and verdicts, which are not made twice\n"                                          \
		"                          (default: igd-bisect)",                                                        \
		.text = &(given).state },                                                                                 \
		{ "build", "COMMAND",                                                                                     \
			"builds the revision in the current folder; IGD_REVISION and\n"                                   \
			"                          IGD_WITH_NAME name it. Exit status 128 or more: stop; any other but\n" \
			"                          0: the revision cannot be tested",                                     \
			.text = &(given).orders.build },                                                                  \
		{ "build-limit", "SECONDS", "limit of the build (default: 7200)",                                         \
			.text = &(given).build_limit },                                                                   \
		{ "device-model", "PATH",                                                                                 \
			"the QEMU to test, relative to the revision's folder; {revision} and\n"                           \
			"                          {NAME} are replaced by their values",                                  \
			.text = &(given).orders.device_model },                                                           \
		{ "library-path", "DIR",                                                                                  \
			"the folder of the libxl to test: LD_LIBRARY_PATH of the run",                                    \
			.text = &(given).orders.library_path },                                                           \
		{ "modules", "DIR",                                                                                       \
			"the folder of the igd-xen.so built for it: IGD_MODULES of the run",                              \
			.text = &(given).orders.modules },                                                                \
		{ "also", "PATH",                                                                                         \
			"a file or folder that is tested too, such as QEMU's pc-bios;\n"                                  \
			"                          repeatable",                                                           \
			.list = &(given).orders.also },                                                                   \
		{ "by-digest", NULL,                                                                                      \
			"test only one of the revisions whose device model, libraries and\n"                              \
			"                          --also are the same",                                                  \
			.flag = &(given).orders.by_digest },                                                              \
		{ "signature", "CELL:FIELD=VALUE",                                                                        \
			"the deviation that counts as bad; repeatable: all of them together",                             \
			.list = &(given).signature },                                                                     \
		{ "signature-from", "DIR", "the deviations of that run directory count as bad",                           \
			.text = &(given).signature_from },                                                                \
		{ "repeat", "N", "run the cells up to N times, for flaky cells (default: 1)",                             \
			.text = &(given).repeat },                                                                        \
		{ "need", "M", "a revision is bad if M of the N runs are (default: 1)",                                   \
			.text = &(given).need },                                                                          \
		{ "run", "COMMAND",                                                                                       \
			"runs the cells instead of `igd-harness run`, in a lab for example:\n"                            \
			"                          makes IGD_RUN_DIR with the QEMU IGD_DEVICE_MODEL",                     \
			.text = &(given).orders.run },                                                                    \
		{ "run-limit", "SECONDS", "limit of one run of the cells (default: 14400)",                               \
			.text = &(given).run_limit },                                                                     \
		{ "backend", "NAME", "the back end that starts the guests (default: libxl)",                              \
			.text = &(given).orders.backend, .nth = backend_name },                                           \
		{ "select", "GLOB", "only cells whose name matches GLOB; repeatable",                                     \
			.list = &(given).orders.select },                                                                 \
		{ "guest", "NAME", "the guest image instead of the matrix's, as for run",                                 \
			.text = &(given).orders.guest },                                                                  \
		{ "guests", "DIR", "the folder of the guest images, as for run",                                          \
			.text = &(given).orders.guests },                                                                 \
		{ "accel", "NAME", "for the qemu back end: tcg (default) or kvm",                                         \
			.text = &(given).orders.accelerator },                                                            \
		{ "replay", "DIR", "the recorded run, for the replay back end",                                           \
			.text = &(given).orders.replay },                                                                 \
		{ "slow", "FACTOR", "multiply all limits, for a slow host",                                               \
			.text = &(given).orders.slow },                                                                   \
		{ "patterns", "FILE", "the patterns of log lines, as for run",                                            \
			.text = &(given).orders.patterns },                                                               \
	{                                                                                                                 \
		"known", "FILE", "the known deviations, as for run", .text = &(given).orders.known                        \
	}

/*
 * Opens a session as the options say, for one argument, the matrix. Returns 0; the session is to be
 * closed, also after an error; a negative errno with the sentence.
 */
int bisect_options_open(struct bisect_given *given, int argc, char **argv,
	struct bisect_session *session_r, struct problem *why);

#endif
