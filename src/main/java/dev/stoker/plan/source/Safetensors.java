package dev.stoker.plan.source;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Json;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelFormat;
import dev.stoker.model.ModelShape;
import dev.stoker.model.Tensor;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder as Hugging Face's tools write it and vLLM reads it: {@code config.json} and safetensors
 * files, of which only the headers are read.
 */
public final class Safetensors {
    private static final long MOST_HEADER = 100L << 20;
    private static final long MOST_CONFIG = 4L << 20;
    private static final int MOST_FILES = 2000;

    private Safetensors() {}

    /** Returns whether a folder is one. */
    public static boolean is(Path folder) {
        return Files.isRegularFile(folder.resolve("config.json"));
    }

    /**
     * @throws UserError where a file is missing or broken
     */
    public static ModelDescription read(Path folder) {
        JsonNode config = json(folder.resolve("config.json"), MOST_CONFIG);
        JsonNode text = config.path("text_config").isObject() ? config.path("text_config") : config;
        List<String> remarks = new ArrayList<>();
        List<Tensor> tensors = tensors(folder);
        long bytes = 0;
        long parameters = 0;
        for (Tensor tensor : tensors) {
            bytes += tensor.bytes().count();
            parameters += tensor.elements();
        }
        String type = text.path("model_type").asString(config.path("model_type").asString(""));
        String quantization = quantization(config, text);
        if (!quantization.isEmpty() && !quantization.startsWith("fp8")) {
            remarks.add(
                    "Weights are packed ("
                            + quantization
                            + "): the number of parameters is that of the stored numbers.");
        }
        return new ModelDescription(
                String.valueOf(folder.toAbsolutePath().normalize().getFileName()),
                folder.toString(),
                ModelFormat.SAFETENSORS,
                Text.plain(type, 60),
                tensors.isEmpty()
                        ? Reading.unsupported("the folder has no safetensors files")
                        : Reading.known(parameters),
                Reading.known(
                        quantization.isEmpty()
                                ? Text.plain(
                                        text.path("dtype")
                                                .asString(
                                                        text.path("torch_dtype")
                                                                .asString(
                                                                        config.path("torch_dtype")
                                                                                .asString("?"))),
                                        20)
                                : Text.plain(quantization, 40)),
                shape(text, config),
                tensors,
                tensors.isEmpty()
                        ? Reading.unsupported("the folder has no safetensors files")
                        : Reading.known(Bytes.of(bytes)),
                List.of(),
                Map.of(),
                remarks);
    }

    private static String quantization(JsonNode config, JsonNode text) {
        JsonNode q = config.path("quantization_config");
        if (!q.isObject()) {
            q = text.path("quantization_config");
        }
        if (!q.isObject()) {
            return "";
        }
        String method = q.path("quant_method").asString("quantised");
        String bits = q.path("bits").isNumber() ? " " + q.path("bits").asInt() + " bit" : "";
        return method + bits;
    }

    private static Reading<ModelShape> shape(JsonNode c, JsonNode whole) {
        int layers = (int) number(c, -1, "num_hidden_layers", "n_layer", "num_layers");
        long embedding = number(c, -1, "hidden_size", "n_embd", "d_model");
        if (layers < 1 || layers > 4096 || embedding < 1) {
            return Reading.failed("config.json does not tell num_hidden_layers and hidden_size");
        }
        int heads = (int) number(c, 1, "num_attention_heads", "n_head");
        int kvHeads =
                (int)
                        number(
                                c,
                                heads,
                                "num_key_value_heads",
                                "num_kv_heads",
                                "multi_query_group_num");
        int key = (int) number(c, heads > 0 ? embedding / heads : 0, "head_dim");
        long rank = number(c, 0, "kv_lora_rank");
        boolean latent = rank > 0;
        int value = key;
        if (latent) {
            key = (int) (rank + number(c, 64, "qk_rope_head_dim"));
            kvHeads = 1;
            value = 0;
        }
        long window =
                c.path("use_sliding_window").isBoolean()
                                && !c.path("use_sliding_window").asBoolean()
                        ? 0
                        : number(c, 0, "sliding_window");
        int expertCount =
                (int) number(c, 0, "num_local_experts", "n_routed_experts", "num_experts");
        long expertWidth = number(c, number(c, 0, "intermediate_size"), "moe_intermediate_size");
        long shared =
                number(
                        c,
                        number(c, 0, "n_shared_experts") * expertWidth,
                        "shared_expert_intermediate_size");
        ModelShape.Experts experts =
                expertCount > 1
                        ? new ModelShape.Experts(
                                expertCount,
                                (int) number(c, 1, "num_experts_per_tok", "num_experts_per_token"),
                                expertWidth,
                                shared)
                        : ModelShape.Experts.NONE;
        long denseFirst = number(c, 0, "first_k_dense_replace");
        List<LayerShape> all = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            String kind = c.path("layer_types").path(i).asString("");
            boolean windowed =
                    kind.isEmpty()
                            ? everyLayerWindowed(c, window, i)
                            : kind.equals("sliding_attention");
            boolean linear = kind.equals("linear_attention") || kind.equals("mamba");
            all.add(
                    new LayerShape(
                            heads,
                            kvHeads,
                            key,
                            value,
                            number(c, 0, "intermediate_size", "n_inner"),
                            windowed && window > 0,
                            !linear,
                            0,
                            0,
                            experts.any() && i >= denseFirst));
        }
        return Reading.known(
                new ModelShape(
                        layers,
                        0,
                        number(c, 0, "max_position_embeddings", "n_positions"),
                        embedding,
                        number(c, number(whole, 0, "vocab_size"), "vocab_size"),
                        all,
                        experts,
                        window,
                        latent,
                        false,
                        false,
                        numbers(c)));
    }

    private static boolean everyLayerWindowed(JsonNode c, long window, int layer) {
        if (window <= 0) {
            return false;
        }
        long pattern = number(c, 0, "sliding_window_pattern");
        return pattern > 0 ? (layer + 1) % pattern != 0 : true;
    }

    private static Map<String, Long> numbers(JsonNode c) {
        Map<String, Long> all = new LinkedHashMap<>();
        c.properties()
                .forEach(entry -> {
                    if (entry.getValue().isIntegralNumber()
                            && entry.getValue().canConvertToLong()) {
                        all.put(entry.getKey(), entry.getValue().asLong());
                    }
                });
        return all;
    }

    private static long number(JsonNode c, long other, String... names) {
        for (String name : names) {
            JsonNode node = c.path(name);
            if (node.isIntegralNumber() && node.canConvertToLong()) {
                long number = node.asLong();
                return number >= 0 && number < 1L << 40 ? number : other;
            }
        }
        return other;
    }

    private static List<Tensor> tensors(Path folder) {
        List<Path> files = files(folder);
        List<Tensor> tensors = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < files.size(); i++) {
            for (Tensor tensor : header(files.get(i), i)) {
                if (!names.add(tensor.name())) {
                    throw broken(
                            files.get(i),
                            "it has the tensor '"
                                    + Text.plain(tensor.name(), 80)
                                    + "', as another file does");
                }
                tensors.add(tensor);
            }
        }
        return tensors;
    }

    private static List<Path> files(Path folder) {
        Path index = folder.resolve("model.safetensors.index.json");
        if (Files.isRegularFile(index)) {
            Set<String> named = new java.util.TreeSet<>();
            json(index, MOST_HEADER)
                    .path("weight_map")
                    .properties()
                    .forEach(e -> named.add(e.getValue().asString("")));
            List<Path> files = new ArrayList<>();
            for (String name : named) {
                if (name.contains("/") || name.contains("\\") || files.size() >= MOST_FILES) {
                    throw broken(index, "it names the file '" + Text.plain(name, 80) + "'");
                }
                Path file = folder.resolve(name);
                if (!Files.isRegularFile(file)) {
                    throw broken(index, "its file " + Text.plain(name, 100) + " is missing");
                }
                files.add(file);
            }
            return files;
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(p -> p.toString().endsWith(".safetensors"))
                    .sorted()
                    .limit(MOST_FILES)
                    .toList();
        } catch (IOException e) {
            throw broken(folder, "it can't be listed");
        }
    }

    private static List<Tensor> header(Path file, int number) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            fill(channel, length, 0, file);
            long header = length.getLong(0);
            if (header < 2 || header > MOST_HEADER || header > size - 8) {
                throw broken(
                        file,
                        "it claims a header of "
                                + Long.toUnsignedString(header)
                                + " bytes, and has "
                                + size);
            }
            ByteBuffer text = ByteBuffer.allocate((int) header);
            fill(channel, text, 8, file);
            JsonNode json =
                    Json.parse(text.array(), 0, (int) header)
                            .orElseThrow(() -> broken(file, "its header is no JSON"));
            List<Tensor> tensors = new ArrayList<>();
            for (Map.Entry<String, JsonNode> entry : json.properties()) {
                if (!entry.getKey().equals("__metadata__")) {
                    tensors.add(tensor(file, number, entry, size - 8 - header, 8 + header));
                }
            }
            return tensors;
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The file " + file + " can't be read.",
                    "Check who may read it.",
                    e);
        }
    }

    private static Tensor tensor(
            Path file, int number, Map.Entry<String, JsonNode> entry, long data, long start) {
        JsonNode told = entry.getValue();
        long from = told.path("data_offsets").path(0).asLong(-1);
        long to = told.path("data_offsets").path(1).asLong(-1);
        String shown = Text.plain(entry.getKey(), 80);
        if (from < 0 || to < from || to > data) {
            throw broken(file, "the tensor '" + shown + "' lies outside of it");
        }
        List<Long> shape = new ArrayList<>();
        long elements = 1;
        try {
            for (JsonNode length : told.path("shape")) {
                shape.addFirst(length.asLong(-1));
                elements = Math.multiplyExact(elements, Math.max(0, length.asLong(-1)));
            }
        } catch (ArithmeticException e) {
            throw broken(file, "the size of the tensor '" + shown + "' is beyond 63 bits");
        }
        if (shape.isEmpty()) {
            shape.add(1L);
        }
        return new Tensor(
                entry.getKey(),
                Text.plain(told.path("dtype").asString("?"), 20),
                shape,
                Bytes.of(to - from),
                number,
                start + from);
    }

    private static void fill(FileChannel channel, ByteBuffer into, long from, Path file)
            throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into, from + into.position()) <= 0) {
                throw broken(file, "it ends in the middle of its header");
            }
        }
    }

    private static JsonNode json(Path file, long most) {
        try {
            if (Files.size(file) > most) {
                throw broken(file, "it has more than " + (most >> 20) + " MiB");
            }
            return Json.parse(Files.readString(file))
                    .filter(JsonNode::isObject)
                    .orElseThrow(() -> broken(file, "it is no JSON object"));
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE, "The file " + file + " can't be read.", "Check it.", e);
        }
    }

    private static UserError broken(Path file, String why) {
        return new UserError(
                ExitCode.WRONG_USE,
                Text.plain(file.toString(), 300) + " is broken: " + why + ".",
                "Download it again.");
    }
}
