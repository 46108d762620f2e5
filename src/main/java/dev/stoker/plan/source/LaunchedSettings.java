package dev.stoker.plan.source;

import dev.stoker.base.UserError;
import dev.stoker.host.Launch;
import dev.stoker.memory.CacheType;
import dev.stoker.memory.LlamaSettings;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What the arguments of a llama-server say of its memory, as a router tells them of each model.
 * What is not there, or is no figure, stays as the server picks it. Pure.
 */
public final class LaunchedSettings {
    private final List<String> arguments;
    private final LlamaSettings.Builder settings = LlamaSettings.defaults().toBuilder();

    private LaunchedSettings(List<String> arguments) {
        this.arguments = arguments;
    }

    /**
     * @param arguments with or without the program's name
     */
    public static LlamaSettings of(List<String> arguments) {
        return new LaunchedSettings(arguments).read();
    }

    private LlamaSettings read() {
        number(n -> settings.context(n), "-c", "--ctx-size");
        number(n -> settings.parallel(n), "-np", "--parallel");
        number(settings::batch, "-b", "--batch-size");
        number(settings::microBatch, "-ub", "--ubatch-size");
        number(settings::gpuLayers, "-ngl", "--gpu-layers", "--n-gpu-layers");
        number(settings::mainGpu, "-mg", "--main-gpu");
        number(settings::cpuExpertLayers, "-ncmoe", "--n-cpu-moe");
        CacheType keys = type("-ctk", "--cache-type-k");
        CacheType values = type("-ctv", "--cache-type-v");
        settings.cache(keys, values);
        value(
                word -> {
                    switch (word.toLowerCase(Locale.ROOT)) {
                        case "on", "1", "true" -> settings.flashAttention(true);
                        case "off", "0", "false" -> settings.flashAttention(false);
                        default -> {}
                    }
                },
                "-fa",
                "--flash-attn");
        if (has("-cmoe", "--cpu-moe")) {
            settings.cpuExpertLayers(Integer.MAX_VALUE);
        }
        if (has("-kvu", "--kv-unified")) {
            settings.unifiedCache(true);
        } else if (has("-no-kvu", "--no-kv-unified")) {
            settings.unifiedCache(false);
        }
        value(word -> settings.fit(!word.equals("off")), "-fit", "--fit");
        settings.fullWindowCache(has("--swa-full"));
        settings.cacheOnGpu(!has("-nkvo", "--no-kv-offload"));
        settings.memoryMap(!has("--no-mmap"));
        settings.repack(!has("-nr", "--no-repack"));
        settings.offloadOperations(!has("--no-op-offload"));
        settings.embeddings(has("--embedding", "--embeddings"));
        return settings.build();
    }

    private void number(IntConsumer setting, String... names) {
        value(
                word -> {
                    if (word.matches("[1-9][0-9]{0,8}|0")) {
                        setting.accept(Integer.parseInt(word));
                    }
                },
                names);
    }

    private void value(Consumer<String> setting, String... names) {
        Optional<String> found = Launch.option(arguments, names);
        found.ifPresent(setting);
    }

    private CacheType type(String... names) {
        try {
            return Launch.option(arguments, names).map(CacheType::parse).orElse(CacheType.F16);
        } catch (UserError e) {
            return CacheType.F16; // A newer server's type.
        }
    }

    private boolean has(String... names) {
        return List.of(names).stream().anyMatch(arguments::contains);
    }
}
