/* room.h - what the files of this room say to each other. */
#ifndef PD_BLUEPRINT_ROOM_H
#define PD_BLUEPRINT_ROOM_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/map.h"
#include "blueprint/blueprint.h"

/* Nodes by name. */
struct pd_node_index {
        struct pd_map exact;
        struct pd_map folded; /* without case; PD_GRAPH_NONE: several nodes have that name */
};

struct pd_blueprint {
        struct pd_arena arena; /* holds the arrays of the graph, and the labels */
        json_t *json;          /* holds the strings of the graph */
        const char *name;
        struct pd_graph graph;
        struct pd_node_index index;
        const char **labels; /* one a node; NULL: a shared folder */
        bool has_errors;
};

/* An object of the blueprint that knows where it stands. */
struct pd_object {
        const json_t *json;
        const struct pd_object *parent; /* NULL: it is the blueprint */
        const char *member;             /* of the parent */
        size_t index;                   /* in that array; PD_GRAPH_NONE: it is no array */
        struct pd_findings *findings;
};

/*
 * object.c: members by type. Null and absent are the same; another type is an error among the
 * findings, and then as if absent.
 */
const char *pd_object_string(const struct pd_object *object, const char *key); /* absent: "" */
bool pd_object_flag(const struct pd_object *object, const char *key, bool *ret_is_stated);
bool pd_object_member(const struct pd_object *object, const char *key, struct pd_object *ret);
size_t pd_object_array_size(const struct pd_object *object, const char *key);
bool pd_object_item(const struct pd_object *object, const char *key, size_t index,
                    struct pd_object *ret);

/* A string that must be there: it is an error when it is not, "what" being missed. */
const char *pd_object_required(const struct pd_object *object, const char *key, const char *what);

struct pd_path pd_object_path(const struct pd_object *object, const char *member);

/* path.c: where parts of the graph stand; member "": they themselves. */
struct pd_path pd_node_path(const struct pd_node *node, const char *member);
struct pd_path pd_operation_path(const struct pd_node *node, const struct pd_operation *operation,
                                 const char *member);
struct pd_path pd_edge_path(const struct pd_node *node, const struct pd_operation *operation,
                            const struct pd_edge *edge, const char *member);

/* words.c: the words that mean something, in any case. */
bool pd_word_is_shared_folder(const char *node_type);
bool pd_word_is_never_run(const char *node_type); /* Splitter, Collator */
bool pd_word_is_mount(const char *operation_name);

/* What goes with the shared folder when it is taken out of the blueprint. */
bool pd_edge_is_mount(const struct pd_node *node, const struct pd_operation *operation,
                      const struct pd_edge *edge);

/* index.c */
int pd_node_index_add(struct pd_node_index *index, const char *name, size_t node) PD_MUST_CHECK;
void pd_node_index_done(struct pd_node_index *index);

/* The node of exactly that name; and for the ends of edges also in another case, if that is unique.
 * PD_GRAPH_NONE: none. */
size_t pd_node_index_find(const struct pd_node_index *index, const char *name);
size_t pd_node_index_find_target(const struct pd_node_index *index, const char *name);

/* build.c: what the JSON says as a graph, names not yet resolved. -1: no memory. */
int pd_graph_build(const struct pd_object *top, struct pd_arena *arena,
                   struct pd_graph *ret) PD_MUST_CHECK;

/* resolve.c: the index is filled, edges find their nodes and operations. -1: no memory. */
int pd_graph_resolve(struct pd_blueprint *blueprint, struct pd_findings *findings) PD_MUST_CHECK;

/* check_nodes.c: each node by itself. */
void pd_check_nodes(const struct pd_graph *graph, struct pd_findings *findings);

/* check_flow.c: whether messages will flow. -1: no memory. */
int pd_check_flow(struct pd_blueprint *blueprint, struct pd_findings *findings) PD_MUST_CHECK;

/* check_top.c: what stands beside the nodes. */
void pd_check_top(const struct pd_blueprint *blueprint, const struct pd_object *top);

/* labels.c: the label of each node; a renaming is a warning. -1: no memory. */
int pd_blueprint_label(struct pd_blueprint *blueprint, struct pd_findings *findings) PD_MUST_CHECK;

/* deployable.c: the blueprint that goes into the zip (contract, section 3). NULL: no memory. */
json_t *pd_blueprint_deployable(const struct pd_blueprint *blueprint) PD_MUST_CHECK;

#endif
