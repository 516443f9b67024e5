/* kubernetes_files.c - the files of a pipeline, for its orchestrator, as ConfigMaps. */
#include "kubernetes_files.h"

#include <inttypes.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/format.h"
#include "base/own.h"
#include "base/utf8.h"
#include "json/json.h"
#include "kubernetes_objects.h"

/* FNV-1a, 64 bits: enough to see a change. */
#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

struct filling {
        json_t *maps;
        json_t *map;     /* the last one; borrowed */
        size_t map_size; /* bytes in it */
        uint64_t hash;
};

static void hash(struct filling *filling, const void *bytes, size_t len)
{
        const unsigned char *at = bytes;

        for (size_t i = 0; i < len; i++)
                filling->hash = (filling->hash ^ at[i]) * HASH_PRIME;
}

static json_t *base64_json(const struct pd_file *file)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(2 * PD_KUBERNETES_MAX_CONFIG_MAP);

        pd_base64_put(&text, file->data, file->size);
        return text.failed == 0 ? json_stringn(text.data, text.len) : NULL;
}

static int begin_map(struct filling *filling)
{
        filling->map = json_pack("{s:{}, s:{}}", "data", "binaryData");
        filling->map_size = 0;
        return json_array_append_new(filling->maps, filling->map);
}

static int put_file(struct filling *filling, const struct pd_file *file, struct pd_err *err)
{
        bool is_text = pd_utf8_valid(file->data, file->size, NULL);
        size_t size = strlen(file->name) + (is_text ? file->size : file->size / 3 * 4 + 4);

        if (size > PD_KUBERNETES_MAX_CONFIG_MAP)
                return pd_fail(err, PD_E_TOO_LARGE, 0,
                               "'%s' is over %d bytes, the most that a ConfigMap holds", file->name,
                               PD_KUBERNETES_MAX_CONFIG_MAP);
        if ((filling->map == NULL || filling->map_size + size > PD_KUBERNETES_MAX_CONFIG_MAP) &&
            begin_map(filling) < 0)
                return pd_fail_memory(err, file->name);
        filling->map_size += size;
        hash(filling, file->name, strlen(file->name) + 1);
        hash(filling, file->data, file->size);
        if (json_object_set_new(
                    json_object_get(filling->map, is_text ? "data" : "binaryData"), file->name,
                    is_text ? json_stringn(file->data, file->size) : base64_json(file)) < 0)
                return pd_fail_memory(err, file->name);
        return 0;
}

/* Takes the tree; NULL for want of memory. */
static int put_json(struct filling *filling, const char *name, json_t *json, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *owned = json;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(pd_json_default_limits.max_bytes);

        if (owned == NULL)
                return pd_fail_memory(err, name);
        pd_json_write(&text, owned, PD_JSON_COMPACT);
        if (pd_buf_check(&text, name, err) < 0)
                return -1;
        return put_file(filling,
                        &(struct pd_file){.name = name, .data = text.data, .size = text.len}, err);
}

static int put_all(struct filling *filling, const struct pd_solution *solution, struct pd_err *err)
{
        if (put_json(filling, "blueprint.json", json_incref(solution->blueprint), err) < 0 ||
            put_json(filling, "dockerinfo.json", pd_solution_dockerinfo(solution), err) < 0)
                return -1;
        for (size_t i = 0; i < solution->protos.count; i++) {
                if (put_file(filling, &solution->protos.at[i], err) < 0)
                        return -1;
        }
        return 0;
}

int pd_kubernetes_files_make(const struct pd_solution *solution, struct pd_kubernetes_files *ret,
                             struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *maps = json_array();
        struct filling filling = {.maps = maps, .hash = HASH_BEGIN};

        if (put_all(&filling, solution, err) < 0)
                return -1;
        pd_format(ret->hash, sizeof(ret->hash), "%016" PRIx64, filling.hash);
        ret->maps = pd_steal(&maps);
        return 0;
}
