/* routes.c - the HTTP face. */
#include "routes.h"

#include "base/attr.h"
#include "solutions.h"
#include "status.h"

#define SOLUTION "{solutionId}/{revisionId}"

/* A form may be posted to /deploy with a body that says nothing; more than this is refused. */
#define MAX_DEPLOY_BODY 4096

const struct pd_http_route pd_deployer_routes[] = {
        {"GET", "/deploy/" SOLUTION, pd_solutions_deploy, 0, false},
        {"POST", "/deploy/" SOLUTION, pd_solutions_deploy, MAX_DEPLOY_BODY, false},
        {"GET", "/getSolutionZip/" SOLUTION, pd_solutions_download, 0, false},
        {"GET", "/api/v1/solutions/" SOLUTION "/plan", pd_solutions_plan, 0, false},
        {"GET", "/healthz", pd_status_health, 0, true},
        {"GET", "/readyz", pd_status_ready, 0, false},
        {"GET", "/metrics", pd_status_metrics, 0, true},
        {"GET", "/openapi.yaml", pd_status_openapi, 0, true},
};

const size_t pd_deployer_route_count = PD_COUNT(pd_deployer_routes);
