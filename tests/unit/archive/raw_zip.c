/* raw_zip.c - local headers, directory and end record (APPNOTE.TXT 6.3, 4.3). */
#include "raw_zip.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/own.h"
#include "pd_test.h"

#define DOS_DATE 0x21
#define MADE_BY  (3 << 8 | 20) /* Unix, 2.0 */
#define NEEDED   20
#define STREAMED (1 << 3)

static void put16(struct pd_buf *out, uint32_t value)
{
        pd_buf_putc(out, (char)value);
        pd_buf_putc(out, (char)(value >> 8));
}

static void put32(struct pd_buf *out, uint32_t value)
{
        put16(out, value);
        put16(out, value >> 16);
}

/* What a header of its own and the directory both say of an entry, without the name. */
struct facts {
        uint16_t flags, method;
        uint32_t crc, packed, size;
        size_t name_len;
};

static void put_facts(struct pd_buf *out, const struct facts *facts)
{
        put16(out, NEEDED);
        put16(out, facts->flags);
        put16(out, facts->method);
        put16(out, 0);
        put16(out, DOS_DATE);
        put32(out, facts->crc);
        put32(out, facts->packed);
        put32(out, facts->size);
        put16(out, (uint32_t)facts->name_len);
        put16(out, 0); /* extra fields */
}

static void *deflated(const void *data, size_t len, size_t *ret_len)
{
        z_stream stream = {0};
        size_t room = len + 1000;
        void *packed = malloc(room);

        assert_non_null(packed);
        assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, 0), Z_OK);
        stream.next_in = (Bytef *)(uintptr_t)data;
        stream.avail_in = (uInt)len;
        stream.next_out = packed;
        stream.avail_out = (uInt)room;
        assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
        *ret_len = stream.total_out;
        deflateEnd(&stream);
        return packed;
}

void raw_zip_done(struct raw_zip *zip)
{
        pd_buf_done(&zip->bytes);
        pd_buf_done(&zip->directory);
}

static struct facts facts_of(const struct raw_entry *entry, size_t packed_len)
{
        return (struct facts){
                .flags = (uint16_t)(entry->flags | (entry->is_streamed ? STREAMED : 0)),
                .method = entry->method != 0   ? entry->method
                          : entry->is_deflated ? 8
                                               : 0,
                .crc = (uint32_t)crc32(0, entry->data, (uInt)entry->len) ^ entry->crc_xor,
                .packed = (uint32_t)packed_len,
                .size = entry->size != 0 ? entry->size : (uint32_t)entry->len,
                .name_len = entry->name_len != 0 ? entry->name_len : strlen(entry->name),
        };
}

/* The header and what follows it. */
static void put_file(struct pd_buf *out, const struct raw_entry *entry, const struct facts *facts,
                     const void *packed)
{
        struct facts said = *facts;

        if (entry->is_streamed)
                said.crc = said.packed = said.size = 0;
        pd_buf_put(out, "PK\3\4", 4);
        put_facts(out, &said);
        pd_buf_put(out, entry->local_name != NULL ? entry->local_name : entry->name,
                   facts->name_len);
        pd_buf_put(out, packed, facts->packed);
        if (!entry->is_streamed)
                return;

        pd_buf_put(out, "PK\7\10", 4);
        put32(out, facts->crc);
        put32(out, facts->packed);
        put32(out, facts->size);
}

void raw_zip_add(struct raw_zip *zip, const struct raw_entry *entry)
{
        size_t packed_len = entry->len;
        pd_auto(pd_free_ptr) void *packed =
                entry->is_deflated ? deflated(entry->data, entry->len, &packed_len) : NULL;
        struct facts facts = facts_of(entry, packed_len);
        uint32_t offset = entry->at != 0 ? entry->at : (uint32_t)zip->bytes.len;

        if (entry->at == 0)
                put_file(&zip->bytes, entry, &facts, packed != NULL ? packed : entry->data);

        pd_buf_put(&zip->directory, "PK\1\2", 4);
        put16(&zip->directory, MADE_BY);
        put_facts(&zip->directory, &facts);
        put16(&zip->directory, 0); /* comment */
        put16(&zip->directory, 0); /* disk */
        put16(&zip->directory, 0); /* internal attributes */
        put32(&zip->directory, entry->mode << 16);
        put32(&zip->directory, offset);
        pd_buf_put(&zip->directory, entry->name, facts.name_len);
        zip->count++;
}

void raw_zip_put_end(struct raw_zip *zip, unsigned count, uint32_t size, uint32_t offset,
                     uint16_t comment)
{
        pd_buf_put(&zip->bytes, "PK\5\6", 4);
        put32(&zip->bytes, 0); /* disks */
        put16(&zip->bytes, count);
        put16(&zip->bytes, count);
        put32(&zip->bytes, size);
        put32(&zip->bytes, offset);
        put16(&zip->bytes, comment);
}

void raw_zip_end(struct raw_zip *zip)
{
        struct pd_err err = {0};
        uint32_t offset = (uint32_t)zip->bytes.len;

        pd_buf_put(&zip->bytes, zip->directory.data, zip->directory.len);
        raw_zip_put_end(zip, zip->count, (uint32_t)zip->directory.len, offset, 0);
        assert_pd_ok(pd_buf_check(&zip->bytes, "zip", &err), err);
}
