/* event_line.c - one event of a run as one line. */
#include "event_line.h"

#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "json/get.h"

/* Line ends, with the blanks behind them, become one blank: so protobuf's text format stays what
 * it is. */
static void put_one_line(const char *text, struct pd_buf *out)
{
        while (text[0] != '\0') {
                size_t len = strcspn(text, "\n");

                pd_buf_put(out, text, len);
                text += len;
                text += strspn(text, "\n ");
                if (text[0] != '\0')
                        pd_buf_putc(out, ' ');
        }
}

/* "C/R" for "OrchestrationThreadBase[component=C,svc=S,rpc=R]", "queue C_R" for
 * "OrchestrationQueue[C_R]", and anything else as it is. */
static void put_component(const char *component, struct pd_buf *out)
{
        static const char lane[] = "OrchestrationThreadBase[component=";
        static const char queue[] = "OrchestrationQueue[";
        const char *service = strstr(component, ",svc=");
        const char *rpc = service != NULL ? strstr(service, ",rpc=") : NULL;

        if (strncmp(component, lane, strlen(lane)) == 0 && rpc != NULL) {
                const char *node = component + strlen(lane);

                rpc += strlen(",rpc=");
                pd_buf_put(out, node, (size_t)(service - node));
                pd_buf_putc(out, '/');
                pd_buf_put(out, rpc, strcspn(rpc, "]"));
        } else if (strncmp(component, queue, strlen(queue)) == 0) {
                pd_buf_puts(out, "queue ");
                component += strlen(queue);
                pd_buf_put(out, component, strcspn(component, "]"));
        } else {
                pd_buf_puts(out, component);
        }
}

/* Those that the component does not say; the message last. */
static void put_details(const json_t *details, struct pd_buf *out)
{
        static const char *const said[] = {"rpc", "queue", "method", "message"};
        const char *message = pd_json_get_string(details, "message");
        const char *name;
        json_t *value;

        json_object_foreach (pd_json_unconst(details), name, value) {
                bool is_said = !json_is_string(value);

                for (size_t i = 0; i < PD_COUNT(said); i++)
                        is_said = is_said || strcmp(said[i], name) == 0;
                if (is_said)
                        continue;
                pd_buf_printf(out, "  %s=", name);
                put_one_line(json_string_value(value), out);
        }
        if (message != NULL) {
                pd_buf_puts(out, "  ");
                put_one_line(message, out);
        }
}

void pd_event_line_put(const json_t *event, int64_t unix_ms, struct pd_buf *out)
{
        const char *component = pd_json_get_string(event, "component");
        const char *name = pd_json_get_string(event, "name");
        char time[PD_RFC3339_SIZE];
        size_t start = out->len;

        pd_clock_rfc3339(unix_ms, time);
        pd_buf_printf(out, "%s  %s  ", time, name != NULL ? name : "");
        put_component(component != NULL ? component : "", out);
        put_details(pd_json_get(event, "detail"), out);
        if (out->failed == 0) {
                pd_utf8_make_printable(out->data + start);
                pd_buf_cut(out, start + strlen(out->data + start)); /* it may be shorter now */
        }
        pd_buf_putc(out, '\n');
}
