/* proto.c - placeholder until the body lands. */
#include "proto/proto.h"
