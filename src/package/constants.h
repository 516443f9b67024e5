/* constants.h - a zip of the files that are the same in every solution.zip, made by the build. */
#ifndef PD_PACKAGE_CONSTANTS_H
#define PD_PACKAGE_CONSTANTS_H

#include <stddef.h>

extern const unsigned char pd_package_constants[];
extern const size_t pd_package_constants_len;

#endif
