package dev.stoker.server.discovery;

import dev.stoker.base.Text;
import dev.stoker.http.Endpoint;

import java.util.Locale;
import java.util.Optional;

/**
 * Reads the address of a server as the variable OLLAMA_HOST spells it: {@code host}, {@code
 * host:port}, {@code :port}, {@code scheme://host:port/path}, IPv6 with or without brackets, in
 * quotes or not. An address to listen on at all interfaces ({@code 0.0.0.0}, {@code ::}) is reached
 * by a client through loopback. Source: Ollama 0.33, {@code envconfig.Host}. Pure.
 *
 * @param endpoint where to go
 * @param warning what was wrong with the text and how it was read all the same
 */
record OllamaHost(Endpoint endpoint, Optional<String> warning) {
    private static final int OLLAMA_PORT = 11434;

    static OllamaHost parse(String text) {
        String spec = unquoted(text);
        int mark = spec.indexOf("://");
        String scheme = mark < 0 ? "http" : spec.substring(0, mark).toLowerCase(Locale.ROOT);
        int defaultPort =
                mark < 0
                        ? OLLAMA_PORT
                        : scheme.equals("https") ? 443 : scheme.equals("http") ? 80 : OLLAMA_PORT;
        String rest = mark < 0 ? spec : spec.substring(mark + 3);
        int slash = rest.indexOf('/');
        String path = slash < 0 ? "" : trailingSlashesCut(rest.substring(slash));
        String hostPort = slash < 0 ? rest : rest.substring(0, slash);
        Optional<String> warning =
                scheme.equals("http") || scheme.equals("https")
                        ? Optional.empty()
                        : Optional.of(
                                "OLLAMA_HOST names the unknown scheme '"
                                        + Text.plain(scheme)
                                        + "': http is used.");

        String host = hostPort;
        String port = "";
        int colon = hostPort.lastIndexOf(':');
        boolean bareIpv6 =
                colon >= 0 && hostPort.indexOf(':') != colon && !hostPort.startsWith("[");
        if (colon >= 0 && !bareIpv6 && hostPort.indexOf(']', colon) < 0) {
            host = hostPort.substring(0, colon);
            port = hostPort.substring(colon + 1);
            if (number(port) < 1) {
                warning =
                        Optional.of(
                                "OLLAMA_HOST has no valid port ('"
                                        + Text.plain(port)
                                        + "'): "
                                        + defaultPort
                                        + " is used.");
                port = "";
            }
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int chosen = port.isEmpty() ? defaultPort : number(port);
        return new OllamaHost(
                new Endpoint(scheme.equals("https"), reachable(host), chosen, path), warning);
    }

    private static String reachable(String host) {
        return switch (host) {
            case "", "0.0.0.0" -> "127.0.0.1";
            case "::", "0:0:0:0:0:0:0:0" -> "::1";
            default -> host;
        };
    }

    private static int number(String port) {
        if (port.isEmpty()
                || port.length() > 5
                || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int n = Integer.parseInt(port);
        return n <= 65535 ? n : -1;
    }

    private static String unquoted(String text) {
        String s = text.strip();
        int start = 0;
        int end = s.length();
        while (start < end && isQuote(s.charAt(start))) {
            start++;
        }
        while (end > start && isQuote(s.charAt(end - 1))) {
            end--;
        }
        return s.substring(start, end).strip();
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'';
    }

    private static String trailingSlashesCut(String path) {
        String p = path;
        while (p.endsWith("/")) {
            p = p.substring(0, p.length() - 1);
        }
        return p;
    }
}
