/* write.c - files into a zip that is the same every time. */
#include "archive/archive.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "directory.h"
#include "format.h"
#include "names.h"

/* Files up to this size are stored, larger ones deflated; the README has the figures. */
#define PD_ARCHIVE_STORE_BYTES 512
#define DEFLATE_LEVEL          1
#define DEFLATE_MEMORY         5

#define MADE_BY  (3 << 8 | 20) /* Unix, APPNOTE 2.0: what the next one needs */
#define NEEDED   20
#define DOS_TIME 0
#define DOS_DATE 0x21 /* 1980-01-01 */

struct pd_archive_writer {
        struct pd_zip_directory constants;
        struct pd_archive_names names;
        struct pd_arena arena;
        struct pd_zip_entry *entries;
        size_t count;
        size_t unpacked; /* bytes of all entries together */
};

/* Deflate for one entry after the other: it is setting it up that takes time. */
struct packer {
        z_stream stream;
        unsigned char *room; /* for what comes out */
        size_t capacity;
};

int pd_archive_writer_new(const void *constants, size_t constants_len,
                          struct pd_archive_writer **ret, struct pd_err *err)
{
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer =
                calloc(1, sizeof(*writer));

        if (writer == NULL)
                return pd_fail_memory(err, "an archive");
        writer->names = (struct pd_archive_names)PD_ARCHIVE_NAMES_INIT(PD_E_CONFLICT);
        if (constants != NULL &&
            pd_zip_directory_read(constants, constants_len, &pd_archive_default_limits,
                                  &writer->arena, &writer->constants, err) < 0)
                return -1;

        *ret = pd_steal(&writer);
        return 0;
}

void pd_archive_writer_free(struct pd_archive_writer *writer)
{
        if (writer == NULL)
                return;
        pd_archive_names_done(&writer->names);
        pd_arena_done(&writer->arena);
        free(writer);
}

/* What could not be read again is not written. */
static int check_limits(const struct pd_archive_writer *writer, const char *name, size_t len,
                        struct pd_err *err)
{
        const struct pd_archive_limits *limits = &pd_archive_default_limits;

        if (writer->count == limits->max_entries)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "the archive has over %zu entries",
                               limits->max_entries);
        if (len > limits->max_entry)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "'%s' is over %zu bytes", name,
                               limits->max_entry);
        if (len > limits->max_unpacked - writer->unpacked)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "the files are over %zu bytes together",
                               limits->max_unpacked);
        return 0;
}

static int add_entry(struct pd_archive_writer *writer, const struct pd_zip_entry *entry,
                     struct pd_err *err)
{
        struct pd_zip_entry *added;

        if (pd_archive_names_add(&writer->names, entry->name, pd_archive_default_limits.max_name,
                                 false, err) < 0)
                return -1;

        added = pd_arena_push(&writer->arena, &writer->entries, &writer->count, sizeof(*added));
        if (added == NULL)
                return pd_fail_memory(err, "the entries of an archive");
        *added = *entry;
        writer->unpacked += entry->size;
        return 0;
}

int pd_archive_add(struct pd_archive_writer *writer, const char *name, const void *bytes,
                   size_t len, struct pd_err *err)
{
        if (check_limits(writer, name, len, err) < 0)
                return -1;
        return add_entry(writer,
                         &(struct pd_zip_entry){
                                 .name = name,
                                 .method = PD_ZIP_STORED,
                                 .crc = (uint32_t)crc32(0, bytes, (uInt)len),
                                 .packed = (uint32_t)len,
                                 .size = (uint32_t)len,
                                 .data = bytes,
                         },
                         err);
}

static const struct pd_zip_entry *find_constant(const struct pd_archive_writer *writer,
                                                const char *name)
{
        for (size_t i = 0; i < writer->constants.count; i++) {
                if (strcmp(writer->constants.entries[i].name, name) == 0)
                        return &writer->constants.entries[i];
        }
        return NULL;
}

int pd_archive_add_constant(struct pd_archive_writer *writer, const char *name, const char *from,
                            struct pd_err *err)
{
        const struct pd_zip_entry *constant = find_constant(writer, from);
        struct pd_zip_entry entry;

        if (constant == NULL)
                return pd_fail(err, PD_E_NOT_FOUND, 0, "no constant '%s'", from);
        if (check_limits(writer, name, constant->size, err) < 0)
                return -1;
        entry = *constant;
        entry.name = name;
        return add_entry(writer, &entry, err);
}

static bool wants_packing(const struct pd_zip_entry *entry)
{
        return entry->method == PD_ZIP_STORED && entry->size > PD_ARCHIVE_STORE_BYTES;
}

static void packer_done(struct packer *packer)
{
        (void)deflateEnd(&packer->stream); /* it can only fail for a stream that was never begun */
        free(packer->room);
}

/* Begin, with room for the largest entry. */
static int packer_begin(struct packer *packer, const struct pd_archive_writer *writer,
                        struct pd_err *err)
{
        size_t largest = 0;

        for (size_t i = 0; i < writer->count; i++) {
                if (wants_packing(&writer->entries[i]) && writer->entries[i].size > largest)
                        largest = writer->entries[i].size;
        }
        if (largest == 0)
                return 0;

        if (deflateInit2(&packer->stream, DEFLATE_LEVEL, Z_DEFLATED, -MAX_WBITS, DEFLATE_MEMORY,
                         Z_DEFAULT_STRATEGY) != Z_OK)
                return pd_fail_memory(err, "the compression of an archive");
        packer->capacity = deflateBound(&packer->stream, largest);
        packer->room = malloc(packer->capacity);
        return packer->room != NULL ? 0 : pd_fail_memory(err, "the compression of an archive");
}

/* Deflate an entry into the room, if it becomes smaller, but not so small that no reader wants it.
 */
static void pack(struct packer *packer, struct pd_zip_entry *entry)
{
        z_stream *stream = &packer->stream;
        int result = deflateReset(stream);

        stream->next_in = (Bytef *)(uintptr_t)entry->data;
        stream->avail_in = entry->size;
        stream->next_out = packer->room;
        stream->avail_out = (uInt)packer->capacity;
        if (result == Z_OK)
                result = deflate(stream, Z_FINISH);
        assert(result == Z_STREAM_END); /* there is room, and nothing else can fail */

        if (stream->total_out < entry->size &&
            (entry->size <= PD_ARCHIVE_RATIO_FREE ||
             entry->size / pd_archive_default_limits.max_ratio <= stream->total_out)) {
                entry->method = PD_ZIP_DEFLATED;
                entry->packed = (uint32_t)stream->total_out;
                entry->data = packer->room;
        }
}

/* What an entry's own header and the directory say alike. */
static void put_facts(struct pd_buf *zip, const struct pd_zip_entry *entry)
{
        pd_zip_put16(zip, NEEDED);
        pd_zip_put16(zip, PD_ZIP_UTF8);
        pd_zip_put16(zip, entry->method);
        pd_zip_put16(zip, DOS_TIME);
        pd_zip_put16(zip, DOS_DATE);
        pd_zip_put32(zip, entry->crc);
        pd_zip_put32(zip, entry->packed);
        pd_zip_put32(zip, entry->size);
        pd_zip_put16(zip, (uint32_t)strlen(entry->name));
        pd_zip_put16(zip, 0); /* extra fields */
}

static void put_file(struct pd_buf *zip, struct pd_zip_entry *entry)
{
        entry->offset = (uint32_t)zip->len;
        pd_buf_put(zip, PD_ZIP_LOCAL_MARK, PD_ZIP_MARK_BYTES);
        put_facts(zip, entry);
        pd_buf_puts(zip, entry->name);
        pd_buf_put(zip, entry->data, entry->packed);
}

static void put_entry(struct pd_buf *zip, const struct pd_zip_entry *entry)
{
        pd_buf_put(zip, PD_ZIP_ENTRY_MARK, PD_ZIP_MARK_BYTES);
        pd_zip_put16(zip, MADE_BY);
        put_facts(zip, entry);
        pd_zip_put16(zip, 0); /* comment */
        pd_zip_put16(zip, 0); /* number of the disk */
        pd_zip_put16(zip, 0); /* internal attributes */
        pd_zip_put16(zip, 0); /* external attributes: those of DOS, then those of Unix */
        pd_zip_put16(zip, S_IFREG | 0644);
        pd_zip_put32(zip, entry->offset);
        pd_buf_puts(zip, entry->name);
}

static void put_directory(struct pd_buf *zip, const struct pd_archive_writer *writer)
{
        size_t offset = zip->len, size;

        for (size_t i = 0; i < writer->count; i++)
                put_entry(zip, &writer->entries[i]);
        size = zip->len - offset;

        pd_buf_put(zip, PD_ZIP_END_MARK, PD_ZIP_MARK_BYTES);
        pd_zip_put32(zip, 0); /* number of the disk, twice */
        pd_zip_put16(zip, (uint32_t)writer->count);
        pd_zip_put16(zip, (uint32_t)writer->count);
        pd_zip_put32(zip, (uint32_t)size);
        pd_zip_put32(zip, (uint32_t)offset);
        pd_zip_put16(zip, 0); /* comment */
}

static int by_name(const void *a, const void *b)
{
        const struct pd_zip_entry *one = a, *other = b;

        return strcmp(one->name, other->name);
}

int pd_archive_finish(struct pd_archive_writer *writer, void **ret, size_t *ret_len,
                      struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf zip = PD_BUF_INIT(pd_archive_default_limits.max_bytes);
        pd_auto(packer_done) struct packer packer = {0};

        if (packer_begin(&packer, writer, err) < 0)
                return -1;
        if (writer->count != 0)
                qsort(writer->entries, writer->count, sizeof(*writer->entries), by_name);
        for (size_t i = 0; i < writer->count; i++) {
                if (wants_packing(&writer->entries[i]))
                        pack(&packer, &writer->entries[i]);
                put_file(&zip, &writer->entries[i]);
        }
        put_directory(&zip, writer);

        if (pd_buf_check(&zip, "the archive", err) < 0)
                return -1;
        *ret = pd_buf_take(&zip, ret_len);
        return 0;
}
