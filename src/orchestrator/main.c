/* main.c - playground-orchestrator. */
#include <stdio.h>
#include <stdlib.h>

#include "orchestrator.h"

int main(int argc, char **argv)
{
        pd_auto(pd_orchestrator_free_ptr) struct pd_orchestrator *orchestrator = NULL;
        struct pd_err err = {0};

        if (pd_orchestrator_new(argc, argv, &orchestrator, &err) == 0 &&
            pd_orchestrator_run(orchestrator, &err) == 0)
                return EXIT_SUCCESS;
        (void)fprintf(stderr, "playground-orchestrator: %s\n", err.msg);
        return pd_err_exit(err.code);
}
