package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryItem;
import dev.stoker.memory.ollama.OllamaBelief;
import dev.stoker.memory.vllm.VllmMemory;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.ModelPlan;
import dev.stoker.plan.speed.Band;
import dev.stoker.plan.speed.SpeedEstimate;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Locale;

/** A plan as JSON, as {@code docs/schemas/plan.schema.json} describes it. */
final class PlanJson {
    static final String PLAN = "stoker.plan";
    static final String SET = "stoker.plan.set";
    static final String MODEL = "stoker.plan.model";
    static final String ADVICE = "stoker.plan.advice";
    private static final int VERSION = 1;

    private PlanJson() {}

    /** Returns the same behind the name and version of its schema. */
    static ObjectNode titled(String schema, ObjectNode body) {
        ObjectNode root = Json.object();
        root.put("schema", schema).put("version", VERSION);
        body.properties().forEach(e -> root.set(e.getKey(), e.getValue()));
        return root;
    }

    static ObjectNode of(ModelPlan plan, String machine) {
        ObjectNode root = Json.object();
        root.set("model", model(plan.model()));
        root.put("server", plan.engine().name().toLowerCase(Locale.ROOT));
        root.put("machine", machine);
        root.set("settings", settings(plan));
        root.put("fits", plan.fit().word());
        root.put("gpu_layers", plan.memory().gpuLayers());
        root.put("layers", plan.memory().allLayers());
        root.set("devices", devices(plan));
        if (plan.maxContext().isPresent()) {
            root.put("max_context", plan.maxContext().getAsLong());
        } else {
            root.putNull("max_context");
        }
        root.put("max_slots", plan.maxSlots());
        plan.ollama().ifPresent(belief -> root.set("ollama", belief(belief)));
        plan.vllm().ifPresent(v -> root.set("vllm", vllm(v)));
        if (plan.speed().isPresent()) {
            root.set("speed", speed(plan.speed().get()));
        } else {
            root.putNull("speed");
        }
        root.set("changes", texts(plan.changes()));
        ArrayNode remarks = texts(plan.memory().remarks());
        plan.model().remarks().forEach(remarks::add);
        root.set("remarks", remarks);
        return root;
    }

    static ObjectNode model(ModelDescription model) {
        ObjectNode o = Json.object();
        o.put("name", model.name());
        o.put("path", model.origin());
        o.put("format", model.format().name().toLowerCase(Locale.ROOT));
        o.put("architecture", model.architecture());
        put(o, "parameters", model.parameters());
        if (model.quantization().isKnown()) {
            o.put("quantization", model.quantization().value());
        } else {
            o.putNull("quantization");
        }
        put(o, "file_bytes", model.fileSize().map(Bytes::count));
        model.shape()
                .map(shape -> {
                    o.put("layers", shape.blocks());
                    o.put("context_length", shape.contextLength());
                    o.put("embedding_length", shape.embedding());
                    o.put("vocabulary", shape.vocabulary());
                    if (shape.experts().any()) {
                        o.put("experts", shape.experts().count());
                        o.put("experts_used", shape.experts().used());
                    }
                    if (shape.slidingWindow() > 0) {
                        o.put("sliding_window", shape.slidingWindow());
                    }
                    return shape;
                });
        return o;
    }

    private static void put(ObjectNode o, String name, Reading<Long> reading) {
        if (reading.isKnown()) {
            o.put(name, reading.value());
        } else {
            o.putNull(name);
        }
    }

    private static ObjectNode settings(ModelPlan plan) {
        LlamaSettings s = plan.settings();
        ObjectNode o = Json.object();
        o.put("context", plan.memory().context());
        o.put("slots", plan.memory().slots());
        o.put("batch", s.batch());
        o.put("ubatch", s.microBatch());
        o.put("kv_type_k", s.keys().word());
        o.put("kv_type_v", s.values().word());
        o.put("flash_attention", s.flashAttention().map(on -> on ? "on" : "off").orElse("auto"));
        if (s.gpuLayers().isPresent()) {
            o.put("gpu_layers", s.gpuLayers().getAsInt());
        }
        if (!s.tensorSplit().isEmpty()) {
            ArrayNode split = Json.array();
            s.tensorSplit().forEach(split::add);
            o.set("tensor_split", split);
        }
        if (s.cpuExpertLayers() > 0) {
            o.put(
                    "cpu_expert_layers",
                    Math.min(s.cpuExpertLayers(), plan.memory().allLayers() - 1));
        }
        return o;
    }

    private static ArrayNode devices(ModelPlan plan) {
        ArrayNode all = Json.array();
        for (DevicePlan device : plan.memory().devices()) {
            ObjectNode o = Json.object();
            o.put("name", device.device().name());
            o.put("kind", device.device().kind().name().toLowerCase(Locale.ROOT));
            o.put("host", device.device().kind() == DeviceKind.HOST);
            o.put("unified", device.device().unified());
            o.put("capacity_bytes", device.device().capacity().count());
            o.put("free_bytes", device.device().free().count());
            o.put("total_bytes", device.total().count());
            o.put("wanted_bytes", device.wanted().count());
            o.put("fits", device.fits());
            ArrayNode layers = Json.array();
            device.layers().forEach(layers::add);
            o.set("layers", layers);
            ArrayNode items = Json.array();
            for (MemoryItem item : device.items()) {
                ObjectNode i = Json.object();
                i.put("kind", item.kind().word());
                i.put("bytes", item.bytes().count());
                i.put("low_bytes", item.low().count());
                i.put("high_bytes", item.high().count());
                i.put("provenance", item.provenance().word());
                i.put("because", item.because());
                items.add(i);
            }
            o.set("items", items);
            all.add(o);
        }
        return all;
    }

    private static ObjectNode belief(OllamaBelief belief) {
        ObjectNode o = Json.object();
        o.put("predicted_bytes", belief.predicted().count());
        o.put("available_bytes", belief.available().count());
        o.put("num_ctx", belief.context());
        o.put("parallel", belief.parallel());
        o.put("num_batch", belief.batch());
        ArrayNode devices = Json.array();
        belief.devices().forEach(d -> devices.add(d.name()));
        o.set("devices", devices);
        o.put("fits_alongside", belief.fitsAlongside());
        o.set("would_evict", texts(belief.evicts()));
        return o;
    }

    private static ObjectNode vllm(VllmMemory v) {
        ObjectNode o = Json.object();
        o.put("starts", v.starts());
        o.put("max_model_len", v.maxLength());
        o.put("kv_tokens", v.cacheTokens());
        o.put("kv_blocks", v.blocks());
        o.put("max_concurrency", v.concurrency());
        return o;
    }

    private static ObjectNode speed(SpeedEstimate s) {
        ObjectNode o = Json.object();
        o.put("decode_tokens_per_second", s.decode().expected());
        o.put("low", s.decode().low());
        o.put("high", s.decode().high());
        if (s.prompt().isKnown()) {
            Band prompt = s.prompt().value();
            o.put("prompt_tokens_per_second", prompt.expected());
            o.put("prompt_low", prompt.low());
            o.put("prompt_high", prompt.high());
        } else {
            o.putNull("prompt_tokens_per_second");
        }
        o.put("depth", s.depth());
        o.put("bytes_per_token", s.bytesPerToken().count());
        o.put("bound", s.bound());
        o.put("provenance", s.provenance().word());
        o.put("because", s.because());
        return o;
    }

    static ArrayNode texts(List<String> texts) {
        ArrayNode all = Json.array();
        texts.forEach(all::add);
        return all;
    }
}
