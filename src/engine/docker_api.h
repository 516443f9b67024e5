/* docker_api.h - requests to the Docker Engine API, and what its refusals mean. */
#ifndef PD_ENGINE_DOCKER_API_H
#define PD_ENGINE_DOCKER_API_H

#include <pthread.h>
#include <stdbool.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "docker_host.h"
#include "fetch/fetch.h"
#include "solution/solution.h"

/* The newest version of the API that was tried, and the oldest that has all that is used here. */
#define PD_DOCKER_NEWEST_MINOR 47
#define PD_DOCKER_OLDEST_MINOR 40

/* For what is answered at once, and for what waits for containers to end. */
#define PD_DOCKER_DEADLINE_MS      30000
#define PD_DOCKER_SLOW_DEADLINE_MS 120000
/* Most bytes of an answer. */
#define PD_DOCKER_MAX_ANSWER (16 * 1024 * 1024)
/* How long a container that is told to end may take. */
#define PD_DOCKER_STOP_S "5"

/* The engine itself. */
struct pd_docker {
        struct pd_fetch *fetch;
        struct pd_docker_host host;
        char *config_folder;   /* NULL: none */
        char *publish_address; /* never NULL */

        pthread_mutex_t lock; /* guards what follows, which is found out at the first request */
        char version[16];     /* "v1.41"; "": not yet */
        char product[64];     /* "Docker 20.10.24", "Podman 4.3.1" */
};

/* Find out the version, once. The errors of engine.h that tell of an engine out of reach. */
int pd_docker_connect(struct pd_docker *docker, struct pd_err *err) PD_MUST_CHECK;

/* Whether it is Podman; pd_docker_connect() has worked. */
bool pd_docker_is_podman(const struct pd_docker *docker);

/*
 * The address of `path` ("/containers/json") with its query, names and values escaped; a part "%s"
 * of the path becomes `name`, escaped (NULL: there is none). In the arena; NULL: no memory.
 * pd_docker_connect() has worked.
 */
const char *pd_docker_url(const struct pd_docker *docker, struct pd_arena *arena, const char *path,
                          const char *name, const struct pd_pairs *query) PD_MUST_CHECK;

/* A filter by labels as a value of the query `filters`: of everything that is ours, of `instance`
 * alone where that is not NULL. NULL: no memory. */
const char *pd_docker_filter(struct pd_arena *arena, const char *instance) PD_MUST_CHECK;

/* A request with the usual limits. `url` may be NULL for want of memory: PD_E_INTERNAL. */
int pd_docker_request(const struct pd_docker *docker, const char *method, const char *url,
                      struct pd_fetch_request *ret, struct pd_err *err) PD_MUST_CHECK;

/* Give it a body, whose text lives in the arena. */
int pd_docker_set_body(struct pd_fetch_request *request, struct pd_arena *arena, const json_t *json,
                       struct pd_err *err) PD_MUST_CHECK;

/*
 * What an answer means: 2xx and 304 are fine; else PD_E_NOT_FOUND, PD_E_CONFLICT, PD_E_FORBIDDEN or
 * PD_E_BAD_GATEWAY with what the engine says.
 */
int pd_docker_check(const struct pd_fetch_answer *answer, struct pd_err *err) PD_MUST_CHECK;

/* The engine's own words, fit to print. */
struct pd_docker_message {
        char text[448];
};

/* Those in an answer: its `message`, else its text. */
struct pd_docker_message pd_docker_message(const struct pd_fetch_answer *answer);

/* The body of an answer as a tree, after pd_docker_check(). */
int pd_docker_read(const struct pd_fetch_answer *answer, json_t **ret,
                   struct pd_err *err) PD_MUST_CHECK;

/* GET, check, read. */
int pd_docker_get(const struct pd_docker *docker, const char *url, json_t **ret,
                  struct pd_err *err) PD_MUST_CHECK;

/* Several at the same time: trees[i], the caller's, is what urls[i] (in the arena, or NULL for want
 * of memory) answers, NULL where there is no such thing. On failure nothing is set. */
int pd_docker_get_all(const struct pd_docker *docker, struct pd_arena *arena,
                      const char *const *urls, size_t count, json_t **trees,
                      struct pd_err *err) PD_MUST_CHECK;

/* Send and check; what is answered is thrown away. */
int pd_docker_do(const struct pd_docker *docker, const struct pd_fetch_request *request,
                 struct pd_err *err) PD_MUST_CHECK;

#endif
