#define _GNU_SOURCE
#include "BareSockets.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

int bare_pin_to_one_cpu(void) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return -1;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        return sched_setaffinity(0, sizeof one, &one);
    }
    return -1;
}

struct bare_sender {
    pthread_t thread;
    sem_t may_close;
    const char *endpoint;
    const struct bare_keys *keys;
    const struct bare_traffic *traffic;
    int status;
};

static int set_text(void *socket, int option, const char *text) {
    return zmq_setsockopt(socket, option, text, strlen(text));
}

static void write_sequence(uint8_t *bytes, uint32_t sequence) {
    bytes[0] = (uint8_t)(sequence | 0x80);
    bytes[1] = (uint8_t)(sequence >> 7 | 0x80);
    bytes[2] = (uint8_t)(sequence >> 14 | 0x80);
    bytes[3] = (uint8_t)(sequence >> 21);
}

static void drop_answers(void *socket) {
    char answer[256];
    while (zmq_recv(socket, answer, sizeof answer, ZMQ_DONTWAIT) >= 0) {}
}

static int send_all(void *socket, const struct bare_traffic *traffic) {
    uint8_t *message = malloc(traffic->message_size);
    if (!message) return -1;
    memcpy(message, traffic->message, traffic->message_size);
    int status = 0;
    if (traffic->hello_size > 0 && zmq_send(socket, traffic->hello, traffic->hello_size, 0) < 0) status = -1;
    for (uint32_t index = 0; index < traffic->count && status == 0; index++) {
        write_sequence(message + traffic->sequence_offset, traffic->first_sequence + index);
        if (zmq_send(socket, message, traffic->message_size, 0) < 0) status = -1;
        if (index % 64 == 0) drop_answers(socket);
    }
    free(message);
    return status;
}

static void *sender_main(void *argument) {
    struct bare_sender *sender = argument;
    sender->status = -1;
    void *context = zmq_ctx_new();
    void *socket = context ? zmq_socket(context, ZMQ_DEALER) : NULL;
    if (socket) {
        const struct bare_keys *keys = sender->keys;
        int failed = 0;
        if (keys->server_public) {
            failed |= set_text(socket, ZMQ_CURVE_SERVERKEY, keys->server_public);
            failed |= set_text(socket, ZMQ_CURVE_PUBLICKEY, keys->client_public);
            failed |= set_text(socket, ZMQ_CURVE_SECRETKEY, keys->client_secret);
        }
        int interval = 10;
        failed |= zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &interval, sizeof interval);
        failed |= zmq_connect(socket, sender->endpoint);
        if (!failed) sender->status = send_all(socket, sender->traffic);
        // Everything is on its way, not at its goal: the connection stays until the receiver has it all.
        while (sem_wait(&sender->may_close) != 0) {}
        int linger = 0;
        zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
        zmq_close(socket);
    }
    if (context) zmq_ctx_term(context);
    return NULL;
}

struct bare_sender *bare_sender_start(
    const char *endpoint, const struct bare_keys *keys, const struct bare_traffic *traffic) {
    struct bare_sender *sender = calloc(1, sizeof *sender);
    if (!sender) return NULL;
    sender->endpoint = endpoint;
    sender->keys = keys;
    sender->traffic = traffic;
    if (sem_init(&sender->may_close, 0, 0) != 0 || pthread_create(&sender->thread, NULL, sender_main, sender) != 0) {
        free(sender);
        return NULL;
    }
    return sender;
}

int bare_sender_join(struct bare_sender *sender) {
    sem_post(&sender->may_close);
    pthread_join(sender->thread, NULL);
    sem_destroy(&sender->may_close);
    int status = sender->status;
    free(sender);
    return status;
}

static int64_t now_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t receive_all(void *socket, uint32_t count) {
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    uint32_t received = 0;
    int64_t first = 0;
    while (received < count) {
        zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
        if (zmq_poll(&item, 1, -1) < 0) return -1;
        while (received < count && zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) >= 0) {
            while (zmq_msg_more(&frame)) {
                if (zmq_msg_recv(&frame, socket, 0) < 0) return -1;
            }
            if (received++ == 0) first = now_nanoseconds();
        }
    }
    zmq_msg_close(&frame);
    return now_nanoseconds() - first;
}

int64_t bare_receive(const char *endpoint, const struct bare_keys *keys, uint32_t count) {
    int64_t elapsed = -1;
    void *context = zmq_ctx_new();
    void *socket = context ? zmq_socket(context, ZMQ_ROUTER) : NULL;
    if (socket) {
        int failed = 0;
        if (keys->server_secret) {
            int server = 1;
            failed |= zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &server, sizeof server);
            failed |= set_text(socket, ZMQ_CURVE_SECRETKEY, keys->server_secret);
        }
        failed |= zmq_bind(socket, endpoint);
        if (!failed) elapsed = receive_all(socket, count);
        zmq_close(socket);
    }
    if (context) zmq_ctx_term(context);
    return elapsed;
}
