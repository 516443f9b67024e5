/* kubernetes_remove.h - objects removed by the cluster in the background, and their end awaited. */
#ifndef PD_ENGINE_KUBERNETES_REMOVE_H
#define PD_ENGINE_KUBERNETES_REMOVE_H

#include "kubernetes_found.h"

/* So long an end is waited for; the cluster goes on by itself. */
#define PD_KUBERNETES_END_MS 180000

/* Have these very objects removed, all at the same time; what is gone already, or has been made
 * anew by somebody else under that name, is left alone. Returns before they are gone. */
int pd_kubernetes_delete(const struct pd_kubernetes *kubernetes, const char *namespace_name,
                         const struct pd_kubernetes_item *const *items, size_t count,
                         struct pd_err *err) PD_MUST_CHECK;

/* Wait until a namespace that is on its way out is gone; what still holds it is told.
 * PD_E_TIMEOUT: it is not within PD_KUBERNETES_END_MS. */
int pd_kubernetes_await_end(const struct pd_kubernetes *kubernetes, const char *namespace_name,
                            const struct pd_engine_watcher *watcher,
                            struct pd_err *err) PD_MUST_CHECK;

/* The engine's function. */
int pd_kubernetes_remove(const struct pd_kubernetes *kubernetes, const char *name,
                         bool with_volumes, const struct pd_engine_watcher *watcher,
                         struct pd_err *err) PD_MUST_CHECK;

#endif
