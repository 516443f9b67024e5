/* graph.c - what can be told of a graph's parts by looking at them. */
#include "solution/graph.h"

#include <string.h>

bool pd_message_is_empty(const char *name)
{
        const char *dot = strrchr(name, '.');

        return strcmp(dot != NULL ? dot + 1 : name, "Empty") == 0;
}

bool pd_operation_is_source(const struct pd_operation *operation)
{
        return operation->incoming == 0 && pd_message_is_empty(operation->input);
}
