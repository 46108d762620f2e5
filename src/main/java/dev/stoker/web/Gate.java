package dev.stoker.web;

import com.sun.net.httpserver.Headers;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;

/**
 * Decides who gets an answer. On a loopback address without a token the Host header has to name
 * this machine, so that a page in a browser cannot read it through a name that it made point here
 * (DNS rebinding). Immutable.
 */
public final class Gate {
    private static final String BEARER = "bearer ";

    private final byte[] token;
    private final boolean onlyLocalNames;

    private Gate(byte[] token, boolean onlyLocalNames) {
        this.token = token;
        this.onlyLocalNames = onlyLocalNames;
    }

    /** Lets in who comes over a loopback address. */
    public static Gate local() {
        return new Gate(new byte[0], true);
    }

    /** Lets in who has the token. */
    public static Gate withToken(String token) {
        return new Gate(digest(token), false);
    }

    /** Lets everybody in. */
    public static Gate open() {
        return new Gate(new byte[0], false);
    }

    /**
     * Returns why a request gets no answer; empty if it does.
     *
     * @param secret whether the answer tells of the machine
     */
    Optional<Body> objection(Headers headers, boolean secret) {
        if (onlyLocalNames && !isLocal(headers.getFirst("Host"))) {
            return Optional.of(
                    Pages.text(
                            403,
                            "The Host header does not name this machine: use localhost or"
                                    + " 127.0.0.1."));
        }
        if (secret && token.length > 0 && !hasToken(headers.getFirst("Authorization"))) {
            return Optional.of(
                    Pages.text(401, "Expected the header 'Authorization: Bearer TOKEN'."));
        }
        return Optional.empty();
    }

    private boolean hasToken(@Nullable String header) {
        return header != null
                && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && MessageDigest.isEqual(digest(header.substring(BEARER.length()).strip()), token);
    }

    /** The comparison of digests takes the same time whatever the texts are. */
    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every Java has it.
        }
    }

    static boolean isLocal(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String name = host.strip().toLowerCase(Locale.ROOT);
        int colon = name.lastIndexOf(':');
        if (colon > name.lastIndexOf(']')) {
            name = name.substring(0, colon);
        }
        return name.equals("localhost")
                || name.equals("[::1]")
                || name.matches("127(\\.[0-9]{1,3}){3}");
    }

    /** Returns whether an address can be reached from this machine alone. */
    public static boolean isLoopback(InetSocketAddress address) {
        return address.getAddress() != null && address.getAddress().isLoopbackAddress();
    }
}
