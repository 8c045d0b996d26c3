#include "harness/bundle/host_bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/clock.h"
#include "harness/base/fileio.h"
#include "harness/base/run_files.h"
#include "harness/bundle/file.h"
#include "harness/host/render.h"
#include "src/document.h"

static const char *const names[] = { HOST_FILE, "host.txt", "hcl.yaml", "xl-dmesg.txt" };

static void render_plain(const json_t *document, FILE *stream)
{
	host_render_text(document, false, stream);
}

static int write_rendered(int dir_fd, const char *name, const json_t *document,
	void (*render)(const json_t *document, FILE *stream), struct problem *why)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);
	int r = -ENOMEM;

	if (stream) {
		render(document, stream);
		r = fclose(stream) == 0 ? fileio_write(dir_fd, name, text, length, why) : -ENOMEM;
	}
	free(text);
	return r;
}

static int write_log(int dir_fd, const struct host_sources *sources, struct problem *why)
{
	const json_t *log = json_object_get(sources->survey, "log");

	if (sources->xen_log)
		return fileio_write(
			dir_fd, names[3], sources->xen_log->text, sources->xen_log->length, why);
	return json_is_string(log) ? fileio_write(dir_fd, names[3], json_string_value(log),
					     json_string_length(log), why)
				   : 0;
}

static int write_all(
	int dir_fd, const json_t *document, const struct host_sources *sources, struct problem *why)
{
	int r = fileio_write_json(dir_fd, names[0], document, why);

	if (r == 0)
		r = write_rendered(dir_fd, names[1], document, render_plain, why);
	if (r == 0)
		r = write_rendered(dir_fd, names[2], document, host_render_hcl, why);
	return r == 0 ? write_log(dir_fd, sources, why) : r;
}

int host_bundle(const json_t *document, const struct host_sources *sources, const char *output,
	struct problem *why)
{
	const struct bundle_module *module = bundle_load(why);
	static const char *const without[] = { NULL };
	struct bundle_order order = { .dir_fd = -1, .without = without, .top = "igd-host" };
	char folder[] = "/tmp/igd-host-XXXXXX";
	struct bundle_contents contents;
	int r;

	if (!module)
		return -ENOENT;
	if (!mkdtemp(folder))
		return problem_set(
			why, -errno, "cannot make a folder in /tmp: %s", strerror(errno));
	clock_parse(document_text(document, "when"), &order.when);
	order.dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = order.dir_fd < 0 ? -errno : write_all(order.dir_fd, document, sources, why);
	if (r == 0)
		r = bundle_make(module, &order, output, &contents, why);
	if (r == 0)
		fprintf(stderr, "%s: %zu files, %" PRIu64 " bytes, in %s/\n", output,
			contents.files, contents.bytes, contents.top);
	for (size_t i = 0; order.dir_fd >= 0 && i < sizeof(names) / sizeof(names[0]); i++)
		below_remove(order.dir_fd, names[i], false);
	if (order.dir_fd >= 0)
		close(order.dir_fd);
	rmdir(folder);
	return r;
}
