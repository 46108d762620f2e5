/*
 * A paced server for measuring clients: streams tokens of chat completions at exact moments and records when it really
 * sent them. One thread, one epoll set, loopback only.
 *
 *   server [--port 0] [--ttft-ms 100] [--gap-ms 20] [--tokens 128] [--per-chunk 1] [--early-role] [--prompt-tokens 64]
 *          [--spread]
 *
 * The k-th chunk of a stream is due at (request read) + ttft + k × gap, whatever happened to the earlier ones; so a late
 * moment does not move the later ones. With --gap-ms 0 a whole answer is one write. --per-chunk puts so many tokens into
 * one chunk, sent every gap × per-chunk. --spread puts a part of a gap before the first token, another one for each request,
 * so that the moments of all streams lie evenly over the gap, as those of independent users do; without it streams that
 * began together stay together. --early-role sends the head and the empty role chunk at once, as some servers do.
 *
 * GET /stats tells, as JSON, how many requests and tokens were sent and what the true distributions were: ttft (request
 * read to first token sent) and gap (between sends of one stream), in microseconds, with the CPU time used and the moment of
 * the first request (CLOCK_MONOTONIC). GET /reset
 * sets them to nothing. It calls itself vLLM, whose form of stream it speaks. Prints "listening on PORT".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 65536            /* connections */
#define LARGEST_REQUEST (1 << 20)
#define BUCKETS 2000000       /* microseconds */

typedef struct {
    int fd;
    int heap;                 /* place in the heap, or -1 */
    int sent;                 /* chunks */
    int wants_write;
    int64_t read_at, due, last_send;
    char *in;
    size_t in_len, in_cap;
    char *out;                /* what the socket did not take */
    size_t out_len, out_at;
} conn;

static conn *conns[MOST];
static conn *heap[MOST];
static int heap_len;
static int ep;
static int64_t ttft_ns = 100000000, gap_ns = 20000000;
static int tokens = 128, per_chunk = 1, early_role = 0, prompt_tokens = 64, spread = 0;
static int chunks;
static uint64_t requests, ended, tokens_sent;
static int64_t first_request;
static uint32_t ttft_hist[BUCKETS], gap_hist[BUCKETS];
static char role_event[512], token_event[4096], tail_event[2048];
static size_t role_len, token_len, tail_len;

static const char HEAD[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t) t.tv_sec * 1000000000 + t.tv_nsec;
}

static void put(int i, conn *c) { heap[i] = c; c->heap = i; }

static void up(int i) {
    conn *c = heap[i];
    while (i > 0 && heap[(i - 1) / 2]->due > c->due) { put(i, heap[(i - 1) / 2]); i = (i - 1) / 2; }
    put(i, c);
}

static void down(int i) {
    conn *c = heap[i];
    for (;;) {
        int k = 2 * i + 1;
        if (k >= heap_len) break;
        if (k + 1 < heap_len && heap[k + 1]->due < heap[k]->due) k++;
        if (heap[k]->due >= c->due) break;
        put(i, heap[k]);
        i = k;
    }
    put(i, c);
}

static void push(conn *c) { heap[heap_len] = c; c->heap = heap_len; up(heap_len++); }

static void drop_from_heap(conn *c) {
    if (c->heap < 0) return;
    int i = c->heap;
    c->heap = -1;
    conn *last = heap[--heap_len];
    if (last != c) { put(i, last); up(i); down(last->heap); }
}

static void close_conn(conn *c) {
    drop_from_heap(c);
    close(c->fd);
    conns[c->fd] = NULL;
    free(c->in); free(c->out); free(c);
}

static void interest(conn *c, uint32_t events) {
    struct epoll_event e = {.events = events, .data.fd = c->fd};
    epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
}

/* Sends what there is; keeps what the socket does not take. Returns 0 when the connection is gone. */
static int send_all(conn *c, const char *data, size_t len) {
    if (c->out_len == 0) {
        ssize_t n = send(c->fd, data, len, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) { close_conn(c); return 0; }
        if (n < 0) n = 0;
        data += n; len -= n;
    }
    if (len > 0) {
        c->out = realloc(c->out, c->out_len + len);
        memcpy(c->out + c->out_len, data, len);
        c->out_len += len;
        if (!c->wants_write) { c->wants_write = 1; interest(c, EPOLLIN | EPOLLOUT); }
    }
    return 1;
}

static void flush_out(conn *c) {
    ssize_t n = send(c->fd, c->out + c->out_at, c->out_len - c->out_at, MSG_NOSIGNAL);
    if (n < 0) { if (errno != EAGAIN) close_conn(c); return; }
    c->out_at += n;
    if (c->out_at == c->out_len) { c->out_at = c->out_len = 0; c->wants_write = 0; interest(c, EPOLLIN); }
}

static void count(uint32_t *hist, int64_t ns) {
    int64_t us = (ns + 500) / 1000;
    hist[us < 0 ? 0 : us >= BUCKETS ? BUCKETS - 1 : us]++;
}

static size_t add(char *to, const char *from, size_t len) { memcpy(to, from, len); return len; }

static size_t chunk(char *to, const char *text) {
    return (size_t) sprintf(to, "%zx\r\n%s\r\n", strlen(text), text);
}

static void prepare(void) {
    static const char event[] =
        "data: {\"id\":\"chatcmpl-7d2f5a3b9c1e4f60\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,"
        "\"model\":\"paced\",\"choices\":[{\"index\":0,\"delta\":{%s},\"logprobs\":null,\"finish_reason\":%s}]}\n\n";
    char text[4096], delta[2048];
    sprintf(text, event, "\"role\":\"assistant\",\"content\":\"\"", "null");
    role_len = chunk(role_event, text);
    strcpy(delta, "\"content\":\"");
    for (int i = 0; i < per_chunk; i++) strcat(delta, " word");
    strcat(delta, "\"");
    sprintf(text, event, delta, "null");
    token_len = chunk(token_event, text);
    char *at = tail_event;
    sprintf(text, event, "", "\"length\"");
    at += chunk(at, text);
    sprintf(text,
        "data: {\"id\":\"chatcmpl-7d2f5a3b9c1e4f60\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,"
        "\"model\":\"paced\",\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"total_tokens\":%d,\"completion_tokens\":%d}}\n\n"
        "data: [DONE]\n\n", prompt_tokens, prompt_tokens + tokens, tokens);
    at += chunk(at, text);
    at += sprintf(at, "0\r\n\r\n");
    tail_len = (size_t) (at - tail_event);
    chunks = (tokens + per_chunk - 1) / per_chunk;
}

/* Sends the chunks that are due. */
static void stream(conn *c, int64_t now) {
    static char buffer[1 << 20];
    size_t n = 0;
    int whole = gap_ns == 0;
    do {
        if (c->sent == 0) {
            if (!early_role) { n += add(buffer + n, HEAD, sizeof HEAD - 1); n += add(buffer + n, role_event, role_len); }
            count(ttft_hist, now - c->read_at);
        } else {
            count(gap_hist, now - c->last_send);
        }
        n += add(buffer + n, token_event, token_len);
        c->sent++;
        c->last_send = now;
    } while (whole && c->sent < chunks && n < sizeof buffer - 16384);
    int last = c->sent == chunks;
    if (last) n += add(buffer + n, tail_event, tail_len);
    drop_from_heap(c);
    if (!last) { c->due += gap_ns * per_chunk; push(c); } else { ended++; tokens_sent += tokens; }
    send_all(c, buffer, n);
}

static void answer(conn *c, const char *body) {
    char out[4096];
    int n = sprintf(out, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
        *body ? "200 OK" : "404 Not Found", strlen(body), body);
    send_all(c, out, (size_t) n);
}

static double percentile(const uint32_t *hist, double p) {
    uint64_t all = 0, seen = 0;
    for (int i = 0; i < BUCKETS; i++) all += hist[i];
    for (int i = 0; i < BUCKETS; i++) { seen += hist[i]; if (all > 0 && seen >= p * all) return i; }
    return 0;
}

static double cpu(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_utime.tv_sec + u.ru_utime.tv_usec / 1e6 + u.ru_stime.tv_sec + u.ru_stime.tv_usec / 1e6;
}

static void stats(conn *c) {
    char body[1024];
    sprintf(body, "{\"requests\":%lu,\"ended\":%lu,\"tokens\":%lu,\"ttft_us\":{\"p50\":%.0f,\"p99\":%.0f},"
        "\"gap_us\":{\"p50\":%.0f,\"p99\":%.0f},\"cpu_seconds\":%.3f,\"first_request_ns\":%ld}\n",
        requests, ended, tokens_sent, percentile(ttft_hist, 0.5), percentile(ttft_hist, 0.99),
        percentile(gap_hist, 0.5), percentile(gap_hist, 0.99), cpu(), first_request);
    answer(c, body);
}

/* The n-th request's share is the fraction of n × golden ratio: even over any run of requests. */
static int64_t part_of_a_gap(void) {
    double share = (double) requests * 0.6180339887498949;
    return (int64_t) ((share - (double) (uint64_t) share) * (double) gap_ns);
}

static void request(conn *c, const char *line) {
    if (!strncmp(line, "POST /v1/chat/completions", 25)) {
        c->read_at = now_ns();
        if (requests++ == 0) first_request = c->read_at;
        c->due = c->read_at + ttft_ns + (spread ? part_of_a_gap() : 0);
        c->sent = 0;
        if (early_role) {
            char start[2048];
            size_t n = add(start, HEAD, sizeof HEAD - 1);
            n += add(start + n, role_event, role_len);
            if (!send_all(c, start, n)) return;
        }
        if (ttft_ns == 0) stream(c, c->read_at); else push(c);
    } else if (!strncmp(line, "GET /stats", 10)) {
        stats(c);
    } else if (!strncmp(line, "GET /reset", 10)) {
        memset(ttft_hist, 0, sizeof ttft_hist);
        memset(gap_hist, 0, sizeof gap_hist);
        requests = ended = tokens_sent = 0;
        answer(c, "{}");
    } else if (!strncmp(line, "GET /version", 12)) {
        answer(c, "{\"version\":\"0.11.0\"}");
    } else if (!strncmp(line, "GET /health", 11)) {
        answer(c, "{}");
    } else if (!strncmp(line, "GET /v1/models", 14)) {
        answer(c, "{\"object\":\"list\",\"data\":[{\"id\":\"paced\",\"object\":\"model\",\"created\":1760000000,\"owned_by\":\"vllm\"}]}");
    } else {
        answer(c, "");
    }
}

static void readable(conn *c) {
    for (;;) {
        if (c->in_cap - c->in_len < 4096) {
            if (c->in_cap > LARGEST_REQUEST) { close_conn(c); return; }
            c->in_cap = c->in_cap ? c->in_cap * 2 : 8192;
            c->in = realloc(c->in, c->in_cap);
        }
        ssize_t n = recv(c->fd, c->in + c->in_len, c->in_cap - c->in_len - 1, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN)) { close_conn(c); return; }
        if (n < 0) return;
        c->in_len += (size_t) n;
        c->in[c->in_len] = 0;
        char *end = strstr(c->in, "\r\n\r\n");
        if (!end) continue;
        size_t length = 0;
        char *field = strcasestr(c->in, "\r\nContent-Length:");
        if (field && field < end) length = strtoul(field + 17, NULL, 10);
        size_t all = (size_t) (end - c->in) + 4 + length;
        if (c->in_len < all) continue;
        c->in_len = 0; /* one request at a time: no pipelining */
        request(c, c->in);
        return;
    }
}

static void accept_all(int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (fd < 0) return;
        if (fd >= MOST) { close(fd); continue; }
        int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        conn *c = calloc(1, sizeof *c);
        c->fd = fd;
        c->heap = -1;
        conns[fd] = c;
        struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
    }
}

int main(int argc, char **argv) {
    int port = 0;
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "0";
        if (!strcmp(argv[i], "--early-role")) { early_role = 1; continue; }
        if (!strcmp(argv[i], "--spread")) { spread = 1; continue; }
        if (!strcmp(argv[i], "--port")) port = atoi(value);
        else if (!strcmp(argv[i], "--ttft-ms")) ttft_ns = (int64_t) (atof(value) * 1e6);
        else if (!strcmp(argv[i], "--gap-ms")) gap_ns = (int64_t) (atof(value) * 1e6);
        else if (!strcmp(argv[i], "--tokens")) tokens = atoi(value);
        else if (!strcmp(argv[i], "--per-chunk")) per_chunk = atoi(value);
        else if (!strcmp(argv[i], "--prompt-tokens")) prompt_tokens = atoi(value);
        else { fprintf(stderr, "unknown option %s\n", argv[i]); return 2; }
        i++;
    }
    if (tokens < 1 || per_chunk < 1 || per_chunk > 256) { fprintf(stderr, "tokens from 1, per-chunk 1 to 256\n"); return 2; }
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_TIMERSLACK, 1UL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    prepare();
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t) port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    if (bind(listener, (struct sockaddr *) &at, len) || listen(listener, 4096)) { perror("bind"); return 1; }
    getsockname(listener, (struct sockaddr *) &at, &len);
    printf("listening on %d\n", ntohs(at.sin_port));
    fflush(stdout);
    ep = epoll_create1(0);
    struct epoll_event e = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
    static struct epoll_event events[1024];
    for (;;) {
        int64_t left = heap_len ? heap[0]->due - now_ns() : 1000000000;
        if (left < 0) left = 0;
        struct timespec wait = {left / 1000000000, left % 1000000000};
        int n = epoll_pwait2(ep, events, 1024, &wait, NULL);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) { accept_all(listener); continue; }
            conn *c = conns[fd];
            if (c && (events[i].events & EPOLLOUT)) flush_out(c);
            c = conns[fd];
            if (c && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) readable(c);
        }
        int64_t now = now_ns();
        while (heap_len && heap[0]->due <= now) { stream(heap[0], now); now = now_ns(); }
    }
}
