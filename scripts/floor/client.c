// The floor that dispatching is measured against: a bare client on libcurl's multi interface with
// curl_multi_socket_action and epoll. It posts chat completions, each with a prompt of its own, reads the answers
// into one buffer a handle and keeps nothing.
//
// Usage: client URL REQUESTS IN_FLIGHT PROMPT_BYTES stream|whole
// Build: cc -O2 client.c -lcurl
#define _GNU_SOURCE
#include <curl/curl.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

struct transfer {
    CURL *easy;
    char *body;
    char *answer;
    size_t length, room;
};

static CURLM *multi;
static int epoll;
static int64_t due = -1; // when libcurl wants to be called, in milliseconds; -1: not before something happens
static long sent, answered, failed, wanted;
static long prompt_bytes;
static int streamed;
static char *filler;

static int64_t now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000) + time.tv_nsec / 1000000;
}

static void fail(const char *what) {
    fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *user, void *known) {
    (void)easy, (void)user;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, socket, NULL);
        curl_multi_assign(multi, socket, NULL);
        return 0;
    }
    struct epoll_event event = {.data.fd = socket};
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    epoll_ctl(epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
    if (!known) curl_multi_assign(multi, socket, &epoll);
    return 0;
}

static int on_timer(CURLM *handle, long milliseconds, void *user) {
    (void)handle, (void)user;
    due = milliseconds < 0 ? -1 : now_ms() + milliseconds;
    return 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *user) {
    struct transfer *transfer = user;
    size_t length = size * count;
    if (transfer->length + length > transfer->room) {
        transfer->room = (transfer->length + length) * 2;
        transfer->answer = realloc(transfer->answer, transfer->room);
        if (!transfer->answer) return 0;
    }
    memcpy(transfer->answer + transfer->length, bytes, length);
    transfer->length += length;
    return length;
}

static void start(struct transfer *transfer) {
    int length = sprintf(
        transfer->body, "{\"model\":\"gpt-5.2\",\"messages\":[{\"role\":\"user\",\"content\":\"%ld %s\"}]%s}", sent++,
        filler, streamed ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "");
    transfer->length = 0;
    curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE, (long)length);
    curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, transfer->body);
    if (curl_multi_add_handle(multi, transfer->easy)) fail("curl_multi_add_handle");
}

static void end_finished(void) {
    int queued;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &queued))) {
        if (message->msg != CURLMSG_DONE) continue;
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        long status = 0;
        struct transfer *transfer;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
        curl_multi_remove_handle(multi, easy);
        if (code == CURLE_OK && status == 200 && transfer->length > 0) answered++;
        else failed++;
        if (sent < wanted) start(transfer);
    }
}

int main(int count, char **words) {
    if (count != 6) {
        fprintf(stderr, "usage: client URL REQUESTS IN_FLIGHT PROMPT_BYTES stream|whole\n");
        return 2;
    }
    wanted = atol(words[2]);
    long in_flight = atol(words[3]);
    prompt_bytes = atol(words[4]);
    streamed = words[5][0] == 's';
    filler = malloc(prompt_bytes + 1);
    memset(filler, 'a', prompt_bytes);
    filler[prompt_bytes > 8 ? prompt_bytes - 8 : 0] = 0;

    struct rlimit files = {65536, 65536};
    setrlimit(RLIMIT_NOFILE, &files);
    curl_global_init(CURL_GLOBAL_ALL);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) fail("epoll_create1");
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, in_flight + 16);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");

    for (long index = 0; index < in_flight && sent < wanted; index++) {
        struct transfer *transfer = calloc(1, sizeof *transfer);
        transfer->body = malloc(prompt_bytes + 256);
        transfer->easy = curl_easy_init();
        curl_easy_setopt(transfer->easy, CURLOPT_URL, words[1]);
        curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(transfer->easy, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(transfer->easy, CURLOPT_WRITEDATA, transfer);
        curl_easy_setopt(transfer->easy, CURLOPT_PRIVATE, transfer);
        curl_easy_setopt(transfer->easy, CURLOPT_NOSIGNAL, 1L);
        start(transfer);
    }
    struct epoll_event events[512];
    while (answered + failed < wanted) {
        int running, ready, wait = 1000;
        if (due >= 0) {
            int64_t left = due - now_ms();
            wait = left < 0 ? 0 : left < 1000 ? (int)left : 1000;
        }
        ready = epoll_wait(epoll, events, 512, wait);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        for (int index = 0; index < ready; index++) {
            int mask = 0;
            if (events[index].events & EPOLLIN) mask |= CURL_CSELECT_IN;
            if (events[index].events & EPOLLOUT) mask |= CURL_CSELECT_OUT;
            if (events[index].events & (EPOLLERR | EPOLLHUP)) mask |= CURL_CSELECT_ERR;
            curl_multi_socket_action(multi, events[index].data.fd, mask, &running);
        }
        if (due >= 0 && now_ms() >= due) {
            due = -1;
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
        end_finished();
    }
    if (failed) fprintf(stderr, "client: %ld of %ld requests failed\n", failed, wanted);
    return failed ? 1 : 0;
}
