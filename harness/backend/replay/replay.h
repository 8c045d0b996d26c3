/* The replay back end; what it does is told in replay.c. */
#ifndef IGD_BACKEND_REPLAY_REPLAY_H
#define IGD_BACKEND_REPLAY_REPLAY_H

#include "harness/backend/backend.h"

extern const struct backend backend_replay;

#endif
