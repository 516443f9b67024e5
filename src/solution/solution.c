/* solution.c - placeholder until the body lands. */
#include "solution/solution.h"
