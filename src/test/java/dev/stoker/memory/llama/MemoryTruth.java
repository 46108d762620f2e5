package dev.stoker.memory.llama;

import dev.stoker.base.Bytes;
import dev.stoker.gguf.ByteSource;
import dev.stoker.memory.CacheType;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.model.GgufModels;
import dev.stoker.model.ModelDescription;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * What a real llama-server allocated for many models and settings, as {@code bench/memory-truth}
 * measured it: {@code src/test/resources/memory}.
 */
final class MemoryTruth {
    private static final long MIB = 1L << 20;

    /** What one kind of memory took on one device: exact, or as the log rounds it. */
    record Amount(long bytes, boolean exact) {}

    /**
     * One start of the server.
     *
     * @param told by device, the host as {@code host}
     */
    record Start(
            int number,
            String model,
            String machine,
            LlamaSettings settings,
            List<MemoryDevice> devices,
            HostPacking packing,
            int offloaded,
            String flash,
            String how,
            Map<String, Map<ItemKind, Amount>> told) {
        @Override
        public String toString() {
            return number + " " + model + " " + machine + " " + settings;
        }
    }

    private final Function<String, InputStream> files;
    private final Map<String, Long> sizes = new HashMap<>();
    private final Map<String, ModelDescription> models = new HashMap<>();

    MemoryTruth(Function<String, InputStream> files) {
        this.files = files;
        for (String line : lines("models.tsv")) {
            String[] f = line.split("\t", -1);
            if (!f[0].equals("model")) {
                sizes.put(f[0], Long.parseLong(f[1]));
            }
        }
    }

    static MemoryTruth ofFolder(Path folder) {
        return new MemoryTruth(name -> {
            try {
                return Files.newInputStream(folder.resolve(name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private List<String> lines(String name) {
        try (InputStream in = files.apply(name)) {
            byte[] bytes = in.readAllBytes();
            InputStream plain =
                    name.endsWith(".gz")
                            ? new GZIPInputStream(new java.io.ByteArrayInputStream(bytes))
                            : new java.io.ByteArrayInputStream(bytes);
            return new String(plain.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ModelDescription model(String name) {
        return models.computeIfAbsent(name, this::read);
    }

    private ModelDescription read(String name) {
        try (InputStream in = new GZIPInputStream(files.apply("models/" + name + ".gguf.gz"))) {
            ByteArrayOutputStream header = new ByteArrayOutputStream();
            in.transferTo(header);
            byte[] bytes = header.toByteArray();
            long size = sizes.getOrDefault(name, (long) bytes.length);
            return GgufModels.read(name, name + ".gguf", _ -> new Header(name, bytes, size));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The beginning of a file of which only the size is known beyond it. */
    private record Header(String name, byte[] bytes, long size) implements ByteSource {
        @Override
        public ByteBuffer at(long position, int least) {
            int from = (int) Math.min(position, bytes.length);
            return ByteBuffer.wrap(bytes, from, bytes.length - from).slice();
        }

        @Override
        public void close() {}
    }

    List<Start> starts(String table) {
        Map<String, List<String[]>> byStart = new LinkedHashMap<>();
        List<String> lines = lines(table);
        List<String> columns = List.of(lines.getFirst().split("\t", -1));
        for (String line : lines.subList(1, lines.size())) {
            String[] f = line.split("\t", -1);
            byStart.computeIfAbsent(f[columns.indexOf("start")], _ -> new ArrayList<>()).add(f);
        }
        List<Start> starts = new ArrayList<>();
        byStart.values().forEach(rows -> starts.add(start(rows, columns)));
        return starts;
    }

    private static Start start(List<String[]> rows, List<String> columns) {
        String[] f = rows.getFirst();
        Function<String, String> of = name -> f[columns.indexOf(name)];
        String how = of.apply("how");
        String args = of.apply("args");
        LlamaSettings.Builder builder =
                new LlamaSettings.Builder()
                        .context(Long.parseLong(of.apply("ctx")))
                        .parallel(Integer.parseInt(of.apply("slots")))
                        .unifiedCache(of.apply("unified").equals("1"))
                        .cache(CacheType.parse(of.apply("ctk")), CacheType.parse(of.apply("ctv")))
                        .batch(Integer.parseInt(of.apply("batch")))
                        .microBatch(Integer.parseInt(of.apply("ubatch")))
                        .fit(false)
                        .memoryMap(how.equals("real") && !args.contains("--no-mmap"))
                        .embeddings(args.contains("--embedding"))
                        .fullWindowCache(args.contains("--swa-full"))
                        .cacheOnGpu(!args.contains("-nkvo"))
                        .offloadOperations(!args.contains("--no-op-offload"));
        if (!of.apply("fa").equals("auto")) {
            builder.flashAttention(of.apply("fa").equals("on"));
        }
        int layers = Integer.parseInt(of.apply("ngl"));
        if (layers < 999) {
            builder.gpuLayers(layers);
        }
        String machine = of.apply("devices");
        if (args.contains("-sm none")) {
            builder.split(LlamaSettings.SplitMode.NONE);
            builder.mainGpu(1);
        }
        Matcher ratio = Pattern.compile("-ts ([0-9,.]+)").matcher(args);
        if (ratio.find()) {
            builder.tensorSplit(
                    List.of(ratio.group(1).split(",")).stream().map(Double::parseDouble).toList());
        }
        Matcher experts = Pattern.compile("-ncmoe ([0-9]+)").matcher(args);
        if (experts.find()) {
            builder.cpuExpertLayers(Integer.parseInt(experts.group(1)));
        } else if (args.contains("-cmoe")) {
            builder.cpuExpertLayers(Integer.MAX_VALUE);
        }
        builder.repack(!args.contains("-nr"));
        return new Start(
                Integer.parseInt(of.apply("start")),
                of.apply("model"),
                machine,
                builder.build(),
                devices(machine, rows, columns),
                machine.contains("amx") ? HostPacking.AMX : HostPacking.AVX512,
                Integer.parseInt(of.apply("offloaded")),
                of.apply("fa_used"),
                how,
                told(rows, columns));
    }

    private static List<MemoryDevice> devices(
            String machine, List<String[]> rows, List<String> columns) {
        Map<String, Double> free = new LinkedHashMap<>();
        for (String[] f : rows) {
            String mib = f[columns.indexOf("free_mib")];
            if (f[columns.indexOf("device_kind")].equals("gpu") && !mib.isEmpty()) {
                free.put(f[columns.indexOf("device")], Double.parseDouble(mib));
            }
        }
        List<String> names =
                switch (machine) {
                    case "gpu", "vulkan", "vulkan+amx", "plain" -> List.of("Vulkan0");
                    case "gpu2", "plain2" -> List.of("Vulkan0", "Vulkan1");
                    case "gpu3" -> List.of("Vulkan0", "Vulkan1", "Vulkan2");
                    case "rpc" -> List.of("RPC0");
                    case "rpc2" -> List.of("RPC0", "RPC1");
                    case "gpu+rpc" -> List.of("RPC0", "Vulkan0");
                    case "cuda" -> List.of("CUDA0");
                    default -> List.of();
                };
        List<MemoryDevice> devices = new ArrayList<>();
        for (String name : names) {
            boolean vulkan = name.startsWith("Vulkan");
            Bytes size = Bytes.mib(free.getOrDefault(name, 24_576.0));
            devices.add(
                    new MemoryDevice(
                            name,
                            kind(name, machine),
                            size,
                            size,
                            false,
                            machine.startsWith("vulkan")
                                    ? Bytes.mib(128)
                                    : vulkan ? Bytes.of(0xffff_ffffL) : MemoryDevice.ANY_TENSOR));
        }
        Bytes ram = Bytes.gib(1024);
        devices.add(new MemoryDevice("host", DeviceKind.HOST, ram, ram, false));
        return devices;
    }

    private static DeviceKind kind(String name, String machine) {
        if (name.startsWith("CUDA")) {
            return DeviceKind.CUDA;
        }
        if (name.startsWith("RPC")) {
            return DeviceKind.RPC;
        }
        return machine.startsWith("plain") ? DeviceKind.SYCL : DeviceKind.VULKAN;
    }

    private static Map<String, Map<ItemKind, Amount>> told(
            List<String[]> rows, List<String> columns) {
        Map<String, Map<ItemKind, Amount>> told = new LinkedHashMap<>();
        for (String[] f : rows) {
            ItemKind kind =
                    switch (f[columns.indexOf("kind")]) {
                        case "weights" -> ItemKind.WEIGHTS;
                        case "kv" -> ItemKind.KV;
                        case "recurrent" -> ItemKind.RECURRENT;
                        case "compute" -> ItemKind.COMPUTE;
                        case "output" -> ItemKind.OUTPUT;
                        default -> null;
                    };
            if (kind == null) {
                continue;
            }
            boolean gpu = f[columns.indexOf("device_kind")].equals("gpu");
            String device = gpu ? f[columns.indexOf("device")] : "host";
            String bytes = f[columns.indexOf("bytes")];
            String mib = f[columns.indexOf("mib")];
            Amount amount =
                    bytes.isEmpty()
                            ? new Amount(Math.round(Double.parseDouble(mib) * MIB), false)
                            : new Amount(Long.parseLong(bytes), true);
            told.computeIfAbsent(device, _ -> new EnumMap<>(ItemKind.class))
                    .merge(
                            kind,
                            amount,
                            (a, b) -> new Amount(a.bytes + b.bytes, a.exact && b.exact));
        }
        return told;
    }
}
