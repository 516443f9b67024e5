/* directory.c - from the end of a zip to its directory, and from there to the entries. */
#include "directory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

/* In an entry's own header: the size is in an extra field, as a zip64 has it. */
#define ELSEWHERE UINT32_MAX

/* The archive, or a part of it. */
struct bytes {
        const unsigned char *at;
        size_t len;
};

static bool is_end(const struct bytes *zip, size_t at)
{
        return zip->len - at >= PD_ZIP_END_BYTES &&
               pd_zip_get16(zip->at + at + 20) == zip->len - at - PD_ZIP_END_BYTES;
}

/*
 * The offset of the end record. Its comment may hold what looks like one; which of them counts is
 * then a matter of taste, and readers of different taste would see different archives.
 */
static int find_end(const struct bytes *zip, size_t *ret, struct pd_err *err)
{
        size_t tail = zip->len > PD_ZIP_END_BYTES + PD_ZIP_MAX_COMMENT
                              ? zip->len - PD_ZIP_END_BYTES - PD_ZIP_MAX_COMMENT
                              : 0;
        size_t marks = 0, ends = 0;

        for (size_t at = tail; at + PD_ZIP_MARK_BYTES <= zip->len; at++) {
                if (memcmp(zip->at + at, PD_ZIP_END_MARK, PD_ZIP_MARK_BYTES) != 0)
                        continue;
                marks++;
                if (is_end(zip, at)) {
                        *ret = at;
                        ends++;
                }
        }

        if (marks == 0)
                return pd_fail(err, PD_E_INVALID, 0, "no zip archive, or its end is missing");
        if (ends == 0)
                return pd_fail(err, PD_E_INVALID, 0, "the archive does not end where it says");
        if (ends > 1)
                return pd_fail(err, PD_E_INVALID, 0, "the archive has more than one end");
        return 0;
}

/* The directory's bytes and its number of entries, by the end record at `end`. */
static int find_directory(const struct bytes *zip, size_t end, struct bytes *ret, size_t *ret_count,
                          struct pd_err *err)
{
        const unsigned char *record = zip->at + end;
        uint32_t size = pd_zip_get32(record + 12), offset = pd_zip_get32(record + 16);

        if (end >= PD_ZIP_LOCATOR_BYTES &&
            memcmp(record - PD_ZIP_LOCATOR_BYTES, PD_ZIP_LOCATOR_MARK, PD_ZIP_MARK_BYTES) == 0)
                return pd_fail(
                        err, PD_E_INVALID, 0,
                        "the archive is a zip64, meant for more than 4 GiB: pack it without");
        if (pd_zip_get32(record + 4) != 0 || pd_zip_get16(record + 8) != pd_zip_get16(record + 10))
                return pd_fail(err, PD_E_INVALID, 0, "the archive is one part of several");
        if (offset > end || size != end - offset)
                return pd_fail(err, PD_E_INVALID, 0,
                               "the archive's directory is not where it should be: it is damaged, "
                               "or there are bytes before it");

        *ret = (struct bytes){zip->at + offset, size};
        *ret_count = pd_zip_get16(record + 10);
        return 0;
}

/* Read the entry at the start of `rest` and step over it. */
static int read_entry(struct bytes *rest, struct pd_arena *arena, struct pd_zip_entry *entry,
                      struct pd_err *err)
{
        const unsigned char *at = rest->at;
        size_t name_len, size;

        if (rest->len < PD_ZIP_ENTRY_BYTES || memcmp(at, PD_ZIP_ENTRY_MARK, PD_ZIP_MARK_BYTES) != 0)
                return pd_fail(err, PD_E_INVALID, 0, "the archive's directory is damaged");
        name_len = pd_zip_get16(at + 28);
        size = PD_ZIP_ENTRY_BYTES + name_len + pd_zip_get16(at + 30) + pd_zip_get16(at + 32);
        if (rest->len < size)
                return pd_fail(err, PD_E_INVALID, 0, "the archive's directory is damaged");
        if (memchr(at + PD_ZIP_ENTRY_BYTES, '\0', name_len) != NULL)
                return pd_fail(err, PD_E_INVALID, 0, "the name of an entry has a NUL in it");

        *entry = (struct pd_zip_entry){
                .name = pd_arena_copy(arena, at + PD_ZIP_ENTRY_BYTES, name_len),
                .flags = pd_zip_get16(at + 8),
                .method = pd_zip_get16(at + 10),
                .crc = pd_zip_get32(at + 16),
                .packed = pd_zip_get32(at + 20),
                .size = pd_zip_get32(at + 24),
                .mode = pd_zip_get16(at + 40), /* the upper half of the external attributes */
                .offset = pd_zip_get32(at + 42),
        };
        if (entry->name == NULL)
                return pd_fail_memory(err, "names of an archive");
        rest->at += size;
        rest->len -= size;
        return 0;
}

static int read_entries(struct bytes rest, const struct pd_zip_directory *directory,
                        struct pd_arena *arena, struct pd_err *err)
{
        for (size_t i = 0; i < directory->count; i++) {
                if (read_entry(&rest, arena, &directory->entries[i], err) < 0)
                        return -1;
        }
        if (rest.len != 0)
                return pd_fail(err, PD_E_INVALID, 0,
                               "the archive's directory has more than its %zu entries",
                               directory->count);
        return 0;
}

/* Whether a field of an entry's own header agrees with the directory. */
static bool agrees(uint32_t own, uint32_t directory, uint16_t flags)
{
        return own == directory || own == ELSEWHERE || ((flags & PD_ZIP_SIZES_BEHIND) && own == 0);
}

static bool header_agrees(const unsigned char *header, const struct pd_zip_entry *entry)
{
        size_t name_len = strlen(entry->name);

        return pd_zip_get16(header + 6) == entry->flags &&
               pd_zip_get16(header + 8) == entry->method &&
               agrees(pd_zip_get32(header + 14), entry->crc, entry->flags) &&
               agrees(pd_zip_get32(header + 18), entry->packed, entry->flags) &&
               agrees(pd_zip_get32(header + 22), entry->size, entry->flags) &&
               pd_zip_get16(header + 26) == name_len &&
               memcmp(header + PD_ZIP_LOCAL_BYTES, entry->name, name_len) == 0;
}

/*
 * Find the data of an entry behind its own header, both of them between byte `from` and the end of
 * `files`. Returns the offset of the byte behind the data; 0: it is not there.
 */
static size_t locate(const struct bytes *files, size_t from, struct pd_zip_entry *entry)
{
        const unsigned char *header;
        size_t left, skip;

        if (entry->offset < from || entry->offset > files->len)
                return 0;
        header = files->at + entry->offset;
        left = files->len - entry->offset;
        if (left < PD_ZIP_LOCAL_BYTES || memcmp(header, PD_ZIP_LOCAL_MARK, PD_ZIP_MARK_BYTES) != 0)
                return 0;
        skip = (size_t)PD_ZIP_LOCAL_BYTES + pd_zip_get16(header + 26) + pd_zip_get16(header + 28);
        if (left < skip || left - skip < entry->packed || !header_agrees(header, entry))
                return 0;

        entry->data = header + skip;
        return entry->offset + skip + entry->packed;
}

static int by_offset(const void *a, const void *b)
{
        const struct pd_zip_entry *one = a, *other = b;

        return (one->offset > other->offset) - (one->offset < other->offset);
}

static int locate_all(const struct bytes *files, const struct pd_zip_directory *directory,
                      struct pd_err *err)
{
        size_t from = 0;

        qsort(directory->entries, directory->count, sizeof(*directory->entries), by_offset);
        if (files->len != 0 && (directory->count == 0 || directory->entries[0].offset != 0))
                return pd_fail(err, PD_E_INVALID, 0, "there are bytes before the archive");

        for (size_t i = 0; i < directory->count; i++) {
                from = locate(files, from, &directory->entries[i]);
                if (from == 0)
                        return pd_fail(err, PD_E_INVALID, 0,
                                       "the archive is damaged: what is at byte %u is not the "
                                       "entry that its directory says",
                                       directory->entries[i].offset);
        }
        return 0;
}

int pd_zip_directory_read(const void *bytes, size_t len, const struct pd_archive_limits *limits,
                          struct pd_arena *arena, struct pd_zip_directory *ret, struct pd_err *err)
{
        struct bytes zip = {bytes, len}, files = zip, directory = {0};
        struct pd_zip_directory found = {0};
        size_t end = 0;

        if (find_end(&zip, &end, err) < 0 ||
            find_directory(&zip, end, &directory, &found.count, err) < 0)
                return -1;
        if (found.count > limits->max_entries)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "the archive has %zu entries, over %zu",
                               found.count, limits->max_entries);

        found.entries = pd_arena_alloc(arena, found.count, sizeof(*found.entries));
        if (found.entries == NULL)
                return pd_fail_memory(err, "the entries of an archive");
        files.len = (size_t)(directory.at - zip.at);
        if (read_entries(directory, &found, arena, err) < 0 || locate_all(&files, &found, err) < 0)
                return -1;

        *ret = found;
        return 0;
}
