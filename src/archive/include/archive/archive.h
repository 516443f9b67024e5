/* archive.h - zip files from memory to memory, safely. */
#ifndef PD_ARCHIVE_ARCHIVE_H
#define PD_ARCHIVE_ARCHIVE_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"

/** What an archive may cost before it is refused; each one is named in the message. */
struct pd_archive_limits {
        size_t max_bytes;    /**< of the zip itself */
        size_t max_entries;  /**< folders counted */
        size_t max_entry;    /**< bytes of one entry, unpacked */
        size_t max_unpacked; /**< bytes of all entries together */
        size_t max_ratio; /**< unpacked to packed, of an entry over PD_ARCHIVE_RATIO_FREE bytes */
        size_t max_name;  /**< bytes of a name */
};

/** Entries up to this size may have any ratio: a page of blanks is no bomb. */
#define PD_ARCHIVE_RATIO_FREE 65536

/** For a solution.zip: 64 MiB, 4,096 entries, 16 MiB an entry, 256 MiB in all, 200:1, 255 bytes. */
extern const struct pd_archive_limits pd_archive_default_limits;

/** One file. */
struct pd_archive_entry {
        const char *name; /**< UTF-8, parts separated by '/', relative */
        const char *data; /**< when read: a NUL stands after the last byte */
        size_t size;
};

/** The files of an archive, sorted by name (bytewise). Immutable. */
struct pd_archive {
        const struct pd_archive_entry *entries;
        size_t count;
};

/**
 * Read all files of a zip. Folders are checked and left out.
 *
 * PD_E_INVALID: no zip, damaged (every CRC is checked), a zip64, encrypted, a compression other
 * than stored or deflate, bytes before or after the archive, entries in each other's bytes, an
 * entry's own header that differs from the directory, a link or a device, or an unsafe name:
 * absolute, `.` or `..` as a part, an empty part, a backslash, a drive letter, a control character,
 * no UTF-8, twice (also when only the case differs), a file where another name wants a folder.
 * PD_E_TOO_LARGE: over one of the limits. At most max_unpacked bytes are ever unpacked.
 */
int pd_archive_read(const void *bytes, size_t len, const struct pd_archive_limits *limits,
                    struct pd_archive **ret, struct pd_err *err) PD_MUST_CHECK;

/** NULL is fine. */
void pd_archive_free(struct pd_archive *archive);

/** The entry of that name, or NULL. */
const struct pd_archive_entry *pd_archive_find(const struct pd_archive *archive, const char *name);

/** Why `name` must not be an entry's name, in a word for people; NULL: it may. */
const char *pd_archive_name_fault(const char *name, size_t max_len);

struct pd_archive_writer;

/**
 * Begin a zip. `constants` may be a zip whose entries are to be taken as they are, already
 * compressed, by pd_archive_add_constant(); it must outlive the writer.
 */
int pd_archive_writer_new(const void *constants, size_t constants_len,
                          struct pd_archive_writer **ret, struct pd_err *err) PD_MUST_CHECK;

/** NULL is fine. Nothing is left behind. */
void pd_archive_writer_free(struct pd_archive_writer *writer);

/**
 * Add a file; name and bytes must outlive the writer. Names are checked as when reading, and so are
 * the default limits: what is written can be read again. PD_E_CONFLICT: the name is there already,
 * in any case, or a file is where a folder should be; the writer may be used further.
 */
int pd_archive_add(struct pd_archive_writer *writer, const char *name, const void *bytes,
                   size_t len, struct pd_err *err) PD_MUST_CHECK;

/** Add the entry `from` of the constants under `name`, without compressing it again.
 * PD_E_NOT_FOUND: there is none. */
int pd_archive_add_constant(struct pd_archive_writer *writer, const char *name, const char *from,
                            struct pd_err *err) PD_MUST_CHECK;

/**
 * The finished zip: entries sorted by name, dated 1980-01-01, mode 0644; the same entries give the
 * same bytes. The caller frees *ret. The writer is used up.
 */
int pd_archive_finish(struct pd_archive_writer *writer, void **ret, size_t *ret_len,
                      struct pd_err *err) PD_MUST_CHECK;

PD_DEFINE_AUTO(struct pd_archive, pd_archive_free)
PD_DEFINE_AUTO(struct pd_archive_writer, pd_archive_writer_free)

#endif
