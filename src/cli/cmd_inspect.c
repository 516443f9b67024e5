/* cmd_inspect.c - inspect: what is in a solution.zip. */
#include "command.h"

#include "base/own.h"
#include "cells.h"
#include "input.h"
#include "json/json.h"
#include "output.h"
#include "policy_file.h"

/* "mc-api 8061 -> 8061": name, port of the Service if it has one, port of the container. */
static char *port_text(const struct pd_port *port, struct pd_arena *arena)
{
        const char *name = port->name != NULL ? port->name : "-";

        if (port->service_port == 0)
                return pd_arena_printf(arena, "%s %u", name, port->container_port);
        return pd_arena_printf(arena, "%s %u -> %u", name, port->service_port,
                               port->container_port);
}

/* All ports, parted by commas. */
static char *ports_text(const struct pd_ports *ports, struct pd_arena *arena)
{
        char *text = pd_arena_string(arena, "");

        for (size_t i = 0; text != NULL && i < ports->count; i++) {
                char *port = port_text(&ports->at[i], arena);

                text = port != NULL
                               ? pd_arena_printf(arena, "%s%s%s", text, i > 0 ? ", " : "", port)
                               : NULL;
        }
        return text;
}

static int put_workloads(struct pd_buf *out, struct pd_input *input, struct pd_err *err)
{
        struct pd_cells cells = {.arena = &input->arena};

        pd_cells_add(&cells, "WORKLOAD");
        pd_cells_add(&cells, "IMAGE");
        pd_cells_add(&cells, "PORTS");
        for (size_t i = 0; i < input->package->workload_count; i++) {
                const struct pd_workload *workload = &input->package->workloads[i];

                pd_cells_add_text(&cells, workload->name);
                pd_cells_add_text(&cells, workload->image);
                pd_cells_add_text(&cells, ports_text(&workload->ports, &input->arena));
        }
        return pd_cells_put(&cells, 3, out, err);
}

static int put_entries(struct pd_buf *out, struct pd_input *input, struct pd_err *err)
{
        struct pd_cells cells = {.arena = &input->arena};

        pd_cells_add(&cells, "ENTRY");
        pd_cells_add(&cells, "BYTES");
        for (size_t i = 0; i < input->archive->count; i++) {
                pd_cells_add_text(&cells, input->archive->entries[i].name);
                pd_cells_add(&cells, pd_arena_printf(&input->arena, "%zu",
                                                     input->archive->entries[i].size));
        }
        return pd_cells_put(&cells, 2, out, err);
}

/* Where the shared folder is mounted: the same path everywhere; NULL: nowhere. */
static const char *mount_path(const struct pd_solution *solution)
{
        for (size_t i = 0; i < solution->workload_count; i++)
                if (solution->workloads[i].mount_path != NULL)
                        return solution->workloads[i].mount_path;
        return NULL;
}

/* "1Gi at /data/shared" */
static char *claim_text(const struct pd_solution *solution, struct pd_arena *arena)
{
        const char *path = mount_path(solution);

        return path != NULL ? pd_arena_printf(arena, "%s at %s", solution->claim->size, path)
                            : pd_arena_string(arena, solution->claim->size);
}

static int put_summary(struct pd_buf *out, struct pd_input *input, struct pd_err *err)
{
        const struct pd_solution *solution = input->package;
        struct pd_cells cells = {.arena = &input->arena};

        pd_cells_add(&cells, "kind");
        pd_cells_add(&cells, pd_output_kind(solution));
        pd_cells_add(&cells, "name");
        pd_cells_add_text(&cells, solution->name);
        if (solution->claim != NULL) {
                pd_cells_add(&cells, "shared folder");
                pd_cells_add_text(&cells, claim_text(solution, &input->arena));
        }
        return pd_cells_put(&cells, 2, out, err);
}

static int show_text(const struct pd_call *call, struct pd_input *input,
                     const struct pd_findings *findings, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (put_summary(&text, input, err) < 0)
                return -1;
        pd_buf_putc(&text, '\n');
        if (put_workloads(&text, input, err) < 0)
                return -1;
        pd_buf_putc(&text, '\n');
        if (put_entries(&text, input, err) < 0)
                return -1;

        if (findings->count > 0) {
                pd_buf_putc(&text, '\n');
                pd_output_put_findings(&text, findings,
                                       pd_output_has_color(call->cli, call->cli->out));
        }
        return pd_output_write(call->cli, &text, err);
}

static json_t *entries_json(const struct pd_archive *archive)
{
        pd_auto(pd_json_free_ptr) json_t *list = json_array();

        for (size_t i = 0; i < archive->count; i++)
                if (json_array_append_new(
                            list, json_pack("{s:s, s:I}", "name", archive->entries[i].name, "size",
                                            (json_int_t)archive->entries[i].size)) < 0)
                        return NULL;
        return pd_steal(&list);
}

static int show_json(const struct pd_call *call, const struct pd_input *input,
                     const struct pd_findings *findings, struct pd_err *err)
{
        json_t *report = pd_output_findings_json(findings);

        if (json_object_set_new(report, "solution", pd_solution_json(input->package)) < 0 ||
            json_object_set_new(report, "entries", entries_json(input->archive)) < 0) {
                json_decref(report);
                report = NULL;
        }
        return pd_output_write_json(call->cli, report, err);
}

static int show(const struct pd_call *call, struct pd_input *input,
                const struct pd_findings *findings, struct pd_err *err)
{
        if (findings->failed != 0)
                return pd_fail_memory(err, "findings");
        return call->options.output == PD_OUTPUT_JSON ? show_json(call, input, findings, err)
                                                      : show_text(call, input, findings, err);
}

int pd_cmd_inspect(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_policy_done) struct pd_policy policy = PD_POLICY_INIT;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_input_done) struct pd_input input = {0};

        if (call->options.policy != NULL) {
                if (pd_policy_file_read(call->options.policy, &policy, err) < 0)
                        return -1;
                input.policy = &policy;
        }
        if (pd_input_read_zip(call, &input, &findings, err) < 0 ||
            show(call, &input, &findings, err) < 0)
                return -1;
        if (input.policy != NULL && findings.errors > 0)
                call->status = pd_err_exit(PD_E_UNPROCESSABLE);
        return 0;
}
