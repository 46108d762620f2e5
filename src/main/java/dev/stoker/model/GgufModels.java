package dev.stoker.model;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.gguf.ByteSource;
import dev.stoker.gguf.FileSource;
import dev.stoker.gguf.GgufFile;
import dev.stoker.gguf.GgufReader;
import dev.stoker.gguf.GgufTensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Describes models whose weights are GGUF, from the headers of their files. */
public final class GgufModels {
    private static final Pattern SPLIT = Pattern.compile("(.*)-([0-9]{5})-of-([0-9]{5})\\.gguf");
    private static final int MOST_SPLITS = 1000;
    private static final int MOST_LISTED = 10_000;

    private GgufModels() {}

    /**
     * Reads a file, and those that it was split into.
     *
     * @throws UserError where it is none, is broken, or a part of it is missing
     */
    public static ModelDescription read(Path path) {
        String name = String.valueOf(path.getFileName());
        return read(
                name.endsWith(".gguf") ? name.substring(0, name.length() - 5) : name,
                path.toString(),
                part -> FileSource.open(part.isEmpty() ? path : path.resolveSibling(part)));
    }

    /**
     * Reads a model from wherever its bytes are.
     *
     * @param name for people
     * @param origin its path or address, the last part of which is its file's name
     * @param open opens the first part for an empty text, another one by its file's name
     */
    public static ModelDescription read(
            String name, String origin, Function<String, ByteSource> open) {
        GgufFile first;
        try (ByteSource source = open.apply("")) {
            first = GgufReader.read(source);
        }
        String file = origin.substring(origin.lastIndexOf('/') + 1);
        int parts = parts(first);
        if (parts == 1) {
            return describe(name, origin, List.of(first), List.of(), Map.of());
        }
        Matcher matcher = SPLIT.matcher(file);
        if (!matcher.matches()) {
            throw broken(
                    origin,
                    "is part of a split into " + parts + ", but its name does not say which");
        }
        List<GgufFile> all = new ArrayList<>();
        for (int i = 1; i <= parts; i++) {
            String part =
                    String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", matcher.group(1), i, parts);
            if (part.equals(file)) {
                all.add(first);
            } else {
                try (ByteSource source = open.apply(part)) {
                    all.add(GgufReader.read(source));
                } catch (UserError e) {
                    throw new UserError(
                            e.code(),
                            "Part "
                                    + i
                                    + " of "
                                    + parts
                                    + " of this model can't be read: "
                                    + e.sentence(),
                            e.hint(),
                            e);
                }
            }
        }
        checkParts(origin, all);
        return describe(matcher.group(1), origin, all, List.of(), Map.of());
    }

    /**
     * Returns the files in a model's folder that could be loaded with it: projectors ({@code
     * mmproj-*}) and blocks for multi-token prediction ({@code mtp-*}). Whether they belong to it,
     * only a person knows.
     */
    public static List<Path> beside(Path model) {
        Path folder = model.toAbsolutePath().getParent();
        if (folder == null) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.limit(MOST_LISTED)
                    .filter(p -> isBeside(String.valueOf(p.getFileName())))
                    .filter(p -> !p.equals(model.toAbsolutePath()))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private static boolean isBeside(String file) {
        String lower = file.toLowerCase(Locale.ROOT);
        return lower.endsWith(".gguf") && (lower.startsWith("mmproj") || lower.startsWith("mtp-"));
    }

    private static int parts(GgufFile file) {
        long count = file.whole("split.count").orElse(1L);
        if (count < 0 || count > MOST_SPLITS) {
            throw broken(file.name(), "claims to be split into " + count + " files");
        }
        return Math.max(1, (int) count);
    }

    private static void checkParts(String origin, List<GgufFile> all) {
        long wanted = all.getFirst().whole("split.tensors.count").orElse(-1L);
        Set<String> names = new HashSet<>();
        int index = 0;
        for (GgufFile part : all) {
            long number = part.whole("split.no").orElse((long) index);
            if (number != index || parts(part) != all.size()) {
                throw broken(part.name(), "is not part " + (index + 1) + " of " + all.size());
            }
            for (GgufTensor tensor : part.tensors()) {
                if (!names.add(tensor.name())) {
                    throw broken(
                            part.name(),
                            "has the tensor '"
                                    + Text.plain(tensor.name(), 80)
                                    + "', as another part does");
                }
            }
            index++;
        }
        if (wanted >= 0 && wanted != names.size()) {
            throw broken(
                    origin,
                    "should have " + wanted + " tensors in its parts, and has " + names.size());
        }
    }

    private static UserError broken(String origin, String why) {
        return new UserError(
                ExitCode.WRONG_USE,
                Text.plain(origin, 300) + " " + why + ".",
                "Download it again.");
    }

    /** Describes a model of which the headers are read: the first file's tells what it is. */
    static ModelDescription describe(
            String name,
            String origin,
            List<GgufFile> files,
            List<Sidecar> sidecars,
            Map<String, String> defaults) {
        List<Tensor> tensors = new ArrayList<>();
        long size = 0;
        List<String> remarks = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            GgufFile file = files.get(i);
            size = Math.addExact(size, file.size());
            remarks.addAll(file.remarks());
            for (GgufTensor t : file.tensors()) {
                tensors.add(
                        new Tensor(
                                t.name(),
                                t.type(),
                                t.dimensions(),
                                Bytes.of(t.bytes()),
                                i,
                                t.offset()));
            }
        }
        ModelDescription described =
                describe(
                        name,
                        origin,
                        new GgufHeader(files.getFirst()),
                        tensors,
                        Reading.known(Bytes.of(size)),
                        sidecars,
                        defaults);
        if (remarks.isEmpty()) {
            return described;
        }
        remarks.addAll(described.remarks());
        return described.withRemarks(remarks);
    }

    /**
     * Describes a model by its metadata.
     *
     * @param tensors all of them; empty where they are unknown
     * @param fileSize bytes of the model's own files
     * @param defaults settings that it brings
     */
    public static ModelDescription describe(
            String name,
            String origin,
            Header header,
            List<Tensor> tensors,
            Reading<Bytes> fileSize,
            List<Sidecar> sidecars,
            Map<String, String> defaults) {
        String architecture = header.text("general.architecture").orElse("");
        Map<String, Tensor> byName = new HashMap<>();
        tensors.forEach(t -> byName.put(t.name(), t));
        List<String> remarks = new ArrayList<>();
        Reading<ModelShape> shape =
                architecture.isEmpty()
                        ? Reading.failed("the header does not tell the architecture")
                        : GgufShape.of(header, architecture, byName, remarks);
        return new ModelDescription(
                name,
                origin,
                ModelFormat.GGUF,
                Text.plain(architecture, 60),
                parameters(header, tensors),
                quantization(header, tensors),
                shape,
                tensors,
                fileSize,
                sidecars,
                defaults,
                remarks);
    }

    /** Describes a file that is loaded beside a model: projector, adapter or draft model. */
    public static Sidecar sidecar(Sidecar.Kind kind, Path path) {
        try (ByteSource source = FileSource.open(path)) {
            GgufFile file = GgufReader.read(source);
            List<Tensor> tensors = new ArrayList<>();
            for (GgufTensor t : file.tensors()) {
                tensors.add(
                        new Tensor(
                                t.name(),
                                t.type(),
                                t.dimensions(),
                                Bytes.of(t.bytes()),
                                0,
                                t.offset()));
            }
            return sidecar(
                    kind, path.toString(), Bytes.of(file.size()), new GgufHeader(file), tensors);
        }
    }

    /** Describes a file that is loaded beside a model by its metadata. */
    public static Sidecar sidecar(
            Sidecar.Kind kind, String origin, Bytes size, Header header, List<Tensor> tensors) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        for (String key : header.keys()) {
            header.whole(key).ifPresent(n -> numbers.put(key, n));
        }
        return new Sidecar(
                kind,
                origin,
                size,
                Text.plain(header.text("general.architecture").orElse(""), 60),
                tensors,
                numbers);
    }

    private static Reading<Long> parameters(Header header, List<Tensor> tensors) {
        if (!tensors.isEmpty()) {
            long sum = 0;
            try {
                for (Tensor tensor : tensors) {
                    sum = Math.addExact(sum, tensor.elements());
                }
                return Reading.known(sum);
            } catch (ArithmeticException e) {
                return Reading.failed("the number of parameters is beyond 63 bits");
            }
        }
        return header.whole("general.parameter_count").isPresent()
                ? Reading.known(header.whole("general.parameter_count").getAsLong())
                : Reading.unsupported("the header does not tell it");
    }

    /** What the file says of itself, checked against the type that most of its bytes have. */
    private static Reading<String> quantization(Header header, List<Tensor> tensors) {
        Optional<String> told =
                header.whole("general.file_type").isPresent()
                        ? FileTypes.name(header.whole("general.file_type").getAsLong())
                        : header.text("general.file_type").map(t -> Text.plain(t, 30));
        if (told.isPresent()) {
            return Reading.known(told.get());
        }
        Map<String, Long> bytes = new HashMap<>();
        for (Tensor tensor : tensors) {
            bytes.merge(tensor.type(), tensor.bytes().count(), Long::sum);
        }
        return bytes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(e -> Reading.known("mostly " + e.getKey()))
                .orElse(Reading.unsupported("the header does not tell it"));
    }
}
