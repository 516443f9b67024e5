/* input_model.c - a single model: out of flags, or out of a model.json. */
#include "input_parts.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/own.h"
#include "json/get.h"
#include "json/json.h"
#include "proto/proto.h"

static const struct pd_json_limits model_limits = {PD_INPUT_MAX_MODEL, 4, 64};

/* The members of a model.json. */
struct description {
        const char *name;
        const char *image;
        const char *proto; /* NULL: none */
};

static int read_members(const json_t *json, struct description *ret, struct pd_err *err)
{
        struct {
                const char *key;
                const char **place;
        } members[] = {
                {"name", &ret->name},
                {"image", &ret->image},
                {"proto", &ret->proto},
        };
        const char *key;
        json_t *value;

        if (!json_is_object(json))
                return pd_fail(err, PD_E_INVALID, 0, "it is %s, not an object", pd_json_kind(json));

        json_object_foreach (pd_json_unconst(json), key, value) {
                size_t i = 0;

                while (i < PD_COUNT(members) && strcmp(members[i].key, key) != 0)
                        i++;
                if (i == PD_COUNT(members))
                        return pd_fail(err, PD_E_INVALID, 0,
                                       "'%s' means nothing here; there are name, image and proto",
                                       pd_show(key).text);
                if (!json_is_string(value) && !json_is_null(value))
                        return pd_fail(err, PD_E_INVALID, 0, "'%s' is %s, not text", key,
                                       pd_json_kind(value));
                *members[i].place = json_string_value(value);
        }

        if (ret->name == NULL || ret->image == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "a model wants a name and an image");
        return 0;
}

/* The members outlive the tree in the arena, the proto's name with its text. */
static int keep_members(const struct description *description, const struct pd_folder *folder,
                        struct pd_input *input, struct pd_err *err)
{
        struct pd_model_source *model = &input->model;
        const char *proto;

        model->name = pd_arena_string(&input->arena, description->name);
        model->image = pd_arena_string(&input->arena, description->image);
        if (model->name == NULL || model->image == NULL)
                return pd_fail_memory(err, "model");
        if (description->proto == NULL)
                return 0;

        proto = pd_arena_string(&input->arena, description->proto);
        if (proto == NULL)
                return pd_fail_memory(err, "model");
        return pd_folder_read(folder, proto, PD_PROTO_MAX_BYTES, &model->proto, err);
}

int pd_input_read_model_file(const struct pd_folder *folder, const struct pd_file *file,
                             struct pd_input *input, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        struct description description = {0};

        input->kind = PD_INPUT_IS_MODEL;
        if (pd_json_parse(file->data, file->size, &model_limits, &json, err) < 0 ||
            read_members(json, &description, err) < 0)
                return pd_wrap(err, "'%s/%s'", folder->name, file->name);
        return keep_members(&description, folder, input, err);
}

int pd_input_read_model_flags(const struct pd_call *call, struct pd_input *input,
                              struct pd_err *err)
{
        const struct pd_options *options = &call->options;
        pd_auto(pd_free_ptr) char *bytes = NULL;
        struct pd_file proto = {.name = options->proto};

        input->kind = PD_INPUT_IS_MODEL;
        input->name = options->name;
        input->model.name = options->name;
        input->model.image = options->image;
        if (options->proto == NULL)
                return 0;

        if (pd_file_read_at(AT_FDCWD, options->proto, PD_PROTO_MAX_BYTES, &bytes, &proto.size,
                            err) < 0)
                return -1;
        proto.data = pd_arena_copy(&input->arena, bytes, proto.size);
        if (proto.data == NULL)
                return pd_fail_memory(err, options->proto);
        input->model.proto = proto;
        return 0;
}
