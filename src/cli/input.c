/* input.c - what INPUT is, and its bytes. */
#include "input.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/own.h"
#include "input_parts.h"
#include "package/package.h"

/* What standard input is called on the command line, and in messages. */
#define STANDARD_INPUT      "-"
#define STANDARD_INPUT_NAME "standard input"

void pd_input_done(struct pd_input *input)
{
        pd_blueprint_free(input->blueprint);
        pd_solution_free(input->package);
        pd_archive_free(input->archive);
        pd_protos_done(&input->found);
        pd_arena_done(&input->arena);
        *input = (struct pd_input){0};
}

/* The bytes of a file or of standard input. */
static int read_file(const struct pd_call *call, const char *path, struct pd_input *input,
                     struct pd_err *err)
{
        size_t max = pd_archive_default_limits.max_bytes;
        pd_auto(pd_free_ptr) char *bytes = NULL;
        bool is_standard = strcmp(path, STANDARD_INPUT) == 0;
        int failed;

        input->name = is_standard ? STANDARD_INPUT_NAME : path;
        failed = is_standard ? pd_file_read_fd(call->cli->in, input->name, max, &bytes,
                                               &input->file.size, err)
                             : pd_file_read_at(AT_FDCWD, path, max, &bytes, &input->file.size, err);
        if (failed < 0)
                return -1;

        input->file.data = pd_arena_copy(&input->arena, bytes, input->file.size);
        return input->file.data != NULL ? 0 : pd_fail_memory(err, input->name);
}

/* A zip begins with its first entry, or, empty, with its end. */
static bool is_zip(const struct pd_file *file)
{
        return file->size >= 4 &&
               (memcmp(file->data, "PK\3\4", 4) == 0 || memcmp(file->data, "PK\5\6", 4) == 0);
}

static int unpack(struct pd_input *input, struct pd_findings *findings, struct pd_err *err)
{
        const struct pd_archive_entry *blueprint;

        input->kind = PD_INPUT_IS_PACKAGE;
        if (pd_archive_read(input->file.data, input->file.size, &pd_archive_default_limits,
                            &input->archive, err) < 0 ||
            pd_package_unpack(input->archive, findings, &input->package, err) < 0)
                return -1;

        blueprint = pd_archive_find(input->archive, PD_INPUT_BLUEPRINT);
        if (blueprint == NULL)
                return 0;
        return pd_blueprint_read(blueprint->data, blueprint->size, findings, &input->blueprint,
                                 err);
}

static int understand_file(struct pd_input *input, struct pd_findings *findings, struct pd_err *err)
{
        int failed = is_zip(&input->file) ? unpack(input, findings, err)
                                          : pd_blueprint_read(input->file.data, input->file.size,
                                                              findings, &input->blueprint, err);

        return failed < 0 ? pd_wrap(err, "'%s'", input->name) : 0;
}

static bool is_folder(const char *path)
{
        struct stat status;

        return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int check_use(const struct pd_call *call, struct pd_err *err)
{
        const struct pd_options *options = &call->options;
        bool is_model = options->image != NULL || options->name != NULL || options->proto != NULL;

        if (call->operand_count == 0 && !is_model)
                return pd_fail(err, PD_E_USAGE, 0,
                               "which INPUT? name a blueprint.json, a folder or a solution.zip");
        if (call->operand_count > 0 && is_model)
                return pd_fail(err, PD_E_USAGE, 0,
                               "--image, --name and --proto make a model without INPUT '%s'",
                               call->operands[0]);
        if (is_model && (options->image == NULL || options->name == NULL))
                return pd_fail(err, PD_E_USAGE, 0, "a model wants both --image and --name");
        return 0;
}

int pd_input_read(const struct pd_call *call, struct pd_input *input, struct pd_findings *findings,
                  struct pd_err *err)
{
        if (check_use(call, err) < 0)
                return -1;
        if (call->operand_count == 0)
                return pd_input_read_model_flags(call, input, err);
        if (is_folder(call->operands[0]))
                return pd_input_read_folder(call->operands[0], input, findings, err);
        if (read_file(call, call->operands[0], input, err) < 0)
                return -1;
        return understand_file(input, findings, err);
}

int pd_input_read_zip(const struct pd_call *call, struct pd_input *input,
                      struct pd_findings *findings, struct pd_err *err)
{
        if (call->operand_count == 0)
                return pd_fail(err, PD_E_USAGE, 0, "which ZIP?");
        if (read_file(call, call->operands[0], input, err) < 0)
                return -1;
        if (unpack(input, findings, err) < 0)
                return pd_wrap(err, "'%s'", input->name);
        return 0;
}
