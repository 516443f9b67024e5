/* docker_credentials.h - the user's credentials for registries, out of docker's config.json. */
#ifndef PD_ENGINE_DOCKER_CREDENTIALS_H
#define PD_ENGINE_DOCKER_CREDENTIALS_H

#include <jansson.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "solution/image.h"

/* What config.json says of the registry of an image. */
struct pd_docker_credentials {
        const char *header; /* `X-Registry-Auth: ...`, secret; NULL: there are none */
        const char *helper; /* a program that would know them, and is not asked; NULL: none */
};

/*
 * Those for `image`; both NULL where there is no file. Helper programs are not run: what they hand
 * out is not ours to fetch behind the user's back. PD_E_INVALID: the file is no such file.
 */
int pd_docker_credentials_find(const char *config_folder, const char *image, struct pd_arena *arena,
                               struct pd_docker_credentials *ret, struct pd_err *err) PD_MUST_CHECK;

/* The file as a tree, read within limits. PD_E_NOT_FOUND; PD_E_INVALID: it is no JSON. */
int pd_docker_config_load(const char *path, json_t **ret, struct pd_err *err) PD_MUST_CHECK;

/* Its entry of `auths` for the registry of the image, borrowed, and the key that it has there.
 * NULL: there is none. Pure, as are the next two. */
const json_t *pd_docker_config_auth(const json_t *config, const struct pd_image *image,
                                    const char **ret_key);

/* The program that docker would ask for credentials of that registry; NULL: none. */
const char *pd_docker_config_helper(const json_t *config, const struct pd_image *image);

/* What pd_docker_credentials_find() finds, out of the tree. */
int pd_docker_credentials_read(const json_t *config, const char *image, struct pd_arena *arena,
                               struct pd_docker_credentials *ret, struct pd_err *err) PD_MUST_CHECK;

#endif
