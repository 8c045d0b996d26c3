/* Whether KVM runs guests on this host. */
#ifndef IGD_BACKEND_QEMU_KVM_H
#define IGD_BACKEND_QEMU_KVM_H

#include <systemd/sd-event.h>

#include "src/problem.h"

/* How long a boot sector of 15 bytes may take. */
#define KVM_LIMIT_MS 10000

/*
 * Runs a guest of one boot sector under KVM with the QEMU `program`: `device`, /dev/kvm, opens also
 * on hosts that run no guest. Returns 0 if the guest ran; -EIO, or the errno of `device`, with the
 * sentence if it did not; -ENOMEM.
 */
int kvm_try(const char *device, const char *program, sd_event *loop, struct problem *why);

#endif
