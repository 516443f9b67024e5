/* kubernetes_collection.c - objects of one kind, kept as they are by what a watch says. */
#include "kubernetes_collection.h"

#include <string.h>

#include "base/format.h"
#include "base/own.h"
#include "json/get.h"
#include "json/json.h"

static const struct pd_json_limits event_limits = {
        .max_bytes = PD_KUBERNETES_MAX_EVENT, .max_depth = 64, .max_values = 1000000};

/* False: there is none that could be asked for. */
static bool take_version(struct pd_kubernetes_collection *collection, const json_t *object)
{
        const char *version =
                pd_json_get_string(pd_json_get(object, "metadata"), "resourceVersion");

        if (version == NULL || strlen(version) >= sizeof(collection->version))
                return false;
        pd_format(collection->version, sizeof(collection->version), "%s", version);
        return true;
}

static const char *uid_of(const json_t *object)
{
        return pd_json_get_string(pd_json_get(object, "metadata"), "uid");
}

/* Where the object of that uid is; the count of all where it is not. */
static size_t find(const struct pd_kubernetes_collection *collection, const char *uid)
{
        size_t count = json_array_size(collection->items);

        for (size_t i = 0; i < count; i++) {
                const char *own = uid_of(json_array_get(collection->items, i));

                if (own != NULL && strcmp(own, uid) == 0)
                        return i;
        }
        return count;
}

/* As often as the same is told, it is there once, or not at all. */
static bool put(struct pd_kubernetes_collection *collection, size_t place, json_t *object)
{
        if (place < json_array_size(collection->items))
                return json_array_set(collection->items, place, object) == 0;
        return json_array_append(collection->items, object) == 0;
}

static bool drop(struct pd_kubernetes_collection *collection, size_t place, json_t *object)
{
        (void)object;
        (void)json_array_remove(collection->items, place); /* -1: it was not there */
        return true;
}

static bool take_event(struct pd_kubernetes_collection *collection, const json_t *event)
{
        static const struct {
                const char *type;
                bool (*change)(struct pd_kubernetes_collection *collection, size_t place,
                               json_t *object);
        } rows[] = {{"ADDED", put}, {"MODIFIED", put}, {"DELETED", drop}};
        const char *type = pd_json_get_string(event, "type");
        json_t *object = pd_json_get(event, "object");
        const char *uid = uid_of(object);

        if (type != NULL && strcmp(type, "BOOKMARK") == 0)
                return take_version(collection, object);
        for (size_t i = 0; type != NULL && uid != NULL && i < PD_COUNT(rows); i++) {
                if (strcmp(rows[i].type, type) != 0)
                        continue;
                collection->has_changed = true;
                return rows[i].change(collection, find(collection, uid), object) &&
                       take_version(collection, object);
        }
        return false;
}

static bool take_line(void *context, char *text, size_t len)
{
        struct pd_kubernetes_collection *collection = context;
        pd_auto(pd_json_free_ptr) json_t *event = NULL;

        return pd_json_parse(text, len, &event_limits, &event, NULL) == 0 &&
               take_event(collection, event);
}

void pd_kubernetes_collection_init(struct pd_kubernetes_collection *collection)
{
        *collection = (struct pd_kubernetes_collection){
                .lines = {
                        .take = take_line,
                        .context = collection,
                        .rest = PD_BUF_INIT(PD_KUBERNETES_MAX_EVENT),
                }};
}

void pd_kubernetes_collection_done(struct pd_kubernetes_collection *collection)
{
        json_decref(collection->items);
        collection->items = NULL;
        pd_lines_done(&collection->lines);
}

int pd_kubernetes_collection_set(struct pd_kubernetes_collection *collection, json_t *list,
                                 struct pd_err *err)
{
        json_t *items = pd_json_get(list, "items");

        /* of what is empty Kubernetes says null */
        if (!take_version(collection, list) || (items != NULL && !json_is_array(items)))
                return pd_fail(err, PD_E_BAD_GATEWAY, 0, "what the API server lists is no list");
        items = items != NULL ? json_incref(items) : json_array();
        if (items == NULL)
                return pd_fail_memory(err, "a list");
        json_decref(collection->items);
        collection->items = items;
        collection->has_changed = true;
        return 0;
}

void pd_kubernetes_collection_begin(struct pd_kubernetes_collection *collection)
{
        pd_buf_clear(&collection->lines.rest);
}

bool pd_kubernetes_collection_feed(struct pd_kubernetes_collection *collection, const char *bytes,
                                   size_t len)
{
        if (pd_lines_feed(&collection->lines, bytes, len))
                return true;
        collection->version[0] = '\0';
        return false;
}
