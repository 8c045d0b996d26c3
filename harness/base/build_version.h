/*
 * What this program was built from: "0.2.0" of a release, "0.2.0-dev-g0123456789ab" of any other
 * commit, with "-dirty" if files were changed (../build-version). Two programs that judge
 * differently are told apart by it.
 */
#ifndef IGD_BASE_BUILD_VERSION_H
#define IGD_BASE_BUILD_VERSION_H

/* Borrowed. Of a program that does not name its build (the suites): the version of meson.build. */
const char *build_version(void);

/* Names the build; `build` is borrowed for good. Called once, by main(). */
void build_version_set(const char *build);

/* The build of igd-harness alone (build_id.c.in): with it in the library, each commit would link
 * every suite again. */
extern const char build_id[];

#endif
