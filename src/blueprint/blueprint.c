/* blueprint.c - placeholder until the body lands. */
#include "blueprint/blueprint.h"
