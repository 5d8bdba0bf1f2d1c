#ifndef REEVE_BARE_SOCKETS_H
#define REEVE_BARE_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

/// Binds the process, and the threads that it starts later, to the first CPU it may run on; 0 when done.
int bare_pin_to_one_cpu(void);

/// Keys of one CURVE connection in Z85 text; all NULL for a connection without CURVE.
struct bare_keys {
    const char *server_public, *server_secret, *client_public, *client_secret;
};

/// What a sender sends: `hello` once when it is not empty, then `count` times `message`, with the number of the message
/// counted up from `first_sequence` in the four bytes (a protobuf varint of that length) at `sequence_offset`.
struct bare_traffic {
    const uint8_t *hello;
    size_t hello_size;
    const uint8_t *message;
    size_t message_size;
    size_t sequence_offset;
    uint32_t first_sequence;
    uint32_t count;
};

struct bare_sender;

/// Starts a thread with a context and a DEALER of its own that connects to `endpoint`, sends `traffic` and drops whatever
/// is answered. The arguments must outlive it. NULL when it cannot be started.
struct bare_sender *bare_sender_start(
    const char *endpoint, const struct bare_keys *keys, const struct bare_traffic *traffic);

/// Lets the sender close its connection, waits for its end and frees it; 0 when everything was sent.
int bare_sender_join(struct bare_sender *sender);

/// Listens on `endpoint` with a ROUTER, receives `count` messages, answers none, and returns the nanoseconds between the
/// first and the last of them; negative when a call failed. `endpoint` must not be bound yet; a sender may wait for it.
int64_t bare_receive(const char *endpoint, const struct bare_keys *keys, uint32_t count);

#endif
