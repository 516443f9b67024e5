/* main.c - playground-deployer. */
#include <stdio.h>
#include <stdlib.h>

#include "deployer.h"

int main(int argc, char **argv)
{
        pd_auto(pd_deployer_free_ptr) struct pd_deployer *deployer = NULL;
        struct pd_err err = {0};

        if (pd_deployer_new(argc, argv, &deployer, &err) == 0 &&
            pd_deployer_run(deployer, &err) == 0)
                return EXIT_SUCCESS;
        (void)fprintf(stderr, "playground-deployer: %s\n", err.msg);
        return pd_err_exit(err.code);
}
