/*
 * render-findings FORMAT FILE: a findings document, as it is in FILE, through a renderer. For the
 * checks, which make documents that no run has: built with the tests, never installed.
 */
#include <stdio.h>

#include "harness/report/formats.h"

int main(int argc, char **argv)
{
	const struct renderer *renderer = argc == 3 ? renderer_find(argv[1]) : NULL;
	struct render_options options = { .verbose = true };
	json_error_t error;
	json_t *findings;
	int r;

	if (!renderer) {
		fputs("Usage: render-findings FORMAT FILE\n", stderr);
		return 2;
	}
	findings = json_load_file(argv[2], 0, &error);
	if (!findings) {
		fprintf(stderr, "render-findings: %s:%d: %s\n", argv[2], error.line, error.text);
		return 2;
	}
	r = renderer->render(findings, &options, stdout);
	json_decref(findings);
	return r < 0 || fflush(stdout) != 0 ? 3 : 0;
}
