/* image.c - the grammar of distribution/reference by hand, and its usual mistakes by name. */
#include "solution/image.h"

#include <string.h>

#define DIGITS  "0123456789"
#define LOWER   "abcdefghijklmnopqrstuvwxyz"
#define UPPER   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LETTERS LOWER UPPER
#define BLANKS  " \t\n\v\f\r"
#define HEX     DIGITS "abcdef"

#define NUMBER_TEXT(number) #number
#define TEXT_OF(macro)      NUMBER_TEXT(macro)

#define IMAGE_ID_LEN 64
#define SUCH_AS      ", such as 'docker.io/library/nginx:1.25'"

/* Where people find images, and which serves none. */
#define HUB_PAGES "hub.docker.com"

static bool is_in(char c, const char *set)
{
        return c != '\0' && strchr(set, c) != NULL;
}

/* One character or more, all out of the set. */
static bool is_all(struct pd_span span, const char *set)
{
        for (size_t i = 0; i < span.len; i++) {
                if (!is_in(span.at[i], set))
                        return false;
        }
        return span.len > 0;
}

static bool equals(struct pd_span span, const char *text)
{
        return span.len == strlen(text) && memcmp(span.at, text, span.len) == 0;
}

static struct pd_span span_of(const char *text)
{
        return (struct pd_span){text, strlen(text)};
}

/* What stands before the first separator; *rest is what follows it, absent without a separator. */
static struct pd_span split(struct pd_span span, char separator, struct pd_span *rest)
{
        const char *at = memchr(span.at, separator, span.len);
        size_t len = at != NULL ? (size_t)(at - span.at) : span.len;

        *rest = at != NULL ? (struct pd_span){at + 1, span.len - len - 1} : (struct pd_span){0};
        return (struct pd_span){span.at, len};
}

/* Whether each part between separators is right. */
static bool is_each(struct pd_span span, char separator, bool (*is_part)(struct pd_span part))
{
        do {
                if (!is_part(split(span, separator, &span)))
                        return false;
        } while (span.at != NULL);
        return true;
}

static bool is_host_part(struct pd_span part)
{
        return is_all(part, LETTERS DIGITS "-") && part.at[0] != '-' &&
               part.at[part.len - 1] != '-';
}

static bool is_ip6_address(struct pd_span host)
{
        return host.len > 2 && host.at[0] == '[' && host.at[host.len - 1] == ']' &&
               is_all((struct pd_span){host.at + 1, host.len - 2}, HEX "ABCDEF:");
}

/* A host and perhaps a port. The address of IP 6 stands in brackets, for it has colons of its own.
 */
static bool is_domain(struct pd_span domain)
{
        const char *bracket = memchr(domain.at, ']', domain.len);
        size_t skipped = bracket != NULL ? (size_t)(bracket - domain.at) : 0;
        struct pd_span port;
        struct pd_span host =
                split((struct pd_span){domain.at + skipped, domain.len - skipped}, ':', &port);

        host = (struct pd_span){domain.at, host.len + skipped};
        return (is_each(host, '.', is_host_part) || is_ip6_address(host)) &&
               (port.at == NULL || is_all(port, DIGITS));
}

/* Letters and digits with one '.', one or two '_', or any number of '-' between them. */
static bool is_path_part(struct pd_span part)
{
        size_t i = 0;

        for (;;) {
                size_t start = i;

                while (i < part.len && is_in(part.at[i], LOWER DIGITS))
                        i++;
                if (i == start || i == part.len)
                        return i > start;

                start = i;
                while (i < part.len && is_in(part.at[i], "._-") && part.at[i] == part.at[start])
                        i++;
                if (i == start || (part.at[start] == '.' && i - start > 1) ||
                    (part.at[start] == '_' && i - start > 2))
                        return false;
        }
}

static bool is_digest(struct pd_span digest)
{
        static const struct {
                const char *algorithm;
                size_t len;
        } known[] = {{"sha256", 64}, {"sha384", 96}, {"sha512", 128}};
        struct pd_span hex;
        struct pd_span algorithm = split(digest, ':', &hex);

        for (size_t i = 0; i < PD_COUNT(known); i++) {
                if (equals(algorithm, known[i].algorithm))
                        return hex.len == known[i].len && is_all(hex, HEX);
        }
        return false;
}

/* What no part of a name has: then it is a sentence, a template, or something from elsewhere. */
static bool is_prose(const char *text)
{
        for (; *text != '\0'; text++) {
                if (*text <= ' ' || *text > '~' || is_in(*text, "<>(){}\"'`$\\|"))
                        return true;
        }
        return false;
}

/* The faults: what to say behind "image '...' ", or NULL. First what is seen at a glance. */
static const char *find_usual_fault(const char *text)
{
        struct pd_span all = span_of(text);

        if (all.len == 0)
                return "is empty: name the image" SUCH_AS;
        if (is_in(text[0], BLANKS) || is_in(text[all.len - 1], BLANKS))
                return "has blanks around it: remove them";
        if (is_prose(text))
                return "is not the name of an image" SUCH_AS;
        if (all.len == IMAGE_ID_LEN && is_all(all, HEX))
                return "is the id of an image: write its name" SUCH_AS;
        return NULL;
}

static const char *find_name_fault(const struct pd_image *image)
{
        size_t domain_len = image->domain.at != NULL ? image->domain.len + 1 : 0;

        if (domain_len + image->path.len > PD_IMAGE_MAX_NAME)
                return "has a name of more than " TEXT_OF(PD_IMAGE_MAX_NAME) " characters";
        if (image->domain.at != NULL && !is_domain(image->domain))
                return "has before its first '/' neither a host nor 'host:port'";
        for (size_t i = 0; i < image->path.len; i++) {
                if (is_in(image->path.at[i], UPPER))
                        return "has upper case letters in its path: registries take lower case "
                               "alone";
        }
        if (!is_each(image->path, '/', is_path_part))
                return "has a path that is none: between slashes stand a-z and 0-9, joined by "
                       "'.', '_', '__' or '-'";
        return NULL;
}

static const char *find_tag_fault(struct pd_span tag)
{
        if (tag.at == NULL)
                return NULL;
        if (tag.len == 0)
                return "has an empty tag: write one, or leave out the ':'";
        if (tag.len > PD_IMAGE_MAX_TAG)
                return "has a tag of more than " TEXT_OF(PD_IMAGE_MAX_TAG) " characters";
        if (!is_all(tag, LETTERS DIGITS "_.-") || is_in(tag.at[0], ".-"))
                return "has a tag that is none: it has letters, digits, '_', '.' and '-' alone and "
                       "begins with none of the last two";
        return NULL;
}

static const char *find_digest_fault(struct pd_span digest)
{
        if (digest.at == NULL || is_digest(digest))
                return NULL;
        return "has a digest that is none: write '@sha256:' and 64 digits out of 0-9 and a-f";
}

/* A host, and not the first part of a path on Docker Hub. */
static bool looks_like_domain(struct pd_span part)
{
        return memchr(part.at, '.', part.len) != NULL || memchr(part.at, ':', part.len) != NULL ||
               equals(part, "localhost");
}

static struct pd_image take_apart(const char *text)
{
        struct pd_image image = {0};
        struct pd_span name = split(span_of(text), '@', &image.digest);
        struct pd_span behind;
        struct pd_span first = split(name, '/', &behind);

        if (behind.at != NULL && looks_like_domain(first)) {
                image.domain = first;
                name = behind;
        }
        image.path = split(name, ':', &image.tag);
        return image;
}

static const char *find_fault(const char *text, const struct pd_image *image)
{
        const char *fault = find_usual_fault(text);

        if (fault == NULL)
                fault = find_name_fault(image);
        if (fault == NULL)
                fault = find_tag_fault(image->tag);
        return fault != NULL ? fault : find_digest_fault(image->digest);
}

int pd_image_parse(const char *text, struct pd_image *ret, struct pd_err *err)
{
        size_t scheme = strspn(text, LETTERS);
        struct pd_image image = take_apart(text);
        const char *fault;

        if (scheme > 0 && strncmp(text + scheme, "://", 3) == 0)
                return pd_fail(err, PD_E_INVALID, 0,
                               "image '%s' is a web address: write it without '%.*s://'",
                               pd_show(text).text, (int)scheme, text);
        fault = find_fault(text, &image);
        if (fault != NULL)
                return pd_fail(err, PD_E_INVALID, 0, "image '%s' %s", pd_show(text).text, fault);
        *ret = image;
        return 0;
}

bool pd_image_check(const char *text, const char *path, struct pd_findings *findings,
                    struct pd_image *ret)
{
        struct pd_image image = {0};
        struct pd_err err = {0};

        if (pd_image_parse(text, &image, &err) < 0) {
                pd_findings_add(findings, PD_SEVERITY_ERROR, path, "%s", err.msg);
                return false;
        }
        if (equals(image.domain, HUB_PAGES)) {
                /* the pages of users' images are below /r/ */
                const char *name = image.path.at + (strncmp(image.path.at, "r/", 2) == 0 ? 2 : 0);

                pd_findings_add(findings, PD_SEVERITY_WARNING, path,
                                "image '%s' is on " HUB_PAGES
                                ", a web page and no registry: write 'docker.io/%s'",
                                pd_show(text).text, pd_show(name).text);
        }
        if (ret != NULL)
                *ret = image;
        return true;
}

struct pd_span pd_image_repository(const struct pd_image *image)
{
        const char *slash = memrchr(image->path.at, '/', image->path.len);
        size_t skipped = slash != NULL ? (size_t)(slash + 1 - image->path.at) : 0;

        return (struct pd_span){image->path.at + skipped, image->path.len - skipped};
}
