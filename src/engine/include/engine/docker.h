/*
 * docker.h - the engine on one machine: Docker, or Podman's service, by the Docker Engine API.
 *
 * A deployment is one network, a container a workload with its name as alias in it, and a volume
 * where there is a shared folder: docs/engines.md.
 */
#ifndef PD_ENGINE_DOCKER_H
#define PD_ENGINE_DOCKER_H

#include "base/attr.h"
#include "base/err.h"
#include "engine/engine.h"
#include "fetch/fetch.h"

/** All may be NULL. */
struct pd_docker_options {
        /**
         * As DOCKER_HOST: `unix:///path`, or `tcp://` to this machine, unprotected as that is. NULL
         * or "": the first socket that is there of /var/run/docker.sock,
         * $XDG_RUNTIME_DIR/docker.sock, /run/podman/podman.sock,
         * $XDG_RUNTIME_DIR/podman/podman.sock.
         */
        const char *host;
        const char *runtime_folder;  /**< XDG_RUNTIME_DIR */
        const char *config_folder;   /**< with config.json, the user's credentials: DOCKER_CONFIG,
                                        or ~/.docker */
        const char *publish_address; /**< where ports are published; NULL: 127.0.0.1 */
};

/**
 * Nothing is asked yet, the engine may still be down. Options are copied; `fetch` is borrowed and
 * outlives it. PD_E_INVALID: no such kind of host; PD_E_UNAVAILABLE: no host is given and none of
 * the sockets is there.
 */
int pd_docker_open(const struct pd_docker_options *options, struct pd_fetch *fetch,
                   struct pd_engine *ret, struct pd_err *err) PD_MUST_CHECK;

#endif
