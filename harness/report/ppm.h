/*
 * A PPM, as QEMU without libpng takes of a screen, as a PNG, which browsers show.
 */
#ifndef IGD_REPORT_PPM_H
#define IGD_REPORT_PPM_H

#include <stddef.h>

#define PPM_SIDE_MAX  16383       /* pixels */
#define PPM_BYTES_MAX (16u << 20) /* of a picture: 2560x1600 are 12 MB */

/*
 * Converts one (netpbm's ppm(5), the raw form P6 with 255 as its greatest value, which is what
 * QEMU's ppm_save() writes). The same bytes give the same PNG. Returns 0 and bytes that the caller
 * frees; -EINVAL for anything that is not one, or not whole; -ENOMEM.
 */
int ppm_to_png(const char *ppm, size_t length, char **png_r, size_t *length_r);

#endif
