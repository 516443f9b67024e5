/* rpc.h - what the services of a model's proto offer, as plain data. */
#ifndef PD_SOLUTION_RPC_H
#define PD_SOLUTION_RPC_H

#include <stdbool.h>
#include <stddef.h>

/** One method. The names of service and messages carry their package, without a dot in front. */
struct pd_rpc {
        const char *service;
        const char *method;
        const char *input;
        const char *output;
        bool input_stream;
        bool output_stream;
};

struct pd_rpcs {
        const struct pd_rpc *at;
        size_t count;
};

/** The method of that name, exact case first, then any case; NULL: none. */
const struct pd_rpc *pd_rpcs_find(const struct pd_rpcs *rpcs, const char *method);

#endif
