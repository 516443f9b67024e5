/* status.c - the names of the codes. */
#include "grpc/status.h"

#include "base/attr.h"

const char *pd_grpc_code_name(enum pd_grpc_code code)
{
        static const char *const names[] = {
#define NAME(id, number) [number] = #id,
                PD_GRPC_CODES(NAME)
#undef NAME
        };

        return (size_t)code < PD_COUNT(names) ? names[code] : names[PD_GRPC_UNKNOWN];
}
