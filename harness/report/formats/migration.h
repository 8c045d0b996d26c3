/*
 * Transitions (harness/plan/transition.h) as a table in Markdown: docs/topics/migration.md has one.
 */
#ifndef IGD_REPORT_FORMATS_MIGRATION_H
#define IGD_REPORT_FORMATS_MIGRATION_H

#include "harness/report/stream.h"

/* The renderer "migration-md": a row for each cell that was saved, or was to be. */
int render_migration(const json_t *findings, const struct render_options *options, FILE *stream);

#endif
