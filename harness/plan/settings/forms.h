/* The forms of texts in settings, for the table in settings/table.c; and names that are none. */
#ifndef IGD_PLAN_SETTINGS_FORMS_H
#define IGD_PLAN_SETTINGS_FORMS_H

#include <jansson.h>
#include <stddef.h>

#include "src/problem.h"

/*
 * Each returns 0, or -EINVAL with a sentence that begins with the text (struct setting, `check` and
 * `check_all`).
 */
int form_pci(const char *text, struct problem *why);
int form_pci_all(const json_t *texts, size_t *item_r, struct problem *why);
int form_ioports(const char *text, struct problem *why);
int form_iomem(const char *text, struct problem *why);
int form_rdm(const char *text, struct problem *why);
int form_path(const char *text, struct problem *why);
int form_romfile(const char *text, struct problem *why);
int form_machine(const char *text, struct problem *why);
int form_model(const char *text, struct problem *why);

/*
 * Checks `domain_config`: of what is in it, nothing may be the harness's own, or a setting's.
 * Returns 0, or -EINVAL with a sentence that begins with the path.
 */
int form_domain_config(const json_t *piece, size_t *item_r, struct problem *why);

/* Why that name is no setting of the back end, and what to write in its place; NULL: nobody would
 * take it for one. */
const char *setting_why_not(const char *backend, const char *name);

#endif
