/* docker_host.h - where the Docker Engine API is: what DOCKER_HOST says. */
#ifndef PD_ENGINE_DOCKER_HOST_H
#define PD_ENGINE_DOCKER_HOST_H

#include "base/attr.h"
#include "base/err.h"
#include "engine/docker.h"

struct pd_docker_host {
        char *socket; /* its path; NULL: by TCP */
        char *base;   /* what addresses begin with: "http://docker", "http://127.0.0.1:2375" */
};

/* The errors of pd_docker_open(). Release with pd_docker_host_done(). */
int pd_docker_host_find(const struct pd_docker_options *options, struct pd_docker_host *ret,
                        struct pd_err *err) PD_MUST_CHECK;

void pd_docker_host_done(struct pd_docker_host *host);

#endif
