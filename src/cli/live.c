/* live.c - a text that is written over by the next one. */
#include "live.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/own.h"
#include "base/utf8.h"
#include "config/config.h"
#include "output.h"

#define CURSOR_UP     "\033[%zuA"
#define END_OF_LINE   "\033[K"
#define END_OF_SCREEN "\033[J"

bool pd_live_can(const struct pd_cli *cli)
{
        const char *terminal = pd_config_variable(cli->environment, "TERM");

        return isatty(cli->out) && (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

static struct winsize size_of(int fd)
{
        struct winsize size = {0};

        if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0)
                return (struct winsize){.ws_col = 80, .ws_row = 24};
        return size;
}

/* The bytes of the first `width` characters. */
static size_t cut(const char *line, size_t len, size_t width)
{
        size_t at = 0;

        for (; at < len && width > 0; width--) {
                size_t size = pd_utf8_char(line + at, len - at);

                at += size > 0 ? size : 1;
        }
        return at;
}

int pd_live_draw(struct pd_live *live, const char *text, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);
        struct winsize size = size_of(live->cli->out);
        size_t drawn = 0;

        if (live->drawn > 0)
                pd_buf_printf(&out, CURSOR_UP, live->drawn);
        for (; text[0] != '\0' && drawn + 1 < size.ws_row; drawn++) {
                size_t len = strcspn(text, "\n");

                pd_buf_putc(&out, '\r');
                pd_buf_put(&out, text, cut(text, len, size.ws_col - 1U));
                pd_buf_puts(&out, END_OF_LINE "\n");
                text += len + (text[len] == '\n');
        }
        pd_buf_puts(&out, END_OF_SCREEN);
        live->drawn = drawn;
        return pd_output_write(live->cli, &out, err);
}
