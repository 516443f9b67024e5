/* reference.c - playground-orchestrator-reference: its settings as pages, for docs/ and the build.
 */
#include "settings.h"

int main(int argc, char **argv)
{
        return pd_config_reference(&pd_orchestrator_table, argc, argv);
}
