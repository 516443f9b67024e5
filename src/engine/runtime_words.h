/*
 * runtime_words.h - what the words of a container runtime mean. Pure.
 *
 * Docker, Podman and the kubelet pass on what registries, containerd, runc and crun say.
 */
#ifndef PD_ENGINE_RUNTIME_WORDS_H
#define PD_ENGINE_RUNTIME_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/state.h"

/* The detail of PD_REASON_OUT_OF_MEMORY. */
#define PD_RUNTIME_OUT_OF_MEMORY "killed, for it wanted more memory than it may have"

/* Why an image could not be pulled, and why a container could not be made or started. */
enum pd_reason pd_runtime_pull_reason(const char *message);
enum pd_reason pd_runtime_start_reason(const char *message);

/* A message without what the layers of the runtime have put in front. Borrowed. */
const char *pd_runtime_short(const char *message);

/* Whether any of these words is in a message, in upper or lower case. */
bool pd_runtime_says(const char *message, const char *const *words, size_t count);

/* How a program has ended, by its exit status: "ended by signal 11". */
void pd_runtime_say_end(int status, char *out, size_t size);

#endif
