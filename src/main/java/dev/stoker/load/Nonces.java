package dev.stoker.load;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes texts that no server has seen before: a prompt that begins with one can't be answered from
 * a cache. Unique in this process by a counter and between processes by 64 random bits; all of one
 * length, so that prompts stay comparable. Thread-safe.
 */
public final class Nonces {
    private final long salt = new SecureRandom().nextLong();
    private final AtomicLong counter = new AtomicLong();

    /** Returns the next one, 22 hexadecimal digits, random from the first. */
    public String next() {
        long n = counter.incrementAndGet();
        long mixed = mix(salt + n * 0x9e3779b97f4a7c15L);
        return "%016x%06x".formatted(mixed, n & 0xffffff);
    }

    /** The finishing steps of the splitmix64 generator: a bijection, so no two inputs collide. */
    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
