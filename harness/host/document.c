#include "harness/host/document.h"

#include <string.h>

#include "harness/base/build_version.h"
#include "harness/base/clock.h"
#include "src/document.h"

const struct host_group host_groups[] = {
	{ "Xen", host_checks_xen },
	{ "VT-d", host_checks_vtd },
	{ "VT-d", host_checks_igd_vtd },
	{ "IGD", host_checks_igd },
	{ "IGD", host_checks_rom },
	{ "IGD's memory", host_checks_memory },
	{ "QEMU", host_checks_qemu },
	{ "Guest and host", host_checks_guest },
	{ NULL, NULL },
};

static void ask(
	const struct host_view *view, const struct host_check *check, struct host_answer *answer)
{
	if (!check->needs_igd || view->igd)
		check->look(view, answer);
	else if (view->pci_trouble)
		host_answer(answer, HOST_UNKNOWN, NULL, "", "%.300s", view->pci_trouble);
	else if (!view->slot2 && view->part[0])
		host_answer(answer, HOST_UNKNOWN, NULL, "",
			"%.250s, which do not include 0000:00:02.0", view->part);
	else
		host_answer(answer, HOST_NOT_APPLICABLE, NULL, "",
			"there is no Intel display at 0000:00:02.0");
}

/* The capability that the host lacks because the check failed, or NULL. */
static const char *blocked_by(const struct host_check *check, const struct host_answer *answer)
{
	if (answer->verdict != HOST_FAIL)
		return NULL;
	return answer->blocks ? answer->blocks : check->blocks;
}

/* Notes what is there, or why it is not. A check that blocks overrules one that decides. */
static void note_capability(
	const struct host_check *check, const struct host_answer *answer, json_t *identities)
{
	json_t *has = json_object_get(identities, "capabilities");
	json_t *lacking = json_object_get(identities, "lacking");
	const char *word = check->decides;

	if (answer->verdict == HOST_PASS && word && !json_object_get(lacking, word))
		json_array_append_new(has, json_string(word));
	if (blocked_by(check, answer)) {
		word = blocked_by(check, answer);
		for (size_t i = json_array_size(has); i-- > 0;)
			if (strcmp(json_string_value(json_array_get(has, i)), word) == 0)
				json_array_remove(has, i);
		if (json_object_get(lacking, word))
			return;
	} else if (!word || answer->verdict == HOST_PASS) {
		return;
	}
	json_object_set_new(lacking, word,
		json_pack("{s:s, s:s, s:s}", "check", check->id, "verdict",
			host_verdict_name(answer->verdict), "why", answer->why));
}

static json_t *check_json(const struct host_group *group, const struct host_check *check,
	const struct host_answer *answer)
{
	bool stands = answer->verdict == HOST_FAIL || answer->verdict == HOST_UNKNOWN;
	const char *advice = answer->advice ? answer->advice : check->advice;
	json_t *blocks = json_array();

	if (check->decides && answer->verdict != HOST_PASS)
		json_array_append_new(blocks, json_string(check->decides));
	if (blocked_by(check, answer))
		json_array_append_new(blocks, json_string(blocked_by(check, answer)));
	return json_pack("{s:s, s:s, s:s, s:s, s:O?, s:s, s:s, s:o, s:s}", "id", check->id, "group",
		group->name, "about", check->about, "verdict", host_verdict_name(answer->verdict),
		"value", answer->value, "source", answer->source, "why", answer->why, "blocks",
		blocks, "advice", stands && advice ? advice : "");
}

/* Asks all; gives the verdict over all. */
static enum host_verdict ask_all(const struct host_view *view, json_t *document)
{
	json_t *checks = json_object_get(document, "checks");
	enum host_verdict verdict = HOST_PASS;

	for (const struct host_group *group = host_groups; group->name; group++) {
		for (const struct host_check *check = group->checks; check->id; check++) {
			struct host_answer answer = { .verdict = HOST_UNKNOWN };

			ask(view, check, &answer);
			json_array_append_new(checks, check_json(group, check, &answer));
			document_count(json_object_get(document, "counts"),
				host_verdict_name(answer.verdict));
			note_capability(check, &answer, json_object_get(document, "identities"));
			if (answer.verdict == HOST_FAIL)
				verdict = HOST_FAIL;
			else if (answer.verdict == HOST_UNKNOWN &&
				 (check->needed || answer.grave) && verdict == HOST_PASS)
				verdict = HOST_UNKNOWN;
			json_decref(answer.value);
		}
	}
	return verdict;
}

static json_t *make_identities(const struct host_view *view)
{
	static const char *const kept[] = { "versions", "texts", "device_model" };
	json_t *identities =
		json_pack("{s:O, s:[], s:{}}", "host", view->host, "capabilities", "lacking");

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		json_t *value = json_object_get(view->sources->identities, kept[i]);

		if (value)
			json_object_set(identities, kept[i], value);
	}
	return identities;
}

json_t *host_document(const struct host_sources *sources)
{
	json_t *document = document_new(DOCUMENT_HOST, DOCUMENT_VERSION);
	struct host_view view;
	char now[CLOCK_TEXT_MAX];
	enum host_verdict verdict;

	if (!document || host_view_open(&view, sources) < 0) {
		json_decref(document);
		return NULL;
	}
	clock_text(now);
	json_object_set_new(document, "harness", json_string(build_version()));
	json_object_set_new(document, "when", json_string(now));
	json_object_set_new(document, "sources",
		json_pack("{s:s, s:s?, s:s?, s:b}", "root", sources->root, "lspci",
			sources->lspci ? sources->lspci->name : NULL, "xen_log",
			sources->xen_log ? sources->xen_log->name : NULL, "xen_log_cut",
			view.log_cut));
	json_object_set_new(document, "verdict", json_null());
	json_object_set_new(document, "counts", json_object());
	json_object_set_new(document, "identities", make_identities(&view));
	json_object_set_new(document, "machine", host_machine(&view));
	json_object_set_new(document, "checks", json_array());
	verdict = ask_all(&view, document);
	json_object_set_new(document, "verdict", json_string(host_verdict_name(verdict)));
	host_view_close(&view);
	return document;
}

void host_document_identify(const json_t *document, json_t *identities)
{
	static const char *const taken[] = { "host", "capabilities", "lacking" };
	const json_t *from = json_object_get(document, "identities");

	/* Copies: a run has capabilities of its own besides, which are not the host's. */
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		json_object_set_new(
			identities, taken[i], json_deep_copy(json_object_get(from, taken[i])));
}
