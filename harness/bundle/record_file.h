/* A record of a host (harness/host/record.h) from a file, compressed or not. */
#ifndef IGD_BUNDLE_RECORD_FILE_H
#define IGD_BUNDLE_RECORD_FILE_H

#include "harness/host/record.h"
#include "src/problem.h"

/*
 * Reads the file; one that gzip, bzip2, xz or zstd compressed is unpacked, at most RECORD_MAX bytes
 * of it. Returns 0, to be freed with record_free(); or a negative errno with the sentence, which
 * names the file.
 */
int record_file_read(const char *name, struct record *record_r, struct problem *why);

#endif
