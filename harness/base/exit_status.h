/*
 * The exit statuses of igd-harness beyond 0 and 1, which each command explains in its --help.
 */
#ifndef IGD_BASE_EXIT_STATUS_H
#define IGD_BASE_EXIT_STATUS_H

#define EXIT_USAGE     2 /* wrong usage or a bad file */
#define EXIT_NO_ANSWER 3 /* the lab, the host or the test failed */

#endif
