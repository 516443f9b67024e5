/*
 * map.c - open addressing with linear probing, at most half full.
 *
 * Keys come from strangers, who would love to make them collide; so they are hashed by SipHash-1-3
 * under a key that is new in every process.
 */
#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#define FIRST_CAPACITY 16 /* a power of two, like every capacity */

struct pd_map_slot {
        const char *key; /* NULL: free */
        uint64_t hash;
        size_t value;
};

static uint64_t rotate(uint64_t word, int bits)
{
        return (word << bits) | (word >> (64 - bits));
}

static void sip_start(uint64_t v[4])
{
        uint64_t secret[2];

        /* sixteen random bytes that the kernel gives to every process */
        memcpy(secret, (const void *)getauxval(AT_RANDOM), sizeof(secret));
        v[0] = secret[0] ^ 0x736f6d6570736575;
        v[1] = secret[1] ^ 0x646f72616e646f6d;
        v[2] = secret[0] ^ 0x6c7967656e657261;
        v[3] = secret[1] ^ 0x7465646279746573;
}

static void sip_round(uint64_t v[4])
{
        v[0] += v[1];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[0] = rotate(v[0], 32);
        v[2] += v[3];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
}

/* A-Z as a-z; locale free, unlike tolower(). */
static unsigned char fold(unsigned char c)
{
        return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
}

static uint64_t hash_key(const char *key, bool ignore_case)
{
        uint64_t v[4];
        uint64_t word = 0;
        size_t len = 0;

        sip_start(v);
        for (; key[len] != '\0'; len++) {
                unsigned char c = (unsigned char)key[len];

                word = word << 8 | (ignore_case ? fold(c) : c);
                if (len % 8 == 7) {
                        sip_word(v, word);
                        word = 0;
                }
        }
        sip_word(v, word | (uint64_t)len << 56);
        v[2] ^= 0xff;
        for (int i = 0; i < 3; i++)
                sip_round(v);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static bool same_key(const char *a, const char *b, bool ignore_case)
{
        if (!ignore_case)
                return strcmp(a, b) == 0;

        while (*a != '\0' && fold((unsigned char)*a) == fold((unsigned char)*b)) {
                a++;
                b++;
        }
        return *a == *b;
}

/* The slot of the key, or the free one where it belongs. There must be slots. */
static struct pd_map_slot *find(const struct pd_map *map, const char *key, uint64_t hash)
{
        size_t i = hash & (map->capacity - 1);

        while (map->slots[i].key != NULL &&
               (map->slots[i].hash != hash || !same_key(map->slots[i].key, key, map->ignore_case)))
                i = (i + 1) & (map->capacity - 1);
        return &map->slots[i];
}

static int grow(struct pd_map *map)
{
        struct pd_map larger = {.ignore_case = map->ignore_case,
                                .count = map->count,
                                .capacity =
                                        map->capacity != 0 ? map->capacity * 2 : FIRST_CAPACITY};

        larger.slots = calloc(larger.capacity, sizeof(*larger.slots));
        if (larger.slots == NULL)
                return -1;

        for (size_t i = 0; i < map->capacity; i++) {
                const struct pd_map_slot *slot = &map->slots[i];

                if (slot->key != NULL)
                        *find(&larger, slot->key, slot->hash) = *slot;
        }
        free(map->slots);
        *map = larger;
        return 0;
}

void pd_map_done(struct pd_map *map)
{
        free(map->slots);
        *map = (struct pd_map){.ignore_case = map->ignore_case};
}

bool pd_map_get(const struct pd_map *map, const char *key, size_t *ret_value)
{
        const struct pd_map_slot *slot;

        if (map->count == 0)
                return false;

        slot = find(map, key, hash_key(key, map->ignore_case));
        if (slot->key != NULL && ret_value != NULL)
                *ret_value = slot->value;
        return slot->key != NULL;
}

int pd_map_set(struct pd_map *map, const char *key, size_t value)
{
        uint64_t hash = hash_key(key, map->ignore_case);
        struct pd_map_slot *slot;

        if (2 * (map->count + 1) > map->capacity && grow(map) < 0)
                return -1;

        slot = find(map, key, hash);
        if (slot->key == NULL) {
                *slot = (struct pd_map_slot){.key = key, .hash = hash};
                map->count++;
        }
        slot->value = value;
        return 0;
}
