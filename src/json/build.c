/* build.c - trees grown member by member. */
#include "json/build.h"

#include "json/get.h"

void pd_json_put(json_t **object, const char *name, json_t *value)
{
        if (json_object_set_new(*object, name, value) < 0) {
                json_decref(*object);
                *object = NULL;
        }
}

void pd_json_append(json_t **array, json_t *value)
{
        if (json_array_append_new(*array, value) < 0) {
                json_decref(*array);
                *array = NULL;
        }
}

int pd_json_merge(json_t *parent, const char *name, const json_t *more)
{
        json_t *child = pd_json_get(parent, name);

        if (child == NULL) {
                child = json_object();
                if (json_object_set_new(parent, name, child) < 0)
                        return -1;
        }
        return json_object_update(child, pd_json_unconst(more));
}
