package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns from a server's own log how many tokens of each prompt it found in its cache, which
 * Ollama's API does not tell: the llama-server below it writes one line {@code cached n_tokens = N,
 * memory_seq_rm [N, end)} a request. Alone, llama-server writes that line from verbosity 4 on (its
 * default is 3), but tells the same in its answers. Three places are tried: the file that the
 * server's output goes to, the journal of its unit, the log of its container. Only what was written
 * since a mark is read, at most 16 MiB; the log is never read from its start, so its size costs
 * nothing. Thread-safe.
 *
 * <p>A server that was restarted has another log: it is found anew at the next mark.
 */
public final class ServerLog {
    private static final Pattern LINE =
            Pattern.compile(
                    "id\\s+([0-9]{1,9}) \\| task ([0-9]{1,18}) \\| (?:(new prompt),|cached n_tokens"
                            + " = ([0-9]{1,18}), memory_seq_rm)");
    private static final String REQUEST = "launch_slot_";
    private static final Pattern OFFLOADED =
            Pattern.compile("offloaded ([0-9]{1,6})/([0-9]{1,6}) layers to GPU");
    private static final int MOST_BYTES = 16 << 20;
    private static final int MOST_COUNTS = 100_000;
    private static final Duration READ_LIMIT = Duration.ofSeconds(10);

    private final HostSource host;
    private final int port;
    private final Path proc;
    private final CommandRunner commands;
    private final Clock clock;
    private Reading<Place> place = Reading.failed("the server's log was not looked for yet");

    /**
     * @param host the server's host
     * @param port where the server listens
     * @param proc where the kernel shows processes: {@code /proc}
     * @param commands runs the readers of the journal and of containers' logs
     * @param clock its wall time bounds what is asked of them
     */
    public ServerLog(HostSource host, int port, Path proc, CommandRunner commands, Clock clock) {
        this.host = host;
        this.port = port;
        this.proc = proc;
        this.commands = commands;
        this.clock = clock;
    }

    /** Returns the log of the server on that port of this machine. */
    public static ServerLog of(HostSource host, int port, Clock clock) {
        return new ServerLog(host, port, Path.of("/proc"), new ProcessRunner(), clock);
    }

    /**
     * Returns where the log was found, in words, or why none can be read. Looks for it if need be.
     */
    public synchronized Reading<String> source() {
        if (!place.isKnown()) {
            place = find();
        }
        return place.map(Place::inWords);
    }

    /** Returns where the log is, or why none can be read. Looks for it if need be. */
    public synchronized Reading<Place> place() {
        if (!place.isKnown()) {
            place = find();
        }
        return place;
    }

    /**
     * Returns a mark of the log as it is now. Its value means something to {@link #cachedSince}
     * only.
     */
    public synchronized long mark() {
        OptionalLong mark = markOf(place);
        if (mark.isEmpty()) {
            place = find();
            mark = markOf(place);
        }
        return mark.orElse(0);
    }

    /**
     * Returns the cached counts since a mark, in the order in which the server began the requests,
     * or why none.
     */
    public synchronized Reading<List<Long>> cachedSince(long mark) {
        return textSince(mark).flatMap(ServerLog::counts);
    }

    /**
     * Where the layers of a model went.
     *
     * @param onGpu on GPUs
     * @param all of the model, its output layer included
     */
    public record Layers(int onGpu, int all) {}

    /**
     * Returns what the last load since a mark told of its layers, or why that is not known. Without
     * a GPU there is no such line.
     */
    public synchronized Reading<Layers> layersSince(long mark) {
        return textSince(mark).flatMap(ServerLog::layers);
    }

    private static Reading<Layers> layers(String text) {
        Matcher matcher = OFFLOADED.matcher(text);
        Reading<Layers> last =
                Reading.unsupported("the server's log does not tell how many layers went to a GPU");
        while (matcher.find()) {
            last =
                    Reading.known(
                            new Layers(
                                    Integer.parseInt(matcher.group(1)),
                                    Integer.parseInt(matcher.group(2))));
        }
        return last;
    }

    private Reading<String> textSince(long mark) {
        return switch (place) {
            case Reading.Known<Place>(Place.Output file) -> fromFile(file, mark);
            case Reading.Known<Place>(Place.Command command) -> fromCommand(command, mark);
            case Reading.Unsupported<Place>(String reason) -> Reading.unsupported(reason);
            case Reading.Failed<Place>(String reason) -> Reading.failed(reason);
        };
    }

    private Reading<Place> find() {
        Reading<HostProcess> listener = host.listener(port);
        if (!(listener instanceof Reading.Known<HostProcess>(HostProcess server))) {
            return Reading.unsupported("the server's log can not be found: " + listener.reason());
        }
        for (String descriptor : List.of("2", "1")) {
            Path link = proc.resolve(Long.toString(server.pid())).resolve("fd").resolve(descriptor);
            if (Files.isRegularFile(link) && Files.isReadable(link)) {
                return Reading.known(new Place.Output(link));
            }
        }
        return switch (host.supervisor(server.pid())) {
            case Reading.Known<Supervisor>(Supervisor keeper) -> byKeeper(keeper);
            case Reading.Unsupported<Supervisor>(String reason) -> Reading.unsupported(reason);
            case Reading.Failed<Supervisor>(String reason) -> Reading.failed(reason);
        };
    }

    private static Reading<Place> byKeeper(Supervisor keeper) {
        return switch (keeper) {
            case Supervisor.SystemUnit u ->
                    Reading.known(
                            new Place.Command(
                                    "the journal of " + u.unit(),
                                    List.of(
                                            "journalctl",
                                            "--no-pager",
                                            "-q",
                                            "-o",
                                            "cat",
                                            "-u",
                                            u.unit()),
                                    true));
            case Supervisor.UserUnit u ->
                    Reading.known(
                            new Place.Command(
                                    "the journal of the user's " + u.unit(),
                                    List.of(
                                            "journalctl",
                                            "--no-pager",
                                            "-q",
                                            "-o",
                                            "cat",
                                            "--user-unit",
                                            u.unit()),
                                    true));
            case Supervisor.Container c
                    when c.engine().equals("docker") || c.engine().equals("podman") ->
                    Reading.known(
                            new Place.Command(
                                    "the log of the container " + c.id().substring(0, 12),
                                    List.of(c.engine(), "logs", c.id()),
                                    false));
            case Supervisor.Container c ->
                    Reading.unsupported(
                            "the log of a container of "
                                    + c.engine()
                                    + " can not be read from here");
            case Supervisor.Nobody n ->
                    Reading.unsupported(
                            "the server writes its log to a terminal or a pipe; start it with its"
                                + " output in a file, as a unit or in a container to let the cached"
                                + " share be checked");
        };
    }

    private OptionalLong markOf(Reading<Place> known) {
        return switch (known) {
            case Reading.Known<Place>(Place.Output file) -> {
                try (SeekableByteChannel channel = Files.newByteChannel(file.link())) {
                    yield OptionalLong.of(channel.size());
                } catch (IOException e) {
                    yield OptionalLong.empty();
                }
            }
            case Reading.Known<Place>(Place.Command _) -> {
                Instant now = clock.now();
                yield OptionalLong.of(now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000);
            }
            default -> OptionalLong.empty();
        };
    }

    private Reading<String> fromFile(Place.Output file, long mark) {
        try (SeekableByteChannel channel = Files.newByteChannel(file.link())) {
            // Shorter than at the mark: it was emptied by a rotation, all that is there is new.
            long from = channel.size() < mark ? 0 : mark;
            long length = channel.size() - from;
            if (length > MOST_BYTES) {
                return Reading.failed(
                        "the server wrote "
                                + Bytes.of(length)
                                + " of log, too much to look through");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) length);
            channel.position(from);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // Reads on until the end or a full buffer.
            }
            return Reading.known(
                    new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Reading.failed(
                    "the server's log could not be read: "
                            + Text.plain(String.valueOf(e.getMessage())));
        }
    }

    private Reading<String> fromCommand(Place.Command command, long mark) {
        List<String> line = new ArrayList<>(command.line());
        String since = String.format(Locale.ROOT, "%d.%06d", mark / 1_000_000, mark % 1_000_000);
        if (command.journal()) {
            line.add("--since=@" + since);
        } else {
            line.addAll(line.size() - 1, List.of("--since", since));
        }
        return switch (commands.run(line, READ_LIMIT, Cancellation.never())) {
            case CommandEnd.Finished f when f.code() == 0 && !f.cut() -> Reading.known(f.output());
            case CommandEnd.Finished f when f.cut() ->
                    Reading.failed(command.inWords() + " is too much to look through");
            case CommandEnd.Finished f ->
                    Reading.failed(
                            command.inWords()
                                    + " could not be read: "
                                    + Text.plain(f.output(), 200));
            case CommandEnd.TimedOut _ ->
                    Reading.failed(command.inWords() + " took too long to read");
            case CommandEnd.NotStarted n ->
                    Reading.unsupported(command.inWords() + " could not be read: " + n.reason());
            case CommandEnd.Cancelled _ -> Reading.failed("cancelled");
        };
    }

    /**
     * Counts the first such line after each {@code new prompt}: a model with a sliding window has a
     * second one for the last tokens of its prompt, which is a checkpoint and not a cache.
     */
    private static Reading<List<Long>> counts(String text) {
        List<Long> counts = new ArrayList<>();
        Set<String> counted = new HashSet<>();
        Matcher matcher = LINE.matcher(text);
        while (matcher.find()) {
            String task = matcher.group(1) + "/" + matcher.group(2);
            if (matcher.group(3) != null) {
                counted.remove(task);
            } else if (counted.add(task)) {
                if (counts.size() >= MOST_COUNTS) {
                    return Reading.failed("more requests since the mark than can be kept apart");
                }
                counts.add(Long.parseLong(matcher.group(4)));
            }
        }
        return counts.isEmpty() && text.contains(REQUEST)
                ? Reading.unsupported(
                        "the server's log does not tell how much of a prompt was cached;"
                                + " llama-server does with -lv 4")
                : Reading.known(List.copyOf(counts));
    }

    /** Where the server's lines go. */
    public sealed interface Place {

        /** Returns where, in words that follow "in". */
        String inWords();

        /**
         * A file.
         *
         * @param link the kernel's link to it
         */
        record Output(Path link) implements Place {
            @Override
            public String inWords() {
                try {
                    return Text.plain(Files.readSymbolicLink(link).toString());
                } catch (IOException e) {
                    return "the file that the server's output goes to";
                }
            }
        }

        /**
         * What a command prints.
         *
         * @param journal whether it is the journal's, else a container's
         */
        record Command(String inWords, List<String> line, boolean journal) implements Place {
            public Command {
                line = List.copyOf(line);
            }
        }
    }
}
