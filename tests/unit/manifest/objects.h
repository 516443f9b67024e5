/* objects.h - lists of objects, as the tests of reading want them. */
#ifndef PD_TESTS_MANIFEST_OBJECTS_H
#define PD_TESTS_MANIFEST_OBJECTS_H

#include <jansson.h>

#include "manifest/manifest.h"
#include "solution/solution.h"

#define OBJECTS_MAX 32

/** Objects and the files they are in. All zero is a valid, empty list. */
struct objects {
        struct pd_manifest_object at[OBJECTS_MAX];
        size_t count;
        enum pd_rights rights; /**< as they are read */
};

void objects_done(struct objects *objects);

/** Take an object over, to be read from `file`. -1: it is NULL. */
int objects_add(struct objects *objects, const char *file, json_t *json) PD_MUST_CHECK;

/* Where they are in the list of objects_make(). */
enum { CLAIM, DEPLOYMENT, SERVICE };

/** A small, faultless solution: `pvc.yaml`, `camera1_deployment.yaml`, `camera1_service.yaml`. */
struct objects objects_make(void);

/** Set what is at a path such as `spec.ports[0].name`, new or not, and the objects on the
 * way there; NULL: take it away. */
void objects_set(json_t *json, const char *path, json_t *value);

/** Add all objects of a solution. -1: no memory. */
int objects_write(const struct pd_solution *solution, const struct pd_manifest_options *options,
                  struct objects *objects) PD_MUST_CHECK;

/** pd_manifest_read() into a new solution. */
int objects_read(const struct objects *objects, struct pd_findings *findings,
                 struct pd_solution **ret, struct pd_err *err) PD_MUST_CHECK;

/** "severity path: message", a line a finding; the caller frees it. */
char *objects_findings(const struct pd_findings *findings);

/** What the objects of a solution are read as is that solution, and nothing is said about it. */
void assert_objects_say(const struct objects *objects, const struct pd_solution *solution);

#endif
