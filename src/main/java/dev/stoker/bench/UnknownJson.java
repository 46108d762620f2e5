package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import tools.jackson.databind.node.ObjectNode;

/** How a reading stands in JSON: its value, or null and its reason in {@code unknown} beside it. */
final class UnknownJson {
    private UnknownJson() {}

    static void bytes(ObjectNode o, String name, Reading<Bytes> reading) {
        if (reading instanceof Reading.Known<Bytes>(Bytes value)) {
            o.put(name, value.count());
        } else {
            missing(o, name, reading.reason());
        }
    }

    static void text(ObjectNode o, String name, Reading<String> reading) {
        if (reading instanceof Reading.Known<String>(String value)) {
            o.put(name, value);
        } else {
            missing(o, name, reading.reason());
        }
    }

    /** Puts a null and its reason. */
    static void missing(ObjectNode o, String name, String reason) {
        o.putNull(name);
        ObjectNode why = o.has("unknown") ? (ObjectNode) o.get("unknown") : o.putObject("unknown");
        why.put(name, reason);
    }
}
