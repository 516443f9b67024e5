/* assemble.h - from ids to a solution and its zip. */
#ifndef PD_DEPLOYER_ASSEMBLE_H
#define PD_DEPLOYER_ASSEMBLE_H

#include "deployer.h"

/** A solution on its way; all zero at first. */
struct pd_assembly {
        struct pd_catalog_solution kept; /**< as the catalogue keeps it */
        struct pd_findings findings;     /**< what is to be said of it, also when it failed */
        struct pd_solution *solution;    /**< as it is deployed */
};

void pd_assembly_done(struct pd_assembly *assembly);

/** Get a solution from the catalogue and make it deployable. PD_E_UNPROCESSABLE: see the findings.
 */
int pd_assemble(struct pd_deployer *deployer, const struct pd_catalog_query *query,
                struct pd_assembly *assembly, struct pd_err *err) PD_MUST_CHECK;

/** The zip of a solution, byte for byte what playgroundctl renders; the caller frees it. */
int pd_assemble_zip(struct pd_deployer *deployer, const struct pd_solution *solution, void **ret,
                    size_t *ret_len, struct pd_err *err) PD_MUST_CHECK;

/** How the objects of a solution are written. */
const struct pd_manifest_options *pd_assemble_manifest(const struct pd_deployer *deployer,
                                                       const struct pd_solution *solution);

#endif
