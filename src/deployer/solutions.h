/* solutions.h - handlers of routes that name a solution: deploy, download, plan. */
#ifndef PD_DEPLOYER_SOLUTIONS_H
#define PD_DEPLOYER_SOLUTIONS_H

#include "httpd/httpd.h"

void pd_solutions_deploy(struct pd_http_exchange *exchange, void *deployer);
void pd_solutions_download(struct pd_http_exchange *exchange, void *deployer);
void pd_solutions_plan(struct pd_http_exchange *exchange, void *deployer);

#endif
