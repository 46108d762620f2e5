package dev.stoker.alert;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.http.Endpoint;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.Timeouts;
import dev.stoker.json.Json;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Posts messages to an address. The address often is a secret and is never shown: only its host is.
 * Used by one thread.
 */
public final class Webhook implements Outlet {
    private static final Timeouts PATIENCE =
            new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(15));
    private static final int MOST_BYTES = 65_536;

    /** What the receiver reads. */
    public enum Form {
        /** {@code {"alerts": […]}}, see {@link Message#json}. */
        JSON,
        /** Text with a title, as ntfy takes it. */
        NTFY,
        /** {@code {"text": …}}, as Slack, Mattermost and Discord's Slack address take it. */
        SLACK;

        /** Returns the form that an address usually wants. */
        static Form of(String host) {
            return host.equals("ntfy.sh") || host.startsWith("ntfy.")
                    ? NTFY
                    : host.equals("hooks.slack.com") ? SLACK : JSON;
        }

        /**
         * @throws UserError for another word
         */
        public static Form parse(String word) {
            for (Form form : values()) {
                if (form.name().equalsIgnoreCase(word)) {
                    return form;
                }
            }
            throw UserError.wrongUse(
                    "Expected json, ntfy or slack for the form of a webhook, but got '"
                            + Text.plain(word, 40)
                            + "'.",
                    "");
        }
    }

    private final Endpoint endpoint;
    private final String path;
    private final Form form;
    private final Clock clock;
    private final String name;

    private Webhook(Endpoint endpoint, String path, Form form, Clock clock) {
        this.endpoint = endpoint;
        this.path = path;
        this.form = form;
        this.clock = clock;
        this.name =
                "webhook "
                        + endpoint.host()
                        + " "
                        + Integer.toHexString((endpoint.url() + path).hashCode());
    }

    /**
     * @param form empty: as the address's host usually wants
     * @throws UserError for an address that is none
     */
    public static Webhook to(String url, Optional<Form> form, Clock clock) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw noAddress();
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw noAddress();
        }
        boolean tls = scheme.equals("https");
        int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
        String path =
                (uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath())
                        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        return new Webhook(
                new Endpoint(tls, uri.getHost(), port, ""),
                path,
                form.orElse(Form.of(uri.getHost())),
                clock);
    }

    private static UserError noAddress() {
        return UserError.wrongUse(
                "The address of a webhook is no http or https address.",
                "Write it as in https://ntfy.sh/topic.");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Sent send(List<Message> messages) throws InterruptedException {
        HttpAnswer answer =
                new HttpExchange(endpoint, clock)
                        .fetch(request(messages), PATIENCE, MOST_BYTES, Cancellation.never());
        if (answer.isSuccess()) {
            return new Sent.Taken();
        }
        int status = answer.status();
        boolean refused = status >= 400 && status < 500 && status != 408 && status != 429;
        return new Sent.Failed(
                endpoint.host()
                        + (status > 0
                                ? " answered HTTP " + status
                                : " could not be reached or did not answer")
                        + ".",
                !refused);
    }

    HttpRequest request(List<Message> messages) {
        return switch (form) {
            case JSON -> {
                ObjectNode root = Json.object();
                root.put("schema", "stoker.alert").put("version", 1);
                ArrayNode alerts = root.putArray("alerts");
                messages.forEach(m -> alerts.add(m.json()));
                yield HttpRequest.post(path, Json.write(root));
            }
            case SLACK ->
                    HttpRequest.post(path, Json.write(Json.object().put("text", lines(messages))));
            case NTFY -> {
                Map<String, String> headers = new LinkedHashMap<>();
                headers.put("Content-Type", "text/plain; charset=utf-8");
                headers.put("Title", title(messages));
                headers.put("Priority", priority(messages));
                headers.put("Tags", allOver(messages) ? "white_check_mark" : "warning");
                yield new HttpRequest(
                        "POST", path, headers, lines(messages).getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    private static String lines(List<Message> messages) {
        return messages.stream().map(Message::line).collect(Collectors.joining("\n"));
    }

    /** A header's value: plain ASCII, without a break. */
    private static String title(List<Message> messages) {
        String text =
                messages.size() == 1
                        ? "Stoker: "
                                + messages.getFirst().notice().code()
                                + (allOver(messages) ? " resolved" : "")
                        : "Stoker: " + messages.size() + " messages";
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }

    private static boolean allOver(List<Message> messages) {
        return messages.stream().allMatch(Message::resolved);
    }

    private static String priority(List<Message> messages) {
        boolean critical =
                messages.stream()
                        .anyMatch(m -> !m.resolved() && m.notice().severity() == Severity.CRITICAL);
        return critical ? "high" : allOver(messages) ? "low" : "default";
    }
}
