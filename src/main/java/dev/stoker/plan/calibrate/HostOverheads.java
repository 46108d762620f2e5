package dev.stoker.plan.calibrate;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Json;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.plan.ProcessorPacking;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What servers take on this host beyond their buffers: as measured here, else usual values. What
 * was measured is one small file among what the program keeps for the user.
 */
public final class HostOverheads {
    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
    private static final String FILE = "overheads.json";
    private static final String SCHEMA = "stoker.overheads";
    private static final long MOST_BYTES = 1L << 40;
    private static final long LONGEST_FILE = 65_536;

    private HostOverheads() {}

    /**
     * @param folder of what the program keeps for the user
     */
    public static Overheads here(Path folder) {
        Overheads usual = Overheads.usual(ProcessorPacking.of(PROCESSOR));
        return read(folder).map(m -> m.over(usual)).orElse(usual);
    }

    /** Returns what was measured here; empty where nothing was, or the file is damaged. */
    public static Optional<Measured> read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_FILE) {
                return Optional.empty();
            }
            return parse(Files.readString(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static Optional<Measured> parse(String text) {
        JsonNode root = Json.parse(text).orElse(Json.object());
        Optional<Bytes> host = bytes(root.path("host_bytes"));
        if (!root.path("schema").asString("").equals(SCHEMA) || host.isEmpty()) {
            return Optional.empty();
        }
        Map<DeviceKind, Bytes> devices = new EnumMap<>(DeviceKind.class);
        for (DeviceKind kind : DeviceKind.values()) {
            bytes(root.path("device_bytes").path(kind.name())).ifPresent(b -> devices.put(kind, b));
        }
        try {
            return Optional.of(
                    new Measured(
                            host.get(),
                            devices,
                            Text.plain(root.path("model").asString("?"), 100),
                            Text.plain(root.path("program").asString("?"), 300),
                            Instant.parse(root.path("at").asString(""))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Bytes> bytes(JsonNode node) {
        long count = node.asLong(-1);
        return count >= 0 && count <= MOST_BYTES ? Optional.of(Bytes.of(count)) : Optional.empty();
    }

    /**
     * Keeps what was measured, in the place of what was known before.
     *
     * @throws UserError where it can't be written
     */
    public static Path keep(Path folder, Measured measured) {
        ObjectNode root = Json.object();
        root.put("schema", SCHEMA).put("version", 1);
        root.put("host_bytes", measured.host().count());
        ObjectNode devices = root.putObject("device_bytes");
        measured.devices().forEach((kind, bytes) -> devices.put(kind.name(), bytes.count()));
        root.put("model", measured.model());
        root.put("program", measured.program());
        root.put("at", measured.at().toString());
        Path file = folder.resolve(FILE);
        try {
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(folder, FILE, ".new");
            Files.writeString(fresh, Json.pretty(root) + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            return file;
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.REFUSED,
                    "What was measured can't be kept in " + file + ": " + e.getMessage() + ".",
                    "Make room or set XDG_DATA_HOME.",
                    e);
        }
    }
}
