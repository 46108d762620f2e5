package dev.stoker.sim.physics;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.json.Yaml;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Reads boxes from their YAML files: the built-in ones by name, others by path. Bandwidths are
 * written in GB/s and operations in TFLOPS, as vendors do. Stateless.
 */
public final class BoxFile {
    private static final double MEGA = 1e6;
    private static final double GIGA = 1e9;
    private static final double TERA = 1e12;
    private static final int LARGEST = 1 << 20;

    private BoxFile() {}

    /** The names of the built-in boxes. */
    public static List<String> builtIn() {
        return List.of("thor", "dual", "a10g", "rtx5080", "cpu");
    }

    /** Reads a built-in box by its name, or any box by the path of its file. */
    public static Box load(String nameOrPath) {
        if (builtIn().contains(nameOrPath)) {
            try (InputStream in =
                    BoxFile.class.getResourceAsStream(
                            "/dev/stoker/sim/boxes/" + nameOrPath + ".yaml")) {
                if (in == null) {
                    throw new IllegalStateException("the program lacks its box " + nameOrPath);
                }
                return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        Path path = Path.of(nameOrPath);
        try {
            if (!Files.isRegularFile(path) || Files.size(path) > LARGEST) {
                throw unknown(nameOrPath);
            }
            return parse(Files.readString(path));
        } catch (IOException e) {
            throw unknown(nameOrPath);
        }
    }

    private static UserError unknown(String nameOrPath) {
        return UserError.wrongUse(
                "There is no box '" + nameOrPath + "': it is neither built in nor a readable file.",
                "Built in are " + String.join(", ", builtIn()) + ".");
    }

    /** Reads a box from its text. */
    public static Box parse(String yaml) {
        JsonNode tree;
        try {
            tree = Yaml.parse(yaml);
        } catch (Yaml.NoYaml e) {
            throw UserError.wrongUse("The box file is no YAML: " + e.getMessage() + ".", "");
        }
        Keys keys = new Keys("the box", tree);
        Box.Host host = host(keys.inner("host"));
        Box box =
                new Box(
                        keys.text("name"),
                        keys.text("title"),
                        host,
                        keys.list("gpus").stream().map(g -> gpu(g, host)).toList(),
                        speeds(keys.inner("speeds")),
                        keys.has("pressure")
                                ? pressure(keys.inner("pressure"))
                                : new Box.Pressure(Bytes.ZERO, 0, 5, 120, 120),
                        server(keys.inner("server")),
                        keys.list("models").stream().map(BoxFile::model).toList());
        keys.done();
        if (box.models().isEmpty()) {
            throw keys.wrong("has no models");
        }
        return box;
    }

    private static Box.Host host(Keys k) {
        Box.Host host =
                new Box.Host(
                        k.bytes("memory"),
                        k.bytes("system"),
                        k.bytes("other", Bytes.ZERO),
                        k.bytes("swap", Bytes.ZERO),
                        k.number("bandwidth_gb_s") * GIGA,
                        k.number("tflops") * TERA);
        k.done();
        return host;
    }

    private static Box.Gpu gpu(Keys k, Box.Host host) {
        boolean shared = k.truth("shared");
        Box.Gpu gpu =
                new Box.Gpu(
                        k.text("name"),
                        shared,
                        shared ? host.memory() : k.bytes("memory"),
                        k.bytes("reserved", Bytes.ZERO),
                        k.number("bandwidth_gb_s") * GIGA,
                        k.number("tflops") * TERA,
                        chip(k));
        k.done();
        return gpu;
    }

    private static Box.Chip chip(Keys k) {
        return new Box.Chip(
                k.number("idle_watts", 10),
                k.number("limit_watts", 200),
                k.number("idle_clock_mhz", 200) * MEGA,
                k.number("clock_mhz", 1500) * MEGA,
                k.number("memory_clock_mhz", 5000) * MEGA,
                k.number("idle_celsius", 35),
                k.number("full_celsius", 72),
                k.number("slowdown_celsius", 87));
    }

    private static Box.Speeds speeds(Keys k) {
        Box.Speeds speeds =
                new Box.Speeds(
                        k.number("disk_gb_s") * GIGA,
                        k.number("warm_gb_s") * GIGA,
                        k.number("start_seconds"),
                        k.number("efficiency"),
                        k.number("prompt_efficiency"),
                        k.number("prompt_seconds"),
                        k.number("restart_seconds"),
                        k.number("unload_seconds"),
                        k.number("release_gb_s") * GIGA);
        k.done();
        return speeds;
    }

    private static Box.Pressure pressure(Keys k) {
        Box.Pressure pressure =
                new Box.Pressure(
                        k.bytes("reserve"),
                        k.number("cache_share"),
                        k.number("kill_seconds"),
                        k.number("hang_seconds"),
                        k.number("unstable_seconds"));
        k.done();
        return pressure;
    }

    private static Box.Server server(Keys k) {
        String kind = k.text("kind").toUpperCase(Locale.ROOT).replace('-', '_');
        if (!List.of("OLLAMA", "LLAMA_SERVER", "VLLM").contains(kind)) {
            throw k.wrong("has a kind that is none of ollama, llama-server, vllm");
        }
        Box.Server server =
                new Box.Server(
                        Box.Kind.valueOf(kind),
                        k.text("generation", "new"),
                        k.number("keep_alive_seconds", 300),
                        k.whole("max_loaded_models", 0),
                        k.whole("context", 4096),
                        k.whole("slots", 1),
                        k.whole("queue", 512),
                        k.truth("spread"),
                        k.text("loads", ""));
        k.done();
        return server;
    }

    private static ModelSpec model(Keys k) {
        String name = k.text("name");
        double parameters = k.number("parameters");
        int heads = k.whole("heads");
        double degraded = k.number("degraded_decode", 0.28);
        ModelSpec model =
                new ModelSpec(
                        name,
                        k.text("digest", digestOf(name)),
                        k.bytes("file"),
                        k.text("family"),
                        k.text("quantization"),
                        (long) parameters,
                        (long) k.number("active_parameters", parameters),
                        k.whole("layers"),
                        heads,
                        k.whole("kv_heads", heads),
                        k.whole("head_size"),
                        k.whole("embedding"),
                        k.whole("vocabulary"),
                        k.whole("context"),
                        k.has("capabilities") ? k.words("capabilities") : List.of("completion"),
                        k.whole("answer_tokens"),
                        k.whole("thinking_tokens", 0),
                        k.bytes("keeps", Bytes.ZERO),
                        k.number("efficiency", 0),
                        degraded,
                        k.number("degraded_prompt", degraded));
        k.done();
        return model;
    }

    private static String digestOf(String name) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(name.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
