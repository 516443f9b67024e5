/* layout.h - what lies where in a solution.zip, for writing and for reading (contract, section 4).
 */
#ifndef PD_PACKAGE_LAYOUT_H
#define PD_PACKAGE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "solution/solution.h"

enum pd_layout_role {
        PD_LAYOUT_EXTRA, /**< means nothing here */
        PD_LAYOUT_CONSTANT,
        PD_LAYOUT_BLUEPRINT,
        PD_LAYOUT_DOCKERINFO,
        PD_LAYOUT_MODEL_NAME,
        PD_LAYOUT_ICON,
        PD_LAYOUT_DESCRIPTION,
        PD_LAYOUT_MANIFEST, /**< one of many, as the next */
        PD_LAYOUT_PROTO,
        PD_LAYOUT_ROLES, /**< their number */
};

/** What the file of that name is in a zip of that kind. Case makes no difference. */
enum pd_layout_role pd_layout_role(enum pd_solution_kind kind, const char *name);

/** Whether a file of that name is in zips of pipelines only: that is how the kinds are told. */
bool pd_layout_is_of_pipeline(const char *name);

/** The name of the one file with that role. */
const char *pd_layout_name(enum pd_layout_role role);

/**
 * The constants of a kind, one after the other: the name in the zip and the name in
 * constants.h. `*at` begins with 0. False: there are no more.
 */
bool pd_layout_next_constant(enum pd_solution_kind kind, size_t *at, const char **ret_name,
                             const char **ret_from);

/* Names of the files of one workload, and of the claim. NULL: no memory. */
const char *pd_layout_service(enum pd_solution_kind kind, const char *workload,
                              struct pd_arena *arena) PD_MUST_CHECK;
const char *pd_layout_deployment(enum pd_solution_kind kind, const char *workload,
                                 struct pd_arena *arena) PD_MUST_CHECK;
const char *pd_layout_proto(const char *proto, struct pd_arena *arena) PD_MUST_CHECK;

/** The name of the claim's file. */
extern const char pd_layout_claim[];

/** The name of the workload that the proto of that name belongs to, as written there. NULL: no
 * memory. */
char *pd_layout_proto_owner(const char *name, struct pd_arena *arena) PD_MUST_CHECK;

#endif
