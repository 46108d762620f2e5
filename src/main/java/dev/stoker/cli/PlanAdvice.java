package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Decimal;
import dev.stoker.base.Reading;
import dev.stoker.cli.Terminal.Colour;
import dev.stoker.json.Json;
import dev.stoker.plan.Fit;
import dev.stoker.plan.advise.Advice;
import dev.stoker.plan.advise.Quant;
import dev.stoker.plan.speed.SpeedEstimate;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/** Which quantisation to take, for people and as JSON. */
final class PlanAdvice {
    private final Terminal terminal;

    PlanAdvice(Terminal terminal) {
        this.terminal = terminal;
    }

    List<String> lines(String model, String machine, Advice advice) {
        List<String> lines = new ArrayList<>();
        lines.addAll(paragraph(terminal.paint(Colour.STRONG, model) + " on " + machine));
        lines.add("");
        Table table =
                new Table()
                        .left("quant", 0)
                        .right("file", 0)
                        .left("fits", 0)
                        .right("needs", 1)
                        .right("largest context", 0)
                        .right("tok/s", 0)
                        .right("perplexity", 2)
                        .right("divergence", 3);
        for (Advice.Row row : advice.rows()) {
            boolean recommended = advice.recommended().map(q -> q == row.quant()).orElse(false);
            String name = row.quant().name() + (row.own() ? " (this file)" : "");
            table.row(
                    recommended ? terminal.paint(Colour.GOOD, name + " *") : name,
                    row.file().map(Bytes::decimal).orElse("–"),
                    fit(row.fit()),
                    row.plan().total().binary(),
                    row.largestContext().isPresent()
                            ? Long.toString(row.largestContext().getAsLong())
                            : "–",
                    row.speed().map(s -> rate(s.decode().expected())).orElse("–"),
                    row.perplexityRise().map(p -> "+" + Decimal.of(p, 3)).orElse("–"),
                    row.divergence().map(d -> Decimal.of(d, 3)).orElse("–"));
        }
        lines.addAll(table.lines(terminal.columns()));
        lines.add("");
        lines.addAll(
                paragraph(
                        advice.recommended()
                                .map(q -> "Take " + q.name() + " (*): " + advice.reason())
                                .orElse(advice.reason())));
        lines.addAll(paragraph("Losses: " + Quant.SOURCE + "."));
        advice.remarks().forEach(r -> lines.addAll(paragraph(r)));
        return lines;
    }

    private List<String> paragraph(String text) {
        return Paragraph.lines("", text, "  ", terminal.columns());
    }

    private String fit(Fit fit) {
        return switch (fit) {
            case FULL -> terminal.paint(Colour.GOOD, "full");
            case PARTIAL -> terminal.paint(Colour.WARNING, "partial");
            case NO -> terminal.paint(Colour.BAD, "no");
        };
    }

    private static String rate(double value) {
        return Decimal.of(value, value < 10 ? 1 : 0);
    }

    static ObjectNode json(Advice advice) {
        ObjectNode o = Json.object();
        if (advice.recommended().isPresent()) {
            o.put("recommended", advice.recommended().get().name());
        } else {
            o.putNull("recommended");
        }
        o.put("reason", advice.reason());
        o.put("losses_source", Quant.SOURCE);
        ArrayNode rows = Json.array();
        for (Advice.Row row : advice.rows()) {
            ObjectNode r = Json.object();
            r.put("quantization", row.quant().name());
            r.put("this_file", row.own());
            put(r, "file_bytes", row.file().map(b -> (double) b.count()));
            r.put("fits", row.fit().word());
            r.put("total_bytes", row.plan().total().count());
            r.put("gpu_layers", row.plan().gpuLayers());
            if (row.largestContext().isPresent()) {
                r.put("max_context", row.largestContext().getAsLong());
            } else {
                r.putNull("max_context");
            }
            if (row.speed().isPresent()) {
                SpeedEstimate s = row.speed().get();
                r.put("decode_tokens_per_second", s.decode().expected());
                r.put("low", s.decode().low());
                r.put("high", s.decode().high());
            } else {
                r.putNull("decode_tokens_per_second");
            }
            put(r, "perplexity_rise", row.perplexityRise());
            put(r, "divergence", row.divergence());
            rows.add(r);
        }
        o.set("rows", rows);
        o.set("remarks", PlanJson.texts(advice.remarks()));
        return o;
    }

    private static void put(ObjectNode o, String name, Reading<Double> reading) {
        if (reading.isKnown()) {
            o.put(name, reading.value());
        } else {
            o.putNull(name);
        }
    }
}
