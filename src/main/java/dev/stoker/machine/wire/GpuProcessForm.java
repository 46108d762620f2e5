package dev.stoker.machine.wire;

import dev.stoker.gpu.GpuProcess;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/** The form of a process on a GPU. Pure. */
final class GpuProcessForm {
    private GpuProcessForm() {}

    static JsonNode write(GpuProcess process) {
        ObjectNode o = Json.object();
        o.put("pid", process.pid());
        ArrayNode kinds = o.putArray("kinds");
        process.kinds().forEach(kind -> kinds.add(Names.of(kind)));
        Form.putBytes(o, "memory_bytes", process.memory());
        Form.putNumber(o, "sm_percent", process.smPercent());
        Form.putNumber(o, "memory_percent", process.memoryPercent());
        Form.putNumber(o, "encoder_percent", process.encoderPercent());
        Form.putNumber(o, "decoder_percent", process.decoderPercent());
        process.gpuInstance().ifPresent(n -> o.put("gpu_instance", n));
        process.computeInstance().ifPresent(n -> o.put("compute_instance", n));
        return o;
    }

    static GpuProcess read(JsonNode o) {
        Set<GpuProcess.Kind> kinds = EnumSet.noneOf(GpuProcess.Kind.class);
        Form.list(o, "kinds", Form::asText)
                .forEach(name ->
                        Names.find(name, GpuProcess.Kind.values(), Names::of)
                                .ifPresent(kinds::add));
        return new GpuProcess(
                Form.whole(o, "pid"),
                kinds,
                Form.bytes(o, "memory_bytes"),
                Form.numbers(o, "sm_percent"),
                Form.numbers(o, "memory_percent"),
                Form.numbers(o, "encoder_percent"),
                Form.numbers(o, "decoder_percent"),
                number(o, "gpu_instance"),
                number(o, "compute_instance"));
    }

    private static OptionalInt number(JsonNode o, String name) {
        return o.has(name) ? OptionalInt.of(Form.count(o, name)) : OptionalInt.empty();
    }
}
