/* kubernetes_access.h - how a cluster is reached, and as whom. */
#ifndef PD_ENGINE_KUBERNETES_ACCESS_H
#define PD_ENGINE_KUBERNETES_ACCESS_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"
#include "fetch/fetch.h"

/* Where a pod has its account. */
#define PD_KUBERNETES_ACCOUNT_FOLDER "/var/run/secrets/kubernetes.io/serviceaccount"
/* Most bytes of a kubeconfig file, and most files at once. */
#define PD_KUBERNETES_MAX_CONFIG (1024 * 1024)
#define PD_KUBERNETES_MAX_FILES  16

/* All zero is valid and empty. Texts are in the arena, NULL where absent. */
struct pd_kubernetes_access {
        struct pd_arena arena;
        const char *server;         /* https://host:port */
        const char *namespace_name; /* the one to use where none is wished for */
        const char *ca_pem;
        const char *certificate_pem;
        struct pd_secret *key;
        struct pd_secret *token;
        const char *token_file; /* another one is in it now and then; comes before the token */
        const char *user;
        struct pd_secret *password;
};

/*
 * By kubeconfig files: `paths` as in KUBECONFIG, one or several with ':' between them; those that
 * are not there are left out, as kubectl does. PD_E_NOT_FOUND: there is none of them; the errors of
 * pd_kubeconfig_read(), and of reading the files that it names.
 */
int pd_kubernetes_access_by_config(const char *paths, const char *context,
                                   struct pd_kubernetes_access *ret,
                                   struct pd_err *err) PD_MUST_CHECK;

/* As the account of the pod that this program runs in: `folder` is PD_KUBERNETES_ACCOUNT_FOLDER,
 * host and port are KUBERNETES_SERVICE_HOST and _PORT. */
int pd_kubernetes_access_in_cluster(const char *folder, const char *host, const char *port,
                                    struct pd_kubernetes_access *ret,
                                    struct pd_err *err) PD_MUST_CHECK;

void pd_kubernetes_access_done(struct pd_kubernetes_access *access);

/* What a request shows. *ret_token is the caller's, NULL where no file has it: it is read at each
 * call, for it changes. */
int pd_kubernetes_access_identity(const struct pd_kubernetes_access *access,
                                  struct pd_secret **ret_token, struct pd_fetch_identity *ret,
                                  struct pd_err *err) PD_MUST_CHECK;

#endif
