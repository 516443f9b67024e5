/*
 * workload.c - what an engine sees of a container: it listens, it says something, it ends.
 *
 *         workload [say TEXT | listen PORT | wait | eat | exit STATUS]...
 *
 * does one after the other; `listen` answers connections beside all that follows, `eat` takes
 * memory until it is killed, `wait` ends with SIGTERM.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void end(int signal)
{
        (void)signal;
        _exit(0);
}

static int open_port(const char *text)
{
        const struct sockaddr_in6 any = {
                .sin6_family = AF_INET6,
                .sin6_port = htons((unsigned short)strtoul(text, NULL, 10)),
        };
        int sock = socket(AF_INET6, SOCK_STREAM, 0);

        if (sock < 0 || bind(sock, (const struct sockaddr *)&any, sizeof(any)) < 0 ||
            listen(sock, 16) < 0) {
                perror(text);
                exit(1);
        }
        return sock;
}

static void answer_all(const char *port)
{
        static const char line[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n";
        int listener = open_port(port);

        for (;;) {
                int sock = accept(listener, NULL, NULL);

                if (sock < 0)
                        continue;
                (void)!write(sock, line, strlen(line));
                close(sock);
        }
}

static void listen_beside(const char *port)
{
        if (fork() == 0)
                answer_all(port);
}

static void eat(void)
{
        for (;;)
                memset(malloc(1 << 20), 1, 1 << 20);
}

int main(int argc, char **argv)
{
        signal(SIGTERM, end);
        for (int i = 1; i < argc; i++) {
                const char *argument = i + 1 < argc ? argv[i + 1] : "";

                if (!strcmp(argv[i], "say"))
                        puts(argument);
                else if (!strcmp(argv[i], "listen"))
                        listen_beside(argument);
                else if (!strcmp(argv[i], "exit"))
                        return (int)strtol(argument, NULL, 10);
                else if (!strcmp(argv[i], "eat"))
                        eat();
                else if (!strcmp(argv[i], "wait"))
                        for (;;)
                                pause();
                fflush(stdout);
        }
        return 0;
}
