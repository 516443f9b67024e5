/* wishes.c - wishes out of metadata. */
#include "wishes.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "peer.h"

#define MAX_WISH 4000000000

static const struct {
        const char *name;
        size_t place;
} wish_names[] = {
        {"code", offsetof(struct wishes, code)},
        {"count", offsetof(struct wishes, count)},
        {"size", offsetof(struct wishes, size)},
        {"stop-reading", offsetof(struct wishes, stop_reading)},
        {"end-after", offsetof(struct wishes, end_after)},
        {"delay-ms", offsetof(struct wishes, delay_ms)},
        {"read-pause-ms", offsetof(struct wishes, read_pause_ms)},
        {"at-once", offsetof(struct wishes, answers_at_once)},
        {"late", offsetof(struct wishes, is_late)},
        {"reset", offsetof(struct wishes, resets)},
};

static void read_wish(struct wishes *wishes, const struct pd_grpc_entry *entry)
{
        if (strcmp(entry->name, "text-bin") == 0)
                wishes->text = entry->value;
        for (size_t i = 0; i < PD_COUNT(wish_names); i++) {
                int64_t *place = (void *)((char *)wishes + wish_names[i].place);

                if (strcmp(entry->name, wish_names[i].name) == 0 &&
                    pd_parse_int(entry->value, 0, MAX_WISH, place, NULL) < 0)
                        (void)fprintf(stderr, "grpc-peer: what is '%s'?\n", entry->value);
        }
}

struct wishes wishes_read(const struct pd_grpc_metadata *metadata)
{
        struct wishes wishes = {
                .count = 1,
                .size = PEER_NEVER,
                .stop_reading = PEER_NEVER,
                .end_after = PEER_NEVER,
        };

        for (size_t i = 0; i < metadata->count; i++)
                read_wish(&wishes, &metadata->at[i]);
        return wishes;
}

size_t wishes_pick(const struct pd_grpc_metadata *metadata, const char *prefix,
                   struct pd_grpc_entry picked[WISHES_MAX_ENTRIES])
{
        size_t count = 0;

        for (size_t i = 0; i < metadata->count && count < WISHES_MAX_ENTRIES; i++) {
                if (strncmp(metadata->at[i].name, prefix, strlen(prefix)) == 0)
                        picked[count++] = metadata->at[i];
        }
        return count;
}
