package dev.stoker.cli;

import dev.stoker.base.Clock;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Answers the usual short forms of {@code stoker gpu} without the option parser, whose reading of
 * annotations takes longer than the look itself. Whatever it does not know word by word is left to
 * the parser: it never judges a command line, so it can't judge one differently. Stateless.
 */
public final class PlainGpu {
    private static final String QUERY = "--query";
    private static final String FORMAT = "--format";

    /** The words that are known beside {@link #QUERY} and {@link #FORMAT}, which have a value. */
    static final Set<String> FLAGS = Set.of("--json", "--csv", "--no-color", "-q", "--quiet");

    /** What is rehearsed: each way to print but JSON, which has a cache with what it takes. */
    private static final List<List<String>> REHEARSED =
            List.of(
                    List.of("gpu"),
                    List.of("gpu", "--csv"),
                    List.of("gpu", QUERY, "timestamp,name,memory.used,power.draw"));

    private PlainGpu() {}

    /**
     * Reads a command line.
     *
     * @return what it asks for; nothing where it takes the parser to tell
     */
    static Optional<GpuRequest> read(String... args) {
        if (args.length == 0 || !args[0].equals("gpu")) {
            return Optional.empty();
        }
        Set<String> flags = new HashSet<>();
        Optional<String> query = Optional.empty();
        Optional<String> format = Optional.empty();
        for (int i = 1; i < args.length; i++) {
            String word = args[i];
            boolean isQuery = word.equals(QUERY);
            if (isQuery || word.equals(FORMAT)) {
                i++;
                if (i == args.length || !isValue(args[i])) {
                    return Optional.empty();
                }
                if (isQuery ? query.isPresent() : format.isPresent()) {
                    return Optional.empty();
                }
                query = isQuery ? Optional.of(args[i]) : query;
                format = isQuery ? format : Optional.of(args[i]);
            } else if (!FLAGS.contains(word) || !flags.add(word)) {
                return Optional.empty();
            }
        }
        if (flags.contains("-q") && flags.contains("--quiet")) {
            return Optional.empty();
        }
        return Optional.of(
                new GpuRequest(
                        List.of(),
                        Optional.empty(),
                        flags.contains("--json"),
                        flags.contains("--csv"),
                        flags.contains("--no-color"),
                        flags.contains("-q") || flags.contains("--quiet"),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        query,
                        format,
                        List.of(),
                        false,
                        Optional.empty()));
    }

    /** Other beginnings mean something to the parser. */
    private static boolean isValue(String word) {
        return !word.isEmpty() && Character.isLetter(word.charAt(0));
    }

    /**
     * Answers a command line.
     *
     * @return the exit code; nothing where the parser is to answer
     */
    public static Optional<Integer> answer(
            String[] args,
            MachineWatcher machines,
            Map<String, String> env,
            PrintStream out,
            PrintStream err) {
        return read(args).map(request -> show(request, machines, env, writer(out), writer(err)));
    }

    static int show(
            GpuRequest request,
            MachineWatcher machines,
            Map<String, String> env,
            PrintWriter out,
            PrintWriter err) {
        try {
            request.check();
            return new GpuShow(request, env, Clock.system(), out, err).run(machines).number();
        } catch (RuntimeException e) {
            return ErrorPrinter.print(e, err, false);
        } finally {
            out.flush();
        }
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, false, stream.charset());
    }

    /** Does all that a start of this command does but for JSON, and prints nothing. */
    public static void rehearse(MachineWatcher machines, Map<String, String> env) {
        REHEARSED.forEach(args -> rehearse(args, machines, env));
    }

    /** Does what a start with JSON does, and prints nothing. */
    public static void rehearseJson(MachineWatcher machines, Map<String, String> env) {
        rehearse(List.of("gpu", "--json"), machines, env);
    }

    private static void rehearse(
            List<String> args, MachineWatcher machines, Map<String, String> env) {
        read(args.toArray(String[]::new))
                .ifPresent(request -> show(request, machines, env, nothing(), nothing()));
    }

    private static PrintWriter nothing() {
        return new PrintWriter(Writer.nullWriter());
    }
}
