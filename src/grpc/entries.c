/* entries.c - which metadata may be sent, and what header lines say. */
#include "entries.h"

#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/own.h"

/* Names that are HTTP's or gRPC's, beside those with a `:` or `grpc-` in front. */
static const char *const reserved[] = {
        "connection", "content-length",   "content-type", "host",
        "keep-alive", "proxy-connection", "te",           "transfer-encoding",
        "upgrade",    "user-agent",
};

static bool is_sign(char sign)
{
        return (sign >= 'a' && sign <= 'z') || (sign >= '0' && sign <= '9') || sign == '_' ||
               sign == '-' || sign == '.';
}

static bool is_binary(const char *name, size_t len)
{
        return len >= 4 && memcmp(name + len - 4, "-bin", 4) == 0;
}

static bool is_blank(char sign)
{
        return sign == ' ' || sign == '\t';
}

static bool is_printable(const char *value, size_t len)
{
        for (size_t i = 0; i < len; i++) {
                if (value[i] < ' ' || value[i] > '~')
                        return false;
        }
        return len == 0 || (!is_blank(value[0]) && !is_blank(value[len - 1]));
}

bool pd_grpc_is_metadata_name(const char *name, size_t len)
{
        if (len == 0 || (len >= 5 && memcmp(name, "grpc-", 5) == 0))
                return false;
        for (size_t i = 0; i < len; i++) {
                if (!is_sign(name[i]))
                        return false;
        }
        for (size_t i = 0; i < PD_COUNT(reserved); i++) {
                if (strlen(reserved[i]) == len && memcmp(reserved[i], name, len) == 0)
                        return false;
        }
        return true;
}

bool pd_grpc_is_metadata(const struct pd_grpc_entry *entry)
{
        size_t len = strlen(entry->name);

        return pd_grpc_is_metadata_name(entry->name, len) &&
               (is_binary(entry->name, len) || is_printable(entry->value, entry->len));
}

/* Append an entry; its texts are the arena's, or NULL when there was no memory for them. */
static int add(struct pd_grpc_entries *entries, struct pd_arena *arena, struct pd_grpc_entry entry,
               struct pd_err *err)
{
        struct pd_grpc_entry *added = NULL;

        if (entry.name != NULL && entry.value != NULL)
                added = pd_arena_push(arena, &entries->at, &entries->count, sizeof(*added));
        if (added == NULL)
                return pd_fail_memory(err, "metadata");
        *added = entry;
        return 0;
}

/* base64 without padding; NULL: no memory. */
static const char *encode(struct pd_arena *arena, const char *bytes, size_t len, size_t *ret_len)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PTRDIFF_MAX);

        pd_base64_put(&text, bytes, len);
        while (text.len > 0 && text.data[text.len - 1] == '=')
                pd_buf_cut(&text, text.len - 1);
        *ret_len = text.len;
        return text.failed == 0 ? pd_arena_copy(arena, text.data, text.len) : NULL;
}

int pd_grpc_entries_to_wire(const struct pd_grpc_metadata *metadata, struct pd_arena *arena,
                            struct pd_grpc_entries *ret, struct pd_err *err)
{
        struct pd_grpc_entries entries = {0};

        for (size_t i = 0; i < metadata->count; i++) {
                const struct pd_grpc_entry *entry = &metadata->at[i];
                struct pd_grpc_entry line = {.len = entry->len};

                if (!pd_grpc_is_metadata(entry))
                        continue;
                line.name = pd_arena_string(arena, entry->name);
                line.value = is_binary(entry->name, strlen(entry->name))
                                     ? encode(arena, entry->value, entry->len, &line.len)
                                     : pd_arena_copy(arena, entry->value, entry->len);
                if (add(&entries, arena, line, err) < 0)
                        return -1;
        }
        *ret = entries;
        return 0;
}

static int add_text(struct pd_grpc_entries *entries, struct pd_arena *arena,
                    const struct pd_grpc_entry *line, struct pd_err *err)
{
        const char *value = line->value;
        size_t len = line->len;

        for (; len > 0 && is_blank(value[0]); len--)
                value++;
        while (len > 0 && is_blank(value[len - 1]))
                len--;
        if (!is_printable(value, len))
                return 0;
        return add(entries, arena,
                   (struct pd_grpc_entry){.name = pd_arena_string(arena, line->name),
                                          .value = pd_arena_copy(arena, value, len),
                                          .len = len},
                   err);
}

/* Append one value; `entry` has its name already. */
static int add_decoded(struct pd_grpc_entries *entries, struct pd_arena *arena,
                       struct pd_grpc_entry entry, const char *text, size_t len, struct pd_err *err)
{
        char *bytes = pd_arena_alloc(arena, 3 * (len / 4) + 2 + 1, 1); /* a NUL at the end */

        if (bytes != NULL && !pd_base64_decode(text, len, bytes, &entry.len))
                return 0;
        entry.value = bytes;
        return add(entries, arena, entry, err);
}

static int add_binary(struct pd_grpc_entries *entries, struct pd_arena *arena,
                      const struct pd_grpc_entry *line, struct pd_err *err)
{
        struct pd_grpc_entry entry = {.name = pd_arena_string(arena, line->name)};
        const char *at = line->value, *end = line->value + line->len;

        for (size_t i = 0; i < PD_GRPC_MAX_VALUES_A_LINE; i++) {
                const char *comma = memchr(at, ',', (size_t)(end - at));
                const char *stop = comma != NULL ? comma : end;

                if (add_decoded(entries, arena, entry, at, (size_t)(stop - at), err) < 0)
                        return -1;
                if (comma == NULL)
                        break;
                at = comma + 1;
        }
        return 0;
}

int pd_grpc_entries_add_line(struct pd_grpc_entries *entries, struct pd_arena *arena,
                             const struct pd_grpc_entry *line, struct pd_err *err)
{
        size_t len = strlen(line->name);

        if (!pd_grpc_is_metadata_name(line->name, len))
                return 0;
        return (is_binary(line->name, len) ? add_binary : add_text)(entries, arena, line, err);
}
