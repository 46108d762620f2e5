package dev.stoker.alert;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps an {@link AlertState} in a file: written anew and forced to the disk, then put in the place
 * of the old one, so that a kill at any moment leaves a whole one.
 */
public final class StateFile {
    private static final long LONGEST = 16L << 20;

    private final Path path;

    public StateFile(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /** Returns what was kept; the empty state where there is no file, or a damaged one. */
    public AlertState read() {
        try {
            if (!Files.isRegularFile(path) || Files.size(path) > LONGEST) {
                return AlertState.empty();
            }
            return parse(Json.parse(Files.readString(path)).orElse(Json.object()));
        } catch (IOException e) {
            return AlertState.empty();
        }
    }

    private static AlertState parse(JsonNode root) {
        Map<String, AlertState.Raised> raised = new LinkedHashMap<>();
        for (JsonNode node : root.path("raised")) {
            Message.read(node)
                    .ifPresent(m -> {
                        try {
                            Instant seen = Instant.parse(node.path("seen").asString(""));
                            raised.put(
                                    m.notice().key(),
                                    new AlertState.Raised(m.id(), m.notice(), seen));
                        } catch (DateTimeException e) {
                            // Damaged: it is raised again if it is still there.
                        }
                    });
        }
        Map<String, List<Message>> unsent = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> outlet : root.path("unsent").properties()) {
            List<Message> messages = new ArrayList<>();
            outlet.getValue().forEach(node -> Message.read(node).ifPresent(messages::add));
            unsent.put(outlet.getKey(), messages);
        }
        return new AlertState(raised, unsent, Math.max(0, root.path("dropped").asLong(0)));
    }

    /**
     * @throws IOException if it can't be written; the old file is then still whole
     */
    public void write(AlertState state) throws IOException {
        ObjectNode root = Json.object();
        root.put("schema", "stoker.alerts").put("version", 1).put("dropped", state.dropped());
        ArrayNode raised = root.putArray("raised");
        for (AlertState.Raised one : state.raised().values()) {
            raised.add(
                    new Message(one.id(), false, one.notice(), one.notice().since())
                            .json()
                            .put("seen", one.seen().toString()));
        }
        ObjectNode unsent = root.putObject("unsent");
        state.unsent()
                .forEach((name, messages) -> {
                    ArrayNode list = unsent.putArray(name);
                    messages.forEach(m -> list.add(m.json()));
                });
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        // Not a channel: an interrupt, which ends this program, would close it in the middle.
        try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
            out.write(Json.write(root).getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    }
}
