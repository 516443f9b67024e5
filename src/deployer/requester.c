/* requester.c - who asks. */
#include "requester.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"

#define HEADER "jwtToken"
#define BEARER "Bearer "

/* What follows `Bearer ` (the scheme has no case: RFC 9110, section 11.1), or all of it. */
static const char *bare(const char *authorization)
{
        if (strncasecmp(authorization, BEARER, sizeof(BEARER) - 1) != 0)
                return authorization;
        authorization += sizeof(BEARER) - 1;
        return authorization + strspn(authorization, " ");
}

const char *pd_requester_token(const struct pd_http_exchange *exchange, bool *ret_in_query)
{
        const char *token = pd_http_header(exchange, HEADER);
        const char *authorization = pd_http_header(exchange, "Authorization");

        *ret_in_query = false;
        if (token != NULL)
                return token;
        if (authorization != NULL)
                return bare(authorization);
        token = pd_http_query(exchange, HEADER);
        *ret_in_query = token != NULL;
        return token;
}

int pd_requester_check(const struct pd_http_exchange *exchange, struct pd_token_checker *checker,
                       const struct pd_log *log, struct pd_token_user *ret, struct pd_err *err)
{
        bool in_query;
        const char *token = pd_requester_token(exchange, &in_query);

        if (token == NULL)
                return pd_fail(err, PD_E_UNAUTHORIZED, 0,
                               "there is no token: send it in the header 'jwtToken', or in "
                               "'Authorization' after 'Bearer '");
        if (in_query)
                pd_log(log, PD_LOG_WARN, "deployer", pd_http_id(exchange),
                       "the token came in the query, where other programs log it; a header is "
                       "safer");
        return pd_token_check(checker, token, pd_clock_unix_ms() / 1000, ret, err);
}
