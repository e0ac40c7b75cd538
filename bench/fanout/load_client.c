/* The load: N WebSocket connections in one epoll thread, each joined to one Phoenix channel, or to whatever the
 * environment says: LOAD_JOIN is the first message of each connection, LOAD_TRIGGER what has everybody told something.
 *
 * Connection 0 sends a burst of broadcasts; the server sends each to every connection; when all have arrived, the next
 * burst is sent (a closed loop). Only frames of at least MIN_PAYLOAD bytes count as deliveries. The server's cost is the
 * processor time of all its threads, from /proc/PID/task/N/schedstat, so that the client's own cost does not matter.
 *
 * usage: load_client PORT PATH SOCKETS BURSTS BURST_SIZE PHASES SERVER_PID
 * prints one JSON object a line: first the connections, then each phase.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER_SIZE = 65536, MAX_EVENTS = 1024, MIN_PAYLOAD = 300, TIMEOUT_MS = 10000 };

struct connection {
    int fd;
    unsigned char *buffer;
    size_t size;
};

static const char JOIN[] = "[\"1\",\"1\",\"realtime:bench\",\"phx_join\",{\"config\":{\"broadcast\":{\"self\":true}}}]";
static const char PONG[] = "\x8a\x80\0\0\0\0";
static const char *join_text = JOIN;
static char trigger[512];
static struct connection *connections;
static int socket_count, server_pid, epoll;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

/* Let the process open as many files as it may. */
static void raise_file_limit(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Processor seconds that all threads of the server have used. */
static double server_cpu(void) {
    char path[64];
    double total = 0;
    snprintf(path, sizeof path, "/proc/%d/task", server_pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        fail("server gone");
    for (struct dirent *task; (task = readdir(tasks));) {
        char file[360];
        double ns = 0;
        snprintf(file, sizeof file, "%s/%s/schedstat", path, task->d_name);
        FILE *stat = task->d_name[0] == '.' ? NULL : fopen(file, "r");
        if (!stat)
            continue;
        if (fscanf(stat, "%lf", &ns) == 1)
            total += ns;
        fclose(stat);
    }
    closedir(tasks);
    return total / 1e9;
}

/* User-space memory of the server: its proportional set size in kilobytes. */
static long server_kb(void) {
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", server_pid);
    FILE *rollup = fopen(path, "r");
    while (rollup && fgets(line, sizeof line, rollup))
        if (sscanf(line, "Pss: %ld kB", &kb) == 1)
            break;
    if (rollup)
        fclose(rollup);
    return kb;
}

/* Append a masked text frame; the mask is zero, so the payload stays readable. Returns its size. */
static size_t put_frame(unsigned char *out, const char *text) {
    size_t length = strlen(text), head = 2;
    out[0] = 0x81;
    if (length < 126) {
        out[1] = (unsigned char)(0x80 | length);
    } else {
        out[1] = 0x80 | 126;
        out[2] = (unsigned char)(length >> 8);
        out[3] = (unsigned char)length;
        head = 4;
    }
    memset(out + head, 0, 4);
    memcpy(out + head + 4, text, length);
    return head + 4 + length;
}

static void send_text(int fd, const char *text, int times) {
    static unsigned char out[BUFFER_SIZE];
    size_t size = 0;
    while (times-- > 0)
        size += put_frame(out + size, text);
    if (send(fd, out, size, MSG_NOSIGNAL) != (ssize_t)size)
        fail("send");
}

static void read_more(struct connection *connection) {
    ssize_t size = recv(connection->fd, connection->buffer + connection->size, BUFFER_SIZE - connection->size, 0);
    if (size < 0 && errno == EAGAIN)
        return;
    if (size <= 0)
        fail("connection lost");
    connection->size += (size_t)size;
}

static void consume(struct connection *connection, size_t used) {
    memmove(connection->buffer, connection->buffer + used, connection->size - used);
    connection->size -= used;
}

/* Take the whole frames out of the buffer; count all of them, and those that are deliveries. */
static int take_frames(struct connection *connection, int *deliveries) {
    int frames = 0;
    size_t at = 0;
    while (connection->size - at >= 2) {
        unsigned char *frame = connection->buffer + at;
        size_t head = 2, length = frame[1] & 127;
        if (length == 126) {
            if (connection->size - at < 4)
                break;
            length = (size_t)(frame[2] << 8 | frame[3]);
            head = 4;
        }
        if (connection->size - at < head + length)
            break;
        if ((frame[0] & 15) == 8) {
            fprintf(stderr, "closed by the server with code %d\n", length >= 2 ? frame[head] << 8 | frame[head + 1] : 0);
            exit(1);
        }
        if ((frame[0] & 15) == 9)
            send(connection->fd, PONG, sizeof PONG - 1, MSG_NOSIGNAL);
        frames++;
        *deliveries += length >= MIN_PAYLOAD;
        at += head + length;
    }
    if (at)
        consume(connection, at);
    return frames;
}

static void shake_hands(struct connection *connection, int port, const char *path) {
    char request[512], *end;
    int size = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                        path, port);
    if (send(connection->fd, request, (size_t)size, 0) != size)
        fail("handshake");
    do {
        read_more(connection);
        end = memmem(connection->buffer, connection->size, "\r\n\r\n", 4);
    } while (!end);
    if (memcmp(connection->buffer + 9, "101", 3)) {
        fprintf(stderr, "refused: %.200s\n", connection->buffer);
        exit(1);
    }
    consume(connection, (size_t)(end + 4 - (char *)connection->buffer));
}

static void join(struct connection *connection) {
    int ignored = 0;
    send_text(connection->fd, join_text, 1);
    while (!take_frames(connection, &ignored))
        read_more(connection);
}

static void open_connection(int index, int port, const char *path) {
    struct connection *connection = connections + index;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int one = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->fd = socket(AF_INET, SOCK_STREAM, 0);
    connection->buffer = malloc(BUFFER_SIZE);
    if (connect(connection->fd, (struct sockaddr *)&address, sizeof address))
        fail("connect");
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    shake_hands(connection, port, path);
    join(connection);
    fcntl(connection->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)index};
    epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event);
}

static void open_all(int port, const char *path) {
    long before = server_kb();
    double cpu = server_cpu();
    for (int i = 0; i < socket_count; i++)
        open_connection(i, port, path);
    cpu = server_cpu() - cpu;
    usleep(500000);
    printf("{\"sockets\":%d,\"open_cpu_us\":%.0f,\"kb_per_socket\":%.2f}\n", socket_count, cpu * 1e6 / socket_count,
           (double)(server_kb() - before) / socket_count);
}

/* Wait until `wanted` deliveries have arrived. */
static void receive(uint64_t wanted) {
    struct epoll_event events[MAX_EVENTS];
    for (uint64_t got = 0; got < wanted;) {
        int ready = epoll_wait(epoll, events, MAX_EVENTS, TIMEOUT_MS), deliveries = 0;
        if (ready == 0) {
            fprintf(stderr, "only %lu of %lu deliveries arrived\n", got, wanted);
            exit(1);
        }
        for (int i = 0; i < ready; i++) {
            struct connection *connection = connections + events[i].data.u32;
            read_more(connection);
            take_frames(connection, &deliveries);
        }
        got += (uint64_t)deliveries;
    }
}

static void run_phase(int bursts, int burst_size) {
    uint64_t start = now_ns(), deliveries = (uint64_t)bursts * (uint64_t)burst_size * (uint64_t)socket_count;
    double cpu = server_cpu();
    for (int i = 0; i < bursts; i++) {
        send_text(connections[0].fd, trigger, burst_size);
        receive((uint64_t)burst_size * (uint64_t)socket_count);
    }
    cpu = server_cpu() - cpu;
    double wall = (double)(now_ns() - start) / 1e9;
    printf("{\"deliveries\":%lu,\"cpu_s\":%.4f,\"wall_s\":%.4f,\"per_cpu_s\":%.0f}\n", deliveries, cpu, wall,
           (double)deliveries / cpu);
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc != 8) {
        fprintf(stderr, "usage: %s PORT PATH SOCKETS BURSTS BURST_SIZE PHASES SERVER_PID\n", argv[0]);
        return 2;
    }
    raise_file_limit();
    int bursts = atoi(argv[4]), burst_size = atoi(argv[5]), phases = atoi(argv[6]);
    socket_count = atoi(argv[3]);
    server_pid = atoi(argv[7]);
    connections = calloc((size_t)socket_count, sizeof *connections);
    epoll = epoll_create1(0);
    snprintf(trigger, sizeof trigger,
             "[\"1\",\"2\",\"realtime:bench\",\"broadcast\",{\"type\":\"broadcast\",\"event\":\"tick\",\"payload\":\"%0308d\"}]",
             0);
    if (getenv("LOAD_JOIN"))
        join_text = getenv("LOAD_JOIN");
    if (getenv("LOAD_TRIGGER"))
        snprintf(trigger, sizeof trigger, "%s", getenv("LOAD_TRIGGER"));
    open_all(atoi(argv[1]), argv[2]);
    run_phase(bursts / 4 + 1, burst_size); /* to warm up; the caller drops the first phase */
    for (int i = 0; i < phases; i++)
        run_phase(bursts, burst_size);
    return 0;
}
