/*
 * The floor: the cheapest client that still stamps every event. One epoll thread reads so many streams of the paced
 * server for so long, keeps a stamp of each read, and sends the next request when a stream has ended. It understands
 * just enough to find the end of a stream.
 *
 *   reader PORT STREAMS SECONDS
 *
 * Prints JSON: reads, streams ended, CPU seconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
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
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t) t.tv_sec * 1000000000 + t.tv_nsec;
}

static const char REQUEST[] =
    "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 106\r\n\r\n"
    "{\"model\":\"paced\",\"stream\":true,\"max_tokens\":128,\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story.\"}]}";

int main(int argc, char **argv) {
    if (argc != 4) { fprintf(stderr, "reader PORT STREAMS SECONDS\n"); return 2; }
    int streams = atoi(argv[2]);
    double seconds = atof(argv[3]);
    int ep = epoll_create1(0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t) atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < streams; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (fd < 0 || connect(fd, (struct sockaddr *) &to, sizeof to)) { perror("connect"); return 1; }
        if (send(fd, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL) < 0) { perror("send"); return 1; }
        struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
    }
    static char buffer[1 << 16];
    static struct epoll_event events[1024];
    size_t most = 1 << 20, reads = 0;
    int64_t *stamps = malloc(most * sizeof *stamps);
    uint64_t ended = 0;
    int64_t until = now_ns() + (int64_t) (seconds * 1e9);
    int64_t now = 0;
    while (now < until) {
        int n = epoll_wait(ep, events, 1024, 100);
        now = now_ns();
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            ssize_t got = recv(fd, buffer, sizeof buffer, 0);
            now = now_ns();
            if (got <= 0) { fprintf(stderr, "a stream was closed\n"); return 1; }
            stamps[reads++ % most] = now;
            if (got >= 5 && !memcmp(buffer + got - 5, "0\r\n\r\n", 5)) {
                ended++;
                if (send(fd, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL) < 0) { perror("send"); return 1; }
            }
        }
    }
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    double cpu = u.ru_utime.tv_sec + u.ru_utime.tv_usec / 1e6 + u.ru_stime.tv_sec + u.ru_stime.tv_usec / 1e6;
    printf("{\"reads\":%zu,\"ended\":%lu,\"cpu_seconds\":%.3f}\n", reads, ended, cpu);
    return 0;
}
