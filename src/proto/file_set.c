/* file_set.c - protoc's description of a proto, read and checked; its methods. */
#include "file_set.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "proto/proto.h"
#include "protoc.h"

/* Where the imports live that a model may use; protoc itself finds those of other packages too. */
#define WELL_KNOWN "google/protobuf/"

static bool is_source(const Google__Protobuf__FileDescriptorProto *file)
{
        return strcmp(file->name, PD_PROTOC_SOURCE) == 0;
}

static int check_imports(const Google__Protobuf__FileDescriptorSet *set, struct pd_err *err)
{
        for (size_t i = 0; i < set->n_file; i++) {
                const Google__Protobuf__FileDescriptorProto *file = set->file[i];

                if (!is_source(file) && strncmp(file->name, WELL_KNOWN, strlen(WELL_KNOWN)) != 0)
                        return pd_fail(err, PD_E_INVALID, 0,
                                       "import of '%s': only " WELL_KNOWN "... can be imported",
                                       file->name);
        }
        return 0;
}

/* protoc puts the file itself behind all it imports. */
static bool has_source(const Google__Protobuf__FileDescriptorSet *set)
{
        return set->n_file > 0 && is_source(set->file[set->n_file - 1]);
}

/* Types come as ".package.Name", complete. */
static char *copy_type(struct pd_arena *arena, const char *type)
{
        return pd_arena_string(arena, type[0] == '.' ? type + 1 : type);
}

static int copy_methods(const Google__Protobuf__ServiceDescriptorProto *service,
                        const char *full_name, struct pd_rpc *rpcs, struct pd_arena *arena)
{
        for (size_t i = 0; i < service->n_method; i++) {
                const Google__Protobuf__MethodDescriptorProto *method = service->method[i];

                rpcs[i] = (struct pd_rpc){
                        .service = full_name,
                        .method = pd_arena_string(arena, method->name),
                        .input = copy_type(arena, method->input_type),
                        .output = copy_type(arena, method->output_type),
                        .input_stream = method->client_streaming,
                        .output_stream = method->server_streaming,
                };
                if (rpcs[i].method == NULL || rpcs[i].input == NULL || rpcs[i].output == NULL)
                        return -1;
        }
        return 0;
}

/* All methods of the file, in its order; -1: no memory. */
static int copy_services(const Google__Protobuf__FileDescriptorProto *file, struct pd_arena *arena,
                         struct pd_rpcs *ret)
{
        const char *package = file->package != NULL ? file->package : "";
        struct pd_rpc *rpcs;
        size_t count = 0, done = 0;

        for (size_t i = 0; i < file->n_service; i++)
                count += file->service[i]->n_method;
        rpcs = pd_arena_alloc(arena, count, sizeof(*rpcs));
        if (rpcs == NULL)
                return -1;

        for (size_t i = 0; i < file->n_service; i++) {
                const Google__Protobuf__ServiceDescriptorProto *service = file->service[i];
                const char *full_name = pd_arena_printf(
                        arena, "%s%s%s", package, package[0] != '\0' ? "." : "", service->name);

                if (full_name == NULL || copy_methods(service, full_name, rpcs + done, arena) < 0)
                        return -1;
                done += service->n_method;
        }
        *ret = (struct pd_rpcs){.at = rpcs, .count = count};
        return 0;
}

int pd_file_set_load(const char *text, size_t len, const atomic_bool *is_cancelled,
                     Google__Protobuf__FileDescriptorSet **ret, struct pd_err *err)
{
        const struct pd_protoc source = {text, len, PD_PROTO_DEADLINE_MS, is_cancelled};
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(PD_PROTO_MAX_DESCRIPTORS);
        pd_auto(pd_file_set_free_ptr) Google__Protobuf__FileDescriptorSet *set = NULL;

        if (len > PD_PROTO_MAX_BYTES)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "proto is over %d bytes",
                               PD_PROTO_MAX_BYTES);
        if (pd_protoc_run(&source, &bytes, err) < 0)
                return -1;

        set = google__protobuf__file_descriptor_set__unpack(NULL, bytes.len,
                                                            (const uint8_t *)bytes.data);
        if (set == NULL)
                return pd_fail(err, PD_E_INTERNAL, 0, "cannot read the descriptors of protoc");
        if (check_imports(set, err) < 0)
                return -1;
        if (!has_source(set))
                return pd_fail(err, PD_E_INTERNAL, 0, "protoc left out the file itself");
        *ret = pd_steal(&set);
        return 0;
}

void pd_file_set_free(Google__Protobuf__FileDescriptorSet *set)
{
        google__protobuf__file_descriptor_set__free_unpacked(set, NULL);
}

int pd_file_set_rpcs(const Google__Protobuf__FileDescriptorSet *set, struct pd_arena *arena,
                     struct pd_rpcs *ret, struct pd_err *err)
{
        if (copy_services(set->file[set->n_file - 1], arena, ret) < 0)
                return pd_fail_memory(err, "services");
        return 0;
}
