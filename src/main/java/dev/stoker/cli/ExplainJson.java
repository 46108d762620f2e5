package dev.stoker.cli;

import dev.stoker.base.Text;
import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.account.Attribution.Cause;
import dev.stoker.explain.account.Attribution.LoadParts;
import dev.stoker.explain.log.LogFacts;
import dev.stoker.json.Json;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.OptionalDouble;

/** Explanations as JSON: what is unknown is null. Stateless. */
final class ExplainJson {
    private ExplainJson() {}

    /** Returns the head of every explanation. */
    static ObjectNode titled(String kind, String source) {
        return Json.object()
                .put("schema", "stoker.explain")
                .put("version", 1)
                .put("kind", kind)
                .put("source", Text.plain(source, 300));
    }

    /** Adds where the time of traffic went. */
    static void traffic(ObjectNode root, Attribution told) {
        root.put("server", told.around().server().title());
        root.put("server_version", Text.plain(told.around().version(), 60));
        root.put("requests", told.requests());
        root.put("failed", told.failed());
        root.put("waited_for_load", told.waited());
        root.put("total_ms", told.totalMillis());
        root.put("swap_share", told.swapShare());
        ObjectNode parts = root.putObject("parts");
        number(parts, "connect", told.parts().connect());
        number(parts, "queue", told.parts().queue());
        number(parts, "load", told.parts().load());
        number(parts, "prompt", told.parts().prompt());
        number(parts, "decode", told.parts().decode());
        number(parts, "client", told.parts().client());
        number(parts, "prompt_and_decode", told.parts().unsplit());
        number(parts, "other", told.parts().other());
        stages(root.putObject("load"), told.parts().stages());
        ArrayNode models = root.putArray("models");
        for (Attribution.Model m : told.models()) {
            models.addObject()
                    .put("name", m.name())
                    .put("loads", m.loads())
                    .put("again", m.again())
                    .put("load_seconds", m.loadSeconds())
                    .put("waited_ms", m.waitedMillis())
                    .put("bytes", m.bytes() > 0 ? m.bytes() : null)
                    .put("why", m.mainWhy().isEmpty() ? null : m.mainWhy());
        }
        ArrayNode evictions = root.putArray("evictions");
        for (Attribution.Eviction e : told.evictions()) {
            ArrayNode clients =
                    evictions
                            .addObject()
                            .put("by", e.by())
                            .put("victim", e.victim())
                            .put("times", e.times())
                            .putArray("clients");
            e.clients().forEach(clients::add);
        }
        told(root, told.causes(), told.verdict(), told.next());
    }

    /** Adds what loads were spent on. */
    static void stages(ObjectNode node, LoadParts stages) {
        number(node, "evict", stages.evict());
        number(node, "read", stages.read());
        number(node, "initialise", stages.initialise());
    }

    /** Adds causes, verdict and what to do. */
    static void told(ObjectNode root, List<Cause> causes, String verdict, List<String> next) {
        ArrayNode list = root.putArray("causes");
        for (Cause cause : causes) {
            ObjectNode one = list.addObject().put("code", cause.code());
            number(one, "share", cause.share());
            one.put("evidence", cause.evidence());
        }
        root.put("verdict", verdict);
        ArrayNode steps = root.putArray("next");
        next.forEach(steps::add);
    }

    /** Adds what was read. */
    static void log(ObjectNode root, LogFacts facts) {
        root.putObject("log")
                .put("bytes", facts.bytes())
                .put("lines", facts.lines())
                .put("used", facts.used())
                .put("unknown", facts.unknown())
                .put("cut", facts.cut())
                .put("rotations", facts.rotations());
    }

    static void number(ObjectNode node, String name, OptionalDouble value) {
        if (value.isPresent()) {
            node.put(name, value.getAsDouble());
        } else {
            node.putNull(name);
        }
    }
}
