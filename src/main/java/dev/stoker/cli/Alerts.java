package dev.stoker.cli;

import dev.stoker.alert.Severity;
import dev.stoker.cli.Terminal.Colour;
import dev.stoker.json.Json;
import dev.stoker.rules.Alert;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/** How alerts look on a terminal and in JSON, wherever they are shown. Stateless. */
final class Alerts {
    /** So many alerts of one kind are told one by one. */
    private static final int FEW = 2;

    private Alerts() {}

    /**
     * Returns each alert as a paragraph: {@code !} for what is wrong, {@code ·} for notes. Where
     * many things break one rule, the first is told of and the others are named.
     */
    static List<String> lines(List<Alert> alerts, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < alerts.size(); ) {
            Alert first = alerts.get(i);
            int end = i + 1;
            while (end < alerts.size() && isLike(first, alerts.get(end))) {
                end++;
            }
            boolean many = end - i > FEW;
            lines.addAll(
                    paragraph(first, many ? alsoOf(alerts.subList(i + 1, end)) : "", terminal));
            i = many ? end : i + 1;
        }
        return lines;
    }

    private static boolean isLike(Alert one, Alert other) {
        return one.rule() == other.rule() && one.severity() == other.severity();
    }

    private static String alsoOf(List<Alert> others) {
        return " The same holds for "
                + String.join(", ", others.stream().map(Alert::subject).toList())
                + ".";
    }

    private static List<String> paragraph(Alert alert, String more, Terminal terminal) {
        String mark = alert.severity() == Severity.NOTE ? "·" : "!";
        return Paragraph.lines(
                terminal.paint(colour(alert.severity()), mark) + " ",
                alert.text() + more,
                "  ",
                terminal.columns());
    }

    static Colour colour(Severity severity) {
        return switch (severity) {
            case NOTE -> Colour.FAINT;
            case WARNING -> Colour.WARNING;
            case CRITICAL -> Colour.BAD;
        };
    }

    static ArrayNode json(List<Alert> alerts) {
        ArrayNode array = Json.array();
        for (Alert alert : alerts) {
            ObjectNode node = array.addObject();
            node.put("rule", alert.rule().code()).put("severity", alert.severity().code());
            ObjectNode labels = node.putObject("labels");
            alert.labels().forEach(labels::put);
            node.put("subject", alert.subject())
                    .put("sentence", alert.sentence())
                    .put("next", alert.next())
                    .put("since", alert.since().toString());
        }
        return array;
    }
}
