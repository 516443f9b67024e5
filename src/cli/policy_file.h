/* policy_file.h - a policy in a file of the user's. */
#ifndef PD_CLI_POLICY_FILE_H
#define PD_CLI_POLICY_FILE_H

#include "admit/policy.h"
#include "base/attr.h"
#include "base/err.h"

/** Most bytes of the file. */
#define PD_POLICY_FILE_MAX_BYTES (1024 * 1024)

/** Read a file of YAML or JSON into a policy that is PD_POLICY_INIT. PD_E_INVALID names the file.
 */
int pd_policy_file_read(const char *path, struct pd_policy *policy,
                        struct pd_err *err) PD_MUST_CHECK;

#endif
