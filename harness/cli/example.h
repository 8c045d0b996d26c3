/* The matrix that `plan --example` prints: harness/cli/example.yaml. */
#ifndef IGD_CLI_EXAMPLE_H
#define IGD_CLI_EXAMPLE_H

#include "harness/base/embedded.h"

extern const struct embedded example_matrix;

#endif
