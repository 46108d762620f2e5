package dev.stoker.http;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where a server listens: the part of a URL before the path of a request.
 *
 * @param tls whether the connection is encrypted
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535
 * @param basePath the path before every request's own path: empty, or starts with a slash and does
 *     not end with one
 */
public record Endpoint(boolean tls, String host, int port, String basePath) {

    /**
     * Reads an absolute http or https URL; a missing port is the scheme's own.
     *
     * @throws UserError if the text is no such URL
     */
    public static Endpoint parse(String url) {
        URI uri;
        try {
            uri = new URI(url.strip());
        } catch (URISyntaxException e) {
            throw bad(url);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
            throw bad(url);
        }
        if (uri.getRawUserInfo() != null) {
            throw UserError.wrongUse(
                    "The server's URL contains a user or a password, which would end up in logs.",
                    "Put the key into an environment variable and name it with --api-key-env.");
        }
        boolean tls = scheme.equals("https");
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
        if (port < 1 || port > 65535) {
            throw bad(url);
        }
        String host = uri.getHost();
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return new Endpoint(tls, host, port, path);
    }

    private static UserError bad(String url) {
        return UserError.wrongUse(
                "Expected the server's URL, such as http://127.0.0.1:11434, but got '"
                        + Text.plain(url)
                        + "'.",
                "Give it with --server http://HOST:PORT.");
    }

    /**
     * Returns the value of the Host header: with brackets where needed, without the scheme's own
     * port.
     */
    public String hostHeader() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (tls ? 443 : 80) ? name : name + ":" + port;
    }

    /**
     * Returns whether the address is one of this machine's loopback ones, by its form alone (no
     * look-up).
     */
    public boolean isLoopback() {
        return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
    }

    /** Returns the URL without a slash at its end. */
    public String url() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return (tls ? "https://" : "http://") + name + ":" + port + basePath;
    }

    @Override
    public String toString() {
        return url();
    }
}
