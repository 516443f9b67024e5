/*
 * yaml_echo.c - JSON on standard input becomes YAML on standard output; with -r YAML becomes JSON.
 *
 * For tests that hold our reader and writer against those of others.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "json/json.h"
#include "yaml/yaml.h"

static int echo(bool is_reverse, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(16 * PD_YAML_MAX_BYTES);
        size_t len = 0;

        if (pd_file_read_fd(STDIN_FILENO, "standard input", PD_YAML_MAX_BYTES, &text, &len, err) <
            0)
                return -1;
        if (is_reverse ? pd_yaml_parse(text, len, &json, err) < 0
                       : pd_json_parse(text, len, &pd_json_default_limits, &json, err) < 0)
                return -1;

        if (is_reverse)
                pd_json_write(&out, json, PD_JSON_COMPACT);
        else
                pd_yaml_write(&out, json);
        if (pd_buf_check(&out, "the document", err) < 0)
                return -1;
        return pd_file_write_fd(STDOUT_FILENO, "standard output", out.data, out.len, err);
}

int main(int argc, char **argv)
{
        struct pd_err err = {0};

        if (echo(argc == 2 && strcmp(argv[1], "-r") == 0, &err) == 0)
                return 0;
        fprintf(stderr, "%s\n", err.msg);
        return pd_err_exit(err.code);
}
