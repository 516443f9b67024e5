/*
 * names.h - container names as Kubernetes wants them.
 *
 * A name becomes a DNS-1035 label (RFC 1035, section 2.3.1, in lower case): contract, section 4.
 */
#ifndef PD_SOLUTION_NAMES_H
#define PD_SOLUTION_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"

/** Longest label: there is also a Service `<label>webui`, and 63 is the limit of DNS. */
#define PD_LABEL_MAX 58

/** Most names that pd_labels_assign() takes at once: the numbers it appends have five digits, and a
 * label that is given keeps three others from being free. */
#define PD_LABELS_MAX_COUNT 30000

/** What the Service of a node's web page is called after: `<label>webui`. */
#define PD_WEBUI_SUFFIX "webui"

/** The node that every pipeline gets; no other may have the name. */
#define PD_ORCHESTRATOR_NAME "orchestrator"

/** Whether it is a DNS-1035 label of at most PD_LABEL_MAX characters. */
bool pd_label_valid(const char *text);

/**
 * The label nearest to a name: A-Z in lower case, every other character but a-z, 0-9 and '-'
 * becomes '-', none at the ends, "n" in front of a digit, cut to PD_LABEL_MAX; "node" when nothing
 * is left. A valid label stays as it is.
 */
void pd_label_make(const char *name, char out[PD_LABEL_MAX + 1]);

/**
 * Labels for all names of a pipeline: no label equals another one, nor the `webui` name of
 * another one, nor `orchestrator`, nor its `webui` name. Names that are free, valid labels keep
 * themselves; then the others get theirs in order, with "-2", "-3", ... where it is taken. Names
 * that are equal get one and the same label. At most PD_LABELS_MAX_COUNT names (an assertion).
 *
 * ret_labels[i] belongs to names[i] and lives in the arena. -1: no memory.
 */
int pd_labels_assign(const char *const *names, size_t count, struct pd_arena *arena,
                     const char **ret_labels) PD_MUST_CHECK;

#endif
