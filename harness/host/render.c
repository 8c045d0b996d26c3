#include "harness/host/render.h"

#include <string.h>

#include "harness/base/escape.h"
#include "harness/base/measured_on.h"
#include "src/document.h"

#define ID_COLUMN 24

static bool has_verdict(const json_t *check, const char *verdict)
{
	return strcmp(document_text(check, "verdict"), verdict) == 0;
}

static void print_verdict(const char *verdict, bool colour, FILE *stream)
{
	const char *code = "";

	if (strcmp(verdict, "PASS") == 0)
		code = "\033[32m";
	else if (strcmp(verdict, "FAIL") == 0)
		code = "\033[31m";
	else if (strcmp(verdict, "UNKNOWN") == 0)
		code = "\033[33m";
	fprintf(stream, "%s%-7s%s", colour ? code : "", verdict,
		colour && code[0] ? "\033[0m" : "");
}

static void print_summary(const json_t *document, bool colour, FILE *stream)
{
	const char *verdict = document_text(document, "verdict");
	const json_t *counts = json_object_get(document, "counts");

	print_verdict(verdict, colour, stream);
	fputs(strcmp(verdict, "PASS") == 0
			? " by these checks, an IGD can be passed through on this host"
		: strcmp(verdict, "FAIL") == 0
			? " passing an IGD through will not work properly on this host"
			: " it is unknown whether an IGD can be passed through on this host",
		stream);
	fprintf(stream, ": %d checks failed, %d unknown\n",
		(int)json_integer_value(json_object_get(counts, "FAIL")),
		(int)json_integer_value(json_object_get(counts, "UNKNOWN")));
}

static void print_labelled(const char *label, const json_t *object, const char *key, FILE *stream)
{
	if (!document_text(object, key)[0])
		return;
	fputs(label, stream);
	escape_text(stream, document_text(object, key));
}

static void print_host(const json_t *identities, FILE *stream)
{
	const json_t *host = json_object_get(identities, "host");
	json_t *measured_on = measured_on_machine(host);
	const json_t *versions = json_object_get(identities, "versions");

	fputs("Host", stream);
	print_labelled(" ", host, "name", stream);
	print_labelled(" ", host, "sys_vendor", stream);
	print_labelled(" ", host, "product_name", stream);
	print_labelled(", Xen ", versions, "xen", stream);
	print_labelled(", QEMU ", versions, "qemu", stream);
	print_labelled(", Linux ", host, "kernel", stream);
	fputc('\n', stream);
	if (!measured_on_is_hardware(measured_on))
		measured_on_write_lines(measured_on, stream);
	json_decref(measured_on);
}

/* One that stands in the way, with what to do about it. */
static void print_trouble(const json_t *check, bool colour, FILE *stream)
{
	const json_t *blocks = json_object_get(check, "blocks"), *word;
	const char *why = document_text(check, "why");
	size_t i;

	fputs("  ", stream);
	print_verdict(document_text(check, "verdict"), colour, stream);
	fprintf(stream, " %-*s ", ID_COLUMN, document_text(check, "id"));
	escape_text(stream, why[0] ? why : document_text(check, "about"));
	fputc('\n', stream);
	print_labelled("          do: ", check, "advice", stream);
	if (document_text(check, "advice")[0])
		fputc('\n', stream);
	json_array_foreach(blocks, i, word)
	{
		fputs(i ? ", " : "          blocks cells that require: ", stream);
		escape_value(stream, word);
	}
	if (json_array_size(blocks) > 0)
		fputc('\n', stream);
}

static void print_troubles(const json_t *checks, const char *verdict, bool colour, FILE *stream)
{
	const json_t *check;
	size_t i;

	json_array_foreach(checks, i, check)
	{
		/* What is unknown and not worth doing anything about is below. */
		if (has_verdict(check, verdict) &&
			(strcmp(verdict, "UNKNOWN") != 0 || document_text(check, "advice")[0]))
			print_trouble(check, colour, stream);
	}
}

/* {"a": 1, "b": "x"} as "a 1, b x"; lists likewise. */
static void print_value(const json_t *value, FILE *stream)
{
	const json_t *entry;
	const char *key, *separator = "";
	size_t i;

	if (json_is_object(value)) {
		json_object_foreach((json_t *)value, key, entry)
		{
			fputs(separator, stream);
			escape_text(stream, key);
			fputc(' ', stream);
			print_value(entry, stream);
			separator = ", ";
		}
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, entry)
		{
			fputs(separator, stream);
			print_value(entry, stream);
			separator = ", ";
		}
	} else {
		escape_value(stream, value);
	}
}

static bool is_empty(const json_t *value)
{
	return json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_object(value) && json_object_size(value) == 0);
}

/* `about` names what was looked at. FAIL and UNKNOWN have a sentence, which takes its place. */
static void print_check(const json_t *check, bool colour, FILE *stream)
{
	const json_t *value = json_object_get(check, "value");
	bool stands = document_text(check, "why")[0] &&
		      (has_verdict(check, "FAIL") || has_verdict(check, "UNKNOWN"));

	fputs("  ", stream);
	print_verdict(document_text(check, "verdict"), colour, stream);
	fprintf(stream, " %-*s ", ID_COLUMN, document_text(check, "id"));
	escape_text(stream, document_text(check, stands ? "why" : "about"));
	if (!is_empty(value)) {
		fputs(stands ? "; value: " : ": ", stream);
		print_value(value, stream);
	}
	if (!stands)
		print_labelled("; ", check, "why", stream);
	print_labelled(" (", check, "source", stream);
	fputs(document_text(check, "source")[0] ? ")\n" : "\n", stream);
}

void host_render_text(const json_t *document, bool colour, FILE *stream)
{
	const json_t *checks = json_object_get(document, "checks"), *check;
	const char *group = "";
	size_t i;

	print_summary(document, colour, stream);
	print_host(json_object_get(document, "identities"), stream);
	if (!has_verdict(document, "PASS"))
		fputs("\nAdvice\n", stream);
	print_troubles(checks, "FAIL", colour, stream);
	if (!has_verdict(document, "PASS"))
		print_troubles(checks, "UNKNOWN", colour, stream);
	json_array_foreach(checks, i, check)
	{
		if (strcmp(document_text(check, "group"), group) != 0) {
			group = document_text(check, "group");
			fprintf(stream, "\n%s\n", group);
		}
		print_check(check, colour, stream);
	}
}
