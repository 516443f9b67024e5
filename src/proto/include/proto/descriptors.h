/*
 * descriptors.h - a model's proto, compiled once and kept.
 *
 * It never changes: any number of threads may use it at once.
 */
#ifndef PD_PROTO_DESCRIPTORS_H
#define PD_PROTO_DESCRIPTORS_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"
#include "solution/rpc.h"

struct pd_proto;
struct pd_proto_message;

/**
 * Compile a .proto text. Limits and errors as pd_proto_services() (proto.h); and PD_E_UNAVAILABLE
 * soon after *is_cancelled was set by another thread (NULL: that will not be).
 */
int pd_proto_compile(const char *text, size_t len, const atomic_bool *is_cancelled,
                     struct pd_proto **ret, struct pd_err *err) PD_MUST_CHECK;
void pd_proto_free(struct pd_proto *proto);
PD_DEFINE_AUTO(struct pd_proto, pd_proto_free)

/** The methods of all its services, in the order of the file. */
const struct pd_rpcs *pd_proto_rpcs(const struct pd_proto *proto);

/**
 * The message of that full name (`package.Outer.Name`), its own or an imported one; NULL: none.
 * It lives as long as the proto.
 */
const struct pd_proto_message *pd_proto_find(const struct pd_proto *proto, const char *name);

#endif
