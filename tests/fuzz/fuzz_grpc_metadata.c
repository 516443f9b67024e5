/* fuzz_grpc_metadata.c - header lines: what was read may be sent, and is then read the same. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/own.h"
#include "base/utf8.h"
#include "entries.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_message(const char *value, size_t len)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(SIZE_MAX);
        pd_auto(pd_buf_done) struct pd_buf wire = PD_BUF_INIT(SIZE_MAX);
        pd_auto(pd_buf_done) struct pd_buf again = PD_BUF_INIT(SIZE_MAX);

        pd_grpc_percent_decode(&text, value, len);
        assert(pd_utf8_valid(text.data, text.len, NULL) && strlen(text.data) == text.len);
        pd_grpc_percent_encode(&wire, text.data);
        pd_grpc_percent_decode(&again, wire.data, wire.len);
        assert(strcmp(again.data, text.data) == 0);
}

static void read_timeout(const char *value, size_t len)
{
        char text[PD_GRPC_TIMEOUT_SIZE];
        int64_t us, again;

        if (!pd_grpc_timeout_read(value, len, &us))
                return;
        assert(us >= 0 && us <= INT64_MAX / 4);
        pd_grpc_timeout_write(us, text);
        assert(pd_grpc_timeout_read(text, strlen(text), &again) && again >= us);
}

static void send_and_read(const struct pd_grpc_entries *entries, struct pd_arena *arena)
{
        struct pd_grpc_metadata metadata = pd_grpc_entries_metadata(entries);
        struct pd_grpc_entries lines, again = {0};

        if (pd_grpc_entries_to_wire(&metadata, arena, &lines, NULL) < 0)
                return;
        for (size_t i = 0; i < lines.count; i++) {
                if (pd_grpc_entries_add_line(&again, arena, &lines.at[i], NULL) < 0)
                        return;
        }
        assert(again.count == entries->count);
        for (size_t i = 0; i < again.count; i++) {
                assert(strcmp(again.at[i].name, entries->at[i].name) == 0);
                assert(again.at[i].len == entries->at[i].len);
                assert(memcmp(again.at[i].value, entries->at[i].value, again.at[i].len) == 0);
        }
}

/* Lines "name:value". */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_grpc_entries entries = {0};
        char *rest = pd_arena_copy(&arena, data, size);

        for (char *line; rest != NULL && (line = strsep(&rest, "\n")) != NULL;) {
                const char *name = strsep(&line, ":");
                struct pd_grpc_entry entry = {.name = name, .value = line};

                if (line == NULL)
                        continue;
                entry.len = strlen(line);
                read_message(line, entry.len);
                read_timeout(line, entry.len);
                (void)pd_grpc_code_name(pd_grpc_code_read(line, entry.len));
                if (pd_grpc_entries_add_line(&entries, &arena, &entry, NULL) < 0)
                        return 0;
        }
        for (size_t i = 0; i < entries.count; i++)
                assert(pd_grpc_is_metadata(&entries.at[i]));
        send_and_read(&entries, &arena);
        return 0;
}
