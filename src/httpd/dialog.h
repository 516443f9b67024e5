/*
 * dialog.h - what happens between the first line of a request and the last byte of its answer: the
 * functions that the server library calls, on its epoll threads, and those that the workers call.
 */
#ifndef PD_HTTPD_DIALOG_H
#define PD_HTTPD_DIALOG_H

#include <stddef.h>

#include <microhttpd.h>

#include "workers.h"

/* For MHD_start_daemon(); `context` is the struct pd_httpd. */

/** MHD_OPTION_URI_LOG_CALLBACK: the first line is there. The result is *dialog of the next two. */
void *pd_dialog_begin(void *context, const char *target, struct MHD_Connection *connection);

/** The handler: once for the head, once for each piece of the body, then to answer. */
enum MHD_Result pd_dialog_go_on(void *context, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_len, void **dialog);

/** MHD_OPTION_NOTIFY_COMPLETED: it is over, one way or another. */
void pd_dialog_end(void *context, struct MHD_Connection *connection, void **dialog,
                   enum MHD_RequestTerminationCode how);

/** MHD_OPTION_NOTIFY_CONNECTION */
void pd_dialog_connection(void *context, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode what);

/** For the workers, whose jobs are exchanges. */
extern const struct pd_workers_ops pd_dialog_jobs;

#endif
