/* fixture.h - a good pipeline, and ways to spoil it. */
#ifndef PD_TESTS_BLUEPRINT_FIXTURE_H
#define PD_TESTS_BLUEPRINT_FIXTURE_H

#include <jansson.h>

#include "blueprint/blueprint.h"

/* JSON with ' in place of ", for tests that are read by people. */
json_t *fixture_quoted(const char *text);

/* `source` (operation `pull`, Empty -> stream Row) sends to `model` (`predict`, Row -> Result). */
json_t *fixture_pipeline(void);

/* A shared folder `/data` as the design studio writes it, every other node having `mountVolume`. */
void fixture_add_folder(json_t *pipeline);

/* Set what stands at a path, such as nodes[0].image, to the quoted JSON; NULL: remove it. The last
 * index of a path may be the one behind the end of its array. */
void fixture_set(json_t *pipeline, const char *path, const char *quoted);

/* Read it; the test fails if that fails. */
struct pd_blueprint *fixture_read(const json_t *json, struct pd_findings *findings);

/* Make the solution with the default options and nothing beside the blueprint. */
struct pd_solution *fixture_solution(const struct pd_blueprint *blueprint);

/* The deployable blueprint of a pipeline without errors. */
json_t *fixture_deployable(const json_t *json);

#endif
