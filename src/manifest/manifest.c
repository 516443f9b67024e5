/* manifest.c - placeholder until the body lands. */
#include "manifest/manifest.h"
