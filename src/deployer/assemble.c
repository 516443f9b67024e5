/* assemble.c - from ids to a solution and its zip. */
#include "assemble.h"

#include "base/clock.h"
#include "package/package.h"

void pd_assembly_done(struct pd_assembly *assembly)
{
        pd_solution_free(assembly->solution);
        pd_catalog_solution_done(&assembly->kept);
        pd_findings_done(&assembly->findings);
        assembly->solution = NULL;
}

static int get(struct pd_deployer *deployer, const struct pd_catalog_query *query,
               struct pd_assembly *assembly, struct pd_err *err)
{
        int64_t began_us = pd_clock_mono_us();
        int result = pd_catalog_get(&deployer->catalog, query, &assembly->findings, &assembly->kept,
                                    err);

        pd_phase_over(deployer->phases, PD_PHASE_CATALOG, began_us);
        if (result < 0)
                pd_phase_failed(deployer->phases, PD_PHASE_CATALOG, err);
        return result;
}

static int make_pipeline(struct pd_assembly *assembly, const struct pd_solution_options *options,
                         struct pd_err *err)
{
        const struct pd_catalog_solution *kept = &assembly->kept;
        const struct pd_blueprint_parts parts = {kept->protos, kept->icon, kept->description};

        /* whether the protos are there; what is in them is nothing that a request waits for */
        pd_blueprint_check_protos(kept->blueprint, kept->protos, &assembly->findings);
        return pd_blueprint_solution(kept->blueprint, &parts, options, &assembly->solution, err);
}

static int make_model(struct pd_assembly *assembly, const char *solution_id,
                      const struct pd_solution_options *options, struct pd_err *err)
{
        const struct pd_catalog_solution *kept = &assembly->kept;
        const struct pd_model_source source = {
                .name = kept->name,
                .image = kept->image,
                .solution_id = solution_id,
                .proto = kept->proto,
                .icon = kept->icon,
                .description = kept->description,
        };

        return pd_solution_from_model(&source, options, &assembly->findings, &assembly->solution,
                                      err);
}

int pd_assemble(struct pd_deployer *deployer, const struct pd_catalog_query *query,
                struct pd_assembly *assembly, struct pd_err *err)
{
        int result;

        if (get(deployer, query, assembly, err) < 0 ||
            pd_findings_check(&assembly->findings, err) < 0)
                return -1;

        if (assembly->kept.is_pipeline)
                result = make_pipeline(assembly, &deployer->pipelines.solution, err);
        else
                result = make_model(assembly, query->solution_id, &deployer->models.solution, err);
        return result == 0 ? pd_findings_check(&assembly->findings, err) : -1;
}

const struct pd_manifest_options *pd_assemble_manifest(const struct pd_deployer *deployer,
                                                       const struct pd_solution *solution)
{
        return solution->kind == PD_SOLUTION_MODEL ? &deployer->models.manifest
                                                   : &deployer->pipelines.manifest;
}

int pd_assemble_zip(struct pd_deployer *deployer, const struct pd_solution *solution, void **ret,
                    size_t *ret_len, struct pd_err *err)
{
        int64_t began_us = pd_clock_mono_us();
        int result = pd_package_pack(solution, pd_assemble_manifest(deployer, solution), ret,
                                     ret_len, err);

        pd_phase_over(deployer->phases, PD_PHASE_RENDER, began_us);
        return result;
}
