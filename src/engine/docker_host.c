/* docker_host.c - where the Docker Engine API is. */
#include "docker_host.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/format.h"
#include "base/num.h"

/* Longest path of a Unix socket (sun_path), and room for a host. */
#define MAX_PATH 108
#define MAX_HOST 256

#define UNIX "unix://"
#define TCP  "tcp://"

/* The API has no password: who reaches it is root there. So it is spoken on this machine alone. */
static bool is_loopback(const char *address)
{
        static const char *const hosts[] = {"127.0.0.1:", "localhost:", "[::1]:"};
        int64_t port;

        for (size_t i = 0; i < PD_COUNT(hosts); i++) {
                size_t len = strlen(hosts[i]);

                if (strncmp(address, hosts[i], len) == 0 &&
                    pd_parse_int(address + len, 1, 65535, &port, NULL) == 0)
                        return true;
        }
        return false;
}

static int set(const char *socket, const char *base, struct pd_docker_host *ret, struct pd_err *err)
{
        struct pd_docker_host host = {
                .socket = socket != NULL ? strdup(socket) : NULL,
                .base = strdup(base),
        };

        if (host.base == NULL || (socket != NULL && host.socket == NULL)) {
                pd_docker_host_done(&host);
                return pd_fail_memory(err, "the engine's address");
        }
        *ret = host;
        return 0;
}

static int set_socket(const char *path, struct pd_docker_host *ret, struct pd_err *err)
{
        if (path[0] != '/' || strlen(path) >= MAX_PATH)
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is no path of a socket: it begins with / and is shorter than "
                               "%d characters",
                               path, MAX_PATH);
        return set(path, "http://docker", ret, err);
}

static int read_host(const char *text, struct pd_docker_host *ret, struct pd_err *err)
{
        char base[MAX_HOST];

        if (strncmp(text, UNIX, strlen(UNIX)) == 0)
                return set_socket(text + strlen(UNIX), ret, err);
        if (strncmp(text, TCP, strlen(TCP)) == 0 && strlen(text) < MAX_HOST &&
            is_loopback(text + strlen(TCP))) {
                pd_format(base, sizeof(base), "http://%s", text + strlen(TCP));
                return set(NULL, base, ret, err);
        }
        return pd_fail(err, PD_E_INVALID, 0,
                       "DOCKER_HOST '%s' is not for this engine: write unix:///path, or "
                       "tcp://127.0.0.1:PORT; another machine is reached by forwarding its socket "
                       "(ssh -L /tmp/docker.sock:/var/run/docker.sock HOST)",
                       text);
}

int pd_docker_host_find(const struct pd_docker_options *options, struct pd_docker_host *ret,
                        struct pd_err *err)
{
        const struct {
                const char *folder;
                const char *name;
        } places[] = {
                {"/var/run", "docker.sock"},
                {options->runtime_folder, "docker.sock"},
                {"/run", "podman/podman.sock"},
                {options->runtime_folder, "podman/podman.sock"},
        };

        if (options->host != NULL && options->host[0] != '\0')
                return read_host(options->host, ret, err);
        for (size_t i = 0; i < PD_COUNT(places); i++) {
                char path[MAX_PATH + 1];
                struct stat about;

                if (places[i].folder == NULL || places[i].folder[0] == '\0')
                        continue;
                pd_format(path, sizeof(path), "%s/%s", places[i].folder, places[i].name);
                if (stat(path, &about) == 0 && S_ISSOCK(about.st_mode))
                        return set_socket(path, ret, err);
        }
        return pd_fail(err, PD_E_UNAVAILABLE, 0,
                       "no container engine is there: neither Docker's socket "
                       "(/var/run/docker.sock) nor Podman's was found; start one of them, or say "
                       "where it is by DOCKER_HOST");
}

void pd_docker_host_done(struct pd_docker_host *host)
{
        free(host->socket);
        free(host->base);
        *host = (struct pd_docker_host){0};
}
