package dev.stoker.server;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.time.Instant;

/**
 * A model that a server says is in memory. The server's word is not proof of life: a runner that
 * died stays listed.
 *
 * @param name as the server lists it
 * @param digest the server's digest of it
 * @param total bytes in all memories
 * @param onGpu bytes on GPUs
 * @param contextLength tokens a slot
 * @param expiresAt when the server will unload it by itself; far in the future for never
 */
public record LoadedModel(
        String name,
        Reading<String> digest,
        Reading<Bytes> total,
        Reading<Bytes> onGpu,
        Reading<Long> contextLength,
        Reading<Instant> expiresAt) {}
