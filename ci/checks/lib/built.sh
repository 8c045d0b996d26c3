# shellcheck shell=bash disable=SC2034
# What the build makes and ci/ uses, by its path: nothing else in ci/ names these. Sourced.

# Targets of ninja, the same in every build folder.
HARNESS_TARGET=harness/igd-harness
MODULE_TARGETS=(harness/igd-bundle.so harness/igd-elf.so harness/igd-cache.so)

# Paths in the tree.
BUILT_HARNESS=build/$HARNESS_TARGET
BUILT_MODULES=("${MODULE_TARGETS[@]/#/build/}")
SANITIZED_HARNESS=build-sanitize/$HARNESS_TARGET
# The module of the libxl back end: without Xen's headers it is not built.
BUILT_XEN=build/harness/igd-xen.so
BUILT_DM=build/harness/igd-dm
BUILT_RENDER=build/harness/render-findings
BUILT_MUTATIONS=build/harness/mutations
# A libxl back end that does not answer.
BUILT_HANGING_BACKEND=build/harness/hanging-backend.so
# For LD_PRELOAD.
BUILT_HOLD=build/harness/hold.so
BUILT_FULL_DISK=build/harness/full-disk.so
BUILT_JUMP=build/harness/jump.so

# Builds in a folder, `build` or `build-sanitize`: one check at a time, for ninja does not look whether it is alone.
ninja_alone() { # FOLDER [TARGET...]
	mkdir -p build-checks
	flock "build-checks/$1.lock" ninja -C "$@"
}
