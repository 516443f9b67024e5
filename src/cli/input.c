/* input.c - what INPUT is, and its bytes. */
#include "input.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "admit/admit.h"
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
        free(input->bytes);
        *input = (struct pd_input){0};
}

/* The bytes of a file or of standard input. */
static int read_file(const struct pd_call *call, const char *path, struct pd_input *input,
                     struct pd_err *err)
{
        size_t max = pd_archive_default_limits.max_bytes;

        input->name = path;
        if (strcmp(path, STANDARD_INPUT) != 0)
                return pd_file_read_at(AT_FDCWD, path, max, &input->bytes, &input->size, err);

        input->name = STANDARD_INPUT_NAME;
        return pd_file_read_fd(call->cli->in, input->name, max, &input->bytes, &input->size, err);
}

int pd_input_read_blueprint(struct pd_input *input, const char *text, size_t size,
                            struct pd_findings *findings, struct pd_err *err)
{
        if (pd_blueprint_read(text, size, findings, &input->blueprint, err) < 0)
                return -1;

        input->protos =
                pd_arena_alloc(&input->arena, pd_blueprint_graph(input->blueprint)->node_count + 1,
                               sizeof(*input->protos));
        return input->protos != NULL ? 0 : pd_fail_memory(err, "protos");
}

/* A zip begins with its first entry, or, empty, with its end. */
static bool is_zip(const struct pd_input *input)
{
        return input->size >= 4 &&
               (memcmp(input->bytes, "PK\3\4", 4) == 0 || memcmp(input->bytes, "PK\5\6", 4) == 0);
}

static const struct pd_archive_limits *limits_of(const struct pd_input *input)
{
        return input->policy != NULL ? &input->policy->archive : &pd_archive_default_limits;
}

static int unpack(struct pd_input *input, struct pd_findings *findings, struct pd_err *err)
{
        enum pd_rights rights = input->policy != NULL ? PD_RIGHTS_REFUSED : PD_RIGHTS_DROPPED;
        const struct pd_archive_entry *entry;

        input->kind = PD_INPUT_IS_PACKAGE;
        if (pd_archive_read(input->bytes, input->size, limits_of(input), &input->archive, err) <
                    0 ||
            pd_package_unpack(input->archive, rights, findings, &input->package, err) < 0)
                return -1;
        if (input->policy != NULL &&
            pd_admit_solution(input->package, input->policy, findings, err) < 0)
                return -1;

        entry = pd_archive_find(input->archive, PD_INPUT_BLUEPRINT);
        if (entry != NULL &&
            pd_input_read_blueprint(input, entry->data, entry->size, findings, err) < 0)
                return pd_wrap(err, "'%s'", entry->name);
        return 0;
}

static int understand_file(struct pd_input *input, struct pd_findings *findings, struct pd_err *err)
{
        int failed = is_zip(input) ? unpack(input, findings, err)
                                   : pd_input_read_blueprint(input, input->bytes, input->size,
                                                             findings, err);

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
