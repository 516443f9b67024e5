/* input.h - INPUT: a pipeline or a model as people give it, made into a solution. */
#ifndef PD_CLI_INPUT_H
#define PD_CLI_INPUT_H

#include "admit/policy.h"
#include "archive/archive.h"
#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "blueprint/blueprint.h"
#include "command.h"
#include "protos.h"
#include "solution/findings.h"
#include "solution/solution.h"

/** Most bytes of a picture and of a description. */
#define PD_INPUT_MAX_ICON        (4 * 1024 * 1024)
#define PD_INPUT_MAX_DESCRIPTION (1024 * 1024)
/** Most bytes of all protos of a folder together. */
#define PD_INPUT_MAX_PROTOS (64 * 1024 * 1024)
/** Most bytes of a model.json. */
#define PD_INPUT_MAX_MODEL (64 * 1024)

/* The names in a folder. */
#define PD_INPUT_BLUEPRINT   "blueprint.json"
#define PD_INPUT_MODEL       "model.json"
#define PD_INPUT_PROTOS      "microservice"
#define PD_INPUT_ICON        "solution_icon.png"
#define PD_INPUT_DESCRIPTION "solution_description.html"

enum pd_input_kind { PD_INPUT_IS_BLUEPRINT, PD_INPUT_IS_PACKAGE, PD_INPUT_IS_MODEL };

/** What was read of INPUT. All zero is valid and empty. */
struct pd_input {
        struct pd_arena arena;
        enum pd_input_kind kind;
        const char *name; /**< for messages */
        char *bytes;      /**< of the file that is a blueprint.json or a zip; NULL: neither */
        size_t size;

        const struct pd_policy *policy; /**< that a package is held against; NULL: none; set before
                                           it is read */
        struct pd_archive *archive;     /**< of a package */
        struct pd_solution *package;    /**< what it holds; NULL once taken */
        struct pd_model_source model;   /**< of a model */
        struct pd_blueprint *blueprint; /**< NULL: a model */
        struct pd_node_proto *protos;   /**< one a node of the blueprint */
        struct pd_protos found;         /**< what is in the protos */
        struct pd_file icon;
        struct pd_file description;
};

void pd_input_done(struct pd_input *input);

/**
 * Read the call's INPUT, or the model that its flags name, and say what is to be said about it.
 * -1 where it cannot be read at all; -1 and PD_E_USAGE where there is none.
 */
int pd_input_read(const struct pd_call *call, struct pd_input *input, struct pd_findings *findings,
                  struct pd_err *err) PD_MUST_CHECK;

/** Read one zip, whatever else an INPUT may be: for `inspect`. PD_E_INVALID: it is none. */
int pd_input_read_zip(const struct pd_call *call, struct pd_input *input,
                      struct pd_findings *findings, struct pd_err *err) PD_MUST_CHECK;

/**
 * Look into the protos, then make the solution. *ret is NULL where findings have errors; else the
 * caller owns it. Once an input.
 */
int pd_input_solution(struct pd_input *input, const struct pd_solution_options *options,
                      struct pd_findings *findings, struct pd_solution **ret,
                      struct pd_err *err) PD_MUST_CHECK;

#endif
