package dev.stoker.cli;

import dev.stoker.alert.Lines;
import dev.stoker.alert.Notice;
import dev.stoker.alert.Outlet;
import dev.stoker.alert.Severity;
import dev.stoker.alert.ShellCommand;
import dev.stoker.alert.Webhook;
import dev.stoker.base.Clock;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.host.ProcessRunner;
import dev.stoker.rules.Alert;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Who is told what is wrong. Filled by picocli. */
final class AlertOptions {
    @Option(
            names = "--alert-webhook",
            paramLabel = "URL",
            description =
                    "Post alerts there, each once and once when it is over; several times for"
                            + " several. Its form follows from its host: ntfy, Slack, else JSON.")
    private List<String> webhooks = new ArrayList<>();

    @Option(
            names = "--alert-form",
            paramLabel = "json|ntfy|slack",
            description = "The form of what is posted. Default: by the webhook's host.")
    private @Nullable String form;

    @Option(
            names = "--alert-command",
            paramLabel = "COMMAND",
            description =
                    "Run this by sh for alerts; their JSON is $1. Such as 'logger -t stoker"
                            + " \"$1\"'.")
    private List<String> commands = new ArrayList<>();

    @Option(
            names = "--alert-least",
            paramLabel = "SEVERITY",
            description =
                    "Tell from this severity on: note, warning, which is the default, or"
                            + " critical.")
    private @Nullable String least;

    /** Returns whether anything is said of alerts. */
    boolean isAny() {
        return !webhooks.isEmpty() || !commands.isEmpty() || form != null || least != null;
    }

    /**
     * Looks whether the options agree, before anything is done.
     *
     * @throws UserError for those that do not
     */
    void check() {
        least();
        shape();
    }

    private Optional<Webhook.Form> shape() {
        Optional<Webhook.Form> shape = Optional.ofNullable(form).map(Webhook.Form::parse);
        if (shape.isPresent() && webhooks.isEmpty()) {
            throw UserError.wrongUse(
                    "--alert-form is the form of a webhook, and none was given.",
                    "Add --alert-webhook URL.");
        }
        return shape;
    }

    /**
     * Returns who is told.
     *
     * @param log takes a line a message
     * @throws UserError for values that are none
     */
    List<Outlet> outlets(Clock clock, Optional<Consumer<String>> log) {
        Optional<Webhook.Form> shape = shape();
        List<Outlet> all = new ArrayList<>();
        log.ifPresent(l -> all.add(new Lines(l)));
        webhooks.forEach(url -> all.add(Webhook.to(url, shape, clock)));
        commands.forEach(command -> all.add(new ShellCommand(command, new ProcessRunner())));
        return all;
    }

    /**
     * Returns from which severity on.
     *
     * @throws UserError for a word that is none
     */
    Severity least() {
        if (least == null) {
            return Severity.WARNING;
        }
        for (Severity severity : Severity.values()) {
            if (severity.code().equals(least.toLowerCase(Locale.ROOT))) {
                return severity;
            }
        }
        throw UserError.wrongUse(
                "Expected note, warning or critical for --alert-least, but got '"
                        + Text.plain(least, 40)
                        + "'.",
                "");
    }

    /** Returns an alert of the rules in the form in which it is told. */
    static Notice notice(Alert alert) {
        return new Notice(
                alert.rule().code() + " " + alert.labels(),
                alert.rule().code(),
                alert.severity(),
                alert.subject(),
                alert.sentence(),
                alert.next(),
                alert.since());
    }
}
