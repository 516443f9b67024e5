/* services.c - the methods of a proto alone. */
#include "file_set.h"
#include "proto/proto.h"

int pd_proto_services(const char *text, size_t len, struct pd_arena *arena, struct pd_rpcs *ret,
                      struct pd_err *err)
{
        pd_auto(pd_file_set_free_ptr) Google__Protobuf__FileDescriptorSet *set = NULL;

        if (pd_file_set_load(text, len, NULL, &set, err) < 0)
                return -1;
        return pd_file_set_rpcs(set, arena, ret, err);
}
