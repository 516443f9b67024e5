/* routes.h - the HTTP face: what openapi.yaml describes. */
#ifndef PD_DEPLOYER_ROUTES_H
#define PD_DEPLOYER_ROUTES_H

#include <stddef.h>

#include "httpd/httpd.h"

/** The handlers get the struct pd_deployer. */
extern const struct pd_http_route pd_deployer_routes[];
extern const size_t pd_deployer_route_count;

#endif
