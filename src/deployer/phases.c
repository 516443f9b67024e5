/* phases.c - how long each part of a deployment takes. */
#include "phases.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"

static const struct {
        const char *label;
        const char *neighbour; /* whose failures are counted; NULL: it has none */
} phases_table[PD_PHASE_COUNT] = {
        [PD_PHASE_TOKEN] = {"phase=\"token\"", NULL},
        [PD_PHASE_CATALOG] = {"phase=\"catalog\"", "neighbour=\"catalog\""},
        [PD_PHASE_RENDER] = {"phase=\"render\"", NULL},
        [PD_PHASE_HANDOVER] = {"phase=\"handover\"", "neighbour=\"playground\""},
};

struct pd_phases {
        struct pd_metrics *metrics;
        struct pd_histogram *seconds[PD_PHASE_COUNT];
        struct pd_counter *failures[PD_PHASE_COUNT];
};

static int add_series(struct pd_phases *phases, struct pd_err *err)
{
        if (pd_metrics_new(&phases->metrics, err) < 0)
                return -1;
        for (int i = 0; i < PD_PHASE_COUNT; i++) {
                phases->seconds[i] = pd_metrics_histogram(
                        phases->metrics, "playground_deployer_phase_seconds",
                        "Time of each part of a deployment.", phases_table[i].label);
                if (phases->seconds[i] == NULL)
                        return pd_fail_memory(err, "the metrics");
        }
        for (int i = 0; i < PD_PHASE_COUNT; i++) {
                if (phases_table[i].neighbour == NULL)
                        continue;
                phases->failures[i] = pd_metrics_counter(
                        phases->metrics, "playground_deployer_upstream_errors_total",
                        "Requests that failed because a neighbour did.", phases_table[i].neighbour);
                if (phases->failures[i] == NULL)
                        return pd_fail_memory(err, "the metrics");
        }
        return 0;
}

int pd_phases_new(struct pd_phases **ret, struct pd_err *err)
{
        pd_auto(pd_phases_free_ptr) struct pd_phases *phases = calloc(1, sizeof(*phases));

        if (phases == NULL)
                return pd_fail_memory(err, "the metrics");
        if (add_series(phases, err) < 0)
                return -1;
        *ret = pd_steal(&phases);
        return 0;
}

void pd_phases_free(struct pd_phases *phases)
{
        if (phases == NULL)
                return;
        pd_metrics_free(phases->metrics);
        free(phases);
}

void pd_phase_over(struct pd_phases *phases, enum pd_phase phase, int64_t began_us)
{
        pd_histogram_observe(phases->seconds[phase], pd_clock_mono_us() - began_us);
}

void pd_phase_failed(struct pd_phases *phases, enum pd_phase phase, const struct pd_err *err)
{
        bool is_theirs = err->code == PD_E_BAD_GATEWAY || err->code == PD_E_TIMEOUT ||
                         err->code == PD_E_UNAVAILABLE;

        if (is_theirs && phases->failures[phase] != NULL)
                pd_counter_add(phases->failures[phase], 1);
}

const struct pd_metrics *pd_phases_metrics(const struct pd_phases *phases)
{
        return phases->metrics;
}
