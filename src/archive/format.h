/* format.h - the records of a zip (APPNOTE.TXT 6.3, section 4.3), little endian. */
#ifndef PD_ARCHIVE_FORMAT_H
#define PD_ARCHIVE_FORMAT_H

#include <stdint.h>

#include "base/buf.h"

#define PD_ZIP_MARK_BYTES 4

/* An entry's own header, in front of its data. */
#define PD_ZIP_LOCAL_MARK  "PK\3\4"
#define PD_ZIP_LOCAL_BYTES 30

/* An entry of the directory. */
#define PD_ZIP_ENTRY_MARK  "PK\1\2"
#define PD_ZIP_ENTRY_BYTES 46

/* The record that ends the archive and says where the directory is. */
#define PD_ZIP_END_MARK    "PK\5\6"
#define PD_ZIP_END_BYTES   22
#define PD_ZIP_MAX_COMMENT 65535

/* What stands in front of that record in a zip64. */
#define PD_ZIP_LOCATOR_MARK  "PK\6\7"
#define PD_ZIP_LOCATOR_BYTES 20

#define PD_ZIP_STORED   0
#define PD_ZIP_DEFLATED 8

enum pd_zip_flag {
        PD_ZIP_ENCRYPTED = 1 << 0,
        PD_ZIP_SIZES_BEHIND = 1 << 3, /**< checksum and sizes follow the data, the header has 0 */
        PD_ZIP_UTF8 = 1 << 11,
};

static inline uint16_t pd_zip_get16(const unsigned char *at)
{
        return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t pd_zip_get32(const unsigned char *at)
{
        return pd_zip_get16(at) | (uint32_t)pd_zip_get16(at + 2) << 16;
}

static inline void pd_zip_put16(struct pd_buf *out, uint32_t value)
{
        pd_buf_put(out, (const char[]){(char)value, (char)(value >> 8)}, 2);
}

static inline void pd_zip_put32(struct pd_buf *out, uint32_t value)
{
        pd_zip_put16(out, value);
        pd_zip_put16(out, value >> 16);
}

#endif
