/* descriptors.c - protoc's description of a proto as types that are quick to look up. */
#include "proto/descriptors.h"

#include <stdlib.h>
#include <string.h>

#include "file_set.h"
#include "types.h"

/* By the number that protobuf gives to a type. */
static const struct pd_proto_kind kinds[] = {
        [1] = {PD_FORM_DOUBLE, PD_WIRE_FIXED64, false},
        [2] = {PD_FORM_FLOAT, PD_WIRE_FIXED32, true},
        [3] = {PD_FORM_SIGNED, PD_WIRE_VARINT, false},    /* int64 */
        [4] = {PD_FORM_UNSIGNED, PD_WIRE_VARINT, false},  /* uint64 */
        [5] = {PD_FORM_SIGNED, PD_WIRE_VARINT, true},     /* int32 */
        [6] = {PD_FORM_UNSIGNED, PD_WIRE_FIXED64, false}, /* fixed64 */
        [7] = {PD_FORM_UNSIGNED, PD_WIRE_FIXED32, true},  /* fixed32 */
        [8] = {PD_FORM_BOOL, PD_WIRE_VARINT, false},
        [9] = {PD_FORM_BYTES, PD_WIRE_LEN, false}, /* string */
        [10] = {PD_FORM_MESSAGE, PD_WIRE_GROUP, false},
        [11] = {PD_FORM_MESSAGE, PD_WIRE_LEN, false},
        [12] = {PD_FORM_BYTES, PD_WIRE_LEN, false},
        [13] = {PD_FORM_UNSIGNED, PD_WIRE_VARINT, true}, /* uint32 */
        [14] = {PD_FORM_ENUM, PD_WIRE_VARINT, true},
        [15] = {PD_FORM_SIGNED, PD_WIRE_FIXED32, true},  /* sfixed32 */
        [16] = {PD_FORM_SIGNED, PD_WIRE_FIXED64, false}, /* sfixed64 */
        [17] = {PD_FORM_ZIGZAG, PD_WIRE_VARINT, true},   /* sint32 */
        [18] = {PD_FORM_ZIGZAG, PD_WIRE_VARINT, false},  /* sint64 */
};

/* Where something is declared. */
struct scope {
        const char *name; /* of the message or package around it; "": none */
        bool is_proto3;
};

struct source_message {
        const Google__Protobuf__DescriptorProto *described;
        struct scope inside;
};

struct source_extension {
        const Google__Protobuf__FieldDescriptorProto *described;
        struct scope scope;
};

/* What is gathered from all files before the first field is made: fields name types of any. */
struct builder {
        struct pd_proto *proto;
        struct pd_arena scratch;
        struct source_message *messages;
        size_t message_count;
        struct source_extension *extensions;
        size_t extension_count;
        const struct pd_proto_enum **enums;
        size_t enum_count;
        struct pd_map enum_index;
};

static void builder_done(struct builder *builder)
{
        pd_map_done(&builder->enum_index);
        pd_arena_done(&builder->scratch);
}

static int fail_memory(struct pd_err *err)
{
        return pd_fail_memory(err, "the types of a proto");
}

static char *full_name(struct pd_arena *arena, const struct scope *scope, const char *name)
{
        return pd_arena_printf(arena, "%s%s%s", scope->name, scope->name[0] != '\0' ? "." : "",
                               name);
}

/* By number, and those of one number in the order of the file. */
static int compare_values(const void *a, const void *b)
{
        Google__Protobuf__EnumValueDescriptorProto *const *const *left = a;
        Google__Protobuf__EnumValueDescriptorProto *const *const *right = b;

        if ((**left)->number != (**right)->number)
                return (**left)->number < (**right)->number ? -1 : 1;
        return (*left > *right) - (*left < *right);
}

static int fill_enum(struct builder *builder, const Google__Protobuf__EnumDescriptorProto *from,
                     struct pd_proto_enum *to, struct pd_err *err)
{
        struct pd_proto_value *values =
                pd_arena_alloc(&builder->proto->arena, from->n_value, sizeof(*values));
        Google__Protobuf__EnumValueDescriptorProto ***sorted =
                pd_arena_alloc(&builder->scratch, from->n_value, sizeof(*sorted));
        size_t count = 0;

        if (values == NULL || sorted == NULL)
                return fail_memory(err);
        for (size_t i = 0; i < from->n_value; i++)
                sorted[i] = &from->value[i];
        qsort(sorted, from->n_value, sizeof(*sorted), compare_values);

        for (size_t i = 0; i < from->n_value; i++) {
                int32_t number = (*sorted[i])->number;

                if (count != 0 && values[count - 1].number == number)
                        continue;
                values[count].number = number;
                values[count].name = pd_arena_string(&builder->proto->arena, (*sorted[i])->name);
                if (values[count++].name == NULL)
                        return fail_memory(err);
        }
        to->values = values;
        to->count = count;
        return 0;
}

static int add_enum(struct builder *builder, const Google__Protobuf__EnumDescriptorProto *from,
                    const struct scope *scope, struct pd_err *err)
{
        struct pd_proto_enum *to = pd_arena_alloc(&builder->proto->arena, 1, sizeof(*to));
        const char *name = full_name(&builder->scratch, scope, from->name);
        const struct pd_proto_enum **place = pd_arena_push(
                &builder->scratch, &builder->enums, &builder->enum_count,
                sizeof(const struct pd_proto_enum *)); /* pointers, as they are kept */

        if (to == NULL || name == NULL || place == NULL ||
            pd_map_set(&builder->enum_index, name, builder->enum_count - 1) < 0)
                return fail_memory(err);
        *place = to;
        to->is_closed = !scope->is_proto3;
        return fill_enum(builder, from, to, err);
}

static int add_extension(struct builder *builder,
                         const Google__Protobuf__FieldDescriptorProto *from,
                         const struct scope *scope, struct pd_err *err)
{
        struct source_extension *extension =
                pd_arena_push(&builder->scratch, &builder->extensions, &builder->extension_count,
                              sizeof(*builder->extensions));

        if (extension == NULL)
                return fail_memory(err);
        *extension = (struct source_extension){from, *scope};
        return 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): protoc nests messages no deeper than 31 */
static int add_message(struct builder *builder, const Google__Protobuf__DescriptorProto *from,
                       const struct scope *scope, struct pd_err *err)
{
        struct source_message *message =
                pd_arena_push(&builder->scratch, &builder->messages, &builder->message_count,
                              sizeof(*builder->messages));
        const struct scope inside = {
                .name = full_name(&builder->proto->arena, scope, from->name),
                .is_proto3 = scope->is_proto3,
        };

        if (message == NULL || inside.name == NULL ||
            pd_map_set(&builder->proto->index, inside.name, builder->message_count - 1) < 0)
                return fail_memory(err);
        *message = (struct source_message){from, inside};

        for (size_t i = 0; i < from->n_enum_type; i++) {
                if (add_enum(builder, from->enum_type[i], &inside, err) < 0)
                        return -1;
        }
        for (size_t i = 0; i < from->n_extension; i++) {
                if (add_extension(builder, from->extension[i], &inside, err) < 0)
                        return -1;
        }
        for (size_t i = 0; i < from->n_nested_type; i++) {
                if (add_message(builder, from->nested_type[i], &inside, err) < 0)
                        return -1;
        }
        return 0;
}

static int add_file(struct builder *builder, const Google__Protobuf__FileDescriptorProto *file,
                    struct pd_err *err)
{
        const struct scope scope = {
                .name = file->package != NULL ? file->package : "",
                .is_proto3 = file->syntax != NULL && strcmp(file->syntax, "proto3") == 0,
        };

        for (size_t i = 0; i < file->n_enum_type; i++) {
                if (add_enum(builder, file->enum_type[i], &scope, err) < 0)
                        return -1;
        }
        for (size_t i = 0; i < file->n_extension; i++) {
                if (add_extension(builder, file->extension[i], &scope, err) < 0)
                        return -1;
        }
        for (size_t i = 0; i < file->n_message_type; i++) {
                if (add_message(builder, file->message_type[i], &scope, err) < 0)
                        return -1;
        }
        return 0;
}

/* The number of ".full.name"; false: there is no such type. */
static bool find_type(const struct pd_map *index, const char *type_name, size_t *ret)
{
        return type_name != NULL && type_name[0] == '.' && pd_map_get(index, type_name + 1, ret);
}

static int link_type(const struct builder *builder,
                     const Google__Protobuf__FieldDescriptorProto *from, struct pd_proto_field *to,
                     struct pd_err *err)
{
        size_t number = 0;

        if (to->kind->form == PD_FORM_MESSAGE) {
                if (!find_type(&builder->proto->index, from->type_name, &number))
                        return pd_fail(err, PD_E_INTERNAL, 0, "protoc left out a message");
                to->message = &builder->proto->messages[number];
        } else if (to->kind->form == PD_FORM_ENUM) {
                if (!find_type(&builder->enum_index, from->type_name, &number))
                        return pd_fail(err, PD_E_INTERNAL, 0, "protoc left out an enum");
                to->values = builder->enums[number];
        }
        return 0;
}

/* What stands in front of its values: a group has the name of its type, an extension its full. */
static const char *shown_name(struct pd_arena *arena,
                              const Google__Protobuf__FieldDescriptorProto *from,
                              const struct scope *scope)
{
        if (from->extendee != NULL)
                return pd_arena_printf(arena, "[%s%s%s]", scope->name,
                                       scope->name[0] != '\0' ? "." : "", from->name);
        if (from->type == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_GROUP)
                return pd_arena_string(arena, strrchr(from->type_name, '.') + 1);
        return pd_arena_string(arena, from->name);
}

static int add_field(const struct builder *builder,
                     const Google__Protobuf__FieldDescriptorProto *from, const struct scope *scope,
                     struct pd_proto_message *message, struct pd_err *err)
{
        struct pd_arena *arena = &builder->proto->arena;
        struct pd_proto_field *to =
                pd_arena_push(arena, &message->fields, &message->count, sizeof(*to));
        bool is_in_oneof = from->has_oneof_index && !from->proto3_optional;

        if (to == NULL)
                return fail_memory(err);
        if (from->type >= PD_COUNT(kinds))
                return pd_fail(err, PD_E_INTERNAL, 0, "protoc knows a new type of field");

        to->number = (uint32_t)from->number;
        to->kind = &kinds[from->type];
        to->oneof = is_in_oneof ? (uint32_t)from->oneof_index + 1 : 0;
        to->is_repeated =
                from->label == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_REPEATED;
        to->has_presence = !scope->is_proto3 || from->has_oneof_index || from->extendee != NULL ||
                           to->kind->form == PD_FORM_MESSAGE;
        if (link_type(builder, from, to, err) < 0)
                return -1;
        to->name = shown_name(arena, from, scope);
        return to->name != NULL ? 0 : fail_memory(err);
}

static int compare_fields(const void *a, const void *b)
{
        const struct pd_proto_field *left = a, *right = b;

        return (left->number > right->number) - (left->number < right->number);
}

static int fill_message(struct builder *builder, size_t number, struct pd_err *err)
{
        const struct source_message *source = &builder->messages[number];
        const Google__Protobuf__DescriptorProto *from = source->described;
        struct pd_proto_message *to = &builder->proto->messages[number];

        for (size_t i = 0; i < from->n_field; i++) {
                if (add_field(builder, from->field[i], &source->inside, to, err) < 0)
                        return -1;
        }
        to->is_map_entry = from->options != NULL && from->options->map_entry && to->count == 2;
        return 0;
}

static int fill_extension(struct builder *builder, const struct source_extension *source,
                          struct pd_err *err)
{
        size_t number;

        if (!find_type(&builder->proto->index, source->described->extendee, &number))
                return pd_fail(err, PD_E_INTERNAL, 0, "protoc left out a message");
        return add_field(builder, source->described, &source->scope,
                         &builder->proto->messages[number], err);
}

static int build(struct builder *builder, const Google__Protobuf__FileDescriptorSet *set,
                 struct pd_err *err)
{
        struct pd_proto *proto = builder->proto;

        for (size_t i = 0; i < set->n_file; i++) {
                if (add_file(builder, set->file[i], err) < 0)
                        return -1;
        }
        proto->messages =
                pd_arena_alloc(&proto->arena, builder->message_count, sizeof(*proto->messages));
        if (proto->messages == NULL)
                return fail_memory(err);

        for (size_t i = 0; i < builder->message_count; i++) {
                if (fill_message(builder, i, err) < 0)
                        return -1;
        }
        for (size_t i = 0; i < builder->extension_count; i++) {
                if (fill_extension(builder, &builder->extensions[i], err) < 0)
                        return -1;
        }
        for (size_t i = 0; i < builder->message_count; i++) {
                struct pd_proto_message *message = &proto->messages[i];

                if (message->count != 0)
                        qsort(message->fields, message->count, sizeof(*message->fields),
                              compare_fields);
        }
        return 0;
}

int pd_proto_compile(const char *text, size_t len, const atomic_bool *is_cancelled,
                     struct pd_proto **ret, struct pd_err *err)
{
        pd_auto(pd_file_set_free_ptr) Google__Protobuf__FileDescriptorSet *set = NULL;
        pd_auto(pd_proto_free_ptr) struct pd_proto *proto = calloc(1, sizeof(*proto));
        pd_auto(builder_done) struct builder builder = {.proto = proto};

        if (proto == NULL)
                return fail_memory(err);
        if (pd_file_set_load(text, len, is_cancelled, &set, err) < 0 ||
            build(&builder, set, err) < 0 ||
            pd_file_set_rpcs(set, &proto->arena, &proto->rpcs, err) < 0)
                return -1;
        *ret = pd_steal(&proto);
        return 0;
}

void pd_proto_free(struct pd_proto *proto)
{
        if (proto == NULL)
                return;
        pd_map_done(&proto->index);
        pd_arena_done(&proto->arena);
        free(proto);
}

const struct pd_rpcs *pd_proto_rpcs(const struct pd_proto *proto)
{
        return &proto->rpcs;
}

const struct pd_proto_message *pd_proto_find(const struct pd_proto *proto, const char *name)
{
        size_t number;

        return pd_map_get(&proto->index, name, &number) ? &proto->messages[number] : NULL;
}
