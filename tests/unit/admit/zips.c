/* zips.c - zips as existing deployers write them, and what is said of them. */
#include "quoted_json.h"
#include "zips.h"

#include <stdlib.h>
#include <string.h>

const struct file with_secrets[] = {
        CAMERA_FILE(POD_OF("camera1", SECRETS FOLDER_VOLUME, IMAGE(HUB_CAMERA) PORTS FOLDER_MOUNT)),
        PIPELINE_FILES,
        {NULL, NULL},
};

const struct file without_secrets[] = {
        CAMERA_FILE(POD_OF("camera1", FOLDER_VOLUME, IMAGE(HUB_CAMERA) PORTS FOLDER_MOUNT)),
        PIPELINE_FILES,
        {NULL, NULL},
};

void zip_done(struct zip *zip)
{
        free(zip->bytes);
}

struct zip make_zip(const struct file *files)
{
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;
        struct zip zip = {0};
        struct pd_err err = {0};

        assert_pd_ok(pd_archive_writer_new(NULL, 0, &writer, &err), err);
        for (size_t i = 0; i < MOST_FILES && files[i].name != NULL; i++)
                assert_pd_ok(pd_archive_add(writer, files[i].name, files[i].text,
                                            strlen(files[i].text), &err),
                             err);
        assert_pd_ok(pd_archive_finish(writer, &zip.bytes, &zip.len, &err), err);
        return zip;
}

/* The policy that a text says, ' for ". */
struct pd_policy make_policy(const char *text)
{
        struct pd_policy policy = PD_POLICY_INIT;
        json_t *json = pd_test_json(text);
        struct pd_err err = {0};

        assert_pd_ok(pd_policy_read(json, &policy, &err), err);
        json_decref(json);
        return policy;
}

/* Admit the files by a policy; NULL: they are refused. */
struct pd_solution *admit(const struct file *files, const char *policy_text,
                          struct pd_findings *findings)
{
        pd_auto(pd_policy_done) struct pd_policy policy = make_policy(policy_text);
        pd_auto(zip_done) struct zip zip = make_zip(files);
        struct pd_solution *solution = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_admit(zip.bytes, zip.len, &policy, findings, &solution, &err), err);
        assert_int_equal(solution == NULL, findings->errors > 0);
        return solution;
}

/* There must be a finding at that place which says so. */
void assert_found(const struct pd_findings *findings, enum pd_severity severity, const char *path,
                  const char *says)
{
        for (size_t i = 0; i < findings->count; i++) {
                const struct pd_finding *finding = &findings->at[i];

                if (finding->severity == severity && strstr(finding->path, path) != NULL &&
                    strstr(finding->message, says) != NULL)
                        return;
        }
        for (size_t i = 0; i < findings->count; i++)
                print_message("# %s: %s\n", findings->at[i].path, findings->at[i].message);
        fail_msg("nothing says '%s' at '%s'", says, path);
}
