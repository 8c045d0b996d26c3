/*
 * igd-agent: reports what a guest sees of its machine. As init it serves the harness over the
 * serial console; by hand it prints one report.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guests/agent/collect.h"
#ifdef IGD_DESKTOP
#include "guests/agent/desktop.h"
#endif
#include "guests/agent/igd.h"
#include "guests/agent/init.h"
#include "guests/agent/serve.h"
#include "guests/agent/work.h"

static const char usage[] =
	"Usage: igd-agent --print [--root DIR] | --serve\n"
	"\n"
	"Prints what this machine looks like from inside, as one JSON report (docs/use/guest-report.md).\n"
	"Run as root: others are shown neither physical addresses nor all of the PCI registers.\n"
	"\n"
	"  --print     print the report, indented\n"
	"  --root DIR  read /sys, /proc and /dev below DIR, a recorded tree\n"
	"  --serve     answer the harness on the serial console, as a service of this machine;\n"
	"              power it off on request\n"
	"  --help      this text\n"
	"  --version   print the version\n"
	"\n"
	"As a guest's init (process 1) it takes no options and answers the harness on the serial\n"
	"console: /dev/ttyS0, or what igd.console= names on the kernel command line.\n"
	"Exit status: 0 done, 2 wrong usage, 3 no report could be made.\n";

static int print_report(const char *root)
{
	struct guest guest = { .root = root, .request = 1 };
	struct problem why = { "" };
	json_t *report = NULL;
	bool ok;

	if (collect_report(&guest, &report, &why) < 0) {
		fprintf(stderr, "igd-agent: %s\n", why.text);
		return 3;
	}
	ok = json_dumpf(report, stdout, JSON_INDENT(1)) == 0 && putchar('\n') != EOF &&
	     fflush(stdout) == 0;
	json_decref(report);
	if (!ok)
		fprintf(stderr, "igd-agent: cannot write the report: %s\n", strerror(errno));
	return ok ? 0 : 3;
}

/* Answers on the console until the machine is powered off. */
__attribute__((noreturn)) static void serve_for_ever(json_t *unloaded, struct work *work)
{
	for (;;) {
		int fd = init_console();

		if (fd >= 0) {
			if (!serve(fd, unloaded, work))
				init_power_off();
			close(fd);
		}
		sleep(1); /* the console went away, or is not there yet */
	}
}

/* Never returns: the kernel panics when its init ends. */
__attribute__((noreturn)) static void run_as_init(void)
{
	char mode[INIT_OPTION_MAX], disk[INIT_OPTION_MAX] = "";
	struct work work;
	json_t *unloaded;

	init_mount();
	/* One image serves the tests of the host side too: see guests/hostile. */
	if (!init_option("igd.hostile", mode))
		execl("/hostile", "/hostile", (char *)NULL);
	unloaded = init_load_modules();
	igd_load();
	init_wake_display();
	init_option("igd.disk", disk);
	work_begin(&work, disk);
	serve_for_ever(unloaded, &work);
}

/* As a service beside others: what is to be seen may take a while to appear. */
__attribute__((noreturn)) static void run_as_service(void)
{
	struct work work;

#ifdef IGD_DESKTOP
	char limit[INIT_OPTION_MAX] = "";

	init_option("igd.wait", limit);
	desktop_await((unsigned int)strtoul(limit, NULL, 10));
#endif
	work_begin(&work, "");
	serve_for_ever(NULL, &work);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "print", no_argument, NULL, 'p' },
		{ "root", required_argument, NULL, 'r' },
		{ "serve", no_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	const char *root = "";
	int print = 0, service = 0, c;

	/*
	 * jansson would seed its hashes from /dev/urandom, for which a guest that has just booted
	 * must first gather entropy: one second. The keys here are ours, so any seed will do.
	 */
	json_object_seed(1);
	if (init_is_init())
		run_as_init();
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'p':
			print = 1;
			break;
		case 'r':
			root = optarg;
			break;
		case 's':
			service = 1;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		case 'v':
			puts("igd-agent " IGD_VERSION);
			return 0;
		default:
			return 2;
		}
	}
	if (print == service || optind < argc || (service && root[0])) {
		fputs(usage, stderr);
		return 2;
	}
	if (service)
		run_as_service();
	return print_report(root);
}
