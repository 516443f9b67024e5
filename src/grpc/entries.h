/* entries.h - metadata in our own memory: checked, copied, to and from header lines. Pure. */
#ifndef PD_GRPC_ENTRIES_H
#define PD_GRPC_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "grpc/metadata.h"

/** Most values of a `-bin` line that are taken; further ones, each of which costs the peer a comma
 * and us an entry, are left out. */
#define PD_GRPC_MAX_VALUES_A_LINE 64

/** Metadata that grows; texts and array hang on an arena. All zero: none. */
struct pd_grpc_entries {
        struct pd_grpc_entry *at;
        size_t count;
};

static inline struct pd_grpc_metadata
pd_grpc_entries_metadata(const struct pd_grpc_entries *entries)
{
        return (struct pd_grpc_metadata){.at = entries->at, .count = entries->count};
}

/** Whether a name may be an application's: its signs are allowed and it is not one of HTTP's and
 * gRPC's own (`:...`, `grpc-...`, `te`, `content-type`, `user-agent`, `connection` and its like).
 */
bool pd_grpc_is_metadata_name(const char *name, size_t len);

/** Whether the entry may go on the wire: name as above, value printable unless `-bin`. */
bool pd_grpc_is_metadata(const struct pd_grpc_entry *entry);

/** Copies of entries as they go on the wire: those with `-bin` in base64 without padding. What is
 * no metadata is left out. -1: PD_E_INTERNAL, no memory. */
int pd_grpc_entries_to_wire(const struct pd_grpc_metadata *metadata, struct pd_arena *arena,
                            struct pd_grpc_entries *ret, struct pd_err *err) PD_MUST_CHECK;

/**
 * Append a header line as it came. A `-bin` value is decoded, padded or not; several in one line,
 * with commas, are several entries; one that is no base64 is left out. Another value loses the
 * blanks at its ends, and is left out when it is not printable ASCII. Names of HTTP and gRPC
 * themselves are left out. -1: PD_E_INTERNAL, no memory.
 */
int pd_grpc_entries_add_line(struct pd_grpc_entries *entries, struct pd_arena *arena,
                             const struct pd_grpc_entry *line, struct pd_err *err) PD_MUST_CHECK;

#endif
