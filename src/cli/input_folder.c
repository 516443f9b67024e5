/* input_folder.c - a folder in the form in which a catalogue exports a pipeline. */
#include "input_parts.h"

#include <string.h>
#include <strings.h>

#include "base/own.h"
#include "proto/proto.h"

#define PROTO_SUFFIX ".proto"

/* Whether a file is called like the node. */
static bool is_called(const char *name, const struct pd_node *node,
                      int (*compare)(const char *, const char *, size_t))
{
        size_t len = strlen(node->name);

        return len > 0 && compare(name, node->name, len) == 0 &&
               compare(name + len, PROTO_SUFFIX, sizeof(PROTO_SUFFIX)) == 0;
}

static size_t find_called(const struct pd_strings *names, const struct pd_node *node,
                          int (*compare)(const char *, const char *, size_t))
{
        for (size_t i = 0; i < names->count; i++)
                if (is_called(names->at[i], node, compare))
                        return i;
        return PD_GRAPH_NONE;
}

size_t pd_input_find_proto(const struct pd_strings *names, const struct pd_node *node)
{
        const char *slash = strrchr(node->proto_uri, '/');
        const char *tail = slash != NULL ? slash + 1 : node->proto_uri;
        size_t found = find_called(names, node, strncmp);

        if (found == PD_GRAPH_NONE)
                found = find_called(names, node, strncasecmp);
        for (size_t i = 0; found == PD_GRAPH_NONE && i < names->count; i++)
                if (strcmp(names->at[i], tail) == 0)
                        found = i;
        return found;
}

/* Names are taken from the folder's list and only compared with the blueprint's: no text of the
 * blueprint is ever a path. */
static int read_proto(const struct pd_folder *folder, const char *name, struct pd_node_proto *ret,
                      struct pd_err *err)
{
        const char *path = pd_arena_printf(folder->arena, "%s/%s", PD_INPUT_PROTOS, name);
        struct pd_file file;

        if (path == NULL)
                return pd_fail_memory(err, name);
        if (pd_folder_read(folder, path, PD_PROTO_MAX_BYTES, &file, err) < 0)
                return -1;
        *ret = (struct pd_node_proto){.text = file.data, .size = file.size};
        return 0;
}

static int read_protos(const struct pd_folder *folder, struct pd_input *input, struct pd_err *err)
{
        const struct pd_graph *graph = pd_blueprint_graph(input->blueprint);
        struct pd_strings names;
        size_t total = 0;

        if (pd_folder_list(folder, PD_INPUT_PROTOS, &names, err) < 0)
                return -1;

        for (size_t i = 0; i < graph->node_count; i++) {
                size_t file = pd_input_find_proto(&names, &graph->nodes[i]);

                if (graph->nodes[i].is_shared_folder || file == PD_GRAPH_NONE)
                        continue;
                if (read_proto(folder, names.at[file], &input->protos[i], err) < 0)
                        return -1;
                total += input->protos[i].size;
                if (total > PD_INPUT_MAX_PROTOS)
                        return pd_fail(err, PD_E_TOO_LARGE, 0,
                                       "the protos of '%s' are over %d bytes together",
                                       folder->name, PD_INPUT_MAX_PROTOS);
        }
        return 0;
}

static int read_pipeline(const struct pd_folder *folder, const struct pd_file *file,
                         struct pd_input *input, struct pd_findings *findings, struct pd_err *err)
{
        input->kind = PD_INPUT_IS_BLUEPRINT;
        if (pd_input_read_blueprint(input, file->data, file->size, findings, err) < 0)
                return pd_wrap(err, "'%s/%s'", folder->name, file->name);
        return read_protos(folder, input, err);
}

static int read_what_it_is(const struct pd_folder *folder, struct pd_input *input,
                           struct pd_findings *findings, struct pd_err *err)
{
        struct pd_file blueprint, model;

        if (pd_folder_read_optional(folder, PD_INPUT_BLUEPRINT, PD_BLUEPRINT_MAX_BYTES, &blueprint,
                                    err) < 0 ||
            pd_folder_read_optional(folder, PD_INPUT_MODEL, PD_INPUT_MAX_MODEL, &model, err) < 0)
                return -1;

        if (blueprint.data == NULL && model.data == NULL)
                return pd_fail(err, PD_E_INVALID, 0,
                               "there is neither a " PD_INPUT_BLUEPRINT " nor a " PD_INPUT_MODEL
                               " in '%s'",
                               folder->name);
        if (blueprint.data != NULL && model.data != NULL)
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is a pipeline by its " PD_INPUT_BLUEPRINT
                               " and a model by its " PD_INPUT_MODEL "; remove one of them",
                               folder->name);
        return blueprint.data != NULL ? read_pipeline(folder, &blueprint, input, findings, err)
                                      : pd_input_read_model_file(folder, &model, input, err);
}

/* "folder///", as people complete it, without the slashes. NULL: no memory. */
static const char *trim_slashes(const char *path, struct pd_arena *arena)
{
        size_t len = strlen(path);

        while (len > 1 && path[len - 1] == '/')
                len--;
        return pd_arena_copy(arena, path, len);
}

int pd_input_read_folder(const char *path, struct pd_input *input, struct pd_findings *findings,
                         struct pd_err *err)
{
        pd_auto(pd_folder_close) struct pd_folder folder = {.fd = -1};

        input->name = trim_slashes(path, &input->arena);
        if (input->name == NULL)
                return pd_fail_memory(err, path);

        if (pd_folder_open(input->name, &input->arena, &folder, err) < 0 ||
            pd_folder_read_optional(&folder, PD_INPUT_ICON, PD_INPUT_MAX_ICON, &input->icon, err) <
                    0 ||
            pd_folder_read_optional(&folder, PD_INPUT_DESCRIPTION, PD_INPUT_MAX_DESCRIPTION,
                                    &input->description, err) < 0)
                return -1;
        return read_what_it_is(&folder, input, findings, err);
}
