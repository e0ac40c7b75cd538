/* Students and staff: N connections by Socket.IO over WebSocket in one epoll thread, each in its library's room.
 *
 * Each connection knows who it is and of which library. Every event is looked at: one of another library's seat, or of
 * another person's booking, is in the wrong room. The board, shared memory, has for each seat and half hour the time at
 * which the writer committed its booking: from there comes how late an event was, and how many each connection must get.
 *
 * usage: rooms_client PORT PEOPLE SEATS BOARD FIRST_SLOT SLOTS
 *   PEOPLE has lines `token library user room` (user "-" for staff, who hear of everybody in their library),
 *   SEATS has lines `seat library` sorted by seat, FIRST_SLOT is in seconds since 1970.
 * prints a line when all are in their rooms; after a line of standard input what was counted, as one JSON object.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER_SIZE = 16384, MAX_EVENTS = 1024, ID = 36, LATEST_MS = 60000, LINE = 2048 };

struct person {
    int fd;
    size_t size;
    uint32_t seats_told, connected, joined;
    char library[ID + 1], user[ID + 1];
    unsigned char *buffer;
};

struct seat {
    char id[ID + 1], library[ID + 1];
};

static struct person *people;
static struct seat *seats;
static volatile uint64_t *board;
static size_t person_count, seat_count, slot_count;
static int64_t first_slot;
static int epoll;
static uint64_t seat_events, own_events, reduced_events, other_events, wrong_events, unknown_events;
static uint32_t late_ms[LATEST_MS + 1];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* A masked text frame; the mask is zero, so the payload stays readable. */
static void send_text(int fd, const char *text) {
    unsigned char out[2 * LINE + 8];
    size_t length = strlen(text), head = length < 126 ? 2 : 4;
    out[0] = 0x81;
    out[1] = (unsigned char)(0x80 | (length < 126 ? length : 126));
    out[2] = (unsigned char)(length >> 8);
    out[3] = (unsigned char)length;
    memset(out + head, 0, 4);
    memcpy(out + head + 4, text, length);
    if (send(fd, out, head + 4 + length, MSG_NOSIGNAL) < 0)
        fail("send");
}

/* The value of a field of the payload, or null. */
static const char *value_of(const char *text, size_t size, const char *name) {
    const char *found = memmem(text, size, name, strlen(name));
    return found ? found + strlen(name) : NULL;
}

static int64_t epoch_of(const char *iso) {
    struct tm parts = {0};
    return strptime(iso, "%Y-%m-%dT%H:%M:%S", &parts) ? (int64_t)timegm(&parts) : 0;
}

static struct seat *seat_called(const char *id) {
    size_t low = 0, high = seat_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = memcmp(id, seats[middle].id, ID);
        if (order == 0)
            return seats + middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static void hear_of_seat(struct person *person, const char *text, size_t size) {
    const char *library = value_of(text, size, "\"library_id\":\""), *id = value_of(text, size, "\"seat_id\":\"");
    const char *start = value_of(text, size, "\"start_time\":\"");
    struct seat *seat = id ? seat_called(id) : NULL;
    seat_events++;
    if (!library || memcmp(library, person->library, ID) || !seat || memcmp(seat->library, person->library, ID)) {
        wrong_events++;
        return;
    }
    int64_t slot = start ? (epoch_of(start) - first_slot) / 1800 : -1;
    uint64_t sent = slot >= 0 && slot < (int64_t)slot_count ? board[(size_t)(seat - seats) * slot_count + (size_t)slot] : 0;
    if (!sent) {
        unknown_events++;
        return;
    }
    uint64_t ms = (now_ns() - sent) / 1000000;
    late_ms[ms < LATEST_MS ? ms : LATEST_MS]++;
    person->seats_told++;
}

static void hear_of_booking(struct person *person, const char *text, size_t size) {
    const char *library = value_of(text, size, "\"library_id\":\""), *user = value_of(text, size, "\"user_id\":\"");
    if (!value_of(text, size, "\"booking\":{")) {
        /* What all owners hear: where and when, and of nobody. */
        reduced_events++;
        wrong_events += person->user[0] != '-' || user != NULL;
        return;
    }
    own_events++;
    if (person->user[0] == '-')
        wrong_events += !library || memcmp(library, person->library, ID) != 0;
    else
        wrong_events += !user || memcmp(user, person->user, ID) != 0;
}

static void hear(struct person *person, const char *text, size_t size) {
    if (size && text[0] == '2') {
        send_text(person->fd, "3");
    } else if (size > 2 && !memcmp(text, "40{", 3)) {
        person->connected = 1;
    } else if (size > 2 && !memcmp(text, "431", 3)) {
        if (!value_of(text, size, "\"ok\"")) {
            fprintf(stderr, "not let in: %.*s\n", (int)size, text);
            exit(1);
        }
        person->joined = 1;
    } else if (size > 2 && !memcmp(text, "44", 2)) {
        fprintf(stderr, "not connected: %.*s\n", (int)size, text);
        exit(1);
    } else if (size > 20 && !memcmp(text, "42[\"seat:availability", 21)) {
        hear_of_seat(person, text, size);
    } else if (size > 18 && !memcmp(text, "42[\"booking:created", 19)) {
        hear_of_booking(person, text, size);
    } else if (size > 1 && text[0] == '4' && text[1] == '2') {
        other_events++;
    }
}

static void receive(struct person *person) {
    ssize_t size = recv(person->fd, person->buffer + person->size, BUFFER_SIZE - person->size, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size <= 0)
        fail("connection lost");
    person->size += (size_t)size;
    size_t at = 0;
    while (person->size - at >= 2) {
        unsigned char *frame = person->buffer + at;
        size_t head = 2, length = frame[1] & 127;
        if (length == 126) {
            if (person->size - at < 4)
                break;
            length = (size_t)(frame[2] << 8 | frame[3]);
            head = 4;
        }
        if (person->size - at < head + length)
            break;
        if ((frame[0] & 15) == 8) {
            fprintf(stderr, "closed by the server: %.*s\n", (int)length, frame + head);
            exit(1);
        }
        hear(person, (const char *)frame + head, length);
        at += head + length;
    }
    if (at == 0 && person->size == BUFFER_SIZE) {
        fprintf(stderr, "a frame is larger than the buffer\n");
        exit(1);
    }
    memmove(person->buffer, person->buffer + at, person->size - at);
    person->size -= at;
}

static void open_connection(struct person *person, int port, const char *token, const char *room) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    char text[2 * LINE], *end;
    int one = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    person->fd = socket(AF_INET, SOCK_STREAM, 0);
    person->buffer = malloc(BUFFER_SIZE);
    if (connect(person->fd, (struct sockaddr *)&address, sizeof address))
        fail("connect");
    setsockopt(person->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    int size = snprintf(text, sizeof text,
                        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                        port);
    send(person->fd, text, (size_t)size, MSG_NOSIGNAL);
    do {
        ssize_t got = recv(person->fd, person->buffer + person->size, BUFFER_SIZE - person->size, 0);
        if (got <= 0)
            fail("handshake");
        person->size += (size_t)got;
        end = memmem(person->buffer, person->size, "\r\n\r\n", 4);
    } while (!end);
    size_t used = (size_t)(end + 4 - (char *)person->buffer);
    memmove(person->buffer, person->buffer + used, person->size - used);
    person->size -= used;
    snprintf(text, sizeof text, "40{\"token\":\"%s\"}", token);
    send_text(person->fd, text);
    while (!person->connected)
        receive(person);
    snprintf(text, sizeof text, "421[\"join\",\"%s\"]", room);
    send_text(person->fd, text);
    while (!person->joined)
        receive(person);
    fcntl(person->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)(person - people)};
    epoll_ctl(epoll, EPOLL_CTL_ADD, person->fd, &event);
}

static void read_seats(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file)
        fail(path);
    seats = calloc(100000, sizeof *seats);
    while (fscanf(file, "%36s %36s", seats[seat_count].id, seats[seat_count].library) == 2)
        seat_count++;
    fclose(file);
}

/* Hear whoever has something to say; with `wait` at most so many milliseconds. False once standard input said something. */
static int turn(int wait) {
    struct epoll_event events[MAX_EVENTS];
    int ready = epoll_wait(epoll, events, MAX_EVENTS, wait), going_on = 1;
    for (int i = 0; i < ready; i++) {
        if (events[i].data.u32 == UINT32_MAX)
            going_on = 0;
        else
            receive(people + events[i].data.u32);
    }
    return going_on;
}

static void open_people(const char *path, int port) {
    FILE *file = fopen(path, "r");
    char token[LINE], room[128];
    if (!file)
        fail(path);
    people = calloc(100000, sizeof *people);
    struct person *next = people;
    while (fscanf(file, "%1900s %36s %36s %120s", token, next->library, next->user, room) == 4) {
        open_connection(next++, port, token, room);
        turn(0);
    }
    person_count = (size_t)(next - people);
    fclose(file);
}

/* How many connections were told of fewer or more bookings than were made in their library. */
static size_t miscounted(uint64_t *expected) {
    size_t found = 0;
    uint32_t *booked = calloc(seat_count, sizeof *booked);
    for (size_t cell = 0; cell < seat_count * slot_count; cell++)
        booked[cell / slot_count] += board[cell] != 0;
    for (size_t i = 0; i < person_count; i++) {
        uint32_t wanted = 0;
        for (size_t seat = 0; seat < seat_count; seat++)
            if (!memcmp(seats[seat].library, people[i].library, ID))
                wanted += booked[seat];
        *expected += wanted;
        found += people[i].seats_told != wanted;
    }
    free(booked);
    return found;
}

static uint32_t percentile(double share, uint64_t total) {
    uint64_t seen = 0;
    for (uint32_t ms = 0; ms <= LATEST_MS; ms++)
        if ((seen += late_ms[ms]) > (uint64_t)(share * (double)total))
            return ms;
    return LATEST_MS;
}

static void report(void) {
    uint64_t expected = 0, timed = 0;
    uint32_t last = 0;
    for (uint32_t ms = 0; ms <= LATEST_MS; ms++) {
        timed += late_ms[ms];
        last = late_ms[ms] ? ms : last;
    }
    size_t wrong_counts = miscounted(&expected);
    printf("{\"people\":%zu,\"expected\":%lu,\"told\":%lu,\"miscounted\":%zu,\"wrong\":%lu,\"unknown\":%lu,\"own\":%lu,"
           "\"reduced\":%lu,\"other\":%lu,\"p50\":%u,\"p95\":%u,\"p99\":%u,\"latest\":%u}\n",
           person_count, expected, timed, wrong_counts, wrong_events, unknown_events, own_events, reduced_events,
           other_events, percentile(0.50, timed), percentile(0.95, timed), percentile(0.99, timed), last);
}

int main(int argc, char **argv) {
    if (argc != 7) {
        fprintf(stderr, "usage: %s PORT PEOPLE SEATS BOARD FIRST_SLOT SLOTS\n", argv[0]);
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    first_slot = atoll(argv[5]);
    slot_count = (size_t)atoll(argv[6]);
    read_seats(argv[3]);
    int fd = open(argv[4], O_RDONLY);
    board = mmap(NULL, seat_count * slot_count * sizeof *board, PROT_READ, MAP_SHARED, fd, 0);
    if (board == MAP_FAILED)
        fail(argv[4]);
    epoll = epoll_create1(0);
    open_people(argv[2], atoi(argv[1]));
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &event);
    printf("%zu\n", person_count);
    fflush(stdout);
    while (turn(1000))
        ;
    report();
    return 0;
}
