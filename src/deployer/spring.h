/*
 * spring.h - the settings of the existing deployer, as it gets them: one JSON object in the
 * variable SPRING_APPLICATION_JSON (contract, section 1).
 */
#ifndef PD_DEPLOYER_SPRING_H
#define PD_DEPLOYER_SPRING_H

#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "config/config.h"

/** Most bytes of the variable. */
#define PD_SPRING_MAX_BYTES (256 * 1024)

/** Names that have no meaning here, sorted. All zero is valid and empty. */
struct pd_spring_ignored {
        struct pd_arena arena; /**< holds the names */
        const char **at;
        size_t count;
};

/**
 * Set what the object says, with dotted names or nested objects, numbers also as strings. Values
 * that are set by a flag or by a variable of our own stay. PD_E_INVALID: no JSON object, or a value
 * that its setting does not take; never quotes a value.
 */
int pd_spring_apply(const char *json, struct pd_config *config, struct pd_spring_ignored *ignored,
                    struct pd_err *err) PD_MUST_CHECK;

void pd_spring_ignored_done(struct pd_spring_ignored *ignored);

#endif
