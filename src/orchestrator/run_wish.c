/* run_wish.c - a wish for a run, out of JSON. */
#include "run_wish.h"

#include "base/format.h"
#include "json/get.h"
#include "json/json.h"

#define MAX_DEPTH  4
#define MAX_VALUES 16

static int read_label(const json_t *label, struct pd_run_wish *ret, struct pd_err *err)
{
        if (label == NULL)
                return 0;
        if (!json_is_string(label))
                return pd_fail(err, PD_E_INVALID, 0, "'label' is %s, not a string",
                               pd_json_kind(label));
        if (json_string_length(label) > PD_RUN_WISH_MAX_LABEL)
                return pd_fail(err, PD_E_INVALID, 0, "'label' has more than %d bytes",
                               PD_RUN_WISH_MAX_LABEL);
        pd_format(ret->label, sizeof(ret->label), "%s", json_string_value(label));
        return 0;
}

static int read_iterations(const json_t *iterations, struct pd_run_wish *ret, struct pd_err *err)
{
        if (iterations == NULL)
                return 0;
        if (!json_is_integer(iterations) || json_integer_value(iterations) < 0)
                return pd_fail(err, PD_E_INVALID, 0, "'iterations' is no number from 0 on");
        ret->iterations = json_integer_value(iterations);
        return 0;
}

int pd_run_wish_parse(const char *text, size_t len, struct pd_run_wish *ret, struct pd_err *err)
{
        static const struct pd_json_limits limits = {.max_bytes = PD_RUN_WISH_MAX_BYTES,
                                                     .max_depth = MAX_DEPTH,
                                                     .max_values = MAX_VALUES};
        pd_auto(pd_json_free_ptr) json_t *json = NULL;

        *ret = (struct pd_run_wish){.iterations = -1};
        if (pd_json_parse(text, len, &limits, &json, err) < 0)
                return -1;
        if (!json_is_object(json))
                return pd_fail(err, PD_E_INVALID, 0, "a wish for a run is %s, not a JSON object",
                               pd_json_kind(json));
        if (read_label(pd_json_get(json, "label"), ret, err) < 0)
                return -1;
        return read_iterations(pd_json_get(json, "iterations"), ret, err);
}
