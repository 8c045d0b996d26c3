#include "harness/base/measured_on.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/escape.h"
#include "src/document.h"

#define HARDWARE "hardware"

/* Steals `text`. An entry that is there already is not added again. */
static void add(json_t *why, const char *kind, json_t *text)
{
	json_t *entry = json_pack("{s:s, s:o}", "kind", kind, "text", text), *other;
	size_t i;

	json_array_foreach(why, i, other)
	{
		if (json_equal(other, entry)) {
			json_decref(entry);
			return;
		}
	}
	json_array_append_new(why, entry);
}

/* "BEFORE" and what the DMI says of the machine, if it says anything. */
static json_t *with_product(const char *before, const char *between, const json_t *host)
{
	const char *vendor = document_text(host, "sys_vendor");
	const char *product = document_text(host, "product_name");

	return json_sprintf("%s%s%s%s%s", before, vendor[0] || product[0] ? between : "", vendor,
		vendor[0] && product[0] ? " " : "", product);
}

static bool is_machine_hardware(const json_t *host)
{
	return strcmp(document_text(host, "place"), "hardware") == 0;
}

static void add_replay(json_t *why, const json_t *identities)
{
	const json_t *replay_of = json_object_get(identities, "replay_of");
	const json_t *host = json_object_get(identities, "host");
	const char *dir = document_text(replay_of, "dir"), *slash, *started;
	size_t length = strlen(dir);
	json_t *recorded;

	if (!replay_of && strcmp(document_text(identities, "backend"), "replay") != 0)
		return;
	/* The last part of the path: a report may go to people who need not know the rest. */
	while (length > 1 && dir[length - 1] == '/')
		length--;
	slash = memrchr(dir, '/', length);
	if (slash && length > 1) {
		length -= (size_t)(slash + 1 - dir);
		dir = slash + 1;
	}
	started = document_text(replay_of, "started");
	recorded = is_machine_hardware(host) ? with_product("", " on ", host) : json_string("");
	add(why, "replay",
		json_sprintf("a replay of %.*s%s%s%s: no new result",
			length ? (int)length : (int)strlen("a recorded run"),
			length ? dir : "a recorded run",
			started[0] || json_string_length(recorded) ? ", recorded " : "", started,
			json_string_value(recorded)));
	json_decref(recorded);
}

static void add_phantom(json_t *why, const json_t *host)
{
	const json_t *phantom = json_object_get(host, "phantom");
	const char *name = document_text(phantom, "name");
	const char *device = document_text(phantom, "device");

	if (phantom)
		add(why, "phantom IGD",
			json_sprintf("phantom IGD %s, an emulated VGA%s%s%s%s",
				name[0] ? name : "(its marker cannot be read)",
				device[0] ? " that sysfs showed as " : "",
				device[0] ? document_text(phantom, "vendor") : "",
				device[0] ? ":" : "", device));
}

static void add_virtual_gpu(json_t *why, const json_t *host)
{
	const json_t *gpu = json_object_get(host, "virtual_gpu");
	const char *name = document_text(gpu, "name");
	const char *options = document_text(gpu, "options");

	if (gpu)
		add(why, "VIRTUAL GPU",
			json_sprintf("VIRTUAL GPU %s%s%s, a model by igd-gpu",
				name[0] ? name : "(without a readable marker)",
				options[0] ? " " : "", options));
}

/* Each kind that the machine is; none for hardware with its own GPU. */
static void add_machine(json_t *why, const json_t *host)
{
	bool virtual = strcmp(document_text(host, "place"), "virtual") == 0;
	bool lab = strcmp(document_text(host, "sys_vendor"), "QEMU") == 0;

	if (virtual && lab)
		add(why, "virtual lab", with_product("a virtual lab", " on ", host));
	else if (virtual)
		add(why, "virtual machine", with_product("a virtual machine", ", ", host));
	else if (!is_machine_hardware(host))
		add(why, "not known", json_string("the host is unknown"));
	add_phantom(why, host);
	add_virtual_gpu(why, host);
}

/* Adds what makes these identities no hardware. */
static void add_reasons(json_t *why, const json_t *identities)
{
	const char *backend = document_text(identities, "backend");
	/* A replay acts as the back end that was recorded. */
	const char *effective_backend = document_text(identities, "acts_as");
	const json_t *host = json_object_get(identities, "host");

	if (!effective_backend[0])
		effective_backend = backend;
	add_replay(why, identities);
	if (strcmp(effective_backend, "qemu") == 0)
		add(why, "plain QEMU", json_string("guests emulated by plain QEMU, without Xen"));
	else
		add_machine(why, host);
	/* A back end that this program does not know. */
	if (json_array_size(why) == 0 &&
		(strcmp(effective_backend, "libxl") != 0 || strcmp(backend, "libxl") != 0))
		add(why, "not known",
			json_sprintf("it is unknown what the back end \"%s\" ran on", backend));
}

/* The answer for reasons why it was not hardware, and the machines if it was. Steals both. */
static json_t *answer(json_t *why, json_t *machines)
{
	bool hardware = json_array_size(why) == 0;
	json_t *answer =
		json_pack("{s:b, s:O}", "hardware", hardware, "why", hardware ? machines : why);

	json_decref(why);
	json_decref(machines);
	return answer;
}

static void add_hardware(json_t *machines, const json_t *host)
{
	add(machines, HARDWARE, with_product("", "", host));
}

json_t *measured_on_decide(const json_t *identities)
{
	const json_t *shards = json_object_get(identities, "shards"), *shard;
	json_t *why = json_array(), *machines = json_array();
	size_t i;

	if (json_array_size(shards) == 0) {
		add_reasons(why, identities);
		add_hardware(machines, json_object_get(identities, "host"));
	}
	json_array_foreach(shards, i, shard)
	{
		add_reasons(why, shard);
		add_hardware(machines, json_object_get(shard, "host"));
	}
	return answer(why, machines);
}

json_t *measured_on_machine(const json_t *host)
{
	json_t *why = json_array(), *machines = json_array();

	add_machine(why, host);
	add_hardware(machines, host);
	return answer(why, machines);
}

json_t *measured_on_of(const json_t *findings)
{
	json_t *kept = json_object_get(findings, "measured_on");

	return json_is_object(kept) ? json_incref(kept)
				    : measured_on_decide(json_object_get(findings, "identities"));
}

bool measured_on_is_hardware(const json_t *measured_on)
{
	return json_is_true(json_object_get(measured_on, "hardware"));
}

void measured_on_write(const json_t *measured_on, FILE *stream)
{
	const char *between = ": ";
	const json_t *entry;
	size_t i;

	fputs(measured_on_is_hardware(measured_on) ? HARDWARE : "not " HARDWARE, stream);
	json_array_foreach(json_object_get(measured_on, "why"), i, entry)
	{
		if (!document_text(entry, "text")[0])
			continue;
		fputs(between, stream);
		escape_text(stream, document_text(entry, "text"));
		between = "; ";
	}
}

char *measured_on_text(const json_t *measured_on)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return NULL;
	measured_on_write(measured_on, stream);
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}

void measured_on_write_lines(const json_t *measured_on, FILE *stream)
{
	const char *answer = measured_on_is_hardware(measured_on) ? "Hardware" : "Not hardware";
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(measured_on, "why"), i, entry)
	{
		fprintf(stream, "%s: ", answer);
		escape_text(stream, document_text(entry, "text"));
		fputc('\n', stream);
	}
}

void measured_on_keep(json_t *identities, const json_t *of_shard)
{
	const json_t *host = json_object_get(of_shard, "host");
	static const char *const devices[] = { "phantom", "virtual_gpu" };
	const json_t *replay_of = json_object_get(of_shard, "replay_of");
	json_t *kept = json_object_get(identities, "host");

	if (!is_machine_hardware(host))
		json_object_set(kept, "place", json_object_get(host, "place"));
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		json_t *device = json_object_get(host, devices[i]);

		if (device && !json_object_get(kept, devices[i]))
			json_object_set(kept, devices[i], device);
	}
	if (replay_of && !json_object_get(identities, "replay_of"))
		json_object_set(identities, "replay_of", (json_t *)replay_of);
}
