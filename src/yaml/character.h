/* character.h - characters that do not stand in YAML as they are. */
#ifndef PD_YAML_CHARACTER_H
#define PD_YAML_CHARACTER_H

#include <stddef.h>

/**
 * The character that these bytes (one character, well-formed) are, if it must be escaped: because
 * YAML says so (controls but tab and line break, DEL, U+FFFE, U+FFFF), or because a reader of YAML
 * 1.1 takes it for a line break (U+0085, U+2028, U+2029) or drops it (U+FEFF). Else -1.
 */
int pd_yaml_odd_character(const char *text, size_t size);

#endif
