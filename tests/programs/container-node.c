/*
 * container-node.c - what runs in containers of tests: alone in its image, so linked statically.
 *
 *     container-node [serve | mute | exit STATUS | oom | late MS | talk]
 *
 * serve listens on 8061, where it greets, and on 8062, where it answers HTTP:
 *     GET /cat/PATH   the bytes of a file      GET /put/PATH   writes "here" into it
 *     GET /env/NAME   a variable               anything else: its own first line, and the token
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define API 8061
#define WEB 8062

/* The first process of a container gets no signal that it has no handler for. */
static void leave(int signal)
{
        (void)signal;
        _exit(0);
}

static int listen_on(uint16_t port)
{
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        int yes = 1;

        if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
            bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 64) < 0)
                _exit(70);
        return fd;
}

static void answer(int fd, const char *status, const char *body)
{
        (void)dprintf(fd, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                      status, strlen(body), body);
}

static void answer_variable(int fd, const char *name)
{
        const char *value = getenv(name);

        answer(fd, "200 OK", value != NULL ? value : "");
}

static void answer_file(int fd, const char *path)
{
        char text[16384] = {0};
        int file = open(path, O_RDONLY);

        if (file < 0 || read(file, text, sizeof(text) - 1) < 0)
                answer(fd, "404 Not Found", "");
        else
                answer(fd, "200 OK", text);
        (void)close(file);
}

static void put_file(int fd, const char *path)
{
        int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

        answer(fd, file >= 0 && write(file, "here", 4) == 4 ? "200 OK" : "500 No", "");
        (void)close(file);
}

static void serve_web(int fd)
{
        char request[8192] = {0};
        char *path, *end, *token;

        if (read(fd, request, sizeof(request) - 1) <= 0)
                return;
        path = strchr(request, ' ');
        token = strstr(request, "Playground-Token: ");
        end = path != NULL ? strchr(path + 1, ' ') : NULL;
        if (end == NULL)
                return;
        *end = '\0';
        path++;
        if (strncmp(path, "/cat/", 5) == 0)
                answer_file(fd, path + 4);
        else if (strncmp(path, "/put/", 5) == 0)
                put_file(fd, path + 4);
        else if (strncmp(path, "/env/", 5) == 0)
                answer_variable(fd, path + 5);
        else
                answer(fd, "200 OK", token != NULL ? token : request);
}

static void serve(void)
{
        struct pollfd looks[] = {
                {.fd = listen_on(API), .events = POLLIN},
                {.fd = listen_on(WEB), .events = POLLIN},
        };

        puts("listening");
        for (;;) {
                int fd;

                (void)poll(looks, 2, -1);
                fd = accept(looks[looks[0].revents != 0 ? 0 : 1].fd, NULL, NULL);
                if (looks[0].revents != 0)
                        (void)dprintf(fd, "hello");
                else
                        serve_web(fd);
                (void)close(fd);
        }
}

static void talk(void)
{
        for (int i = 0;; i++) {
                (void)printf("line %d\n", i);
                (void)poll(NULL, 0, 100);
        }
}

static void eat(void)
{
        for (;;) {
                char *memory = malloc(1 << 20);

                if (memory != NULL)
                        memset(memory, 1, 1 << 20);
                puts(memory != NULL ? "more" : "no more"); /* what is used is not optimized away */
        }
}

static int read_number(const char *text)
{
        int number = 0;

        for (; *text >= '0' && *text <= '9'; text++)
                number = 10 * number + (*text - '0');
        return number;
}

int main(int argc, char **argv)
{
        const char *what = argc > 1 ? argv[1] : "serve";
        int number = argc > 2 ? read_number(argv[2]) : 0;

        (void)setvbuf(stdout, NULL, _IOLBF, 0);
        (void)signal(SIGTERM, leave);
        if (strcmp(what, "exit") == 0) {
                puts("about to end");
                (void)fprintf(stderr, "for no \033[31mgood reason\n");
                return number;
        }
        if (strcmp(what, "late") == 0)
                (void)poll(NULL, 0, number);
        if (strcmp(what, "oom") == 0)
                eat();
        if (strcmp(what, "talk") == 0)
                talk();
        if (strcmp(what, "mute") == 0)
                for (;;)
                        (void)pause();
        serve();
}
