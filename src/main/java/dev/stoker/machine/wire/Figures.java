package dev.stoker.machine.wire;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The form of many readings by name: {@code "figures"} has those that are known, and {@code
 * "unknown"} the names of the others for each reason, since one reason often holds for ten of them.
 * Pure.
 */
final class Figures {
    private Figures() {}

    static <K> void put(ObjectNode o, Map<K, Reading<Double>> values, Function<K, String> name) {
        ObjectNode known = o.putObject("figures");
        Map<Reading<Double>, ArrayNode> unknown = new LinkedHashMap<>();
        ArrayNode reasons = Json.array();
        values.forEach((key, value) -> {
            Reading<Double> reading = Form.finite(value);
            if (reading instanceof Reading.Known<Double>(Double number)) {
                known.put(name.apply(key), number.doubleValue());
            } else {
                unknown.computeIfAbsent(reading, r -> reason(reasons, r)).add(name.apply(key));
            }
        });
        if (!reasons.isEmpty()) {
            o.set("unknown", reasons);
        }
    }

    private static ArrayNode reason(ArrayNode reasons, Reading<Double> unknown) {
        ObjectNode reason = reasons.addObject();
        Form.putNumber(reason, "reason", unknown);
        return reason.putArray("figures");
    }

    /** Hands out each name with its reading. */
    static void read(JsonNode o, BiConsumer<String, Reading<Double>> each) {
        JsonNode known = o.path("figures");
        if (!known.isObject() || known.size() > Form.MOST) {
            throw Form.bad("figures", "an object with numbers");
        }
        known.properties()
                .forEach(entry ->
                        each.accept(
                                entry.getKey(), Reading.known(Form.number(known, entry.getKey()))));
        if (o.has("unknown")) {
            Form.list(o, "unknown", reason -> readUnknown(reason, each));
        }
    }

    private static String readUnknown(JsonNode reason, BiConsumer<String, Reading<Double>> each) {
        Reading<Double> why = Form.numbers(reason, "reason");
        if (why.isKnown()) {
            throw Form.bad("reason", "the reason why figures are not known");
        }
        Form.list(reason, "figures", Form::asText).forEach(name -> each.accept(name, why));
        return why.reason();
    }
}
