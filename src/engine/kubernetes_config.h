/* kubernetes_config.h - which cluster, and as whom: what kubeconfig files say. Pure. */
#ifndef PD_ENGINE_KUBERNETES_CONFIG_H
#define PD_ENGINE_KUBERNETES_CONFIG_H

#include <stddef.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"

/* Most bytes of a certificate or a key. */
#define PD_KUBERNETES_MAX_PEM (1024 * 1024)

/* A kubeconfig file as a tree. */
struct pd_kubeconfig_file {
        const char *path; /* relative paths within begin at its folder */
        json_t *json;
};

/* Something that stands in the kubeconfig itself or in a file. */
struct pd_kubeconfig_pem {
        const char *text; /* NULL: not given */
        const char *file; /* absolute where the kubeconfig's path is; NULL: not given, or there is
                             the text, which comes first */
};

/* Texts are in the arena or borrowed from the trees. NULL: absent. */
struct pd_kubeconfig {
        const char *context;
        const char *server;         /* https://host:port, no slash at the end */
        const char *namespace_name; /* of the context */
        struct pd_kubeconfig_pem ca;
        struct pd_kubeconfig_pem certificate;
        struct pd_kubeconfig_pem key;
        const char *token; /* secret */
        const char *token_file;
        const char *user;
        const char *password; /* secret */
};

/*
 * What `context` (NULL or "": the current one) means in these files together: of entries with equal
 * names the first one counts, as for kubectl.
 *
 * PD_E_NOT_FOUND: no such context, and which there are; no current one. PD_E_INVALID: a context
 * that names a cluster or a user that is not there, a server that is no https, what is no base64.
 * PD_E_UNPROCESSABLE: a login by a program (`exec`, `auth-provider`), which is never run, a proxy,
 * a server whose certificate shall not be checked or has another name; the message says what to do
 * instead.
 */
int pd_kubeconfig_read(const struct pd_kubeconfig_file *files, size_t count, const char *context,
                       struct pd_arena *arena, struct pd_kubeconfig *ret,
                       struct pd_err *err) PD_MUST_CHECK;

#endif
