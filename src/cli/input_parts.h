/* input_parts.h - how the files that read INPUT share the work. */
#ifndef PD_CLI_INPUT_PARTS_H
#define PD_CLI_INPUT_PARTS_H

#include "base/attr.h"
#include "folder.h"
#include "input.h"

/** Read the blueprint, and make room for a proto of each of its nodes; none is there yet. */
int pd_input_read_blueprint(struct pd_input *input, const char *text, size_t size,
                            struct pd_findings *findings, struct pd_err *err) PD_MUST_CHECK;

/** A folder with a blueprint.json or a model.json. */
int pd_input_read_folder(const char *path, struct pd_input *input, struct pd_findings *findings,
                         struct pd_err *err) PD_MUST_CHECK;

/** The model that a folder's model.json describes. */
int pd_input_read_model_file(const struct pd_folder *folder, const struct pd_file *file,
                             struct pd_input *input, struct pd_err *err) PD_MUST_CHECK;

/** The model that --image, --name and --proto describe. */
int pd_input_read_model_flags(const struct pd_call *call, struct pd_input *input,
                              struct pd_err *err) PD_MUST_CHECK;

/**
 * Which of the files `names` is the proto of the node: `<container_name>.proto`, else that in any
 * case, else the file that its proto_uri ends in. PD_GRAPH_NONE: none of them.
 */
size_t pd_input_find_proto(const struct pd_strings *names, const struct pd_node *node);

#endif
