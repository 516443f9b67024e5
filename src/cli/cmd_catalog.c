/* cmd_catalog.c - catalog: the local catalogue, filled, listed and emptied. */
#include "command.h"

#include <string.h>

#include "base/own.h"
#include "catalog/local.h"
#include "config/place.h"
#include "input.h"
#include "json/get.h"
#include "json/json.h"
#include "output.h"
#include "solution/names.h"

#define DEFAULT_REVISION "1"

/* A call of one of the words, with the catalogue open. */
struct work {
        struct pd_call *call;
        struct pd_catalog catalog;
        struct pd_arena arena;
};

static void work_done(struct work *work)
{
        pd_catalog_done(&work->catalog);
        pd_arena_done(&work->arena);
}

static int open_catalog(struct work *work, struct pd_err *err)
{
        static const struct pd_local_seed empty = {"", 0};
        const char *place, *path;

        if (pd_place_open(work->call->options.data_dir, &work->arena, &place, err) < 0)
                return -1;
        path = pd_place_file(&work->arena, place, PD_PLACE_CATALOG);
        if (path == NULL)
                return pd_fail_memory(err, "the catalogue");
        return pd_catalog_local(path, &empty, &work->catalog, err);
}

/* --- ls --- */

static json_t *item_json(const struct pd_catalog_item *item)
{
        return json_pack("{s:s, s:s, s:s, s:s}", "solutionId", item->solution_id, "revisionId",
                         item->revision_id, "name", item->name, "kind",
                         item->is_pipeline ? "pipeline" : "model");
}

static int list_json(const struct work *work, const struct pd_catalog_item *items, size_t count,
                     struct pd_err *err)
{
        json_t *list = json_array();

        for (size_t i = 0; list != NULL && i < count; i++) {
                if (json_array_append_new(list, item_json(&items[i])) < 0) {
                        json_decref(list);
                        list = NULL;
                }
        }
        return pd_output_write_json(work->call->cli, list, err);
}

static int list_text(struct work *work, const struct pd_catalog_item *items, size_t count,
                     struct pd_err *err)
{
        static const char *const head[] = {"SOLUTION", "REVISION", "KIND", "NAME"};
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);
        const char **cells =
                pd_arena_alloc(&work->arena, (count + 1) * PD_COUNT(head), sizeof(*cells));

        if (cells == NULL)
                return pd_fail_memory(err, "the list");
        memcpy(cells, head, sizeof(head));
        for (size_t i = 0; i < count; i++) {
                const char **row = &cells[(i + 1) * PD_COUNT(head)];

                row[0] = items[i].solution_id;
                row[1] = items[i].revision_id;
                row[2] = items[i].is_pipeline ? "pipeline" : "model";
                row[3] = items[i].name;
        }
        pd_output_put_columns(&text, cells, count + 1, PD_COUNT(head));
        return pd_output_write(work->call->cli, &text, err);
}

static int list(struct work *work, struct pd_err *err)
{
        struct pd_catalog_item *items;
        size_t count;

        if (pd_local_list(&work->catalog, &work->arena, &items, &count, err) < 0)
                return -1;
        return work->call->options.output == PD_OUTPUT_JSON ? list_json(work, items, count, err)
                                                            : list_text(work, items, count, err);
}

/* --- import --- */

static int take_pipeline(const struct pd_input *input, struct pd_arena *arena,
                         struct pd_catalog_item *item, struct pd_err *err)
{
        const struct pd_graph *graph = pd_blueprint_graph(input->blueprint);
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_BLUEPRINT_MAX_BYTES);

        item->is_pipeline = true;
        item->name = pd_blueprint_name(input->blueprint);
        pd_json_write(&text, pd_blueprint_json(input->blueprint), PD_JSON_INDENT);
        if (pd_buf_check(&text, "the blueprint", err) < 0)
                return -1;
        item->blueprint =
                (struct pd_file){"blueprint", pd_arena_copy(arena, text.data, text.len), text.len};
        if (item->blueprint.data == NULL)
                return pd_fail_memory(err, "the blueprint");

        for (size_t i = 0; i < graph->node_count; i++) {
                struct pd_file *proto;

                if (input->protos == NULL || input->protos[i].text == NULL)
                        continue;
                proto = pd_arena_push(arena, &item->protos.at, &item->protos.count, sizeof(*proto));
                if (proto == NULL)
                        return pd_fail_memory(err, "the protos");
                *proto = (struct pd_file){graph->nodes[i].name, input->protos[i].text,
                                          input->protos[i].size};
        }
        return 0;
}

static void take_model(struct pd_input *input, struct pd_catalog_item *item)
{
        item->name = input->model.name;
        item->image = input->model.image;
        if (input->model.proto.data != NULL)
                item->protos = (struct pd_files){&input->model.proto, 1};
}

/* The ids that nobody named. */
static int name_ids(const struct work *work, const struct pd_input *input, struct pd_arena *arena,
                    struct pd_catalog_item *item, struct pd_err *err)
{
        const struct pd_options *options = &work->call->options;
        const char *version = NULL;
        char label[PD_LABEL_MAX + 1];

        pd_label_make(item->name, label);
        if (input->blueprint != NULL)
                version = pd_json_get_string(pd_blueprint_json(input->blueprint), "version");
        if (version == NULL || !pd_catalog_id_valid(version))
                version = DEFAULT_REVISION;

        item->revision_id = options->revision_id != NULL ? options->revision_id : version;
        item->solution_id =
                options->solution_id != NULL ? options->solution_id : pd_arena_string(arena, label);
        return item->solution_id != NULL ? 0 : pd_fail_memory(err, "an id");
}

static int tell_imported(const struct work *work, const struct pd_catalog_item *item,
                         struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (work->call->options.output == PD_OUTPUT_JSON)
                return pd_output_write_json(work->call->cli, item_json(item), err);
        pd_buf_printf(&text, "imported '%s' as %s, revision %s\n", pd_show(item->name).text,
                      item->solution_id, item->revision_id);
        return pd_output_write(work->call->cli, &text, err);
}

static int put_input(struct work *work, struct pd_input *input, struct pd_err *err)
{
        struct pd_catalog_item item = {.icon = input->icon, .description = input->description};

        if (input->blueprint == NULL)
                take_model(input, &item);
        else if (take_pipeline(input, &work->arena, &item, err) < 0)
                return -1;
        if (name_ids(work, input, &work->arena, &item, err) < 0 ||
            pd_local_put(&work->catalog, &item, err) < 0)
                return -1;
        return tell_imported(work, &item, err);
}

static int import(struct work *work, struct pd_err *err)
{
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_input_done) struct pd_input input = {0};

        if (pd_input_read(work->call, &input, &findings, err) < 0 ||
            pd_findings_check(&findings, err) < 0)
                return -1;
        if (input.kind == PD_INPUT_IS_PACKAGE)
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is a solution.zip, which is deployed as it is; a catalogue "
                               "keeps what it was made of: a folder or a blueprint",
                               input.name);
        return put_input(work, &input, err);
}

/* --- rm --- */

static int remove_solution(struct work *work, struct pd_err *err)
{
        return pd_local_remove(&work->catalog, work->call->operands[0], work->call->operands[1],
                               err);
}

static const struct {
        const char *word;
        int min_operands, max_operands; /* behind the word */
        int (*run)(struct work *work, struct pd_err *err);
} words[] = {
        {"ls", 0, 0, list},
        {"import", 0, 1, import}, /* none: a model by its flags */
        {"rm", 2, 2, remove_solution},
};

int pd_cmd_catalog(struct pd_call *call, struct pd_err *err)
{
        pd_auto(work_done) struct work work = {.call = call};
        const char *word = call->operand_count > 0 ? call->operands[0] : "";

        for (size_t i = 0; i < PD_COUNT(words); i++) {
                if (strcmp(words[i].word, word) != 0)
                        continue;
                call->operands++;
                call->operand_count--;
                if (call->operand_count < words[i].min_operands ||
                    call->operand_count > words[i].max_operands)
                        return pd_fail(
                                err, PD_E_USAGE, 0,
                                "wrong number of operands; see 'playgroundctl help catalog'");
                return open_catalog(&work, err) < 0 ? -1 : words[i].run(&work, err);
        }
        return pd_fail(err, PD_E_USAGE, 0, "what about it? write ls, import or rm");
}
