/* pause.c - holds the namespaces of a pod, and does nothing. */
#include <unistd.h>

int main(void)
{
        for (;;)
                pause();
}
