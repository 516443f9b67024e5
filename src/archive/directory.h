/*
 * directory.h - the directory of a zip: where its entries are, and what it says of them.
 *
 * Nothing is taken on trust: one end, one directory in front of it, every entry with a header of
 * its own that says the same, no two entries in each other's bytes, no bytes before the first.
 */
#ifndef PD_ARCHIVE_DIRECTORY_H
#define PD_ARCHIVE_DIRECTORY_H

#include <stddef.h>
#include <stdint.h>

#include "archive/archive.h"
#include "base/arena.h"

struct pd_zip_entry {
        const char
                *name; /**< a copy, as it is written: nothing is checked but that no NUL is in it */
        uint16_t flags;
        uint16_t method;
        uint32_t crc;
        uint32_t packed; /**< bytes of data in the archive */
        uint32_t size;   /**< bytes they should unpack to */
        uint16_t mode;   /**< Unix type and permissions, or 0 */
        uint32_t offset; /**< of its own header */
        const unsigned char *data;
};

struct pd_zip_directory {
        struct pd_zip_entry *entries; /**< in the order of their data */
        size_t count;
};

/** Read it into the arena; the entries' data stays where it is. Of the limits it keeps max_entries.
 */
int pd_zip_directory_read(const void *bytes, size_t len, const struct pd_archive_limits *limits,
                          struct pd_arena *arena, struct pd_zip_directory *ret,
                          struct pd_err *err) PD_MUST_CHECK;

#endif
