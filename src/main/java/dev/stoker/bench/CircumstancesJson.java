package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.json.Fields;
import dev.stoker.json.Json;
import dev.stoker.suite.spread.Circumstances;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The journal's form of what went on beside a request. Pure. */
final class CircumstancesJson {
    private CircumstancesJson() {}

    static ObjectNode write(Circumstances c) {
        ObjectNode o = Json.object();
        Fields.reading(o, "others_cpu_permille", c.othersCpuPermille(), n -> n);
        Fields.reading(o, "throttled", c.throttled(), n -> n);
        Fields.reading(o, "others_requests", c.othersRequests(), n -> n);
        Fields.reading(o, "page_ins", c.pageIns(), n -> n);
        Fields.reading(o, "others_gpu_permille", c.othersGpuPermille(), n -> n);
        Fields.reading(o, "client_pause_nanos", c.clientPauseNanos(), n -> n);
        return o;
    }

    /**
     * @throws IllegalArgumentException if it is none
     */
    static Circumstances read(JsonNode o) {
        return new Circumstances(
                Fields.reading(o, "others_cpu_permille", n -> n),
                Fields.reading(o, "throttled", n -> n),
                Fields.reading(o, "others_requests", n -> n),
                later(o, "page_ins"),
                later(o, "others_gpu_permille"),
                Fields.reading(o, "client_pause_nanos", n -> n));
    }

    /** What earlier versions did not look at. */
    private static Reading<Long> later(JsonNode o, String name) {
        return o.has(name)
                ? Fields.reading(o, name, n -> n)
                : Reading.unsupported("this run was measured before it was looked at");
    }
}
