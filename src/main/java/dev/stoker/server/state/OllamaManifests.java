package dev.stoker.server.state;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds under which names an Ollama store knows a file of weights: its manifests, one a name, name
 * the blobs of a model by their digests. Several names may share one blob. Reads the disk at each
 * call: remember the answer. Never throws; what can't be read has no names. Stateless.
 *
 * <p>Source: the store of Ollama 0.33: {@code blobs/sha256-…} and {@code
 * manifests/registry/namespace/model/tag}.
 */
public final class OllamaManifests {
    private static final String WEIGHTS = "application/vnd.ollama.image.model";
    private static final Path USUAL = Path.of("registry.ollama.ai", "library");
    private static final Path USUAL_REGISTRY = Path.of("registry.ollama.ai");
    private static final int LARGEST_MANIFEST = 1 << 20;
    private static final int MOST_MANIFESTS = 10_000;
    private static final int DEEPEST = 8;

    private OllamaManifests() {}

    /**
     * Returns the names of the models whose weights are this file, sorted; none where it lies in no
     * store, or in one that can't be read.
     *
     * @param blob the path of the file, as on this host
     */
    public static List<String> namesOf(String blob) {
        try {
            Path blobs = Path.of(blob).getParent();
            Optional<String> digest = digest(blob);
            if (blobs == null || !blobs.endsWith("blobs") || digest.isEmpty()) {
                return List.of();
            }
            return names(blobs.resolveSibling("manifests"), digest.get());
        } catch (InvalidPathException e) {
            return List.of();
        }
    }

    /** Returns a short name for a blob that has no other: the first digits of its digest. */
    static String shortName(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        return digest(file).map(d -> d.substring(0, "sha256:".length() + 12)).orElse(name);
    }

    /** Returns the digest in a blob's name, as manifests write it. */
    private static Optional<String> digest(String blob) {
        String name = blob.substring(blob.lastIndexOf('/') + 1);
        return name.matches("sha256-[0-9a-f]{64}")
                ? Optional.of("sha256:" + name.substring("sha256-".length()))
                : Optional.empty();
    }

    private static List<String> names(Path manifests, String digest) {
        try (Stream<Path> all = Files.walk(manifests, DEEPEST, FileVisitOption.FOLLOW_LINKS)) {
            List<String> names = new ArrayList<>();
            all.filter(Files::isRegularFile)
                    .limit(MOST_MANIFESTS)
                    .filter(manifest -> holds(manifest, digest))
                    .forEach(manifest -> names.add(name(manifests.relativize(manifest))));
            names.sort(null);
            return names;
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private static boolean holds(Path manifest, String digest) {
        try (InputStream in = Files.newInputStream(manifest)) {
            byte[] bytes = in.readNBytes(LARGEST_MANIFEST);
            for (JsonNode layer :
                    Json.parse(bytes, 0, bytes.length).orElse(Json.object()).path("layers")) {
                if (Json.text(layer, "mediaType").orElse("").equals(WEIGHTS)
                        && Json.text(layer, "digest").orElse("").equals(digest)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns {@code model:tag}, with the namespace and the registry where they are not usual. */
    private static String name(Path manifest) {
        String tag = String.valueOf(manifest.getFileName());
        Path model = manifest.getParent() == null ? Path.of("") : manifest.getParent();
        Path shown =
                model.startsWith(USUAL)
                        ? USUAL.relativize(model)
                        : model.startsWith(USUAL_REGISTRY)
                                ? USUAL_REGISTRY.relativize(model)
                                : model;
        return shown + ":" + tag;
    }
}
