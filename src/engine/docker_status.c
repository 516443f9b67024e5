/* docker_status.c - how the containers of a deployment are. */
#include "docker_status.h"

#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "docker_frames.h"
#include "docker_logs.h"
#include "engine/engine.h"
#include "json/get.h"
#include "probe.h"
#include "status.h"

/* --- Ports --- */

/* The next `name=port` of the label, cut out of *rest; false: there is none. */
static bool next_port(char **rest, const char **ret_name, unsigned *ret_port)
{
        char *item = strsep(rest, " ");
        char *equals = item != NULL ? strrchr(item, '=') : NULL;
        int64_t port;

        if (equals == NULL || pd_parse_int(equals + 1, 1, 65535, &port, NULL) < 0)
                return false;
        *equals = '\0';
        *ret_name = item;
        *ret_port = (unsigned)port;
        return true;
}

static char *ports_of(struct pd_arena *arena, const struct pd_docker_container *container)
{
        return pd_arena_string(arena, pd_docker_label(container->inspect, PD_LABEL_PORTS));
}

static bool is_running(const struct pd_docker_container *container)
{
        const json_t *state = pd_json_get(container->inspect, "State");
        const char *status = pd_json_get_string(state, "Status");

        return status != NULL && strcmp(status, "running") == 0;
}

/* Whom to ask about a container; false: nobody can be asked. */
static bool find_probe(struct pd_arena *arena, const struct pd_docker_container *container,
                       struct pd_probe *ret)
{
        char *ports = ports_of(arena, container);
        const char *name;
        unsigned port;

        if (!is_running(container) || ports == NULL || !next_port(&ports, &name, &port))
                return false;
        ret->host = pd_docker_published(container, port, &ret->port);
        return ret->host != NULL;
}

/* --- Verdicts --- */

int pd_docker_look(const struct pd_docker *docker, struct pd_arena *arena,
                   const struct pd_docker_deployed *deployed, struct pd_docker_verdict **ret,
                   struct pd_err *err)
{
        size_t count = deployed->count, asked = 0;
        struct pd_docker_verdict *verdicts = pd_arena_alloc(arena, count + 1, sizeof(*verdicts));
        struct pd_probe *probes = pd_arena_alloc(arena, count + 1, sizeof(*probes));
        size_t *probe_of = pd_arena_alloc(arena, count + 1, sizeof(*probe_of));
        struct pd_docker_circumstances around = {
                .now_ms = pd_clock_unix_ms(),
                .is_podman = pd_docker_is_podman(docker),
        };

        if (verdicts == NULL || probes == NULL || probe_of == NULL)
                return pd_fail_memory(err, "a deployment's state");
        for (size_t i = 0; i < count; i++) {
                bool is_asked = find_probe(arena, &deployed->containers[i], &probes[asked]);

                probe_of[i] = is_asked ? asked : SIZE_MAX;
                asked += is_asked;
        }
        pd_probe_all(probes, asked);
        for (size_t i = 0; i < count; i++) {
                around.answering = PD_ANSWERING_UNASKED;
                if (probe_of[i] != SIZE_MAX)
                        around.answering = probes[probe_of[i]].is_answering ? PD_ANSWERING_YES
                                                                            : PD_ANSWERING_NO;
                pd_docker_judge(deployed->containers[i].inspect, &around, &verdicts[i]);
        }
        *ret = verdicts;
        return 0;
}

/* --- Last lines --- */

struct last_lines {
        struct pd_docker_frames frames;
        struct pd_buf text;
};

static bool take_line(void *context, char *text, size_t len)
{
        struct last_lines *lines = context;

        pd_buf_put(&lines->text, text, len);
        pd_buf_putc(&lines->text, '\n');
        return lines->text.failed == 0;
}

static bool take_bytes(void *context, const char *bytes, size_t len)
{
        struct last_lines *lines = context;
        bool is_broken;

        return pd_docker_frames_feed(&lines->frames, bytes, len, &is_broken);
}

const char *pd_docker_last_lines(const struct pd_docker *docker, struct pd_arena *arena,
                                 const struct pd_docker_container *container)
{
        struct last_lines lines = {
                .frames = PD_DOCKER_FRAMES_INIT(take_line, &lines),
                .text = PD_BUF_INIT(PD_ENGINE_REASON_BYTES),
        };
        const struct pd_fetch_sink sink = {.take = take_bytes, .context = &lines};
        const struct pd_docker_log_query query = {.tail = PD_ENGINE_REASON_LINES};
        struct pd_fetch_request request;
        char *text = NULL;

        if (pd_docker_log_request(docker, arena, container, &query, &request, NULL) == 0) {
                request.sink = &sink;
                if (pd_docker_do(docker, &request, NULL) == 0)
                        text = pd_arena_copy(arena, lines.text.data, lines.text.len);
        }
        pd_docker_frames_done(&lines.frames);
        pd_buf_done(&lines.text);
        if (text == NULL)
                return "";
        pd_lines_make_printable(text);
        return text;
}

/* --- The list --- */

static int add_addresses(struct pd_arena *arena, const struct pd_docker_container *container,
                         struct pd_workload_status *status, struct pd_err *err)
{
        char *ports = ports_of(arena, container);
        const char *name;
        unsigned port;

        if (ports == NULL)
                return pd_fail_memory(err, "an address");
        while (next_port(&ports, &name, &port)) {
                uint16_t published;
                const char *host = pd_docker_published(container, port, &published);
                struct pd_address *address;

                if (host == NULL)
                        continue;
                address = pd_arena_push(arena, &status->addresses, &status->address_count,
                                        sizeof(*address));
                if (address == NULL)
                        return pd_fail_memory(err, "an address");
                *address = (struct pd_address){
                        .port_name = name,
                        .container_port = (uint16_t)port,
                        .host = pd_arena_string(arena, host),
                        .port = published,
                };
                if (address->host == NULL)
                        return pd_fail_memory(err, "an address");
        }
        return 0;
}

/* Whether a reason is worth its last lines. */
static bool wants_lines(const struct pd_docker_verdict *verdict)
{
        return verdict->reason != PD_REASON_NONE && verdict->state != PD_STATE_STOPPED;
}

static int read_workload(struct pd_docker *docker, struct pd_arena *arena,
                         const struct pd_docker_container *container,
                         const struct pd_docker_verdict *verdict, struct pd_workload_status *ret,
                         struct pd_err *err)
{
        const char *image = pd_json_get_string(pd_json_get(container->inspect, "Config"), "Image");

        *ret = (struct pd_workload_status){
                .name = pd_arena_string(arena, container->workload),
                .image = pd_arena_string(arena, image != NULL ? image : ""),
                .image_id = pd_arena_string(arena, container->image_id),
                .is_orchestrator = container->is_orchestrator,
                .state = verdict->state,
                .since_ms = verdict->since_ms,
                .restarts = verdict->restarts,
                .reason = verdict->reason,
                .detail = pd_arena_string(arena, verdict->detail),
                .advice = pd_reason_advice(verdict->reason),
                .lines = wants_lines(verdict) ? pd_docker_last_lines(docker, arena, container) : "",
        };
        if (ret->name == NULL || ret->image == NULL || ret->image_id == NULL || ret->detail == NULL)
                return pd_fail_memory(err, "a workload's state");
        return add_addresses(arena, container, ret, err);
}

static int read_deployment(struct pd_docker *docker, struct pd_arena *arena,
                           const struct pd_docker_deployed *deployed, struct pd_deployment *ret,
                           struct pd_err *err)
{
        struct pd_docker_verdict *verdicts;

        *ret = (struct pd_deployment){
                .engine = "docker",
                .name = pd_arena_string(arena, deployed->name),
                .id = pd_arena_string(arena, deployed->id),
                .owner = pd_arena_string(arena, deployed->owner),
                .solution = pd_arena_string(arena, deployed->solution),
                .created_ms =
                        pd_clock_read_rfc3339(pd_json_get_string(deployed->network, "Created")),
                .has_volume = deployed->volume != NULL,
                .workloads = pd_arena_alloc(arena, deployed->count + 1, sizeof(*ret->workloads)),
                .workload_count = deployed->count,
        };
        if (ret->name == NULL || ret->id == NULL || ret->owner == NULL || ret->solution == NULL ||
            ret->workloads == NULL)
                return pd_fail_memory(err, "a deployment");
        if (pd_docker_look(docker, arena, deployed, &verdicts, err) < 0)
                return -1;
        for (size_t i = 0; i < deployed->count; i++)
                if (read_workload(docker, arena, &deployed->containers[i], &verdicts[i],
                                  &ret->workloads[i], err) < 0)
                        return -1;
        ret->state = pd_status_worst(ret->workloads, ret->workload_count);
        return 0;
}

int pd_docker_list(struct pd_docker *docker, const char *name, struct pd_deployments *ret,
                   struct pd_err *err)
{
        pd_auto(pd_docker_found_done) struct pd_docker_found found = {0};
        pd_auto(pd_deployments_done) struct pd_deployments list = {0};

        if ((name != NULL ? pd_docker_find_one(docker, name, &found, err)
                          : pd_docker_find(docker, NULL, &found, err)) < 0)
                return -1;
        for (size_t i = 0; i < found.count; i++) {
                struct pd_deployment *deployment;

                if (found.at[i].network == NULL && found.at[i].count == 0)
                        continue; /* a volume that was left behind */
                deployment = pd_arena_push(&list.arena, &list.at, &list.count, sizeof(*deployment));
                if (deployment == NULL)
                        return pd_fail_memory(err, "a deployment");
                if (read_deployment(docker, &list.arena, &found.at[i], deployment, err) < 0)
                        return -1;
        }
        *ret = list;
        list = (struct pd_deployments){0};
        return 0;
}
