/* raw_zip.h - zips byte by byte, so that they can be as wrong as a test wants them. */
#ifndef PD_TESTS_RAW_ZIP_H
#define PD_TESTS_RAW_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/** An entry; what is left 0 or NULL is as it should be for a stored file. */
struct raw_entry {
        const char *name;
        size_t name_len;        /**< 0: up to the NUL */
        const char *local_name; /**< what its own header says, of the same length */
        const void *data;       /**< as it lies in the zip */
        size_t len;
        bool is_deflated; /**< `data` is deflated here and now */
        bool is_streamed; /**< checksum and sizes stand behind the data, as Java writes it */
        uint32_t at;      /**< its header is there already: the directory's entry alone */
        uint16_t method;  /**< said in place of the true one */
        uint16_t flags;   /**< 1: encrypted */
        uint32_t mode;    /**< Unix type and permissions */
        uint32_t size;    /**< said in place of the true one, unpacked */
        uint32_t crc_xor; /**< makes the checksum wrong */
};

struct raw_zip {
        struct pd_buf bytes; /**< the zip, once raw_zip_end() was called */
        struct pd_buf directory;
        unsigned count;
};

/** Up to 64 MiB. */
#define RAW_ZIP_INIT                                                                               \
        {                                                                                          \
                .bytes = PD_BUF_INIT(64 << 20), .directory = PD_BUF_INIT(64 << 20)                 \
        }

void raw_zip_done(struct raw_zip *zip);

void raw_zip_add(struct raw_zip *zip, const struct raw_entry *entry);

/** An end record for the directory so far; `comment` may be longer than what is put behind it. */
void raw_zip_put_end(struct raw_zip *zip, unsigned count, uint32_t size, uint32_t offset,
                     uint16_t comment);

/** The directory and its end record. */
void raw_zip_end(struct raw_zip *zip);

#endif
