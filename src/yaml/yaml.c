/* yaml.c - placeholder until the body lands. */
#include "yaml/yaml.h"
