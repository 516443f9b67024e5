/* runtime_words.c - what the words of a container runtime mean. */
#include "runtime_words.h"

#include <string.h>

#include "base/attr.h"
#include "base/format.h"

/* Of a program that a signal has ended, the exit status is this and the signal's number. */
#define SIGNALED 128

struct word {
        const char *part;
        enum pd_reason reason;
};

/* The first row whose words are in the message. */
static enum pd_reason find_reason(const struct word *words, size_t count, const char *message,
                                  enum pd_reason otherwise)
{
        for (size_t i = 0; i < count; i++)
                if (strcasestr(message, words[i].part) != NULL)
                        return words[i].reason;
        return otherwise;
}

enum pd_reason pd_runtime_pull_reason(const char *message)
{
        static const struct word words[] = {
                {"invalid reference format", PD_REASON_IMAGE_INVALID},
                {"dial tcp", PD_REASON_IMAGE_UNREACHABLE},
                {"no such host", PD_REASON_IMAGE_UNREACHABLE},
                {"connection refused", PD_REASON_IMAGE_UNREACHABLE},
                {"connection reset", PD_REASON_IMAGE_UNREACHABLE},
                {"name resolution", PD_REASON_IMAGE_UNREACHABLE},
                {"i/o timeout", PD_REASON_IMAGE_UNREACHABLE},
                {"tls: ", PD_REASON_IMAGE_UNREACHABLE},
                {"x509: ", PD_REASON_IMAGE_UNREACHABLE},
                {"TLS handshake", PD_REASON_IMAGE_UNREACHABLE},
                {"HTTP response to HTTPS client", PD_REASON_IMAGE_UNREACHABLE},
                {"deadline exceeded", PD_REASON_IMAGE_UNREACHABLE},
                {"request canceled", PD_REASON_IMAGE_UNREACHABLE},
                {"unauthorized", PD_REASON_IMAGE_FORBIDDEN},
                {"authentication required", PD_REASON_IMAGE_FORBIDDEN},
                {"no basic auth credentials", PD_REASON_IMAGE_FORBIDDEN},
                {"incorrect username or password", PD_REASON_IMAGE_FORBIDDEN},
                {"denied", PD_REASON_IMAGE_FORBIDDEN},
                {"forbidden", PD_REASON_IMAGE_FORBIDDEN},
                {"manifest unknown", PD_REASON_IMAGE_ABSENT},
                {"name unknown", PD_REASON_IMAGE_ABSENT},
                {"no such image", PD_REASON_IMAGE_ABSENT},
                {"not found", PD_REASON_IMAGE_ABSENT},
                {"no matching manifest", PD_REASON_IMAGE_ABSENT},
        };

        return find_reason(words, PD_COUNT(words), message, PD_REASON_IMAGE_OTHER);
}

enum pd_reason pd_runtime_start_reason(const char *message)
{
        static const struct word words[] = {
                {"executable file not found", PD_REASON_COMMAND_ABSENT},
                {"executable file `", PD_REASON_COMMAND_ABSENT}, /* crun */
                {"exec format error", PD_REASON_COMMAND_ABSENT},
                {"no command specified", PD_REASON_COMMAND_ABSENT},
                {"port is already allocated", PD_REASON_PORT_TAKEN},
                {"address already in use", PD_REASON_PORT_TAKEN},
                {"no such image", PD_REASON_IMAGE_ABSENT},
                {"cannot allocate memory", PD_REASON_OUT_OF_MEMORY},
                {"unable to set memory limit", PD_REASON_OUT_OF_MEMORY}, /* less than it has now */
                {"OOM-killed", PD_REASON_OUT_OF_MEMORY},
                {"Range of CPUs", PD_REASON_UNSCHEDULABLE},
                {"could not select device driver", PD_REASON_UNSCHEDULABLE},
                {"error while mounting", PD_REASON_MOUNT},
                {"exec: \"", PD_REASON_COMMAND_ABSENT},
        };

        return find_reason(words, PD_COUNT(words), message, PD_REASON_REFUSED);
}

const char *pd_runtime_short(const char *message)
{
        static const char *const fronts[] = {
                "unable to start container process: ",
                "OCI runtime create failed: ",
                "failed to create shim task: ",
                "driver failed programming external connectivity on endpoint ",
        };

        for (size_t i = 0; i < PD_COUNT(fronts); i++) {
                const char *at = strstr(message, fronts[i]);

                if (at != NULL)
                        return at + strlen(fronts[i]);
        }
        return message;
}

bool pd_runtime_says(const char *message, const char *const *words, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (strcasestr(message, words[i]) != NULL)
                        return true;
        return false;
}

void pd_runtime_say_end(int status, char *out, size_t size)
{
        if (status > SIGNALED)
                pd_format(out, size, "ended by signal %d", status - SIGNALED);
        else
                pd_format(out, size, "ended with exit status %d", status);
}
