/* json.c - placeholder until the body lands. */
#include "json/json.h"
