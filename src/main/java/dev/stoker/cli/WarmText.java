package dev.stoker.cli;

import dev.stoker.json.Json;
import dev.stoker.warm.Keeper;
import dev.stoker.warm.Seen;
import dev.stoker.warm.Verdict;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How the readiness of models looks on a terminal and in JSON. Stateless. */
final class WarmText {
    private WarmText() {}

    /** Returns whether all models are ready. */
    static boolean allReady(Map<String, Keeper.Round> rounds) {
        return rounds.values().stream()
                .flatMap(r -> r.verdicts().values().stream())
                .allMatch(Verdict::ready);
    }

    static List<String> lines(Map<String, Keeper.Round> rounds, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        boolean several = rounds.size() > 1;
        rounds.forEach((server, round) -> {
            if (several) {
                lines.add(server);
            }
            String next = "";
            for (Verdict verdict : round.verdicts().values()) {
                boolean resting = verdict.code() == Verdict.Code.RESTING;
                String mark =
                        resting
                                ? terminal.paint(Terminal.Colour.FAINT, "·")
                                : verdict.ready()
                                        ? terminal.paint(Terminal.Colour.GOOD, "✓")
                                        : terminal.paint(Terminal.Colour.BAD, "!");
                lines.addAll(
                        Paragraph.lines(
                                mark + " ",
                                ModelName.shown(verdict.model())
                                        + (resting
                                                ? " rests. "
                                                : verdict.ready()
                                                        ? " is ready. "
                                                        : " is not ready. ")
                                        + verdict.reason(),
                                "  ",
                                terminal.columns()));
                if (!verdict.next().isEmpty() && !verdict.next().equals(next)) {
                    next = verdict.next();
                    lines.addAll(Paragraph.lines("  ", next, "  ", terminal.columns()));
                }
            }
        });
        return lines;
    }

    static ObjectNode json(Map<String, Keeper.Round> rounds) {
        ObjectNode root = Json.object();
        root.put("schema", "stoker.warm").put("version", 1);
        root.put("ready", allReady(rounds));
        ArrayNode models = root.putArray("models");
        rounds.forEach((server, round) -> {
            for (Verdict verdict : round.verdicts().values()) {
                ObjectNode node = models.addObject();
                node.put("name", verdict.model())
                        .put("server", server)
                        .put("ready", verdict.ready())
                        .put("code", verdict.code().text())
                        .put("reason", verdict.reason())
                        .put("next", verdict.next());
                if (round.seen().health() == Seen.Health.UP) {
                    node.put("resident", verdict.resident());
                } else {
                    node.putNull("resident");
                }
                if (verdict.ttftMillis() >= 0) {
                    node.put("ttft_ms", Math.round(verdict.ttftMillis() * 10) / 10.0);
                } else {
                    node.putNull("ttft_ms");
                }
            }
        });
        return root;
    }
}
