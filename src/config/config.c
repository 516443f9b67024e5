/* config.c - placeholder until the body lands. */
#include "config/config.h"
