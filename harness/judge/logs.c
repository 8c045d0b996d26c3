#include "harness/judge/logs.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"
#include "harness/plan/pci_spec.h"
#include "src/document.h"

static const struct {
	enum pattern_log log;
	const char *file;
} log_files[] = {
	{ PATTERN_LIBXL, "libxl.log" },
	{ PATTERN_QEMU, "qemu.log" },
	{ PATTERN_QEMU, "qemu-probe.log" },
	{ PATTERN_XEN, "xen.log" },
	{ PATTERN_DOM0, "dom0.log" },
	{ PATTERN_CONSOLE, "console.log" },
};

#define FILES (sizeof(log_files) / sizeof(log_files[0]))

static void add_domid(struct log_subject *subject, unsigned int domid)
{
	if (domid > 0 && subject->domid_count < LOG_SUBJECT_DOMIDS_MAX)
		subject->domids[subject->domid_count++] = domid;
}

static void add_device(struct bdf *list, size_t *count, const char *text)
{
	struct pci_spec spec;

	if (*count < LOG_SUBJECT_DEVICES_MAX && pci_spec_parse(text, &spec, NULL) == 0)
		list[(*count)++] = spec.host;
}

/* The domain of one guest, and where its devices are. */
static void add_guest(int fd, struct log_subject *subject)
{
	json_t *libxl = NULL;
	const json_t *device;
	char *log = NULL;
	size_t length = 0, i;
	unsigned int domid;
	bool more;

	if (fd < 0)
		return;
	if (fileio_read_json(fd, "libxl.json", DOCUMENT_LIBXL, &libxl, NULL) == 0) {
		add_domid(
			subject, (unsigned int)json_integer_value(json_object_get(libxl, "domid")));
	} else if (fileio_read_head(
			   fd, "libxl.log", PATTERNS_LOG_MAX, &log, &length, &more, NULL) == 0 &&
		   log_subject_first_domid(log, length, &domid) == 0) {
		add_domid(subject, domid); /* the guest was not created whole */
	}
	json_array_foreach(json_object_get(libxl, "pci"), i, device)
	{
		add_device(subject->host, &subject->host_count, document_text(device, "host"));
		add_device(subject->guest, &subject->guest_count, document_text(device, "guest"));
	}
	free(log);
	json_decref(libxl);
}

void judge_subject(const json_t *plan_cell, const json_t *identities, int cell_fd, int restored_fd,
	struct log_subject *subject_r)
{
	const json_t *settings = json_object_get(plan_cell, "settings"), *device;
	size_t i;

	*subject_r = (struct log_subject){ 0 };
	if (strcmp(document_text(identities, "acts_as"), "libxl") != 0)
		return;
	subject_r->host_known = true;
	json_array_foreach(json_object_get(json_object_get(settings, "libxl"), "pci"), i, device)
	{
		const char *setting = json_string_value(device);

		if (setting)
			add_device(subject_r->host, &subject_r->host_count, setting);
	}
	add_guest(cell_fd, subject_r);
	add_guest(restored_fd, subject_r);
}

int judge_doubt_causes(json_t *logs, const char *ending)
{
	json_t *match;
	size_t i;
	int r = 0;

	json_array_foreach(logs, i, match)
	{
		if (pattern_is_cause(match) && !pattern_explains(match, ending))
			r = pattern_doubt(match, "sign", "it does not explain this ending");
		if (r < 0)
			return r;
	}
	return 0;
}

/* A record of the kernel's log may hold anything; here each is one line. */
static void put_line(FILE *stream, const char *text)
{
	for (; *text; text++)
		fputc(*text == '\n' ? '?' : *text, stream);
	fputc('\n', stream);
}

/* The lines of the guest kernel that the agent reported, as a log; the caller frees the bytes. */
static int kernel_lines(const json_t *report, char **bytes_r, size_t *length_r)
{
	const json_t *log = json_object_get(json_object_get(report, "kernel"), "log"), *record;
	FILE *stream = open_memstream(bytes_r, length_r);
	size_t i;

	if (!stream)
		return -1;
	json_array_foreach(log, i, record)
	{
		const char *text = json_string_value(json_object_get(record, "text"));

		put_line(stream, text ? text : "");
	}
	return fclose(stream) == 0 ? 0 : -1;
}

json_t *judge_logs(const struct patterns *patterns, int cell_fd, const json_t *report,
	const json_t *versions, const struct log_subject *subject, json_t **cut_r)
{
	struct pattern_input inputs[FILES + 1];
	char *bytes[FILES + 1] = { NULL };
	json_t *matches = NULL, *cut = json_array();
	size_t count = 0;
	int r = cut ? 0 : -1;

	for (size_t i = 0; i < FILES && cell_fd >= 0 && r == 0; i++) {
		bool more = false;
		size_t length = 0;

		/* One that is not there, or cannot be read, has nothing to say. */
		if (fileio_read_head(cell_fd, log_files[i].file, PATTERNS_LOG_MAX, &bytes[count],
			    &length, &more, NULL) < 0)
			continue;
		if (more)
			r = json_array_append_new(cut, json_string(log_files[i].file));
		inputs[count] = (struct pattern_input){ log_files[i].log, log_files[i].file,
			bytes[count], length };
		count++;
	}
	if (r == 0 && report) {
		size_t length = 0;

		r = kernel_lines(report, &bytes[count], &length);
		inputs[count] = (struct pattern_input){ PATTERN_CONSOLE, "report.json",
			bytes[count], length };
		count++;
	}
	if (r == 0)
		matches = patterns_match(patterns, inputs, count, versions, subject);
	for (size_t i = 0; i < FILES + 1; i++)
		free(bytes[i]);
	if (!matches) {
		json_decref(cut);
		return NULL;
	}
	*cut_r = cut;
	return matches;
}
