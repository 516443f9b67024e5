/* package.c - placeholder until the body lands. */
#include "package/package.h"
