/*
 * render.h - what one who deploys may choose about a solution.zip: the settings that playgroundctl
 * and the deployer share, and what they become.
 */
#ifndef PD_RENDER_RENDER_H
#define PD_RENDER_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "config/config.h"
#include "manifest/manifest.h"
#include "solution/solution.h"

struct pd_render_settings {
        const char *orchestrator_image;
        int pull_policy;  /**< enum pd_pull_policy */
        int service_type; /**< enum pd_service_type */
        const char *pull_secret;
        bool no_pull_secret; /**< wins over pull_secret, as the next but one over storage_class */
        const char *storage_class;
        bool default_storage_class;
        const char *claim_size;
        const char *requests;
        const char *limits;
};

extern const char *const pd_render_pull_policies[];
extern const char *const pd_render_service_types[];

/** The rows of a program's table; `member` is its struct pd_render_settings within `type`. What
 * changes a solution, and what changes only how it is written down. */
/* clang-format off */
#define PD_RENDER_SOLUTION_ROWS(type_, member_)                                                              \
        {.name = "orchestrator-image", .type = PD_CONFIG_STRING,                                             \
         .offset = offsetof(type_, member_.orchestrator_image), .value_name = "IMAGE",                       \
         .preset = "playground-orchestrator:" PD_VERSION, .help = "what runs the pipeline"},                 \
        {.name = "image-pull-policy", .type = PD_CONFIG_CHOICE,                                              \
         .offset = offsetof(type_, member_.pull_policy), .choices = pd_render_pull_policies,                 \
         .value_name = "POLICY",                                                                             \
         .help = "of every container: Always, IfNotPresent, Never, or default: the cluster's own"},          \
        {.name = "storage-class", .type = PD_CONFIG_STRING,                                                  \
         .offset = offsetof(type_, member_.storage_class), .value_name = "NAME",                             \
         .preset = "", .help = "of the shared folder's volume; '': a volume made by hand"},                  \
        {.name = "default-storage-class", .type = PD_CONFIG_BOOL,                                            \
         .offset = offsetof(type_, member_.default_storage_class),                                           \
         .help = "the cluster's default class for the shared folder"},                                       \
        {.name = "claim-size", .type = PD_CONFIG_STRING,                                                     \
         .offset = offsetof(type_, member_.claim_size), .value_name = "AMOUNT",                              \
         .preset = "1Gi", .help = "of the shared folder's volume"},                                          \
        {.name = "requests", .type = PD_CONFIG_STRING,                                                       \
         .offset = offsetof(type_, member_.requests), .value_name = "AMOUNTS",                               \
         .help = "what every container asks for, as cpu=100m,memory=64Mi"},                                  \
        {.name = "limits", .type = PD_CONFIG_STRING,                                                         \
         .offset = offsetof(type_, member_.limits), .value_name = "AMOUNTS",                                 \
         .help = "what no container may exceed, as memory=1Gi"}
#define PD_RENDER_MANIFEST_ROWS(type_, member_)                                                              \
        {.name = "service-type", .type = PD_CONFIG_CHOICE,                                                   \
         .offset = offsetof(type_, member_.service_type), .choices = pd_render_service_types,                \
         .value_name = "TYPE", .preset = "NodePort", .help = "of every Service: NodePort or ClusterIP"},     \
        {.name = "pull-secret", .type = PD_CONFIG_STRING,                                                    \
         .offset = offsetof(type_, member_.pull_secret), .value_name = "NAME",                               \
         .preset = "acumos-registry", .help = "Secret for the registries"},                                  \
        {.name = "no-pull-secret", .type = PD_CONFIG_BOOL,                                                   \
         .offset = offsetof(type_, member_.no_pull_secret), .help = "no Secret for the registries"}
#define PD_RENDER_ROWS(type_, member_)                                                                        \
        PD_RENDER_SOLUTION_ROWS(type_, member_), PD_RENDER_MANIFEST_ROWS(type_, member_)
/* clang-format on */

/** What the settings become. Borrows their texts; amounts live in the arena. */
struct pd_render_options {
        struct pd_solution_options solution;
        struct pd_manifest_options manifest;
};

/** Of the settings that change a solution. PD_E_INVALID names the one that is wrong. */
int pd_render_solution_read(const struct pd_render_settings *settings, struct pd_arena *arena,
                            struct pd_solution_options *ret, struct pd_err *err) PD_MUST_CHECK;

/** Of all. PD_E_INVALID likewise. */
int pd_render_options_read(const struct pd_render_settings *settings, struct pd_arena *arena,
                           struct pd_render_options *ret, struct pd_err *err) PD_MUST_CHECK;

#endif
