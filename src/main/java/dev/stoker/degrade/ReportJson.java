package dev.stoker.degrade;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Locale;
import java.util.Optional;

/** The report as JSON. Pure. */
public final class ReportJson {
    private ReportJson() {}

    /**
     * Returns the report.
     *
     * @param earlier a run of this model on this server that began much faster
     */
    public static ObjectNode write(DegradeReport report, Optional<Earlier> earlier) {
        DegradeHeader header = report.header();
        Verdict verdict = report.judgement().verdict();
        ObjectNode o = Json.object().put("schema", "stoker.degrade").put("version", 1);
        o.put("verdict", verdict.code()).put("sentence", verdict.sentence());
        drop(o, "drop_percent", verdict.drop(), "too little was measured");
        Reading<Verdict.Drop> prompt = report.judgement().prompt();
        drop(
                o,
                "prompt_drop_percent",
                prompt.isKnown() ? Optional.of(prompt.value()) : Optional.empty(),
                prompt.reason());
        o.put("before_tokens_per_second", report.before());
        o.put("last_tokens_per_second", report.last());
        o.put("loads_differ", report.judgement().loadsDiffer());
        if (report.restoredBy().isPresent()) {
            o.put("restored_by", report.restoredBy().get().code());
        } else {
            o.putNull("restored_by");
        }
        if (earlier.isPresent()) {
            o.putObject("slower_than_earlier")
                    .put("run", earlier.get().run())
                    .put("before_tokens_per_second", earlier.get().tokensPerSecond());
        } else {
            o.putNull("slower_than_earlier");
        }
        o.put("advice", report.advice());
        hypotheses(o.putArray("hypotheses"), report);
        remedies(o.putArray("remedies"), report);
        measurements(o, report);
        o.putObject("run")
                .put("id", header.id())
                .put("started_ms", header.startedEpochMillis())
                .put("stoker_version", header.stokerVersion())
                .put("model", header.model())
                .put("cycles", header.cycles())
                .put("tokens", header.tokens())
                .put("tolerance_percent", header.tolerancePercent())
                .put("complete", report.complete());
        ObjectNode server = o.putObject("server");
        server.put("kind", header.serverKind())
                .put("title", header.serverTitle())
                .put("url", header.serverUrl())
                .put("simulated", !header.box().isEmpty());
        if (!header.box().isEmpty()) {
            server.put("simulated_box", header.box()).put("simulated_speed", header.speed());
        }
        return o;
    }

    private static void drop(ObjectNode o, String key, Optional<Verdict.Drop> drop, String why) {
        if (drop.isEmpty()) {
            o.putNull(key);
            o.put(key + "_reason", why);
            return;
        }
        ObjectNode d = o.putObject(key).put("mean", drop.get().percent());
        d.putArray("ci95").add(drop.get().ci95().low()).add(drop.get().ci95().high());
    }

    private static void hypotheses(ArrayNode to, DegradeReport report) {
        for (Hypothesis h : report.hypotheses()) {
            ObjectNode o = to.addObject().put("code", h.cause().code());
            switch (h.fits()) {
                case YES -> o.put("fits", true);
                case NO -> o.put("fits", false);
                case UNKNOWN -> o.putNull("fits");
            }
            o.put("evidence", h.evidence());
            o.put("title", h.cause().title()).put("discriminator", h.cause().discriminator());
            ArrayNode remedies = o.putArray("remedies");
            h.cause().remedies().forEach(r -> remedies.add(r.code()));
        }
    }

    private static void remedies(ArrayNode to, DegradeReport report) {
        for (DegradeReport.Tried t : report.remedies()) {
            ObjectNode o =
                    to.addObject()
                            .put("code", t.remedy().code())
                            .put("outcome", t.outcome().name().toLowerCase(Locale.ROOT))
                            .put("detail", t.detail())
                            .put("restored", t.restored());
            ArrayNode rates = o.putArray("decode_tokens_per_second");
            t.rates().forEach(rates::add);
        }
    }

    private static void measurements(ObjectNode o, DegradeReport report) {
        ArrayNode before = o.putArray("before");
        ArrayNode cycles = o.putArray("cycles");
        for (Measured m : report.measured()) {
            ObjectNode measured = EventJson.measured(m);
            if (m.load() == 0) {
                before.add(measured);
            } else if (m.position() == 1) {
                cycles.addObject().put("cycle", m.load()).set("after_reload", measured);
            } else if (!cycles.isEmpty()) {
                ((ObjectNode) cycles.get(cycles.size() - 1)).set("control", measured);
            }
        }
    }
}
