/* Sends one HTTP request again and again on many kept-alive connections and counts the answers.
 *
 * usage: load_client PORT CONNECTIONS SECONDS REQUEST_FILE
 * Each connection has one request under way. An "@@@@@@@@" in the request becomes one of the 10,000 numbers from 10000000 on.
 * Prints {"requests": n, "seconds": s, "failed": n}: failed are answers that are not 2xx.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BUFFER 65536

typedef struct {
    int fd;
    size_t have;
    char buffer[BUFFER];
} Connection;

static char request[BUFFER], *place;
static size_t request_bytes;
static long numbers;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *why) {
    perror(why);
    exit(1);
}

static void ask(Connection *c) {
    if (place) {
        char digits[24];
        snprintf(digits, sizeof digits, "%08ld", 10000000 + numbers++ % 10000);
        memcpy(place, digits, 8);
    }
    if (write(c->fd, request, request_bytes) != (ssize_t)request_bytes) die("write");
}

/* Returns 0 while the answer is incomplete, else its status. */
static int answered(Connection *c) {
    c->buffer[c->have] = 0;
    char *end = strstr(c->buffer, "\r\n\r\n");
    if (!end) return 0;
    char *length = strcasestr(c->buffer, "content-length:");
    size_t whole = (size_t)(end + 4 - c->buffer) + (length && length < end ? strtoul(length + 15, NULL, 10) : 0);
    if (c->have < whole) return 0;
    int status = atoi(c->buffer + 9);
    c->have = 0;
    return status;
}

int main(int argc, char **argv) {
    if (argc != 5) return fprintf(stderr, "usage: load_client PORT CONNECTIONS SECONDS REQUEST_FILE\n"), 2;
    int count = atoi(argv[2]), poll = epoll_create1(0);
    double seconds = atof(argv[3]);
    FILE *file = fopen(argv[4], "rb");
    if (!file) die(argv[4]);
    request_bytes = fread(request, 1, sizeof request - 1, file);
    place = strstr(request, "@@@@@@@@");
    Connection *connections = calloc(count, sizeof *connections);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < count; i++) {
        Connection *c = &connections[i];
        int on = 1;
        c->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(c->fd, (struct sockaddr *)&to, sizeof to)) die("connect");
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event);
        ask(c);
    }
    long requests = 0, failed = 0;
    double started = now(), ends = started + seconds;
    while (now() < ends) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, 100);
        for (int i = 0; i < ready; i++) {
            Connection *c = events[i].data.ptr;
            ssize_t got = read(c->fd, c->buffer + c->have, BUFFER - 1 - c->have);
            if (got <= 0) die("the server closed a connection");
            c->have += got;
            int status = answered(c);
            if (!status) continue;
            requests++;
            failed += status / 100 != 2;
            ask(c);
        }
    }
    printf("{\"requests\": %ld, \"seconds\": %.3f, \"failed\": %ld}\n", requests, now() - started, failed);
    return 0;
}
