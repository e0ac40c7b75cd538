/* The limit: the fastest that one thread can hand a frame to N sockets with one send() each.
 *
 * Speaks just enough HTTP and WebSocket for the load client: any request head is answered with a fixed 101, the first
 * frame of a connection (its join) with a short reply, and every later frame (a trigger) with one pre-built text frame
 * of PAYLOAD bytes to every connection that has joined. No protocol work is done that a real server could not avoid.
 *
 * usage: send_limit PAYLOAD
 * prints the port that it listens on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_SOCKETS = 65536, MAX_EVENTS = 512, READ_SIZE = 65536 };
enum state { SHAKING, OPEN, JOINED };

static const char UPGRADED[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static const char REPLY[] = "\x81\x02ok";

static int members[MAX_SOCKETS]; /* file descriptors of the sockets that have joined */
static int member_count;
static unsigned char state_of[MAX_SOCKETS];
static unsigned char *frame;
static size_t frame_size;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void build_frame(size_t payload) {
    frame = malloc(payload + 4);
    frame[0] = 0x81;
    frame[1] = 126;
    frame[2] = (unsigned char)(payload >> 8);
    frame[3] = (unsigned char)payload;
    memset(frame + 4, 'x', payload);
    frame_size = payload + 4;
}

/* Let the process open as many files as it may. */
static void raise_file_limit(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static int listen_anywhere(void) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096))
        fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void accept_all(int epoll, int listener) {
    int fd, one = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
        state_of[fd] = SHAKING;
    }
}

static void forget(int fd) {
    for (int i = 0; i < member_count; i++)
        if (members[i] == fd) {
            members[i] = members[--member_count];
            break;
        }
    close(fd);
}

/* Count the whole masked frames in what was read; the load client never splits one. */
static int frames_in(const unsigned char *data, ssize_t size) {
    int count = 0;
    for (ssize_t at = 0; at + 2 <= size; count++) {
        ssize_t length = data[at + 1] & 127, head = 6;
        if (length == 126) {
            length = data[at + 2] << 8 | data[at + 3];
            head = 8;
        }
        at += head + length;
    }
    return count;
}

static void broadcast(int times) {
    while (times-- > 0)
        for (int i = 0; i < member_count; i++)
            send(members[i], frame, frame_size, MSG_NOSIGNAL);
}

static void read_from(int fd) {
    static unsigned char data[READ_SIZE];
    ssize_t size = recv(fd, data, sizeof data, 0);
    if (size < 0 && errno == EAGAIN)
        return;
    if (size <= 0) {
        forget(fd);
    } else if (state_of[fd] == SHAKING) {
        state_of[fd] = OPEN;
        send(fd, UPGRADED, sizeof UPGRADED - 1, MSG_NOSIGNAL);
    } else if (state_of[fd] == OPEN) {
        state_of[fd] = JOINED;
        members[member_count++] = fd;
        send(fd, REPLY, sizeof REPLY - 1, MSG_NOSIGNAL);
    } else {
        broadcast(frames_in(data, size));
    }
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s PAYLOAD\n", argv[0]);
        return 2;
    }
    raise_file_limit();
    build_frame((size_t)atoi(argv[1]));
    int listener = listen_anywhere(), epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[MAX_EVENTS];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(epoll, events, MAX_EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener)
                accept_all(epoll, listener);
            else
                read_from(events[i].data.fd);
        }
    }
}
