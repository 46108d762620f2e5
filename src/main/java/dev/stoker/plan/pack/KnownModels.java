package dev.stoker.plan.pack;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelFormat;
import dev.stoker.model.ModelShape;
import dev.stoker.model.ModelShape.Experts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Models that many people serve, with sizes and dimensions: for the question what else would fit.
 * Their tensors are not known, so that what they take is an estimate. Immutable.
 *
 * <p>Source: {@code known-models.tsv} beside this class.
 */
public final class KnownModels {
    private KnownModels() {}

    /** Returns all, the smallest file first. */
    public static List<ModelDescription> all() {
        return Read.ALL;
    }

    public static Optional<ModelDescription> named(String name) {
        return all().stream().filter(m -> m.name().equals(name)).findFirst();
    }

    /** Read once, when it is first asked for. */
    private static final class Read {
        static final List<ModelDescription> ALL = read();

        private Read() {}

        private static List<ModelDescription> read() {
            try (InputStream in = KnownModels.class.getResourceAsStream("known-models.tsv")) {
                if (in == null) {
                    throw new IllegalStateException("known-models.tsv is missing");
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.startsWith("#") && !line.isBlank())
                        .map(line -> model(List.of(line.split("\t", -1))))
                        .sorted(Comparator.comparing(m -> m.fileSize().value()))
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static ModelDescription model(List<String> f) {
            return new ModelDescription(
                    f.get(0),
                    "the list of well-known models",
                    ModelFormat.GGUF,
                    f.get(1),
                    Reading.known(Math.round(Double.parseDouble(f.get(4)) * 1e9)),
                    Reading.known(f.get(2)),
                    Reading.known(shape(f)),
                    List.of(),
                    Reading.known(Bytes.gb(Double.parseDouble(f.get(3)))),
                    List.of(),
                    Map.of(),
                    List.of());
        }

        private static ModelShape shape(List<String> f) {
            int blocks = Integer.parseInt(f.get(5));
            long feedForward = Long.parseLong(f.get(7));
            List<String> window = List.of(f.get(14).split("/"));
            boolean windows = window.size() == 2;
            int period = windows ? Integer.parseInt(window.get(1)) : 1;
            Experts experts = experts(List.of(f.get(13).split("/")));
            List<LayerShape> layers = new ArrayList<>();
            for (int i = 0; i < blocks; i++) {
                layers.add(
                        new LayerShape(
                                Integer.parseInt(f.get(8)),
                                Integer.parseInt(f.get(9)),
                                Integer.parseInt(f.get(10)),
                                Integer.parseInt(f.get(10)),
                                experts.any() ? 0 : feedForward,
                                windows && i % period != period - 1,
                                true,
                                0,
                                0,
                                experts.any()));
            }
            return new ModelShape(
                    blocks,
                    0,
                    Long.parseLong(f.get(12)),
                    Long.parseLong(f.get(6)),
                    Long.parseLong(f.get(11)),
                    layers,
                    experts,
                    windows ? Long.parseLong(window.get(0)) : 0,
                    false,
                    false,
                    false,
                    Map.of());
        }

        private static Experts experts(List<String> parts) {
            return parts.size() == 3
                    ? new Experts(
                            Integer.parseInt(parts.get(0)),
                            Integer.parseInt(parts.get(1)),
                            Long.parseLong(parts.get(2)),
                            0)
                    : Experts.NONE;
        }
    }
}
