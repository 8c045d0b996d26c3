#include "harness/judge/expect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/version_range.h"
#include "src/document.h"

static bool backend_holds(const json_t *expectation, const json_t *identities)
{
	const json_t *backends = json_object_get(expectation, "backends");

	return !backends || document_has_text(backends, document_text(identities, "acts_as"));
}

static json_t *finding(const json_t *expectation, enum verdict verdict, const json_t *should_be,
	json_t *seen, const char *note)
{
	json_t *entry = json_pack("{s:O*, s:O*, s:s, s:O*, s:O*, s:O*, s:s*}", "id",
		json_object_get(expectation, "id"), "field", json_object_get(expectation, "field"),
		"verdict", verdict_name(verdict), "expected", should_be, "same_as",
		json_object_get(expectation, "same_as"), "source",
		json_object_get(expectation, "source"), "note", note);

	if (seen) /* a finding without it is about the test: nothing was seen */
		json_object_set_new(entry, "seen", seen);
	return entry;
}

static json_t *error(const json_t *expectation, const char *note)
{
	return finding(
		expectation, VERDICT_ERROR, json_object_get(expectation, "value"), NULL, note);
}

/*
 * Is the host such a one? `conditions` are {"igd/class": ["0x030000"]}, and all must hold, or for
 * "not_on_host" none. What the run did not record of its host is in *unknown_r, as for
 * version_ranges_hold().
 */
static bool host_holds(const json_t *conditions, bool hold, const struct evidence *evidence,
	struct problem *unknown_r)
{
	const char *field;
	json_t *values, *seen;

	json_object_foreach((json_t *)conditions, field, values)
	{
		char name[128];
		bool among;

		seen = NULL;
		snprintf(name, sizeof(name), "host/%s", field);
		if (evidence_get(evidence, name, &seen, unknown_r) < 0)
			return true;
		among = document_has(values, seen);
		json_decref(seen);
		if (among != hold)
			return false;
	}
	return true;
}

/* Does the expectation hold here? If nobody can know, true and the reason is in *unknown_r. */
static bool holds(const json_t *expectation, const json_t *identities,
	const struct evidence *evidence, struct problem *unknown_r)
{
	const char *version = NULL;

	if (!backend_holds(expectation, identities) ||
		!version_ranges_hold(json_object_get(expectation, "versions"),
			json_object_get(identities, "versions"), &version) ||
		!host_holds(json_object_get(expectation, "on_host"), true, evidence, unknown_r) ||
		!host_holds(
			json_object_get(expectation, "not_on_host"), false, evidence, unknown_r))
		return false;
	if (version)
		problem_set(unknown_r, 0, "the version of %s was not detected", version);
	return true;
}

/* Is it past the day or the version by which the deviation was to be gone? The day counts by when
 * the run began, so that a run is judged the same whenever that is done. */
static bool has_expired(
	const json_t *known, const json_t *identities, const struct evidence *evidence)
{
	const json_t *until = json_object_get(known, "until");
	const char *date = document_text(until, "date"), *unknown = NULL;

	if (date[0])
		return evidence->started && strncmp(evidence->started, date, strlen(date)) > 0;
	return json_object_size(until) > 0 &&
	       version_ranges_hold(until, json_object_get(identities, "versions"), &unknown) &&
	       !unknown;
}

/* The known deviation that holds here and, if `seen` is not NULL, is this; or NULL. */
static const json_t *find_known(const json_t *expectation, const json_t *identities,
	const struct evidence *evidence, const json_t *seen)
{
	const json_t *all = json_object_get(expectation, "known"), *known;
	struct problem unknown = { 0 };
	size_t i;

	/* As matrices had it before their deviations got a file: one, without conditions. */
	if (json_is_object(all))
		return !seen || json_equal(json_object_get(all, "value"), seen) ? all : NULL;
	json_array_foreach(all, i, known)
	{
		unknown.text[0] = '\0';
		if (holds(known, identities, evidence, &unknown) && !unknown.text[0] &&
			(!seen || json_equal(json_object_get(known, "value"), seen)))
			return known;
	}
	return NULL;
}

static json_t *with_known(json_t *entry, const json_t *known)
{
	if (known)
		json_object_set(entry, "known", (json_t *)known);
	return entry;
}

/* Is each label of the list "a, b" among those of the other? */
static bool labels_are_among(const char *labels, const char *among)
{
	static const char between[] = ", ";

	while (*labels) {
		size_t length = strcspn(labels, between);
		const char *other = among;

		while (*other && (strcspn(other, between) != length ||
					 strncmp(other, labels, length) != 0)) {
			other += strcspn(other, between);
			other += strspn(other, between);
		}
		if (!*other)
			return false;
		labels += length;
		labels += strspn(labels, between);
	}
	return true;
}

/*
 * Is what was seen as it should be? An expectation of signs names those that are tolerated: each
 * that was seen must be among them.
 */
static bool is_met(const json_t *expectation, const json_t *should_be, const json_t *seen)
{
	if (json_equal(should_be, seen))
		return true;
	if (strcmp(document_text(expectation, "field"), "signs") != 0 || !json_is_string(should_be))
		return false;
	return json_is_null(seen) ||
	       labels_are_among(json_string_value(seen), json_string_value(should_be));
}

/* What was seen against what should be, and against what is known to be instead. Takes `seen`. */
static json_t *compare(const json_t *expectation, const json_t *identities,
	const struct evidence *evidence, const json_t *should_be, json_t *seen)
{
	const json_t *known;
	struct problem note = { 0 };

	if (is_met(expectation, should_be, seen)) {
		known = find_known(expectation, identities, evidence, NULL);
		/* One that is not seen each time is not gone if it was not seen. */
		if (json_is_true(json_object_get(known, "flaky")))
			known = NULL;
		return with_known(finding(expectation, VERDICT_PASS, should_be, seen,
					  known ? "unexpected pass: the known deviation no "
						  "longer occurs, remove it"
						: NULL),
			known);
	}
	known = find_known(expectation, identities, evidence, seen);
	if (known && has_expired(known, identities, evidence)) {
		problem_set(&note, 0, "this known deviation has expired: %s",
			document_text(known, "why"));
		return with_known(
			finding(expectation, VERDICT_FAIL, should_be, seen, note.text), known);
	}
	if (known)
		return with_known(finding(expectation, VERDICT_XFAIL, should_be, seen,
					  document_text(known, "why")),
			known);
	return finding(expectation, VERDICT_FAIL, should_be, seen, NULL);
}

/* "value" itself, or what "same_as" names. Returns 0 and a new reference, or as evidence_get(). */
static int wanted(const json_t *expectation, const struct evidence *evidence, json_t **value_r,
	struct problem *why)
{
	const char *same_as = document_text(expectation, "same_as");

	if (same_as[0])
		return evidence_get(evidence, same_as, value_r, why);
	*value_r = json_incref(json_object_get(expectation, "value"));
	return 0;
}

static bool decides(const json_t *finding)
{
	return !json_is_false(json_object_get(finding, "decides"));
}

/* Can the guest have that field? Then only the value to compare it with is not known. */
static bool guest_can_have(const struct evidence *evidence, const char *field)
{
	struct problem why = { 0 };
	json_t *seen = NULL;
	int r = evidence_get(evidence, field, &seen, &why);

	json_decref(seen);
	return r != -ENOTSUP;
}

/* One expectation against the evidence; NULL if it does not hold here. */
static json_t *judge_expectation(
	const json_t *expectation, const json_t *identities, const struct evidence *evidence)
{
	const char *field = document_text(expectation, "field");
	struct problem why = { 0 };
	json_t *seen = NULL, *should_be = NULL, *entry;
	bool not_compared;
	int r;

	if (!holds(expectation, identities, evidence, &why))
		return NULL;
	if (why.text[0]) {
		struct problem note = { 0 };

		problem_set(
			&note, 0, "%s, so it is unknown whether the expectation applies", why.text);
		return error(expectation, note.text);
	}
	r = wanted(expectation, evidence, &should_be, &why);
	not_compared = r == -ENOTSUP && guest_can_have(evidence, field);
	if (r == 0)
		r = evidence_get(evidence, field, &seen, &why);
	if (r == -ENOTSUP)
		entry = finding(expectation, VERDICT_SKIP, json_object_get(expectation, "value"),
			NULL, why.text);
	else if (r < 0)
		entry = error(expectation, why.text);
	else
		entry = compare(expectation, identities, evidence, should_be, json_incref(seen));
	if (not_compared)
		json_object_set_new(entry, "decides", json_false());
	json_decref(should_be);
	json_decref(seen);
	return entry;
}

json_t *judge_expectations(const json_t *plan_cell, const json_t *identities,
	const struct evidence *evidence, const char *only, enum verdict *worst_r)
{
	const json_t *expectations = json_object_get(plan_cell, "expect"), *expectation;
	json_t *findings = json_array();
	size_t i, deciding = 0;

	*worst_r = VERDICT_PASS;
	json_array_foreach(expectations, i, expectation)
	{
		enum verdict verdict = VERDICT_ERROR;
		json_t *entry;

		if (only && strcmp(document_text(expectation, "field"), only) != 0)
			continue;
		entry = judge_expectation(expectation, identities, evidence);
		if (!entry)
			continue;
		verdict_parse(document_text(entry, "verdict"), &verdict);
		if (decides(entry)) {
			*worst_r = verdict_worst(*worst_r, verdict);
			deciding++;
		}
		json_array_append_new(findings, entry);
	}
	if (deciding == 0)
		*worst_r = json_array_size(findings) == 0 ? VERDICT_DONE : VERDICT_SKIP;
	return findings;
}

/* The first finding of that verdict, before all others one that decides; or NULL. */
static const json_t *find_worst(const json_t *findings, enum verdict worst)
{
	const json_t *entry, *found = NULL;
	size_t i;

	json_array_foreach(findings, i, entry)
	{
		if (strcmp(document_text(entry, "verdict"), verdict_name(worst)) == 0 &&
			(!found || (decides(entry) && !decides(found))))
			found = entry;
	}
	return found;
}

json_t *judge_findings_cause(const json_t *findings, enum verdict worst)
{
	const json_t *entry = worst < VERDICT_SKIP ? NULL : find_worst(findings, worst);
	const char *field = document_text(entry, "field"), *note = document_text(entry, "note");
	char *expected, *seen;
	json_t *cause;

	if (!entry)
		return json_string("");
	if (!json_object_get(entry, "seen"))
		return json_sprintf("%s: %s", field, note);
	expected = document_dump(json_object_get(entry, "expected"), 0);
	seen = document_dump(json_object_get(entry, "seen"), 0);
	cause = json_sprintf(
		"%s: expected %s, seen %s%s%s", field, expected, seen, note[0] ? ": " : "", note);
	free(expected);
	free(seen);
	return cause;
}
