/* assets.h - what is built into the program (see meson.build). */
#ifndef PD_DEPLOYER_ASSETS_H
#define PD_DEPLOYER_ASSETS_H

#include <stddef.h>

extern const char pd_asset_openapi[];           /* openapi.yaml; a NUL stands after it */
extern const unsigned char pd_asset_examples[]; /* a local catalogue with the examples in it */
extern const size_t pd_asset_examples_len;

#endif
