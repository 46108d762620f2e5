package dev.stoker.machine.wire;

import dev.stoker.gpu.GpuPicture;
import dev.stoker.host.ProcessDetails;
import dev.stoker.json.Json;
import dev.stoker.machine.MachineSample;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A machine's sample as JSON, and back without a loss: what another Stoker is told, and what a
 * recording holds, one object a line. Its form is in {@code docs/schemas/sample.schema.json}. Times
 * on a monotonic clock mean something only among samples of one sender. Pure and thread-safe.
 */
public final class SampleJson {
    public static final String SCHEMA = "stoker.sample";
    public static final int VERSION = 1;

    /** Whoever reads samples from elsewhere need not read longer ones. */
    public static final int MOST_BYTES = 16 << 20;

    private SampleJson() {}

    public static ObjectNode write(MachineSample sample) {
        ObjectNode o = Json.object();
        o.put("schema", SCHEMA).put("version", VERSION);
        o.put("time", sample.time().toString()).put("nanos", sample.nanos());
        o.set("gpu_sources", Form.array(sample.picture().parts(), GpuForm::write));
        o.set("host", HostForm.write(sample.host()));
        o.set(
                "processes",
                Form.array(new TreeMap<>(sample.processes()).values(), ProcessForm::write));
        o.set("servers", Form.array(sample.servers(), ServerForm::write));
        ObjectNode models = o.putObject("process_models");
        new TreeMap<>(sample.models()).forEach((pid, name) -> models.put(pid.toString(), name));
        return o;
    }

    /**
     * Reads a sample. Fields that are not known are passed over: newer programs may add some.
     *
     * @throws IllegalArgumentException if it is none that this version knows, with a sentence that
     *     says why
     */
    public static MachineSample read(JsonNode o) {
        if (!o.isObject() || !Json.text(o, "schema").orElse("").equals(SCHEMA)) {
            throw new IllegalArgumentException(
                    "This is no sample of a machine: its schema is not '" + SCHEMA + "'.");
        }
        if (Form.whole(o, "version") != VERSION) {
            throw new IllegalArgumentException(
                    "Expected a sample of version "
                            + VERSION
                            + ", but got version "
                            + Form.whole(o, "version")
                            + ": it is of another version of Stoker.");
        }
        Map<Long, ProcessDetails> processes = new HashMap<>();
        List<ProcessDetails> details = Form.list(o, "processes", ProcessForm::read);
        details.forEach(one -> processes.put(one.process().pid(), one));
        return new MachineSample(
                Form.time(o, "time"),
                Form.whole(o, "nanos"),
                new GpuPicture(Form.list(o, "gpu_sources", GpuForm::read)),
                HostForm.read(o.path("host")),
                processes,
                Form.list(o, "servers", ServerForm::read),
                models(o.path("process_models")));
    }

    private static Map<Long, String> models(JsonNode o) {
        if (!o.isObject() || o.size() > Form.MOST) {
            throw Form.bad("process_models", "an object with at most " + Form.MOST + " names");
        }
        Map<Long, String> models = new HashMap<>();
        for (String pid : o.propertyNames()) {
            try {
                models.put(Long.parseLong(pid), Form.text(o, pid));
            } catch (NumberFormatException e) {
                throw Form.bad("process_models", "names by the numbers of processes");
            }
        }
        return models;
    }
}
