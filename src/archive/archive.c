/* archive.c - placeholder until the body lands. */
#include "archive/archive.h"
