/* read.c - the files of a zip, each held against the limits before it is unpacked. */
#include "archive/archive.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zlib.h>

#include "base/arena.h"
#include "directory.h"
#include "format.h"
#include "names.h"

const struct pd_archive_limits pd_archive_default_limits = {
        .max_bytes = (size_t)64 * 1024 * 1024,
        .max_entries = 4096,
        .max_entry = (size_t)16 * 1024 * 1024,
        .max_unpacked = (size_t)256 * 1024 * 1024,
        .max_ratio = 200,
        .max_name = 255,
};

/* What pd_archive_read() hands out: the files, and the memory that they live in. */
struct owned_archive {
        struct pd_archive files; /* first, so that its address is that of the whole */
        struct pd_arena arena;
};

struct reading {
        const struct pd_archive_limits *limits;
        struct pd_archive_names names;
        struct pd_arena *arena;
        struct pd_archive_entry *files;
        size_t count;
        size_t unpacked; /* bytes of all files up to here */
};

void pd_archive_free(struct pd_archive *archive)
{
        struct owned_archive *owned = (struct owned_archive *)archive;

        if (owned == NULL)
                return;
        pd_arena_done(&owned->arena);
        free(owned);
}

static int add_name(struct reading *reading, const char *name, bool is_folder, struct pd_err *err)
{
        return pd_archive_names_add(&reading->names, name, reading->limits->max_name, is_folder,
                                    err);
}

static int check_kind(const struct pd_zip_entry *entry, struct pd_err *err)
{
        mode_t type = entry->mode & S_IFMT;

        if (type != 0 && type != S_IFREG && type != S_IFDIR)
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is a link or a device; only files and folders are read",
                               entry->name);
        return 0;
}

static int check_packing(const struct pd_zip_entry *entry, struct pd_err *err)
{
        if (entry->flags & PD_ZIP_ENCRYPTED)
                return pd_fail(err, PD_E_INVALID, 0, "'%s' is encrypted", entry->name);
        if (entry->method != PD_ZIP_STORED && entry->method != PD_ZIP_DEFLATED)
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is compressed by method %d; only stored and deflate are read",
                               entry->name, entry->method);
        return 0;
}

static int check_size(const struct reading *reading, const struct pd_zip_entry *entry,
                      struct pd_err *err)
{
        const struct pd_archive_limits *limits = reading->limits;

        if (entry->size > limits->max_entry)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "'%s' is over %zu bytes", entry->name,
                               limits->max_entry);
        if (entry->size > PD_ARCHIVE_RATIO_FREE && entry->size / limits->max_ratio > entry->packed)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "'%s' is packed more than %zu to 1",
                               entry->name, limits->max_ratio);
        if (entry->size > limits->max_unpacked - reading->unpacked)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "the files are over %zu bytes together",
                               limits->max_unpacked);
        return 0;
}

static int wrong_size(const struct pd_zip_entry *entry, struct pd_err *err)
{
        return pd_fail(err, PD_E_INVALID, 0, "'%s' does not unpack to the %u bytes that it says",
                       entry->name, entry->size);
}

static void end_inflate(z_stream *stream)
{
        (void)inflateEnd(stream); /* it can only fail for a stream that was never begun */
}

/* Inflate into `data`, which has room for the bytes that there should be. */
static int inflate_data(const struct pd_zip_entry *entry, void *data, struct pd_err *err)
{
        pd_auto(end_inflate) z_stream stream = {
                .next_in = (Bytef *)(uintptr_t)entry->data,
                .avail_in = entry->packed,
                .next_out = data,
                .avail_out = entry->size,
        };
        int result = inflateInit2(&stream, -MAX_WBITS); /* raw, without zlib's own header */

        if (result == Z_OK)
                result = inflate(&stream, Z_FINISH);
        if (result == Z_MEM_ERROR)
                return pd_fail_memory(err, entry->name);
        if (result == Z_BUF_ERROR || (result == Z_STREAM_END && stream.avail_out != 0))
                return wrong_size(entry, err);
        if (result != Z_STREAM_END || stream.avail_in != 0)
                return pd_fail(err, PD_E_INVALID, 0, "'%s' is damaged: it cannot be unpacked",
                               entry->name);
        return 0;
}

static int unpack(const struct pd_zip_entry *entry, char *data, struct pd_err *err)
{
        if (entry->method == PD_ZIP_DEFLATED) {
                if (inflate_data(entry, data, err) < 0)
                        return -1;
        } else {
                if (entry->packed != entry->size)
                        return wrong_size(entry, err);
                memcpy(data, entry->data, entry->size);
        }

        if (crc32(0, (const Bytef *)data, entry->size) != entry->crc)
                return pd_fail(err, PD_E_INVALID, 0, "'%s' is damaged: its checksum is wrong",
                               entry->name);
        return 0;
}

static int read_file(struct reading *reading, const struct pd_zip_entry *entry, struct pd_err *err)
{
        char *data;

        if (add_name(reading, entry->name, false, err) < 0 || check_kind(entry, err) < 0 ||
            check_packing(entry, err) < 0 || check_size(reading, entry, err) < 0)
                return -1;

        data = pd_arena_alloc(reading->arena, (size_t)entry->size + 1, 1);
        if (data == NULL)
                return pd_fail_memory(err, entry->name);
        if (unpack(entry, data, err) < 0)
                return -1;

        reading->unpacked += entry->size;
        reading->files[reading->count++] =
                (struct pd_archive_entry){.name = entry->name, .data = data, .size = entry->size};
        return 0;
}

static int read_folder(struct reading *reading, const struct pd_zip_entry *entry, size_t name_len,
                       struct pd_err *err)
{
        char *name = pd_arena_copy(reading->arena, entry->name, name_len);

        if (name == NULL)
                return pd_fail_memory(err, entry->name);
        if (add_name(reading, name, true, err) < 0 || check_kind(entry, err) < 0)
                return -1;
        if (entry->size != 0)
                return pd_fail(err, PD_E_INVALID, 0, "the folder '%s' has content", name);
        return 0;
}

static int read_entry(struct reading *reading, const struct pd_zip_entry *entry, struct pd_err *err)
{
        size_t len = strlen(entry->name);

        if (len > 1 && entry->name[len - 1] == '/')
                return read_folder(reading, entry, len - 1, err);
        return read_file(reading, entry, err);
}

static int by_name(const void *a, const void *b)
{
        const struct pd_archive_entry *one = a, *other = b;

        return strcmp(one->name, other->name);
}

static void reading_done(struct reading *reading)
{
        pd_archive_names_done(&reading->names);
}

static int read_all(const struct pd_zip_directory *directory,
                    const struct pd_archive_limits *limits, struct owned_archive *archive,
                    struct pd_err *err)
{
        pd_auto(reading_done) struct reading reading = {.limits = limits,
                                                        .names =
                                                                PD_ARCHIVE_NAMES_INIT(PD_E_INVALID),
                                                        .arena = &archive->arena};

        reading.files = pd_arena_alloc(reading.arena, directory->count, sizeof(*reading.files));
        if (reading.files == NULL)
                return pd_fail_memory(err, "the files of an archive");
        for (size_t i = 0; i < directory->count; i++) {
                if (read_entry(&reading, &directory->entries[i], err) < 0)
                        return -1;
        }

        qsort(reading.files, reading.count, sizeof(*reading.files), by_name);
        archive->files = (struct pd_archive){reading.files, reading.count};
        return 0;
}

int pd_archive_read(const void *bytes, size_t len, const struct pd_archive_limits *limits,
                    struct pd_archive **ret, struct pd_err *err)
{
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        struct pd_zip_directory directory = {0};
        struct owned_archive *owned;

        if (len > limits->max_bytes)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "the archive is over %zu bytes",
                               limits->max_bytes);

        owned = calloc(1, sizeof(*owned));
        if (owned == NULL)
                return pd_fail_memory(err, "an archive");
        archive = &owned->files;
        if (pd_zip_directory_read(bytes, len, limits, &owned->arena, &directory, err) < 0 ||
            read_all(&directory, limits, owned, err) < 0)
                return -1;

        *ret = pd_steal(&archive);
        return 0;
}

const struct pd_archive_entry *pd_archive_find(const struct pd_archive *archive, const char *name)
{
        const struct pd_archive_entry key = {.name = name};

        if (archive->count == 0)
                return NULL;
        return bsearch(&key, archive->entries, archive->count, sizeof(key), by_name);
}
